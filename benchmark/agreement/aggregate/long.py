"""Ratings in long form: one row per rating, as crowds give them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement.ratings import Codes, Floats

_DENSE = 64
"""Pairs of item and annotator are ticked off in a table while it has at most this many places a rating; else they are sorted."""


@dataclass(frozen=True, eq=False)
class LongRatings:
    """m ratings in any order: who gave which item which category.

    ``items``, ``annotators`` and ``labels`` are integer codes of shape ``(m,)``, each from 0 to below the number declared:
    ``n_items``, ``n_annotators``, ``n_categories``.  Declared but unseen items, annotators and categories count.  A missing
    rating is a row that isn't there.  ``repeats`` says that an annotator may have rated an item several times, each time
    afresh; without it that is an error.

    Raises ValueError, naming the rating or the pair, for codes that aren't integers of one shape, for a code outside what was
    declared, and for an annotator's second rating of an item; also where no category is declared.
    """

    items: Codes
    annotators: Codes
    labels: Codes
    n_items: int
    n_annotators: int
    n_categories: int
    repeats: bool = False

    def __post_init__(self) -> None:
        if self.n_categories < 1:
            raise ValueError("no categories declared")
        parts = (("item", self.items), ("annotator", self.annotators), ("label", self.labels))
        for (name, codes), declared in zip(parts, (self.n_items, self.n_annotators, self.n_categories), strict=True):
            whole = np.issubdtype(codes.dtype, np.integer) and np.can_cast(codes.dtype, np.int64)
            if codes.shape != (len(self.items),) or not whole:
                raise ValueError(
                    f"{name} codes must be integers of shape ({len(self.items)},), not {codes.dtype} of {codes.shape}"
                )
            if len(codes) and (codes.min() < 0 or codes.max() >= declared):
                row = int(np.argmax((codes < 0) | (codes >= declared)))
                raise ValueError(f"rating {row}: {name} {codes[row]} is not among the {declared} declared")
        if not self.repeats:
            self._refuse_repeats()

    @property
    def m(self) -> int:
        """The number of ratings."""
        return len(self.items)

    def counts(self) -> Floats:
        """How many ratings give each item each category, shape ``(n_items, n_categories)``."""
        place = self.items.astype(np.int64) * self.n_categories + self.labels
        counts = np.bincount(place, minlength=self.n_items * self.n_categories)
        return counts.reshape(self.n_items, self.n_categories).astype(np.float64)

    def annotator_counts(self) -> Codes:
        """How many ratings each annotator gave, shape ``(n_annotators,)``."""
        return np.bincount(self.annotators, minlength=self.n_annotators)

    def _refuse_repeats(self) -> None:
        pair = self.items.astype(np.int64) * self.n_annotators + self.annotators
        places = self.n_items * self.n_annotators
        if places <= _DENSE * self.m:
            seen = np.zeros(places, dtype=np.bool_)
            seen[pair] = True
            if np.count_nonzero(seen) == self.m:
                return
        ordered = np.sort(pair)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(twice):
            item, annotator = divmod(int(twice[0]), self.n_annotators)
            raise ValueError(f"annotator {annotator} rates item {item} more than once")
