"""What the latent class models share: items folded to patterns, and the two steps of EM as sparse products.

A *token* is an annotator and a category, ``annotator * K + category``; an item is the set of its tokens, and items with the
same set (a pattern) have the same posterior.  A million items by five annotators on a scale to five are at most 7,776
patterns, and every step of EM costs what they cost.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.ratings import Codes, Floats

_EXACT_BITS = 53
"""Whole numbers of fewer bits are exact in floating point: patterns are numbered where all their numbers are."""


class Patterns:
    """The ratings as patterns.

    ``first`` ``(P,)`` is an item of each pattern, ``weight`` ``(P,)`` how many items have it, ``of_item`` ``(items,)`` which
    pattern an item has, P for an item without ratings.  ``matrix`` is sparse, ``(P, annotators * K)``: how often a pattern has
    each token.
    """

    def __init__(self, ratings: LongRatings) -> None:
        from scipy.sparse import csr_array

        k, n = ratings.n_categories, ratings.n_items
        self.first, self.of_item, self.weight = _fold(ratings)
        row = np.full(n, -1)
        row[self.first] = np.arange(len(self.first))
        place = row[ratings.items]
        kept = np.flatnonzero(place >= 0)
        tokens = ratings.annotators[kept].astype(np.int64) * k + ratings.labels[kept]
        shape = (len(self.first), ratings.n_annotators * k)
        self.matrix: Any = csr_array((np.ones(len(kept)), (place[kept], tokens)), shape=shape)
        # the same with the patterns' weights, lying the other way
        self._weighted: Any = self.matrix.T.tocsr()
        self._weighted.data *= self.weight[self._weighted.indices]

    def expand(self, values: Floats) -> Floats:
        """From patterns ``(P, K)`` to items ``(items, K)``, NaN for items without ratings."""
        return np.concatenate([values, np.full((1, values.shape[1]), np.nan)])[self.of_item]

    def posterior(self, log_given: Floats, log_prior: Floats) -> tuple[Floats, float]:
        """Probabilities ``(P, K)`` of the true categories, and the log-likelihood of all ratings.

        ``log_given`` ``(annotators * K, K)`` is the log-probability of each token under each true category, ``log_prior``
        ``(K,)`` that of the categories.
        """
        # one row per category, since there are few: NumPy is slow along a short last axis
        joint: Floats = np.ascontiguousarray((self.matrix @ log_given).T)
        joint += log_prior[:, None]
        top = joint.max(axis=0)
        joint -= top
        np.exp(joint, out=joint)
        total = joint.sum(axis=0)
        joint /= total
        # not a dot product, whose last digits depend on the number of threads
        return np.ascontiguousarray(joint.T), float((self.weight * (np.log(total) + top)).sum())

    def token_counts(self, posterior: Floats) -> Floats:
        """Expected number of ratings by token and true category, shape ``(annotators * K, K)``."""
        counts: Floats = self._weighted @ posterior
        return counts

    def shares(self, posterior: Floats) -> Floats:
        """The categories' shares of the rated items, shape ``(K,)``."""
        shares: Floats = np.einsum("p,pk->k", self.weight, posterior) / self.weight.sum()
        return shares


def _fold(ratings: LongRatings) -> tuple[Codes, Codes, Floats]:
    """One item of each pattern, the pattern of each item, and how many items have it."""
    base, n = ratings.n_categories + 1, ratings.n_items
    if not ratings.repeats and ratings.n_annotators * math.log2(base) < _EXACT_BITS:
        digit = float(base) ** np.arange(ratings.n_annotators)
        # each annotator is a digit of the item's number, 0 where there is no rating
        number = np.bincount(
            ratings.items, weights=(1 + ratings.labels.astype(np.float64)) * digit[ratings.annotators], minlength=n
        )
        rated = np.flatnonzero(number)
        _, unique, of_rated, count = np.unique(number[rated], return_index=True, return_inverse=True, return_counts=True)
        first, weight = rated[unique], count.astype(np.float64)
    else:
        rated = first = np.flatnonzero(np.bincount(ratings.items, minlength=n))
        of_rated, weight = np.arange(len(rated)), np.ones(len(rated))
    of_item = np.full(n, len(first))
    of_item[rated] = of_rated
    return first, of_item, weight
