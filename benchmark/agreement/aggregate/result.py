"""What combining annotators gives: probabilities, labels, and how far each annotator can be relied on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.ratings import MISSING, Codes, Floats

_SAME = 1e-9
"""Probabilities nearer than this are a tie: rounding doesn't break it."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """How each annotator's ratings stand to the combined labels.

    ``confusion`` has shape ``(annotators, K, K)``: entry ``[j, k, l]`` is the share of category l among the ratings annotator j
    gave items of combined category k, each item counted by its weight in k; a row is NaN where j rated no such item.
    ``accuracy`` ``(annotators,)``, 0 to 1: the mean weight of the category the annotator gave; NaN without such ratings.
    ``n`` ``(annotators,)``: ratings given.  The combined labels hold the annotator's own rating, so that both flatter
    whoever rated items with few others.
    """

    confusion: Floats
    accuracy: Floats
    n: Codes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Combined:
    """One label per item.

    ``posterior`` has shape ``(items, K)``: the probability of each category; rows sum to 1, or are NaN without ratings.
    ``labels`` ``(items,)``: the most probable category, ``MISSING`` where there is none or several share that place.
    ``reason`` says how many items have no label, and why; None where every item has one.
    """

    posterior: Floats
    labels: Codes
    reliability: Reliability
    reason: str | None


def reliability(ratings: LongRatings, weights: Floats) -> Reliability:
    """Confusion and accuracy of every annotator, items being of each category by ``weights`` ``(items, K)``, NaN where unknown."""
    n, k = ratings.n_annotators, ratings.n_categories
    known = ~np.isnan(weights[ratings.items, 0])
    items, annotators, labels = ratings.items[known], ratings.annotators[known], ratings.labels[known]
    given = annotators.astype(np.int64) * k + labels
    table = np.empty((n, k, k))
    for category in range(k):
        share = np.bincount(given, weights=weights[items, category], minlength=n * k)
        table[:, category, :] = share.reshape(n, k)
    return reliability_of(table, ratings.annotator_counts())


def reliability_of(table: Floats, n: Codes) -> Reliability:
    """From the weight ``(annotators, K, K)`` of combined against given category."""
    rows = table.sum(axis=2, keepdims=True)
    total = table.sum(axis=(1, 2))
    with np.errstate(invalid="ignore"):
        confusion = np.where(rows > 0, table / rows, np.nan)
        accuracy = np.where(total > 0, np.trace(table, axis1=1, axis2=2) / total, np.nan)
    return Reliability(confusion, accuracy, n)


def vote_shares(ratings: LongRatings) -> Floats:
    """The share of each category among an item's ratings, shape ``(items, K)``; a row of NaN without ratings."""
    counts = ratings.counts()
    size = np.bincount(ratings.items, minlength=ratings.n_items)[:, None]
    with np.errstate(invalid="ignore"):
        return np.where(size > 0, counts / size, np.nan)


def most_probable(posterior: Floats) -> tuple[Codes, NDArray[np.bool_]]:
    """The category with the highest probability, ``MISSING`` without one or in a tie; and which categories share that place."""
    # one row per category, since there are few: NumPy is slow along a short last axis
    columns = np.ascontiguousarray(posterior.T)
    first = columns >= columns.max(axis=0) - _SAME
    single = np.count_nonzero(first, axis=0) == 1
    return np.where(single, np.argmax(first, axis=0), MISSING), np.ascontiguousarray(first.T)


def missing_labels(posterior: Floats, labels: Codes, tie: str = "tied") -> str | None:
    """Why items have no label, in words; None where all have one."""
    unrated = int(np.isnan(posterior[:, 0]).sum())
    tied = int((labels == MISSING).sum()) - unrated
    parts = [f"{count} {why}" for count, why in ((unrated, "without ratings"), (tied, tie)) if count]
    return f"items without a label: {', '.join(parts)}" if parts else None
