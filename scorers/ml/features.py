"""A timed transcript as numbers: what ``features=transcript`` of the ``ml`` scorer sees.

The measures of the heuristic (``scorers/heuristic``), what its rules make of them, and more of the same kind: the clock, the points
of the question, cues, the order of things, and how it is worded (``style``).  No word is a feature by itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray

from benchmark.codebook import ROUNDS
from benchmark.records import Answer
from scorers.heuristic import lexicon as lex
from scorers.heuristic import rules
from scorers.heuristic.measures import WRITTEN_RATE, measures, per_hundred
from scorers.heuristic.reading import REACHED, Reading, Stretch, is_remark, points, reached, read
from scorers.ml.style import style

Floats = NDArray[np.float64]
_THIRDS = 3
_NUMBER = re.compile(r"\d[\d.,]*")
_BY_ROUND = (
    "share of the budget", "words", "says explain", "says own", "says close", "code from", "reasoning",
)  # fmt: skip
"""Measures that mean another thing in another round."""


def transcript_features(answers: Sequence[Answer]) -> tuple[list[str], Floats]:
    """Names of the columns, and an array of shape (answers, columns)."""
    rows = [_row(answer) for answer in answers]
    return list(rows[0]) if rows else [], np.array([list(row.values()) for row in rows], dtype=np.float64)


def _row(answer: Answer) -> dict[str, float]:
    reading, usual = read(answer), rules.thresholds()
    middle = usual.middle[answer.round]
    found = {name: middle[name] if math.isnan(value) else value for name, value in measures(reading).items()}
    total = rules.sums(rules.deviations(found, middle, usual.spread))
    row = found | {f"rule {label}": value for label, value in total.items()}
    row |= {f"says {category}": per_hundred(reading, category) for category in (lex.CLOSE, lex.TURN)}
    row |= _clock(reading) | _points(reading) | _cues(reading) | _order(reading) | style(reading)
    row |= {f"{name} in {round_}": row[name] * (answer.round == round_) for round_ in ROUNDS for name in _BY_ROUND}
    row |= {f"round {round_}": float(answer.round == round_) for round_ in ROUNDS}
    return row


def _clock(reading: Reading) -> dict[str, float]:
    """Where the time goes."""
    answer = reading.answer
    total = max(answer.seconds, 1.0)
    own = [s for s in answer.segments if s.speaker == "candidate" and s.text.strip()]
    rates = [rate / WRITTEN_RATE for rate in reading.rates] if answer.medium == "written" else reading.rates
    code = [s.seconds for s in own if s.kind == "code"]
    return {
        "unused": max(0.0, 0.5 - answer.budget_share),
        "starts after": min((own[0].start_s if own else total) / answer.question.time_budget_s, 1.0),
        "code share": sum(code) / total,
        "no code": float(answer.round == "coding" and not code),
        "rate": fmean(rates) if rates else 0.0,
        "rate varies": pstdev(rates) if len(rates) > 1 else 0.0,
        "last segment share": own[-1].seconds / total if own else 0.0,
        "longest segment share": max([s.seconds for s in own], default=0.0) / total,
        "segments": min(sum([not is_remark(s) for s in own]), 10),
    }


def _points(reading: Reading) -> dict[str, float]:
    """How far the question's points are reached, and how many words go to which kind."""
    critical, obvious = reading.critical, reached(points(reading.answer.question).obvious, reading.said)
    return {
        "worst point": min(critical, default=0.0),
        "share of points reached": sum([x >= REACHED for x in critical]) / max(len(critical), 1),
        "obvious points reached": fmean(obvious) if obvious else 0.0,
        "words on obvious points": reading.on_obvious,
        "words on points against obvious": reading.on_critical - reading.on_obvious,
    }


def _cues(reading: Reading) -> dict[str, float]:
    """How replies take up what the interviewer said."""
    exchanges = reading.exchanges
    taken = [e.taken_up for e in exchanges]
    return {
        "cue least taken up": min(taken, default=0.3),
        "cue taken up": fmean(taken) if taken else 0.3,
        "cue against before": min([e.taken_up - e.same_as_before for e in exchanges], default=0.0),
        "replies that turn": sum([e.turns for e in exchanges]) / max(len(exchanges), 1),
    }


def _order(reading: Reading) -> dict[str, float]:
    """What comes when: choices, reasons and checks by thirds of the answer, and how stretches follow each other."""
    stretches = reading.stretches
    row: dict[str, float] = {}
    size = max(1, -(-len(stretches) // _THIRDS))
    for third in range(_THIRDS):
        part = stretches[third * size : (third + 1) * size]
        words = max(sum([s.words for s in part]), 20)
        for category in (lex.REASON, lex.CHOOSE, lex.CLOSE, lex.EXPLAIN):
            row[f"{category} in third {third + 1}"] = min(100 * sum([s.does.get(category, 0) for s in part]) / words, 12.0)
    linked = [_common(a, b) for a, b in pairwise(stretches)]
    chosen = reading.does[lex.CHOOSE]
    back = [_common(a, b) for a, b in zip(stretches, stretches[2:], strict=False)]
    return row | {
        "stretches linked": fmean(linked) if linked else 0.0,
        "linked across one": fmean(back) - fmean(linked) if back else 0.0,
        "numbers": _numbers(reading.answer) / max(reading.words, 40),
        "choices per option": chosen / max(chosen + reading.does[lex.ADD], 1),
        "reasons per stretch": sum([bool(s.does.get(lex.REASON) or s.does.get(lex.COST)) for s in stretches])
        / max(len(stretches), 1),
    }


def _common(a: Stretch, b: Stretch) -> float:
    return len(a.stems & b.stems) / max(min(len(a.stems), len(b.stems)), 1)


def _numbers(answer: Answer) -> int:
    return sum([len(_NUMBER.findall(s.text)) for s in answer.segments if s.speaker == "candidate" and s.kind != "code"])


def extract(features: str, answers: Sequence[Answer], columns: Sequence[str] | None = None) -> tuple[Sequence[str], Floats]:
    """The columns of a feature set and their values for answers: (answers, columns).

    ``columns`` are those that a model was fitted with; without them (when fitting) they are chosen from the answers.
    """
    names: list[str] = []
    blocks: list[Floats] = []
    if features in ("transcript", "all"):
        own, x = transcript_features(answers)
        names, blocks = [*names, *own], [*blocks, x]
    if features in ("embedding", "all"):
        from scorers.ml.embedding import embedding_features

        own, x = embedding_features(answers)
        names, blocks = [*names, *own], [*blocks, x]
    if features in ("words", "all"):
        from scorers.ml.words import vocabulary, word_features

        grams = vocabulary(answers) if columns is None else [c.removeprefix("word ") for c in columns if c.startswith("word ")]
        names, blocks = [*names, *(f"word {gram}" for gram in grams)], [*blocks, word_features(answers, grams)]
    if columns is not None and list(columns) != names:
        raise ValueError("the model was fitted with other features than this version reads: fit it again (bench fit ml)")
    return names, np.column_stack(blocks)
