"""Ratings as one array: which category each rater gave each item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.integer]
Numbers = NDArray[np.integer] | Floats

MISSING = -1
_MOST_PATTERNS = 1 << 18
_BLOCK_CELLS = 1 << 16
"""Matrices are read in blocks of about this many ratings, which stay in the processor's cache."""


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
        if not self.categories:
            return np.full(self.codes.shape, np.nan)
        return np.where(self.codes == MISSING, np.nan, self.scale[np.maximum(self.codes, 0)])

    @property
    def scale(self) -> Floats:
        """The numbers of the categories, their places where they have none, shape ``(categories,)``."""
        return np.arange(self.categories, dtype=np.float64) if self.values is None else self.values

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
        narrow = np.int16 if patterns < 1 << 15 else np.int32
        nobody = (patterns - 1) // max(base - 1, 1)  # a row without ratings is -1 throughout
        for start, block in _blocks(self.codes):
            place: NDArray[Any] = np.zeros(len(block), dtype=narrow)
            for column in block.T:
                place *= base
                place += column
            place += nobody
            weight = None if self.weight is None else self.weight[start : start + len(block)]
            tally += np.bincount(place, weights=weight, minlength=patterns)
        seen = np.flatnonzero(tally)
        codes = np.empty((len(seen), self.raters), dtype=np.int16)
        rest = seen.copy()
        for j in range(self.raters - 1, -1, -1):
            rest, digit = np.divmod(rest, base)
            codes[:, j] = digit - 1
        return Ratings(codes, self.categories, self.values, tally[seen])

    def unordered(self) -> Ratings:
        """The same ratings with no regard to who gave which: at most C(K + r, r) rows (252 for five raters on five categories).

        Rows are known by how many of their ratings each category has, as one whole number, where that is not too large.
        """
        folded = self.folded()
        if (self.raters + 1) ** self.categories < 1 << 63:
            return folded._folded_by_counts()
        return Ratings(np.sort(folded.codes, axis=1), self.categories, self.values, folded.multiplicity).folded()

    def _folded_by_counts(self) -> Ratings:
        base = self.raters + 1
        worth = np.array([0, *(base**k for k in range(self.categories))], dtype=np.int64)
        keys, tallies = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        for start, block in _blocks(self.codes):
            key, member = np.unique(worth[block + 1].sum(axis=1), return_inverse=True)
            keys.append(key)
            tally = np.zeros(len(key))
            np.add.at(tally, member, self.multiplicity[start : start + len(block)])
            tallies.append(tally)
        key, member = np.unique(np.concatenate(keys), return_inverse=True)
        counts = key[:, None] // worth[1:] % base
        counts = np.column_stack([self.raters - counts.sum(axis=1), counts])
        codes = np.repeat(np.tile(np.arange(-1, self.categories), len(key)), counts.ravel()).reshape(len(key), self.raters)
        weight = np.zeros(len(key))
        np.add.at(weight, member, np.concatenate(tallies))
        return Ratings(codes, self.categories, self.values, weight)

    def columns(self, *raters: int) -> Ratings:
        """The ratings of some raters only."""
        return Ratings(self.codes[:, list(raters)], self.categories, self.values, self.weight)


def from_numbers(matrix: Numbers, scale: Sequence[float]) -> Ratings:
    """Ratings from a matrix ``(n, r)`` of numbers on a declared ``scale``, NaN where missing (whole numbers: none is).

    Raises ValueError for a number that the scale does not have.
    """
    values = np.asarray(scale, dtype=np.float64)
    codes = np.empty(matrix.shape, dtype=np.int8 if len(values) < 1 << 7 else np.int32)
    step = values[1] - values[0] if len(values) > 1 else 1.0
    even = bool(step > 0 and ((values - values[0]) / step == np.arange(len(values))).all())
    whole_scale = even and step == 1 and values[0] == int(values[0]) and matrix.dtype.kind == "i"
    for start, block in _blocks(matrix):
        if whole_scale:
            place: NDArray[Any] = np.subtract(block, int(values[0]), dtype=np.int64)
            strays = place.min(initial=0) < 0 or place.max(initial=0) >= len(values)
            codes[start : start + len(block)] = place
        else:
            place = (block - values[0]) / step if even else _places(block, values)
            np.fmax(place, MISSING, out=place)  # of NaN and a number the number
            with np.errstate(invalid="ignore"):
                whole = place.astype(codes.dtype)
            given = whole >= 0
            strays = (whole != place).any() or whole.max(initial=0) >= len(values) or (given == np.isnan(block)).any()
            codes[start : start + len(block)] = whole
        if strays:
            raise ValueError(f"{block[~np.isnan(block) & ~np.isin(block, values)][0]} is not on the scale")
    return Ratings(codes, len(values), values)


def centred(numbers: Floats) -> Floats:
    """Numbers less the one of them nearest to their mean, NaN left: equal numbers become exactly 0, whatever their size."""
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return numbers
    centre: Floats = known[np.abs(known - known.mean()).argmin()]
    return numbers - centre


def _blocks(matrix: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    """Consecutive rows and where they start."""
    rows = max(1, _BLOCK_CELLS // max(matrix.shape[1], 1))
    for start in range(0, len(matrix), rows):
        yield start, matrix[start : start + rows]


def _places(block: Floats, values: Floats) -> Floats:
    """Place of each number on a scale with uneven steps; a fraction where it has none, NaN where missing."""
    order = np.argsort(values)
    near = np.searchsorted(values[order], block).clip(0, len(values) - 1)
    found: Floats = np.where(values[order][near] == block, order[near], np.where(np.isnan(block), np.nan, 0.5))
    return found
