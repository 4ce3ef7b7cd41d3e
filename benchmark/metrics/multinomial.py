"""Many multinomial draws at once: how often each of a few patterns occurs in resamples of many clusters.

``numpy.random.Generator.multinomial`` makes one binomial draw per resample and pattern.  Where patterns are not very few, tables
are three times faster, by two facts: independent Poisson counts, given their sum T, are a multinomial of T draws; and a
multinomial of T draws plus one of n - T draws is one of n draws, whatever decided T.  So Poisson counts with a sum a little
below n are drawn, and the few missing draws are added one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmark.metrics.statistic import Floats, Ints

_CELLS = 1 << 12
_SHORT = 2.5
"""By how many standard deviations the Poisson counts' sum stays below n on average: 6 resamples in 1,000 overshoot."""

_TABLES_PAY = 3
"""With fewer patterns than a third of the root of n, drawing what is missing would cost more than the tables save."""


def multinomial_counts(members: Ints, seed: int, sizes: list[int]) -> Iterator[Floats]:
    """Blocks of ``sizes`` resamples: how often each pattern occurs among n = ``sum(members)`` draws of one cluster each.

    ``members`` (P,) is how many clusters have each pattern; each block has shape ``(size, P)``, its rows sum to n.
    """
    generator = np.random.default_rng(seed)
    n, patterns = int(members.sum()), len(members)
    if patterns * _TABLES_PAY < np.sqrt(n):
        yield from (generator.multinomial(n, members / n, size=size).astype(np.float64) for size in sizes)
        return
    share = max(0.0, 1 - _SHORT / np.sqrt(n))
    tables = [_PoissonTable(share * count) for count in members]
    pattern = np.repeat(np.arange(patterns), members)
    for size in sizes:
        counts = np.empty((patterns, size))
        for row, table in zip(counts, tables, strict=True):
            row[:] = table.draw(generator, size)
        missing = n - counts.sum(axis=0).astype(np.intp)
        over = np.flatnonzero(missing < 0)
        counts[:, over] = generator.multinomial(n, members / n, size=len(over)).T
        missing[over] = 0
        added = pattern[generator.integers(0, n, size=int(missing.sum()))]
        np.add.at(counts, (added, np.repeat(np.arange(size), missing)), 1.0)
        yield np.ascontiguousarray(counts.T)


class _PoissonTable:
    """Poisson counts by inversion of the distribution function: looked up in a table of cells, searched for where a cell holds
    one of its steps.  As exact as double precision."""

    def __init__(self, mean: float):
        self.low = max(0, int(mean - 10 * np.sqrt(mean)))
        values = np.arange(self.low, int(mean + 10 * np.sqrt(mean)) + 20)
        logs = np.concatenate([[0.0], np.cumsum(np.log(mean) - np.log(values[1:]))]) if mean > 0 else -1e9 * values
        weights = np.exp(logs - logs.max())
        function = np.minimum(np.cumsum(weights) / weights.sum(), 1.0)  # not above 1, not even by rounding
        self.steps = function[:-1]
        edges = self.steps * _CELLS
        upto = np.concatenate([[0], np.ceil(edges), [_CELLS]]).astype(np.intp)
        self.value = np.repeat(np.arange(len(values)), np.diff(upto))
        self.value[np.floor(edges[edges % 1 > 0]).astype(np.intp)] = -1

    def draw(self, generator: np.random.Generator, size: int) -> Ints:
        place = generator.random(size)
        found = self.value[(place * _CELLS).astype(np.intp)]
        unsure = np.flatnonzero(found < 0)
        found[unsure] = np.searchsorted(self.steps, place[unsure], side="right")
        return found + self.low
