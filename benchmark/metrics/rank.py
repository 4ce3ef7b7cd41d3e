"""Rank correlation as a function of sums."""

from __future__ import annotations

import numpy as np

from benchmark.metrics.statistic import Floats, Ints, Statistic


def spearman(x: Floats, y: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Spearman's rho with mid-ranks for ties, between ``x`` and ``y`` of shape ``(n,)``, without NaN.

    The sums are the joint table of distinct values; ranks are made anew from the table's margins in every resample, so that
    the bootstrap is of the rank correlation itself.  Undefined where one side does not vary.
    """
    _, row = np.unique(x, return_inverse=True)
    _, column = np.unique(y, return_inverse=True)
    rows, columns = int(row.max(initial=-1)) + 1, int(column.max(initial=-1)) + 1
    sums = np.zeros((n_clusters, rows * columns))
    np.add.at(sums, (clusters, row * columns + column), 1.0)

    def finish(totals: Floats) -> Floats:
        table = totals.reshape(-1, rows, columns)
        across, down = table.sum(axis=2), table.sum(axis=1)
        n = across.sum(axis=1, keepdims=True)
        one, two = _midranks(across) - (n + 1) / 2, _midranks(down) - (n + 1) / 2
        covariance = np.einsum("br,brc,bc->b", one, table, two, optimize=True)
        spread = (across * one**2).sum(axis=1) * (down * two**2).sum(axis=1)
        return np.where(spread > 0, covariance / np.sqrt(spread), np.nan)

    return Statistic(sums, finish, len(x), "one side does not vary")


def _midranks(counts: Floats) -> Floats:
    """Mid-rank of each value, from how often each occurs: shape ``(B, values)``."""
    upto = np.cumsum(counts, axis=1)
    return upto - (counts - 1) / 2
