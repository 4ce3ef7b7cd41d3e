"""The majority's label, with a declared rule for ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.result import Combined, missing_labels, most_probable, reliability, vote_shares
from benchmark.agreement.ratings import MISSING, Floats

TieRule = Literal["shared", "first", "none"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Majority(Combined):
    """Majority labels.

    ``posterior`` holds the vote shares.  ``weights`` ``(items, K)`` is 1 for the winner and 0 for the others; a tie is as the
    rule says; NaN without ratings.  Reliability is against ``weights``.
    """

    weights: Floats


def majority(ratings: LongRatings, ties: TieRule) -> Majority:
    """The category with the most ratings (a plurality will do), every annotator counting alike.

    A tie under ``ties``: ``shared`` gives each of the tied equal weight, and no label; ``first`` takes the one declared first;
    ``none`` leaves the item undefined, weights NaN and no label.  Raises ValueError for another rule.
    """
    if ties not in get_args(TieRule):
        raise ValueError(f"no tie rule {ties!r} (there are: {', '.join(get_args(TieRule))})")
    posterior = vote_shares(ratings)
    labels, winners = most_probable(posterior)
    rated, tied = winners.any(axis=1), np.count_nonzero(winners, axis=1) > 1
    if ties == "first":
        labels = np.where(rated, np.argmax(winners, axis=1), MISSING)
        winners = winners & (np.cumsum(winners, axis=1) == 1)
    with np.errstate(invalid="ignore"):
        weights = winners / winners.sum(axis=1, keepdims=True)
    if ties == "none":
        weights[tied] = np.nan
    return Majority(
        posterior=posterior,
        weights=weights,
        labels=labels,
        reliability=reliability(ratings, weights),
        reason=missing_labels(posterior, labels),
    )
