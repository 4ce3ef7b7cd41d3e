"""Predictions as arrays, in the order of the answers that are evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.ballots import MARKS, MISSING, SCALES, Ballots
from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.metrics.categorical import ABSTAINED
from benchmark.records import Annotation, Span

Floats = NDArray[np.float64]
Marks = NDArray[np.floating[Any]]
"""Of half precision where marks are there or not: 0, 1 and NaN are exact in it, and there are thirteen an answer."""
Ints = NDArray[np.intp]
Spans = tuple[Span, ...]
FIELDS = ("verdict", "rating", "pace", "depth", "patterns", "signals", "evidence")


@dataclass(frozen=True)
class Predicted:
    """What was predicted for n answers.

    ``verdict`` (n,) has indices into VERDICTS or ABSTAINED; ``rating``, ``pace`` and ``depth`` (n,) are as given, fractions
    included, NaN where not; ``patterns`` (n, 8) and ``signals`` (n, 5) are scores that mean present from 0.5 on, NaN where not
    given; ``probabilities`` of ``verdict`` (n, 4), ``patterns`` and ``signals`` are NaN where none were; ``evidence`` has spans, or
    None, per answer, and is None as a whole where they are left on disk.  ``fields`` names the label fields given for at least
    one answer.
    """

    verdict: Ints
    rating: Floats
    pace: Floats
    depth: Floats
    patterns: Marks
    signals: Marks
    probabilities: Mapping[str, Floats]
    evidence: tuple[Spans | None, ...] | None
    fields: frozenset[str]

    def part(self, rows: slice) -> Predicted:
        """The predictions of some of the answers for a label track, without a copy."""
        cut = {field: getattr(self, field)[rows] for field in ("verdict", "rating", "pace", "depth", "patterns", "signals")}
        return replace(self, **cut, probabilities={name: shares[rows] for name, shares in self.probabilities.items()})


def from_rows(rows: Sequence[Mapping[str, Any] | None]) -> Predicted:
    """Arrays from prediction rows; None stands for an answer without one."""
    made = Builder(len(rows))
    for row in rows:
        made.add(row)
    return made.predicted(evidence=tuple(spans_of((row or {}).get("evidence")) for row in rows))


class Builder:
    """Arrays of ``n`` predictions, filled row by row."""

    def __init__(self, n: int) -> None:
        self._row = 0
        self._verdict = np.full(n, ABSTAINED, dtype=np.intp)
        self._scales = {field: np.full(n, np.nan) for field in ("rating", "pace", "depth")}
        self._marks: dict[str, Marks] = {
            field: np.full((n, len(names)), np.nan, dtype=np.float16) for field, names in MARKS.items()
        }
        self._shares = np.full((n, len(VERDICTS)), np.nan)
        self._mark_shares: dict[str, Floats] = {}
        """Probabilities of marks that are not the marks themselves: made when the first is seen."""
        self._share_kind: dict[str, str] = {}
        self._fields: set[str] = set()

    def add(self, row: Mapping[str, Any] | None) -> None:
        """The next answer's prediction."""
        i = self._row
        self._row += 1
        if row is None:
            return
        for field in FIELDS:
            if row.get(field) is not None:
                self._fields.add(field)
        if row.get("verdict") is not None:
            self._verdict[i] = VERDICTS.index(row["verdict"])
        for field, scale in self._scales.items():
            if row.get(field) is not None:
                scale[i] = row[field]
        if isinstance(row.get("verdict_probs"), Mapping):
            self._shares[i] = [row["verdict_probs"].get(label, 0.0) for label in VERDICTS]
        for field, names in MARKS.items():
            self._add_marks(i, field, names, row.get(field), row.get(_PROBABILITIES[field]))

    def _add_marks(self, i: int, field: str, names: Sequence[str], value: Any, own: Any) -> None:
        if isinstance(value, Mapping):
            if self._marks[field].dtype != np.float64:
                self._marks[field] = self._marks[field].astype(np.float64)
            self._marks[field][i] = [value.get(name, 0.0) for name in names]
        elif value is not None:
            self._marks[field][i] = [name in value for name in names]
        shares = value if own is None else own
        if value is None and not isinstance(shares, Mapping):
            return  # neither
        kind = "none" if not isinstance(shares, Mapping) else "marks" if shares is value else "own"
        before = self._share_kind.setdefault(field, kind)
        if before == kind != "own":
            return  # so far marks are the probabilities, or there are none: no array of their own
        if field not in self._mark_shares:
            self._mark_shares[field] = (
                self._marks[field].astype(np.float64) if before == "marks" else np.full(self._marks[field].shape, np.nan)
            )
            self._mark_shares[field][i:] = np.nan
            self._share_kind[field] = "own"
        if isinstance(shares, Mapping):
            self._mark_shares[field][i] = [shares.get(name, 0.0) for name in names]

    def predicted(self, evidence: tuple[Spans | None, ...] | None) -> Predicted:
        """What was added."""
        marks: dict[str, Any] = {
            field: np.broadcast_to(np.nan, given.shape)
            if self._share_kind.get(field) in (None, "none")
            else self._mark_shares.get(field, given)
            for field, given in self._marks.items()
        }
        return Predicted(
            verdict=self._verdict,
            **self._scales,
            patterns=self._marks["patterns"],
            signals=self._marks["signals"],
            probabilities={"verdict": self._shares, **marks},
            evidence=evidence,
            fields=frozenset(self._fields),
        )


def from_ballots(ballots: Ballots, annotator: str) -> Predicted:
    """One annotator's labels in the place of predictions."""
    j = ballots.annotators.index(annotator)
    codes = {field: given[:, j] for field, given in ballots.labels.items()}

    def numbers(field: str) -> Floats:
        return np.where(codes[field] == MISSING, np.nan, np.array(SCALES[field], dtype=np.float64)[codes[field]])

    def marks(field: str) -> Floats:
        given = ballots.marks(field)[:, j].astype(np.float64)
        return np.where(given == MISSING, np.nan, given)

    nothing = {name: np.full((len(codes["verdict"]), len(labels)), np.nan) for name, labels in _LABELS.items()}
    return Predicted(
        verdict=codes["verdict"].astype(np.intp),
        rating=numbers("rating"),
        pace=numbers("pace"),
        depth=numbers("depth"),
        patterns=marks("patterns"),
        signals=marks("signals"),
        probabilities=nothing,
        evidence=None,
        fields=frozenset(field for field, given in codes.items() if (given != MISSING).any()),
    )


def from_annotations(annotations: Sequence[Annotation | None]) -> Predicted:
    """One annotator's labels in the place of predictions."""
    return from_rows([None if a is None else {field: getattr(a, field) for field in FIELDS} for a in annotations])


_PROBABILITIES = {"patterns": "pattern_probs", "signals": "signal_probs"}
_LABELS = {"verdict": VERDICTS, "patterns": PATTERNS, "signals": SIGNALS}


def spans_of(evidence: Any) -> Spans | None:
    """Spans from documents; None stays None."""
    if evidence is None:
        return None
    return tuple(e if isinstance(e, Span) else Span(e["label"], e["segment"], e["start"], e["end"]) for e in evidence)
