"""A file of predictions of any size, checked and sorted on disk."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.corpus.scan import Scan
from benchmark.errors import InputError, Problem
from benchmark.predictions import read_rows, row_problems

Row = Mapping[str, Any]


class GivenPredictions:
    """The predictions of a file for the answers at some places of a scan, kept in the SQLite file ``store``.

    What ``read_predictions`` refuses is refused, in the same words; ``elsewhere`` counts rows for other answers of the corpus.
    """

    def __init__(self, path: Path, scan: Scan, rows: array[int], store: Path) -> None:
        if not path.is_file():
            raise InputError([Problem(str(path), 0, "", "no such file")])
        self._base = sqlite3.connect(store, isolation_level=None)
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("CREATE TABLE given (id TEXT PRIMARY KEY, line, row, text) WITHOUT ROWID")
        self._n = len(rows)
        self.elsewhere = 0
        row_of = np.full(scan.counts["answers"] + 1, -1, dtype=np.int64)
        row_of[np.asarray(rows)] = np.arange(len(rows))
        self._base.execute("BEGIN")
        problems = list(self._problems(path, scan, row_of))
        self._base.execute("COMMIT")
        if problems:
            raise InputError(problems)
        if not self._base.execute("SELECT 1 FROM given LIMIT 1").fetchone():
            raise InputError([Problem(str(path), 0, "", "no predictions in it")])

    def rows(self) -> Iterator[Row | None]:
        """The prediction of each answer in order, None where there is none."""
        place = 0
        for row, text in self._base.execute("SELECT row, text FROM given WHERE row >= 0 ORDER BY row"):
            while place < row:
                yield None
                place += 1
            yield json.loads(text)
            place += 1
        for _ in range(place, self._n):
            yield None

    def lines(self) -> Iterator[str]:
        """The predictions there are, a line of JSON each."""
        for (text,) in self._base.execute("SELECT text FROM given WHERE row >= 0 ORDER BY row"):
            yield text + "\n"

    def close(self) -> None:
        self._base.close()

    def _problems(self, path: Path, scan: Scan, row_of: NDArray[np.int64]) -> Iterator[Problem]:
        for line, row in read_rows(path):
            if isinstance(row, Problem):
                yield row
                continue
            identifier = row.get("answer_id") if isinstance(row, dict) else None
            place = scan.place(identifier) if isinstance(identifier, str) else None
            wanted = -1 if place is None else int(row_of[place])
            spans = wanted >= 0 and place is not None and row.get("evidence")
            wrong = row_problems(row, scan.answers([place])[0] if spans and place is not None else None)
            yield from (Problem(str(path), line, field, message) for field, message in wrong)
            if wrong:
                continue
            text = json.dumps(row, ensure_ascii=False, allow_nan=False)
            try:
                self._base.execute(
                    "INSERT INTO given VALUES (?, ?, ?, ?)", (identifier, line, wanted, text if wanted >= 0 else "")
                )
            except sqlite3.IntegrityError:
                (first,) = self._base.execute("SELECT line FROM given WHERE id = ?", (identifier,)).fetchone()
                yield Problem(str(path), line, "answer_id", f"{identifier!r} stands at line {first} already")
                continue
            if place is None:
                yield Problem(str(path), line, "answer_id", f"{identifier!r} is no answer of this corpus")
            if wanted < 0:
                self.elsewhere += 1
