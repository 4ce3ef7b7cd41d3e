"""Counts of patterns in resamples: their distribution, exactly where it can be counted out."""

from __future__ import annotations

from itertools import product
from math import factorial, prod

import numpy as np
import pytest
import scipy.stats

from benchmark.metrics.multinomial import _PoissonTable, multinomial_counts


def drawn(members: list[int], resamples: int, seed: int = 0) -> np.ndarray:
    return np.concatenate(list(multinomial_counts(np.array(members), seed, [resamples // 2, resamples - resamples // 2])))


@pytest.mark.parametrize("members", [[1, 2, 3], [1] * 12, [30, 5, 1, 64] * 12, [40_000, 9]])
def test_rows_sum_to_the_clusters_with_the_moments_of_a_multinomial(members: list[int]) -> None:
    n, counts = sum(members), drawn(members, 20_000)
    assert (counts.sum(axis=1) == n).all()
    assert (counts >= 0).all()
    share = np.array(members) / n
    covariance = n * (np.diag(share) - np.outer(share, share))
    error = np.sqrt(np.diag(covariance) / 20_000)
    assert (np.abs(counts.mean(axis=0) - n * share) < 5 * error).all()
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert np.abs((np.cov(counts.T) - covariance) / scale).max() < 0.06


def test_every_outcome_comes_as_often_as_it_should() -> None:
    """All 45 outcomes of eight draws from three patterns, by a chi-square test; n is small, so that much is made up for."""
    members, resamples = [4, 3, 1], 60_000
    outcomes = [o for o in product(range(9), repeat=3) if sum(o) == 8]
    chance = [
        factorial(8) / prod(factorial(k) for k in o) * prod((m / 8) ** k for m, k in zip(members, o, strict=True))
        for o in outcomes
    ]
    counts = drawn(members, resamples, seed=3)
    seen = np.array([(counts == o).all(axis=1).sum() for o in outcomes])
    expected = np.array(chance) * resamples
    common = expected > 5
    seen, expected = (np.r_[side[common], side[~common].sum()] for side in (seen, expected))
    assert scipy.stats.chisquare(seen, expected).pvalue > 0.001


@pytest.mark.parametrize("mean", [0.0, 0.02, 0.9, 7.5, 250.0])
def test_poisson_table_is_the_distribution(mean: float) -> None:
    table = _PoissonTable(mean)
    values = table.low + np.arange(len(table.steps))
    assert table.steps == pytest.approx(scipy.stats.poisson.cdf(values, mean), abs=1e-12)
    # a cell's value holds from its one end to the other
    known = np.flatnonzero(table.value >= 0)
    assert len(known) > 0.9 * len(table.value)
    for end in (0.0, 1 - 1e-9):
        assert (np.searchsorted(table.steps, (known + end) / len(table.value), side="right") == table.value[known]).all()


def test_a_seed_repeats() -> None:
    assert (drawn([5, 9, 2], 100, 1) == drawn([5, 9, 2], 100, 1)).all()
    assert (drawn([5, 9, 2], 100, 1) != drawn([5, 9, 2], 100, 2)).any()
