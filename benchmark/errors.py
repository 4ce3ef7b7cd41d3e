"""What is wrong with an input, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with one input: printed as ``file:line: field: what is wrong``.

    ``line`` is counted from 1 (a row number in Parquet); 0 where the file as a whole is meant.
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.field, self.message) if part)


class InputError(Exception):
    """The user's input can't be used.  ``problems`` has every reason found, not just the first; exit status 2."""

    def __init__(self, problems: Iterable[Problem | str]):
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
