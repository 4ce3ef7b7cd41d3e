"""Estimates with intervals, from one set of resampled questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from benchmark.metrics.bootstrap import Estimate, estimate, resampling_weights
from benchmark.metrics.statistic import Floats, Statistic

UNIT = "question(s)"
NOTHING = "nothing to measure it on"


class Resampler:
    """Draws questions once and measures every statistic on the same draws, so that any two can be compared or combined.

    ``clusters`` is the number of questions.  A statistic that only some questions have items for (a slice) is resampled
    over those.
    """

    def __init__(self, clusters: int, seed: int):
        self.clusters = clusters
        self._weights: Callable[[int], Floats] = cache(lambda n: resampling_weights(n, seed))

    def draws(self, statistic: Statistic) -> Floats:
        """Values of the statistic in the common draws, shape ``(resamples,)``."""
        return statistic(self._weights(self.clusters))

    def estimate(self, statistic: Statistic, unit: str = UNIT) -> Estimate:
        """Value and interval, resampling the clusters that have items."""
        value = statistic.value()
        undefined = statistic.undefined if statistic.n else NOTHING
        holding = np.flatnonzero((statistic.sums != 0).any(axis=1))
        inner = Statistic(statistic.sums[holding], statistic.finish, statistic.n, statistic.undefined)
        drawn = np.empty(0) if np.isnan(value) or len(holding) < 2 else inner(self._weights(len(holding)))
        return estimate(value, drawn, statistic.n, undefined, len(holding), unit)

    def combine(self, statistics: Sequence[Statistic], how: Callable[..., Any], undefined: str) -> Estimate:
        """The estimate of ``how`` (values, or draws, of each statistic in turn), on common draws."""
        value = float(how(*(statistic.value() for statistic in statistics)))
        if np.isnan(value):
            return Estimate(None, None, None, max(s.n for s in statistics), undefined)
        drawn = how(*(self.draws(statistic) for statistic in statistics))
        return estimate(value, drawn, max(s.n for s in statistics), undefined, self.clusters, UNIT)


def average(*values: Any) -> Any:
    """The plain mean of numbers, or of arrays element by element; NaN when one of them is."""
    return sum(values) / len(values)
