"""Two scorers on the same clusters: is the difference more than chance?

The sums of both statistics have the same meaning, column by column, so that swapping the scorers within a cluster is swapping rows
of sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.metrics import combine
from benchmark.metrics.bootstrap import MAX_UNDEFINED, Estimate, estimate
from benchmark.metrics.multiplicity import holm
from benchmark.metrics.statistic import Floats, Statistic

EXACT_CLUSTERS = 14
"""Up to this many clusters all 2^C swaps are tried."""
SWAPS = 10_000


def difference(one: Statistic, two: Statistic, weights: Floats, unit: str) -> Estimate:
    """``one`` less ``two`` with its paired bootstrap interval, both on the same resampled clusters ``weights`` (B, clusters)."""
    apart = combine.difference(one, two)
    return estimate(apart.value(), apart(weights), apart.n, "undefined for one of the two", weights.shape[1], unit)


def permutation_p(one: Statistic, two: Statistic, seed: int) -> float:
    """Two-sided p that the scorers are exchangeable within clusters (Fisher's randomisation, Good 2005).

    All swaps up to EXACT_CLUSTERS clusters (C of them: the smallest p is 2 / 2^C), then SWAPS random ones and the observed (1 /
    (SWAPS + 1)).  A swap that leaves the difference undefined says nothing and is left out; NaN where the observed one is.
    Raises ValueError where the sums of the two sides don't line up, as those of ranks don't: their columns are the scorer's
    own values.
    """
    if one.sums.shape != two.sums.shape:
        raise ValueError("the sums of the two sides have different columns")
    clusters = len(one.sums)
    if clusters <= EXACT_CLUSTERS:
        swaps = ((np.arange(2**clusters)[:, None] >> np.arange(clusters)) & 1).astype(np.float64)
    else:
        random = np.random.default_rng(seed).integers(0, 2, size=(SWAPS, clusters)).astype(np.float64)
        swaps = np.vstack([np.zeros(clusters), random])
    differences = _mixed(one, two, 1 - swaps) - _mixed(one, two, swaps)
    if np.isnan(differences[0]):
        return float("nan")
    known = differences[~np.isnan(differences)]
    return float((np.abs(known) >= abs(differences[0]) - 1e-12).mean())


@dataclass(frozen=True, slots=True)
class AllPairs:
    """Every scorer less every other one, ``(m, m)``: ``difference``, its ``low`` and ``high`` limit, two-sided ``p``, and ``adjusted``
    for all pairs (Holm).  NaN on the diagonal and where a scorer's value is undefined."""

    difference: Floats
    low: Floats
    high: Floats
    p: Floats
    adjusted: Floats


def all_pairs(values: Floats, drawn: Floats, clusters: int) -> AllPairs:
    """All pairs of m scorers at once, from common resamples of C clusters.

    ``values`` (m,) are the plain values, ``drawn`` (B, m) those in the resamples.  The error of a difference is its standard deviation
    over the resamples (Efron 1979; paired, as both sides see the same draws), referred to Student's t with C - 1 degrees of
    freedom: unlike a share of the resamples, p can be as small as thousands of comparisons ask for.  A difference that no resample
    moves is decided by being 0 or not.  NaN with fewer than two clusters.
    """
    from scipy.special import stdtr, stdtrit

    m = len(values)
    difference = values[:, None] - values[None, :]
    if clusters < 2:
        unknown = np.full((m, m), np.nan)
        return AllPairs(difference, unknown, unknown, unknown, unknown)
    error = _errors(drawn)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(error > 1e-9, np.abs(difference) / error, np.where(np.abs(difference) > 1e-12, np.inf, 0.0))
    t[np.isnan(difference) | np.isnan(error)] = np.nan
    np.fill_diagonal(t, np.nan)
    upper = np.triu_indices(m, 1)
    p, adjusted = np.full((m, m), np.nan), np.full((m, m), np.nan)
    p[upper] = 2 * stdtr(clusters - 1, -t[upper])
    adjusted[upper] = holm(p[upper])
    for table in (p, adjusted):
        table.T[upper] = table[upper]
    reach = stdtrit(clusters - 1, 0.975) * np.where(np.isnan(t), np.nan, error)
    return AllPairs(difference, difference - reach, difference + reach, p, adjusted)


def _errors(drawn: Floats) -> Floats:
    """Standard deviation of every difference of two columns, ``(m, m)``; NaN where too many resamples are undefined for one."""
    undefined = np.isnan(drawn).mean(axis=0)
    whole = undefined == 0
    covariance = np.full((drawn.shape[1], drawn.shape[1]), np.nan)
    covariance[np.ix_(whole, whole)] = np.atleast_2d(np.cov(drawn[:, whole], rowvar=False)) if whole.any() else 0.0
    variance = np.diag(covariance)
    errors: Floats = np.sqrt(np.maximum(variance[:, None] + variance[None, :] - 2 * covariance, 0.0))
    for i in np.flatnonzero((undefined > 0) & (undefined <= MAX_UNDEFINED)):
        for j in np.flatnonzero(undefined <= MAX_UNDEFINED):
            errors[i, j] = errors[j, i] = np.nanstd(drawn[:, i] - drawn[:, j], ddof=1)
    return errors


def _mixed(one: Statistic, two: Statistic, share: Floats) -> Floats:
    """Values with each cluster's sums taken from ``one`` where ``share`` (B, clusters) is 1, from ``two`` where it is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return one.finish(share @ one.sums + (1 - share) @ two.sums)
