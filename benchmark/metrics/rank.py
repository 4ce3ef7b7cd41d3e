"""Rank correlation as a function of sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmark.metrics.calibration import adaptive_bins
from benchmark.metrics.statistic import LEVELS, MANY, Floats, Ints, Statistic


def spearman(x: Floats, y: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Spearman's rho with mid-ranks for ties, between ``x`` and ``y`` of shape ``(n,)``, without NaN.

    ``y`` is taken in ``LEVELS`` levels of about equal numbers where there are more than ``MANY`` items.

    The sums count the distinct pairs of values; ranks are made anew from the counts in every resample, so that the bootstrap
    is of the rank correlation itself.  Undefined where one side does not vary.
    """
    if len(y) > MANY:
        y = adaptive_bins(y, LEVELS).astype(np.float64)
    sums, (first, second) = joint_counts([x, y], clusters, n_clusters)

    def finish(totals: Floats) -> Floats:
        counts = np.ascontiguousarray(totals.T)
        (one, spread_one), (two, spread_two) = centred_ranks(counts, first), centred_ranks(counts, second)
        two *= one
        two *= counts
        spread = spread_one * spread_two
        return np.where(spread > 0, two.sum(axis=0) / np.sqrt(spread), np.nan)

    return Statistic(sums, finish, len(x), "one side does not vary")


def joint_counts(sides: Sequence[Floats], clusters: Ints, n_clusters: int) -> tuple[Floats, list[Ints]]:
    """How often each distinct combination of values occurs per cluster, and each combination's place on each side.

    The counts have shape ``(n_clusters, combinations)``.  Places are ``(combinations,)``, 0 for a side's lowest value.
    """
    places = [np.unique(side, return_inverse=True)[1] for side in sides]
    sizes = [int(place.max(initial=0)) + 1 for place in places]
    distinct, which = np.unique(np.ravel_multi_index(tuple(places), sizes), return_inverse=True)
    counts = np.zeros((n_clusters, len(distinct)))
    np.add.at(counts, (clusters, which), 1.0)
    return counts, list(np.unravel_index(distinct, sizes))


def centred_ranks(counts: Floats, places: Ints) -> tuple[Floats, Floats]:
    """Mid-ranks minus their mean at each combination ``(combinations, B)``, and the sum of their squares over items ``(B,)``.

    ``counts`` has shape ``(combinations, B)``: columns are resamples, so that every step runs along memory.
    """
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1))
    ordered = counts[order]
    occurs = ordered if len(starts) == len(order) else np.add.reduceat(ordered, starts, axis=0)  # without ties, nothing to add
    ranks = np.cumsum(occurs, axis=0)
    ranks -= (occurs - 1) / 2
    ranks -= (occurs.sum(axis=0) + 1) / 2
    return ranks[places], (occurs * ranks**2).sum(axis=0)
