"""Do a scorer's probabilities mean what they say?

``probabilities`` and ``outcomes`` have shape ``(n,)``: the probability the scorer gave to a label, and how far the reference has
it, 0 or 1, or a share in between where annotators are tied.  For a label of several categories, give the probability of the
category the scorer chose and whether it is right.  No NaN: leave abstentions out and report how many there are.

Bins hold equally many items (adaptive bins; Nguyen and O'Connor 2015): those of equal width are mostly empty where probabilities
crowd near 0 and 1.  Equal probabilities always share a bin, so that no order of the items decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.metrics.statistic import Floats, Ints, Statistic, ratio

BINS = 10
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Point:
    """A bin of the reliability curve: mean probability given, mean outcome, and how many items."""

    probability: float
    outcome: float
    n: int


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Murphy's (1973) parts of the Brier score over the bins: ``reliability - resolution + uncertainty + within``.

    ``reliability`` is the miscalibration (0 is best), ``resolution`` how far outcomes differ between bins (more is better),
    ``uncertainty`` the variance of the outcomes.  ``within`` is what probabilities that differ inside a bin add (Stephenson,
    Coelho and Jolliffe 2008): 0 where each bin holds one probability.
    """

    reliability: float
    resolution: float
    uncertainty: float
    within: float


def brier(probabilities: Floats, outcomes: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Mean squared difference of probability and outcome (Brier 1950), 0 (best) to 1.

    Also for ``(n, K)`` probabilities and outcomes of K categories, whose squares are added: 0 to 2 then.
    """
    squares = (probabilities - outcomes) ** 2
    if squares.ndim == 2:
        squares = squares.sum(axis=1)
    return ratio(squares, np.ones(len(squares)), clusters, n_clusters)


def ece(probabilities: Floats, outcomes: Floats, clusters: Ints, n_clusters: int, bins: int = BINS) -> Statistic:
    """Expected calibration error: mean over items of ``|mean probability - mean outcome|`` in their bin (Naeini et al. 2015).

    0 (best) to 1.  Probabilities and outcomes may be ``(n, L)``, of L labels that are pooled.

    The bins are those of all items, also in resamples.  Biased upwards in small samples, as every such bin
    estimate is: compare scorers on the same items and bins.
    """
    if probabilities.ndim == 1:
        probabilities, outcomes = probabilities[:, None], outcomes[:, None]
    seen = [np.unique(column, return_counts=True) for column in probabilities.T]
    values, which = np.unique(np.concatenate([value for value, _ in seen]), return_inverse=True)
    size = np.bincount(which, np.concatenate([own for _, own in seen]), minlength=len(values))
    bin_of_value = _bins_of_groups(size, bins)
    count = int(bin_of_value.max(initial=-1)) + 1
    sums = np.zeros((n_clusters, count + 1))
    for start in range(0, len(probabilities), _BLOCK):
        block = slice(start, start + _BLOCK)
        given, gap = probabilities[block], probabilities[block] - outcomes[block]
        own = np.repeat(clusters[block], given.shape[1])
        np.add.at(sums, (own, bin_of_value[np.searchsorted(values, given.ravel())]), gap.ravel())
        sums[:, count] += np.bincount(own, minlength=n_clusters)

    def finish(totals: Floats) -> Floats:
        gaps = np.abs(totals[:, :count]).sum(axis=1)
        return np.where(totals[:, count] > 0, gaps / totals[:, count], np.nan)

    return Statistic(sums, finish, probabilities.size, "no items")


def reliability_curve(probabilities: Floats, outcomes: Floats, bins: int = BINS) -> list[Point]:
    """Points of the reliability curve, by rising probability; at most ``bins``, fewer where many probabilities are equal."""
    place = adaptive_bins(probabilities, bins)
    n, given, seen = _binned(place, probabilities, outcomes)
    return [Point(float(p), float(o), int(count)) for p, o, count in zip(given, seen, n, strict=True)]


def brier_parts(probabilities: Floats, outcomes: Floats, bins: int = BINS) -> BrierParts | None:
    """Murphy's decomposition over the bins; None without items."""
    if not len(probabilities):
        return None
    n, given, seen = _binned(adaptive_bins(probabilities, bins), probabilities, outcomes)
    share = n / n.sum()
    reliability = float(share @ (given - seen) ** 2)
    resolution = float(share @ (seen - outcomes.mean()) ** 2)
    uncertainty = float(outcomes.var())
    score = float(((probabilities - outcomes) ** 2).mean())
    return BrierParts(reliability, resolution, uncertainty, score - (reliability - resolution + uncertainty))


def adaptive_bins(probabilities: Floats, bins: int) -> Ints:
    """Bin of each item, ``(n,)``, 0 for the lowest probabilities, numbered without gaps.

    A group of equal probabilities goes where its middle item falls when the sorted items are cut into ``bins`` equal parts.
    """
    _, group, size = np.unique(probabilities, return_inverse=True, return_counts=True)
    return _bins_of_groups(size, bins)[group]


def _bins_of_groups(size: Ints | Floats, bins: int) -> Ints:
    """The bin of each group of equal probabilities, of which there are ``size``, from the lowest."""
    middle = np.cumsum(size) - size / 2
    bin_of_group = np.floor(middle * bins / max(1, size.sum()))
    return np.unique(bin_of_group, return_inverse=True)[1]


def _binned(place: Ints, probabilities: Floats, outcomes: Floats) -> tuple[Ints, Floats, Floats]:
    """Items, mean probability and mean outcome of each bin."""
    n = np.bincount(place)
    return n, np.bincount(place, probabilities) / n, np.bincount(place, outcomes) / n
