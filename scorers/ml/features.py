"""A timed transcript as numbers: what ``features=transcript`` of the ``ml`` scorer sees.

The readings of the heuristic (``scorers/heuristic``), undigested: how often the candidate does what, where the time goes, how
replies take up cues, how far the points of the question are reached and when.  No word is a feature by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import mean, pstdev

import numpy as np
from numpy.typing import NDArray

from benchmark.codebook import ROUNDS
from benchmark.records import Answer, Segment
from scorers.heuristic import lexicon as lex
from scorers.heuristic import rules
from scorers.heuristic.profile import PROFILES
from scorers.heuristic.reading import RATE_WORDS, REACHED, Reading, read

Floats = NDArray[np.float64]
_THIRDS = 3
_NUMBER = re.compile(r"\d[\d.,]*")


def transcript_features(answers: Sequence[Answer]) -> tuple[list[str], Floats]:
    """Names of the columns, and an array of shape (answers, columns)."""
    rows = [_row(answer) for answer in answers]
    return list(rows[0]) if rows else [], np.array([list(row.values()) for row in rows], dtype=np.float64)


def _row(answer: Answer) -> dict[str, float]:
    reading = read(answer)
    profile = PROFILES[answer.round]
    findings = {name: rule(reading, profile) for name, rule in rules.PATTERN_RULES.items()}
    row = {f"rule {name}": finding.strength for name, finding in findings.items()}
    row |= {f"rule {name}": strength for name, strength in rules.signals(reading, findings).items()}
    row["rule rating"] = rules.rating(reading, findings)
    row["rule pace"], row["rule depth"] = rules.scales(reading, findings)
    row["substance"] = min(rules.substance(reading, profile), 3.0)
    row |= {f"says {category}": min(reading.per_hundred(category), 12.0) for category in lex.CATEGORIES if category != lex.PLAN}
    row |= _clock(answer) | _points(reading) | _cues(reading) | _order(reading)
    row |= {f"{name} in {round_}": row[name] * (answer.round == round_) for round_ in ROUNDS for name in _BY_ROUND}
    row |= {f"round {round_}": float(answer.round == round_) for round_ in ROUNDS}
    return row


_BY_ROUND = ("budget share", "words, log", "says explain", "says own", "says close", "code from", "substance")


def _clock(answer: Answer) -> dict[str, float]:
    """Where the time goes."""
    total, budget = max(answer.seconds, 1.0), answer.question.time_budget_s
    own = [s for s in answer.segments if s.speaker == "candidate" and s.text.strip()]
    code = [s for s in own if s.kind == "code"]
    rates = [_rate(s) for s in own if s.kind != "code" and len(s.text.split()) >= RATE_WORDS]
    if answer.medium == "written":
        rates = [5 * rate for rate in rates]  # writing is about five times slower than speech
    pauses = [max(0.0, b.start_s - a.end_s) for a, b in pairwise(answer.segments)]
    silences = [s.seconds for s in answer.segments if s.kind == "silence"]
    quiet = sum(silences) + sum(p for p in pauses if p > 3)
    start = own[0].start_s if own else total
    return {
        "words, log": float(np.log1p(answer.words)),
        "budget share": min(answer.budget_share, 1.5),
        "overrun": max(0.0, answer.budget_share - 1.0),
        "unused": max(0.0, 0.5 - answer.budget_share),
        "silent share": quiet / total,
        "longest silence": min(max([*silences, *pauses, 0.0]), 120) / 60,
        "starts after": min(start / budget, 1.0),
        "code from": min(code[0].start_s / budget, 1.0) if code else 0.0,
        "code share": sum(s.seconds for s in code) / total,
        "no code": float(answer.round == "coding" and not code),
        "rate": mean(rates) / 100 if rates else 0.0,
        "fastest": max(rates, default=0.0) / 100,
        "slowest": min(rates, default=0.0) / 100,
        "rate varies": pstdev(rates) / 100 if len(rates) > 1 else 0.0,
        "raced": max(0.0, max(rates, default=0.0) - 205) / 20,
        "dragged": max(0.0, 100 - min(rates, default=100.0)) / 20,
        "last against first rate": (rates[-1] - rates[0]) / 100 if len(rates) > 1 else 0.0,
        "last segment share": own[-1].seconds / total if own else 0.0,
        "longest segment share": max((s.seconds for s in own), default=0.0) / total,
        "segments": min(sum(s.kind == "code" or len(s.text.split()) >= RATE_WORDS for s in own), 10) / 5,
    }


def _points(reading: Reading) -> dict[str, float]:
    """How far the question's points are reached, how early, and how many words go to which kind."""
    reached = sorted(reading.critical)
    return {
        "critical points, mean": mean(reached) if reached else 0.0,
        "critical points, worst": reached[0] if reached else 0.0,
        "critical points, best": reached[-1] if reached else 0.0,
        "critical points reached": sum(x >= REACHED for x in reached) / max(len(reached), 1),
        "obvious points, mean": mean(reading.obvious) if reading.obvious else 0.0,
        "words on critical points": reading.on_critical,
        "words on obvious points": reading.on_obvious,
        "critical against obvious": reading.on_critical - reading.on_obvious,
        "first critical point after": reading.before_critical,
    }


def _cues(reading: Reading) -> dict[str, float]:
    """How replies take up what the interviewer said."""
    exchanges = reading.exchanges
    taken = [e.taken_up for e in exchanges]
    same = [e.same_as_before for e in exchanges]
    return {
        "cues": min(len(exchanges), 4) / 4,
        "cue least taken up": min(taken, default=0.3),
        "cue taken up, mean": mean(taken) if taken else 0.3,
        "cue against before": min((e.taken_up - e.repeated for e in exchanges), default=0.0),
        "reply most like before": max(same, default=0.1),
        "replies that turn": sum(e.turns for e in exchanges) / max(len(exchanges), 1),
        "cue not taken up": float(any(t < 0.05 for t in taken)),
    }


def _order(reading: Reading) -> dict[str, float]:
    """What comes when: choices, reasons and checks by thirds of the answer, and how stretches follow each other.

    Announced plans are left out: anybody can announce one.
    """
    stretches = reading.stretches
    row: dict[str, float] = {}
    size = max(1, -(-len(stretches) // _THIRDS))
    for third in range(_THIRDS):
        part = stretches[third * size : (third + 1) * size]
        words = max(sum(s.words for s in part), 20)
        for category in (lex.REASON, lex.CHOOSE, lex.CLOSE, lex.EXPLAIN):
            row[f"{category} in third {third + 1}"] = min(100 * sum(s.does.get(category, 0) for s in part) / words, 12.0)
    linked = [len(a.stems & b.stems) / max(min(len(a.stems), len(b.stems)), 1) for a, b in pairwise(stretches)]
    back = [
        len(a.stems & b.stems) / max(min(len(a.stems), len(b.stems)), 1) for a, b in zip(stretches, stretches[2:], strict=False)
    ]
    total = max(reading.words, 40)
    return row | {
        "stretches linked": mean(linked) if linked else 0.0,
        "stretches unlinked": sum(not x for x in linked) / max(len(linked), 1),
        "scatter": reading.scatter,
        "linked across one": mean(back) - mean(linked) if back and linked else 0.0,
        "numbers": 10 * _numbers(reading.answer) / total,
        "choices per option": reading.does[lex.CHOOSE] / max(reading.does[lex.ADD] + reading.does[lex.CHOOSE], 1),
        "reasons per stretch": sum(bool(s.does.get(lex.REASON) or s.does.get(lex.COST)) for s in stretches)
        / max(len(stretches), 1),
    }


def _numbers(answer: Answer) -> int:
    return sum(len(_NUMBER.findall(s.text)) for s in answer.segments if s.speaker == "candidate" and s.kind != "code")


def _rate(segment: Segment) -> float:
    return 60 * len(segment.text.split()) / max(segment.seconds, 0.5)


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
