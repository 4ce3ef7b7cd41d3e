"""Predictions as arrays, in the order of the answers that are evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.metrics.categorical import ABSTAINED
from benchmark.records import Annotation, Span

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Spans = tuple[Span, ...]
FIELDS = ("verdict", "rating", "pace", "depth", "patterns", "signals", "evidence")


@dataclass(frozen=True)
class Predicted:
    """What was predicted for n answers.

    ``verdict`` (n,) has indices into VERDICTS or ABSTAINED; ``rating``, ``pace`` and ``depth`` (n,) are as given, fractions
    included, NaN where not; ``patterns`` (n, 8) and ``signals`` (n, 5) are scores that mean present from 0.5 on, NaN where not
    given; ``probabilities`` of ``verdict`` (n, 4), ``patterns`` and ``signals`` are NaN where none were; ``evidence`` has spans, or
    None.  ``fields`` names the label fields given for at least one answer.
    """

    verdict: Ints
    rating: Floats
    pace: Floats
    depth: Floats
    patterns: Floats
    signals: Floats
    probabilities: Mapping[str, Floats]
    evidence: tuple[Spans | None, ...]
    fields: frozenset[str]


def from_rows(rows: Sequence[Mapping[str, Any] | None]) -> Predicted:
    """Arrays from prediction rows; None stands for an answer without one."""
    given = [row or {} for row in rows]
    return Predicted(
        verdict=np.array(
            [ABSTAINED if g.get("verdict") is None else VERDICTS.index(g["verdict"]) for g in given], dtype=np.intp
        ),
        rating=_numbers(given, "rating"),
        pace=_numbers(given, "pace"),
        depth=_numbers(given, "depth"),
        patterns=_scores(given, "patterns", PATTERNS),
        signals=_scores(given, "signals", SIGNALS),
        probabilities={
            "verdict": _probabilities(given, "verdict_probs", "verdict_probs", VERDICTS),
            "patterns": _probabilities(given, "pattern_probs", "patterns", PATTERNS),
            "signals": _probabilities(given, "signal_probs", "signals", SIGNALS),
        },
        evidence=tuple(_spans(g.get("evidence")) for g in given),
        fields=frozenset(field for field in FIELDS if any(g.get(field) is not None for g in given)),
    )


def from_annotations(annotations: Sequence[Annotation | None]) -> Predicted:
    """One annotator's labels in the place of predictions."""
    return from_rows([None if a is None else {field: getattr(a, field) for field in FIELDS} for a in annotations])


def _numbers(rows: Sequence[Mapping[str, Any]], field: str) -> Floats:
    return np.array([np.nan if row.get(field) is None else row[field] for row in rows], dtype=np.float64)


def _scores(rows: Sequence[Mapping[str, Any]], field: str, labels: tuple[str, ...]) -> Floats:
    scores = np.full((len(rows), len(labels)), np.nan)
    for i, row in enumerate(rows):
        value = row.get(field)
        if isinstance(value, Mapping):
            scores[i] = [value.get(label, 0.0) for label in labels]
        elif value is not None:
            scores[i] = [label in value for label in labels]
    return scores


def _probabilities(rows: Sequence[Mapping[str, Any]], field: str, otherwise: str, labels: tuple[str, ...]) -> Floats:
    """Probabilities of labels, from ``field`` or else from ``otherwise`` where that holds probabilities."""
    shares = np.full((len(rows), len(labels)), np.nan)
    for i, row in enumerate(rows):
        value = row.get(field) if row.get(field) is not None else row.get(otherwise)
        if isinstance(value, Mapping):
            shares[i] = [value.get(label, 0.0) for label in labels]
    return shares


def _spans(evidence: Any) -> Spans | None:
    if evidence is None:
        return None
    return tuple(e if isinstance(e, Span) else Span(e["label"], e["segment"], e["start"], e["end"]) for e in evidence)
