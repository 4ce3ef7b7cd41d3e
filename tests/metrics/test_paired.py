"""Paired tests between scorers: exact on small cases, level kept, power there."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from benchmark.agreement import weights
from benchmark.metrics.bootstrap import resampling_weights
from benchmark.metrics.categorical import kappa
from benchmark.metrics.combine import average
from benchmark.metrics.paired import difference, permutation_p
from benchmark.metrics.statistic import Statistic, mean


def scorer(truth: np.ndarray, clusters: np.ndarray, accuracy: float, seed: int) -> Statistic:
    draw = np.random.default_rng(seed)
    given = np.where(draw.random(len(truth)) < accuracy, truth, draw.integers(0, 4, len(truth)))
    return kappa(np.eye(4)[truth], given, weights.nominal(4), clusters, int(clusters.max()) + 1)


def test_exact_permutation_is_all_swaps_of_clusters() -> None:
    clusters = np.repeat(np.arange(4), 3)
    draw = np.random.default_rng(0)
    one, two = draw.random(12), draw.random(12)
    a, b = mean(one, clusters, 4), mean(two, clusters, 4)
    observed = abs(one.mean() - two.mean())
    as_extreme = 0
    for swap in product([False, True], repeat=4):
        side = np.array(swap)[clusters]
        as_extreme += abs(np.where(side, two, one).mean() - np.where(side, one, two).mean()) >= observed - 1e-12
    assert permutation_p(a, b, 0) == as_extreme / 16


def test_level_and_power() -> None:
    clusters = np.repeat(np.arange(24), 8)
    truth = np.random.default_rng(1).integers(0, 4, len(clusters))
    alike = [permutation_p(scorer(truth, clusters, 0.6, s), scorer(truth, clusters, 0.6, s + 500), 0) for s in range(100)]
    apart = [permutation_p(scorer(truth, clusters, 0.8, s), scorer(truth, clusters, 0.5, s + 500), 0) for s in range(20)]
    assert np.mean(np.array(alike) <= 0.05) <= 0.12
    assert np.mean(np.array(apart) <= 0.05) >= 0.95


def test_difference_is_paired() -> None:
    """The same scorer twice differs by nothing in every resample; averages of several statistics are differenced as one."""
    clusters = np.repeat(np.arange(10), 6)
    truth = np.random.default_rng(2).integers(0, 4, 60)
    one, two = scorer(truth, clusters, 0.9, 1), scorer(truth, clusters, 0.3, 2)
    drawn = resampling_weights(10, 0)
    nothing = difference(average([one, two]), average([one, two]), drawn, "questions")
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 0.0)
    both = difference(average([one, one]), average([two, one]), drawn, "questions")
    alone = difference(one, two, drawn, "questions")
    assert both.value == pytest.approx((alone.value or 0) / 2)
    assert (both.low or 0) > 0


def test_sums_that_do_not_line_up_are_refused() -> None:
    narrow, wide = (Statistic(np.ones((4, k)), lambda totals: totals.sum(axis=1), 4, "") for k in (2, 3))
    with pytest.raises(ValueError, match="different columns"):
        permutation_p(narrow, wide, 0)


def test_undefined_has_no_p() -> None:
    constant = kappa(np.eye(4)[[1, 1, 1]], np.array([1, 1, 1]), weights.nominal(4), np.arange(3), 3)
    assert np.isnan(permutation_p(constant, constant, 0))
