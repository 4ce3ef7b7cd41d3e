"""Paired tests between scorers: exact on small cases, level kept, power there."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import scipy.stats

from benchmark.agreement import weights
from benchmark.metrics.bootstrap import resampling_weights
from benchmark.metrics.categorical import kappa
from benchmark.metrics.combine import average
from benchmark.metrics.multiplicity import holm
from benchmark.metrics.paired import all_pairs, difference, permutation_p
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


def test_all_pairs_agree_with_pairs_taken_one_by_one() -> None:
    random = np.random.default_rng(3)
    drawn = random.normal(size=(400, 5)) + np.arange(5) / 10
    values = drawn.mean(axis=0)
    found = all_pairs(values, drawn, clusters=20)
    for i in range(5):
        assert np.isnan(found.p[i, i])
        for j in range(5):
            if i == j:
                continue
            error = (drawn[:, i] - drawn[:, j]).std(ddof=1)
            p = 2 * scipy.stats.t.sf(abs(values[i] - values[j]) / error, 19)
            assert found.p[i, j] == pytest.approx(p)
            assert found.low[i, j] == pytest.approx(values[i] - values[j] - scipy.stats.t.ppf(0.975, 19) * error)
            assert found.adjusted[i, j] == found.adjusted[j, i] >= found.p[i, j]
    upper = np.triu_indices(5, 1)
    assert found.adjusted[upper] == pytest.approx(holm(found.p[upper]))


def test_all_pairs_at_their_edges() -> None:
    drawn = np.column_stack([np.zeros(50), np.zeros(50), np.ones(50), np.linspace(0, 1, 50), np.linspace(0, 1, 50)])
    drawn[::2, 4] = np.nan
    found = all_pairs(np.array([0.0, 0.0, 1.0, 0.5, 0.5]), drawn, clusters=10)
    assert (found.p[0, 1], found.p[0, 2]) == (1.0, 0.0)  # nothing moves them: equal, or not
    assert np.isnan(found.p[4]).all()  # undefined in half of the resamples
    assert 0 < found.p[0, 3] < 1
    assert np.isnan(all_pairs(np.array([0.0, 1.0]), drawn[:, :2], clusters=1).p).all()


def test_a_few_undefined_resamples_are_left_out_of_a_pair() -> None:
    random = np.random.default_rng(4)
    drawn = random.normal(size=(200, 3))
    drawn[:4, 1] = np.nan
    found = all_pairs(np.zeros(3) + np.arange(3), drawn, clusters=30)
    error = np.nanstd(drawn[:, 0] - drawn[:, 1], ddof=1)
    assert found.high[1, 0] - found.low[1, 0] == pytest.approx(2 * scipy.stats.t.ppf(0.975, 29) * error)
