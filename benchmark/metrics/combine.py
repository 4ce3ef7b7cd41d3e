"""Statistics made of statistics over the same clusters, resampled together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmark.metrics.statistic import Floats, Statistic


def average(statistics: Sequence[Statistic]) -> Statistic:
    """The plain mean of one or more statistics; undefined where one of them is."""
    return _combined(statistics, lambda values: values.mean(axis=1))


def difference(first: Statistic, second: Statistic) -> Statistic:
    """First minus second; undefined where one of them is."""
    return _combined([first, second], lambda values: values[:, 0] - values[:, 1])


def ratio(first: Statistic, second: Statistic) -> Statistic:
    """First over second; undefined where one of them is, and where the second is not positive."""

    def divided(values: Floats) -> Floats:
        return np.where(values[:, 1] > 0, values[:, 0] / np.where(values[:, 1] > 0, values[:, 1], 1.0), np.nan)

    return _combined([first, second], divided)


def degradation(human: Sequence[Statistic], machine: Sequence[Statistic]) -> Statistic:
    """How much agreement is lost by going from annotators to a scorer: mean human-human minus mean human-machine agreement.

    ``human`` holds the agreement of pairs of annotators, ``machine`` that of the scorer with each annotator, by the same
    coefficient (Williamson, Xi and Breyer 2012, who flag a loss above .10).  Positive where the scorer agrees less.
    """
    return difference(average(human), average(machine))


def _combined(statistics: Sequence[Statistic], how: Callable[[Floats], Floats]) -> Statistic:
    edges = np.cumsum([0, *(statistic.sums.shape[1] for statistic in statistics)])

    def finish(totals: Floats) -> Floats:
        columns = [one.finish(totals[:, edges[i] : edges[i + 1]]) for i, one in enumerate(statistics)]
        return how(np.column_stack(columns))

    undefined = "; ".join(dict.fromkeys(statistic.undefined for statistic in statistics))
    sums = np.concatenate([statistic.sums for statistic in statistics], axis=1)
    return Statistic(sums, finish, max(statistic.n for statistic in statistics), undefined)
