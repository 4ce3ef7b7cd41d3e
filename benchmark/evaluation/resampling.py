"""Estimates with intervals, from one set of resampled questions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.bootstrap import RESAMPLES, Estimate, estimate, resampling_weights
from benchmark.metrics.statistic import Statistic

UNIT = "question(s)"
NOTHING = "nothing to measure it on"
_KEPT_BYTES = 50 << 20


class Resampler:
    """Draws questions once and measures every statistic on the same draws.

    A statistic that only some questions have items for (a slice) is resampled over those.
    """

    def __init__(self, seed: int, resamples: int = RESAMPLES):
        self._seed, self._resamples = seed, resamples
        self._kept: dict[int, NDArray[np.uint16]] = {}

    def _weights(self, clusters: int) -> NDArray[np.uint16]:
        if clusters not in self._kept:
            if sum(weights.nbytes for weights in self._kept.values()) > _KEPT_BYTES:
                self._kept.clear()
            self._kept[clusters] = resampling_weights(clusters, self._seed, self._resamples).astype(np.uint16)
        return self._kept[clusters]

    def estimate(self, statistic: Statistic, unit: str = UNIT) -> Estimate:
        """Value and interval, resampling the clusters that have items."""
        value = statistic.value()
        undefined = statistic.undefined if statistic.n else NOTHING
        holding = np.flatnonzero((statistic.sums != 0).any(axis=1))
        inner = Statistic(statistic.sums[holding], statistic.finish, statistic.n, statistic.undefined)
        drawn = np.empty(0) if np.isnan(value) or len(holding) < 2 else inner(self._weights(len(holding)))
        return estimate(value, drawn, statistic.n, undefined, len(holding), unit)
