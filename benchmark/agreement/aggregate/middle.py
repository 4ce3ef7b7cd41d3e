"""Median and mean of the annotators on an ordered scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.result import missing_labels, vote_shares
from benchmark.agreement.ratings import MISSING, Codes, Floats

_SAME = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Deviation:
    """How far each annotator's ratings lie from the combined values, in units of the scale; NaN without ratings.

    ``bias`` ``(annotators,)``: mean of rating minus value, above 0 for who rates high.  ``absolute`` ``(annotators,)``: mean
    distance.  ``n`` ``(annotators,)``: ratings given.  The combined values hold the annotator's own rating.
    """

    bias: Floats
    absolute: Floats
    n: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Middle:
    """One value per item.

    ``value`` ``(items,)``: the plain median or mean, NaN without ratings.  ``labels`` ``(items,)``: the declared category
    nearest to it; half-way between two, the one nearer the middle of the scale; ``MISSING`` without ratings, and where the
    two are as near (a scale with an even number of places, at its very centre).  ``posterior`` ``(items, K)``: the vote shares, NaN
    without ratings.  ``reason`` says how many items have no label, and why.
    """

    value: Floats
    labels: Codes
    posterior: Floats
    reliability: Deviation
    reason: str | None


def median(ratings: LongRatings, values: Floats) -> Middle:
    """The median rating, half-way between the two middle ones where their number is even.

    ``values`` ``(K,)`` are the numbers of the categories, rising; at ordinal level their places, ``np.arange(K)``.
    Raises ValueError where they don't rise, or aren't K.
    """
    _check(ratings, values)
    counts = ratings.counts()
    size = counts.sum(axis=1, keepdims=True)
    upto = np.cumsum(counts, axis=1)
    lower = np.count_nonzero(upto < (size + 1) // 2, axis=1)
    upper = np.count_nonzero(upto < size // 2 + 1, axis=1)
    rated = size[:, 0] > 0
    value = np.full(ratings.n_items, np.nan)
    value[rated] = (values[lower[rated]] + values[upper[rated]]) / 2
    return _middle(ratings, values, value)


def mean(ratings: LongRatings, values: Floats) -> Middle:
    """The mean rating; for interval and ratio level.  ``values`` as in :func:`median`."""
    _check(ratings, values)
    size = np.bincount(ratings.items, minlength=ratings.n_items)
    # summed by category: the order of the ratings can't change the last digit
    total = (ratings.counts() * values).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return _middle(ratings, values, np.where(size > 0, total / size, np.nan))


def _check(ratings: LongRatings, values: Floats) -> None:
    if values.shape != (ratings.n_categories,) or not (np.diff(values) > 0).all():
        raise ValueError(f"values must be {ratings.n_categories} rising numbers, one per category")


def _middle(ratings: LongRatings, values: Floats, value: Floats) -> Middle:
    posterior, labels = vote_shares(ratings), _nearest(value, values)
    away = values[ratings.labels] - value[ratings.items]
    n = ratings.annotator_counts()
    with np.errstate(invalid="ignore"):
        bias, absolute = (np.bincount(ratings.annotators, weights=d, minlength=len(n)) / n for d in (away, np.abs(away)))
    reason = missing_labels(posterior, labels, "half-way at the centre of the scale")
    return Middle(value, labels, posterior, Deviation(bias, absolute, n), reason)


def _nearest(value: Floats, values: Floats) -> Codes:
    """The place of the nearest of ``values``, half-way cases towards their middle, ``MISSING`` for NaN and at the very centre."""
    halves, centre = (values[1:] + values[:-1]) / 2, (values[0] + values[-1]) / 2
    near = _SAME * (values[-1] - values[0])
    low, high = np.searchsorted(halves, value - near), np.searchsorted(halves, value + near, side="right")
    low_off, high_off = (np.abs(values[place.clip(max=len(values) - 1)] - centre) for place in (low, high))
    place = np.where(low_off < high_off, low, high)
    undecided = (low != high) & (np.abs(low_off - high_off) <= near)
    return np.where(np.isnan(value) | undecided, MISSING, place)
