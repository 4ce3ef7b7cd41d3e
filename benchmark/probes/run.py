"""Running behavioural tests: each answer as it is and changed, both scored, and whether what must hold holds."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmark.codebook import DEVIATIONS, RATINGS
from benchmark.evaluation.resampling import Resampler
from benchmark.metrics.statistic import Statistic, mean
from benchmark.probes.catalogue import PROBES, Probe
from benchmark.records import Answer
from benchmark.scoring.protocol import Scorer
from benchmark.scoring.run import run_scorer

Row = Mapping[str, Any]
HALF_STEP = 0.5
"""A fractional rating, pace or depth has changed from half a step of its scale on."""
_MARKED = 0.5
KINDS = ("invariance", "direction", "attack")


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer under one test: what the scorer said before and after, and whether that holds (None: it abstained)."""

    probe: Probe
    answer: Answer
    before: Row
    after: Row
    held: bool | None
    why: str


def changed_answers(probe: Probe, answers: Sequence[Answer], seed: int) -> Iterator[tuple[Answer, Answer]]:
    """The answers that a test applies to, each with its changed copy; the draws depend on seed, test and answer alone."""
    for answer in answers:
        changed = probe.change(answer, random.Random(f"{seed}|{probe.name}|{answer.answer_id}"))
        if changed is not None:
            yield answer, changed


def run_probes(scorer: Scorer, answers: Sequence[Answer], seed: int, tell: Callable[[int], Callable[[], None]]) -> list[Trial]:
    """Every test on every answer it applies to.

    ``tell`` is told how many answers there are to score, and what it gives is called for each.
    """
    pairs = {probe: list(changed_answers(probe, answers, seed)) for probe in PROBES}
    beat = tell(len(answers) + sum(map(len, pairs.values())))
    before = {row["answer_id"]: row for row in run_scorer(scorer, answers, beat)}
    trials = []
    for probe, some in pairs.items():
        after = run_scorer(scorer, [changed for _, changed in some], beat)
        for (answer, _), row in zip(some, after, strict=True):
            held, why = judge(probe, before[answer.answer_id], row)
            trials.append(Trial(probe, answer, before[answer.answer_id], row, held, why))
    return trials


def judge(probe: Probe, before: Row, after: Row) -> tuple[bool | None, str]:
    """Whether a test holds, and why not.

    Invariance: same verdict, same patterns, rating, pace and depth within half a step.  Direction: the rating is not half a step
    higher, and the pattern named is not lost.  Attack: rating not half a step higher, verdict not turned to `balanced`.  A
    label the scorer does not give is not looked at; an abstention on the changed answer alone is a change.
    """
    if not _labels(before):
        return None, "the scorer gives no label"
    if not _labels(after):
        return False, f"no labels any more: {after.get('abstained') or after.get('failed') or 'none given'}"
    rise = _difference(before, after, "rating")
    if probe.kind == "invariance":
        moved = [f for f in ("rating", "pace", "depth") if abs(_difference(before, after, f)) >= HALF_STEP]
        if moved:
            return False, f"{moved[0]} {before[moved[0]]} to {after[moved[0]]}"
        if before.get("verdict") != after.get("verdict"):
            return False, f"verdict {before.get('verdict')} to {after.get('verdict')}"
        if marked(before) != marked(after):
            return False, f"patterns {', '.join(sorted(marked(before) ^ marked(after)))}"
        return True, ""
    if rise >= HALF_STEP:
        return False, f"rating {before['rating']} to {after['rating']}"
    if probe.kind == "attack" and before.get("verdict") != "balanced" and after.get("verdict") == "balanced":
        return False, f"verdict {before.get('verdict')} to balanced"
    if probe.pattern in marked(before) - marked(after):
        return False, f"{probe.pattern} lost"
    return True, ""


def summarise(trials: Sequence[Trial], seed: int) -> dict[str, Any]:
    """Share held by kind and by test, with intervals that resample questions; shaped for the result record."""
    questions = {q: i for i, q in enumerate(sorted({t.answer.question_id for t in trials}))}
    resampler = Resampler(seed)

    def share(chosen: Sequence[Trial]) -> dict[str, Any]:
        known = [t for t in chosen if t.held is not None]
        values = np.array([float(bool(t.held)) for t in known])
        clusters = np.array([questions[t.answer.question_id] for t in known], dtype=np.intp)
        statistic: Statistic = mean(values, clusters, max(len(questions), 1))
        record = resampler.estimate(statistic).record()
        if not known:
            record["reason"] = "the scorer gave no label" if chosen else "no answer that the test applies to"
        return record

    return {
        "kinds": {kind: share([t for t in trials if t.probe.kind == kind]) for kind in KINDS},
        "tests": {
            probe.name: {"kind": probe.kind, **share([t for t in trials if t.probe.name == probe.name])} for probe in PROBES
        },
    }


def marked(row: Row) -> set[str]:
    """The patterns that a prediction marks."""
    patterns = row.get("patterns") or ()
    return {p for p, share in patterns.items() if share >= _MARKED} if isinstance(patterns, Mapping) else set(patterns)


def _labels(row: Row) -> bool:
    return any(row.get(field) is not None for field in ("verdict", "rating", "pace", "depth", "patterns"))


def _difference(before: Row, after: Row, field: str) -> float:
    one, two = before.get(field), after.get(field)
    return 0.0 if one is None or two is None else float(two) - float(one)


assert RATINGS[1] - RATINGS[0] == DEVIATIONS[1] - DEVIATIONS[0] == 1  # what half a step is
