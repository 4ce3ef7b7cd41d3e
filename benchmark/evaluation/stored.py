"""Evaluation of a scanned corpus: the same numbers as in memory, with the text left on disk."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from benchmark.ballots import scan_ballots
from benchmark.corpus.load import contrast_of, loop_of
from benchmark.corpus.scan import Scan
from benchmark.evaluation.items import Items, assemble
from benchmark.evaluation.spans import count_shared
from benchmark.records import Answer, Span
from benchmark.reference import Reference, choose_annotators, combine
from benchmark.result import Tally

_AT_ONCE = 256
Row = Mapping[str, Any]


class StoredAnswers(Sequence[Answer]):
    """Answers of a scan, read when they are asked for."""

    def __init__(self, scan: Scan, rows: array[int]) -> None:
        self._scan, self._rows = scan, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Answer: ...
    @overload
    def __getitem__(self, place: slice) -> list[Answer]: ...
    def __getitem__(self, place: int | slice) -> Answer | list[Answer]:
        if isinstance(place, slice):
            return self._scan.answers(self._rows[place])
        return self._scan.answers(self._rows[place : place + 1])[0]

    def __iter__(self) -> Iterator[Answer]:
        for start in range(0, len(self._rows), _AT_ONCE):
            yield from self[start : start + _AT_ONCE]


class Index(Mapping[str, int]):
    """The row of an answer id among those asked for."""

    def __init__(self, scan: Scan, row_of: NDArray[np.int64]) -> None:
        self._scan, self._row_of = scan, row_of

    def _row(self, answer_id: object) -> int:
        place = self._scan.place(str(answer_id))
        return -1 if place is None else int(self._row_of[place])

    def __getitem__(self, answer_id: str) -> int:
        row = self._row(answer_id)
        if row < 0:
            raise KeyError(answer_id)
        return row

    def __contains__(self, answer_id: object) -> bool:
        return self._row(answer_id) >= 0

    def __len__(self) -> int:
        return int((self._row_of >= 0).sum())

    def __iter__(self) -> Iterator[str]:
        found = self._scan.base.execute("SELECT rowid, id FROM answers")
        return (answer_id for place, answer_id in found if self._row_of[place] >= 0)


def scan_selection(scan: Scan, rows: array[int], source: str | None) -> tuple[Items, Reference]:
    """The answers at some places of a scan as items, and the reference over them, without its evidence."""
    row_of = np.full(max(1, scan.counts["answers"] + 1), -1, dtype=np.int64)
    row_of[np.asarray(rows)] = np.arange(len(rows))
    index = Index(scan, row_of)
    questions: list[str] = [""] * len(rows)
    rounds: list[str] = [""] * len(rows)
    words = np.zeros(len(rows), dtype=np.int64)
    shared: dict[str, str] = {}  # one string object per question and round, however many answers have it
    for place, question, round_, count in scan.base.execute("SELECT rowid, question, round, words FROM answers"):
        if (row := row_of[place]) >= 0:
            questions[row] = shared.setdefault(question, question)
            rounds[row] = shared.setdefault(round_, round_)
            words[row] = count
    items = assemble(
        scan,
        StoredAnswers(scan, rows),
        questions,
        rounds,
        words,
        map(loop_of, scan.documents("loops")),
        map(contrast_of, scan.documents("contrasts")),
        index,
    )
    source, annotators = choose_annotators(scan, source)
    return items, combine(source, scan_ballots(scan, annotators, row_of, len(rows)), None)


def tally_rows(
    scan: Scan,
    rows: array[int],
    annotators: Sequence[str],
    given: Iterable[Row | None],
    progress: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Fold predictions, in the order of the answers, into everything that is measured of them."""
    tally = Tally(len(rows))
    predictions = iter(given)

    def texts(start: int) -> Iterator[tuple[Answer, list[tuple[Span, ...]]]]:
        answers = scan.answers(rows[start : start + _AT_ONCE])
        marked = scan.evidence([answer.answer_id for answer in answers], annotators)
        return ((answer, marked[answer.answer_id]) for answer in answers)

    shown = False  # does the scorer show evidence?  If not, no text needs to be read again
    for start in range(0, len(rows), _AT_ONCE):
        some = list(islice(predictions, _AT_ONCE))
        if not shown and any(row is not None and row.get("evidence") is not None for row in some):
            shown = True
            for before in range(0, start, _AT_ONCE):
                for i, (answer, marked) in enumerate(texts(before), start=before):
                    count_shared(tally.shared, i, answer, marked, ())
        if shown:
            for row, (answer, marked) in zip(some, texts(start), strict=True):
                tally.add(row, answer, marked)
        else:
            for row in some:
                tally.add(row)
        progress(start + len(some))
    return tally


def parsed(lines: Iterable[bytes]) -> Iterator[Row]:
    """Prediction rows from lines of JSON."""
    for line in lines:
        row: Row = json.loads(line)
        yield row
