"""Ratings as one array: which category each rater gave each item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.integer]

MISSING = -1
_MOST_PATTERNS = 1 << 18
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Ratings:
    """Ratings of n items by r raters.

    ``codes`` has shape ``(n, r)``: the place of each rating on the declared scale, ``MISSING`` where there is none.
    ``categories`` is how many the scale declares.  ``values`` ``(categories,)`` are their numbers at interval and ratio level,
    and what Pearson's and intraclass correlations are taken of; the places where None.  ``weight`` ``(n,)`` is how many items
    a row stands for; one each where None.
    """

    codes: Codes
    categories: int
    values: Floats | None = None
    weight: Floats | None = None

    @cached_property
    def multiplicity(self) -> Floats:
        """How many items each row stands for, shape ``(n,)``."""
        return np.ones(len(self.codes)) if self.weight is None else self.weight

    @cached_property
    def counts(self) -> Floats:
        """How many raters gave each item each category, shape ``(n, categories)``."""
        counts = np.zeros((len(self.codes), self.categories))
        rows = np.arange(len(self.codes))
        for column in self.codes.T:
            given = column != MISSING
            counts[rows[given], column[given]] += 1
        return counts

    @cached_property
    def numbers(self) -> Floats:
        """The ratings as numbers, shape ``(n, r)``, NaN where missing."""
        values = np.arange(self.categories, dtype=np.float64) if self.values is None else self.values
        return np.where(self.codes == MISSING, np.nan, values[np.maximum(self.codes, 0)])

    @property
    def raters(self) -> int:
        return int(self.codes.shape[1])

    def folded(self) -> Ratings:
        """The same ratings with equal rows as one, where that makes them fewer.

        With K categories an item is one of (K + 1)^r patterns, so that a million items by five raters on a scale to five are at
        most 7,776 rows; every statistic of this package takes the weights that remain.
        """
        base = self.categories + 1
        patterns = base**self.raters
        if patterns > min(_MOST_PATTERNS, max(len(self.codes), 1)):
            return self
        tally = np.zeros(patterns)
        for start in range(0, len(self.codes), _BLOCK):
            block = self.codes[start : start + _BLOCK]
            place = np.zeros(len(block), dtype=np.int64)
            for column in block.T:
                place *= base
                place += column
                place += 1
            weight = None if self.weight is None else self.weight[start : start + _BLOCK]
            tally += np.bincount(place, weights=weight, minlength=patterns)
        seen = np.flatnonzero(tally)
        codes = np.empty((len(seen), self.raters), dtype=np.int16)
        rest = seen.copy()
        for j in range(self.raters - 1, -1, -1):
            rest, digit = np.divmod(rest, base)
            codes[:, j] = digit - 1
        return Ratings(codes, self.categories, self.values, tally[seen])

    def unordered(self) -> Ratings:
        """The same ratings with no regard to who gave which: at most C(K + r, r) rows (252 for five raters on five categories)."""
        folded = self.folded()
        return Ratings(np.sort(folded.codes, axis=1), self.categories, self.values, folded.multiplicity).folded()

    def columns(self, *raters: int) -> Ratings:
        """The ratings of some raters only."""
        return Ratings(self.codes[:, list(raters)], self.categories, self.values, self.weight)


def from_numbers(matrix: Floats, scale: Sequence[float]) -> Ratings:
    """Ratings from a matrix ``(n, r)`` of numbers on a declared ``scale``, NaN where missing.

    Raises ValueError for a number that the scale does not have.
    """
    values = np.asarray(scale, dtype=np.float64)
    steps = np.diff(values)
    even = len(steps) > 0 and bool((steps == steps[0]).all()) and steps[0] > 0
    codes = np.empty(matrix.shape, dtype=np.int8 if len(values) < 2**7 else np.int32)
    for start in range(0, len(matrix), _BLOCK):
        block = matrix[start : start + _BLOCK]
        missing = np.isnan(block)
        place = (block - values[0]) / steps[0] if even else _places(block, values)
        place[missing] = MISSING
        with np.errstate(invalid="ignore"):
            whole = place.astype(codes.dtype)
        if (whole != place).any() or whole.max(initial=0) >= len(values) or (whole < 0).sum() != missing.sum():
            stray = block[~missing & ~np.isin(block, values)]
            raise ValueError(f"{stray[0]} is not on the scale")
        codes[start : start + _BLOCK] = whole
    return Ratings(codes, len(values), values)


def _places(block: Floats, values: Floats) -> Floats:
    """Place of each number on a scale with uneven steps; a fraction where it has none."""
    order = np.argsort(values)
    near = np.searchsorted(values[order], block).clip(0, len(values) - 1)
    found: Floats = np.where(values[order][near] == block, order[near], 0.5)
    return found
