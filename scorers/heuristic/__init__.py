"""The explainable scorer: reads the timed transcript by the codebook, no model weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.records import Answer
from scorers.heuristic import rules
from scorers.heuristic.explain import Reason, explain
from scorers.heuristic.measures import measures
from scorers.heuristic.places import WHERE
from scorers.heuristic.reading import Reading, read

SCALES = {"rating": (1, 5), "pace": (-2, 2), "depth": (-2, 2)}


class Heuristic:
    """Reads points, reasons, cues, options, confidence and the clock by rules; every label with its evidence and a reason."""

    name = "heuristic"
    version = "0.4"

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        for answer in answers:
            yield _label(read(answer))

    def explain(self, answer: Answer) -> Iterable[Reason]:
        """Each label of an answer with its reason and the words it rests on."""
        reading = read(answer)
        return explain(reading, _label(reading))


def _label(reading: Reading) -> dict[str, Any]:
    answer = reading.answer
    if not reading.words:
        return {"answer_id": answer.answer_id, "abstained": "the candidate says nothing"}
    usual = rules.thresholds()
    z = rules.deviations(measures(reading), usual.middle[answer.round], usual.spread)
    total = rules.sums(z)
    verdicts = rules.verdict_probabilities(total, usual)
    verdict = max(verdicts, key=lambda name: verdicts[name] * usual.verdicts[name][2])
    marked = [name for name in PATTERNS if total[name] >= usual.marks[name][2]]
    return {
        "answer_id": answer.answer_id,
        "verdict": verdict,
        "verdict_probs": {name: round(share, 4) for name, share in verdicts.items()},
        **{name: round(rules.on_scale(total[name], *usual.scales[name], *ends), 3) for name, ends in SCALES.items()},
        "patterns": marked,
        "confidence_direction": rules.confidence_direction(z) if "miscalibrated_confidence" in marked else None,
        "signals": [name for name in SIGNALS if total[name] >= usual.marks[name][2]],
        "pattern_probs": {name: round(rules.probability(total[name], *usual.marks[name][:2]), 4) for name in PATTERNS},
        "signal_probs": {name: round(rules.probability(total[name], *usual.marks[name][:2]), 4) for name in SIGNALS},
        "evidence": [
            {"label": name, "segment": segment, "start": start, "end": end}
            for name in marked
            if (place := WHERE[name][0](reading, z)) is not None
            for segment, start, end in [reading.span(place)]
        ],
        "rationale": _rationale(answer, verdict, marked),
    }


def _rationale(answer: Answer, verdict: str, marked: list[str]) -> str:
    used = f"{100 * answer.budget_share:.0f} % of the time used"
    reasons = "; ".join(f"{name}: {WHERE[name][1]}" for name in marked) or "no failure pattern stands out"
    return f"{verdict}, {used}. {reasons}."
