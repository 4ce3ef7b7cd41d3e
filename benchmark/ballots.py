"""What each annotator said of each answer, as small codes: a few bytes a label, whatever the size of the corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.corpus.load import Corpus

if TYPE_CHECKING:
    from benchmark.corpus.scan import Scan

Codes = NDArray[np.int16]
MISSING = -1
SCALES: dict[str, tuple[Any, ...]] = {"verdict": VERDICTS, "rating": RATINGS, "pace": DEVIATIONS, "depth": DEVIATIONS}
MARKS: dict[str, tuple[str, ...]] = {"patterns": PATTERNS, "signals": SIGNALS}
_FIELDS = (*SCALES, *MARKS)


@dataclass(frozen=True)
class Ballots:
    """Labels of n answers by A annotators.

    ``labels`` has, per field, codes of shape (n, A), ``MISSING`` where none was given: the place on its scale, or for
    ``patterns`` and ``signals`` a bit per mark.  ``labelled`` (n, A) says who annotated what at all.
    """

    annotators: tuple[str, ...]
    labels: Mapping[str, Codes]
    labelled: NDArray[np.bool_]

    def part(self, rows: slice) -> Ballots:
        """The same of some answers, without a copy."""
        return Ballots(self.annotators, {field: codes[rows] for field, codes in self.labels.items()}, self.labelled[rows])

    def of(self, annotators: Sequence[str]) -> Ballots:
        """The same of some annotators."""
        columns = [self.annotators.index(name) for name in annotators]
        labels = {field: codes[:, columns] for field, codes in self.labels.items()}
        return Ballots(tuple(annotators), labels, self.labelled[:, columns])

    def marks(self, field: str) -> NDArray[np.int16]:
        """``patterns`` or ``signals`` as (n, A, marks): 0, 1, or ``MISSING``."""
        codes = self.labels[field][:, :, None]
        bits = (codes >> np.arange(len(MARKS[field]), dtype=np.int16)) & 1
        return np.where(codes == MISSING, np.int16(MISSING), bits)


def corpus_ballots(corpus: Corpus, annotators: Sequence[str], answer_ids: Sequence[str]) -> Ballots:
    """The ballots of annotators of a corpus in memory on some of its answers."""
    row = {answer_id: i for i, answer_id in enumerate(answer_ids)}
    column = {name: j for j, name in enumerate(annotators)}
    ballots = _empty(len(answer_ids), annotators)
    for a in corpus.annotations:
        i, j = row.get(a.answer_id), column.get(a.annotator_id)
        if i is None or j is None:
            continue
        ballots.labelled[i, j] = True
        for field, scale in SCALES.items():
            if (value := getattr(a, field)) is not None:
                ballots.labels[field][i, j] = scale.index(value)
        for field, names in MARKS.items():
            if (marked := getattr(a, field)) is not None:
                ballots.labels[field][i, j] = sum(1 << names.index(name) for name in set(marked))
    return ballots


def scan_ballots(scan: Scan, annotators: Sequence[str], row_of: NDArray[np.int64], n: int) -> Ballots:
    """The ballots of annotators of a scanned corpus.

    ``row_of`` gives, at the place of an answer in the scan, which of the ``n`` answers asked for it is, -1 for none.
    """
    column = {name: j for j, name in enumerate(annotators)}
    ballots = _empty(n, annotators)
    fields = ", ".join(f"n.{field}" for field in _FIELDS)
    found = scan.base.execute(
        f"SELECT a.rowid, n.annotator, {fields} FROM annotations n CROSS JOIN answers a ON a.id = n.answer"
    )
    while some := found.fetchmany(10_000):
        rows = row_of[[r[0] for r in some]]
        columns = np.array([column.get(r[1], -1) for r in some])
        kept = np.flatnonzero((rows >= 0) & (columns >= 0))
        codes = np.array([[MISSING if code is None else code for code in some[k][2:]] for k in kept], dtype=np.int16)
        where = rows[kept], columns[kept]
        ballots.labelled[where] = True
        for field, given in zip(_FIELDS, codes.reshape(-1, len(_FIELDS)).T, strict=True):
            ballots.labels[field][where] = given
    return ballots


def _empty(n: int, annotators: Sequence[str]) -> Ballots:
    shape = n, len(annotators)
    labels = {field: np.full(shape, MISSING, dtype=np.int16) for field in _FIELDS}
    return Ballots(tuple(annotators), labels, np.zeros(shape, dtype=bool))
