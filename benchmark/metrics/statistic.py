"""A metric as sums over clusters and a function of the sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Weights = NDArray[np.float64] | NDArray[np.uint16]

MANY = 5_000
LEVELS = 200
"""Above this many items, what depends on the order of scores sees so many levels of them, of about equal numbers: the sums of a
metric would grow with the items otherwise."""
_BLOCK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Statistic:
    """A metric of clustered items.

    ``sums`` has shape ``(clusters, S)``: what each cluster contributes.  ``finish`` maps ``(B, S)`` totals to ``(B,)``
    values, NaN where the metric is undefined.  ``n`` is the number of items, ``undefined`` says why a value may be
    missing.
    """

    sums: Floats
    finish: Callable[[Floats], Floats]
    n: int
    undefined: str

    def __call__(self, weights: Weights) -> Floats:
        """Values under each row of ``weights``, shape ``(B, clusters)`` (how often each cluster is drawn): shape ``(B,)``."""
        rows = max(1, _BLOCK_BYTES // (8 * max(1, *self.sums.shape)))
        with np.errstate(divide="ignore", invalid="ignore"):
            blocks = [
                self.finish(weights[i : i + rows].astype(np.float64, copy=False) @ self.sums)
                for i in range(0, len(weights), rows)
            ]
        return np.concatenate(blocks) if blocks else np.empty(0)

    def value(self) -> float:
        """The plain estimate, every cluster once; NaN where undefined."""
        return float(self(np.ones((1, len(self.sums))))[0])


def merged(parts: Sequence[Statistic]) -> Statistic:
    """One statistic of the items of several, over the same clusters: where a metric is a function of sums over its items."""
    first = parts[0]
    return Statistic(sum((p.sums for p in parts[1:]), start=first.sums), first.finish, sum(p.n for p in parts), first.undefined)


def cluster_sums(contributions: Floats, clusters: Ints, n_clusters: int) -> Floats:
    """Add up item contributions ``(n, S)`` by cluster index ``(n,)``: shape ``(n_clusters, S)``."""
    sums = np.zeros((n_clusters, contributions.shape[1]))
    np.add.at(sums, clusters, contributions)
    return sums


def ratio(numerators: Floats, denominators: Floats, clusters: Ints, n_clusters: int, undefined: str = "no items") -> Statistic:
    """Sum of numerators over sum of denominators, both ``(n,)``: a mean with denominators of 1, micro F1 with token counts."""
    both = np.column_stack([numerators, denominators]).astype(np.float64)

    def finish(totals: Floats) -> Floats:
        return np.where(totals[:, 1] > 0, totals[:, 0] / totals[:, 1], np.nan)

    return Statistic(cluster_sums(both, clusters, n_clusters), finish, len(both), undefined)


def mean(values: Floats, clusters: Ints, n_clusters: int, undefined: str = "no items") -> Statistic:
    """The plain mean of ``values``, shape ``(n,)``."""
    return ratio(values, np.ones(len(values)), clusters, n_clusters, undefined)


def nanmean(values: Floats) -> Floats:
    """Mean of the defined values of each row, NaN where there is none (and no warning about it)."""
    defined = ~np.isnan(values)
    count = defined.sum(axis=1)
    return np.where(count > 0, np.where(defined, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
