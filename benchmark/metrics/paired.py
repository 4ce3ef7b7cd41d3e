"""Two scorers on the same clusters: is the difference more than chance?

The sums of both statistics have the same meaning, column by column, so that swapping the scorers within a cluster is swapping rows
of sums.
"""

from __future__ import annotations

import numpy as np

from benchmark.metrics import combine
from benchmark.metrics.bootstrap import Estimate, estimate
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


def _mixed(one: Statistic, two: Statistic, share: Floats) -> Floats:
    """Values with each cluster's sums taken from ``one`` where ``share`` (B, clusters) is 1, from ``two`` where it is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return one.finish(share @ one.sums + (1 - share) @ two.sums)
