"""Intervals: right on average, reproducible, and absent with a reason where there is nothing to resample."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.agreement import weights
from benchmark.metrics import categorical
from benchmark.metrics.bootstrap import RESAMPLES, estimate, resampling_weights
from benchmark.metrics.statistic import Statistic, mean, ratio


def test_weights_draw_as_many_clusters_as_there_are() -> None:
    drawn = resampling_weights(12, seed=5)
    assert drawn.shape == (RESAMPLES, 12)
    assert (drawn.sum(axis=1) == 12).all()
    assert (drawn == resampling_weights(12, seed=5)).all()
    assert (drawn != resampling_weights(12, seed=6)).any()


def test_matrix_resamples_equal_resampling_the_items() -> None:
    draw = np.random.default_rng(0)
    clusters = np.sort(draw.integers(0, 6, 60))
    truth, given = draw.integers(0, 3, 60), draw.integers(0, 3, 60)
    statistic = categorical.kappa(np.eye(3)[truth], given, weights.quadratic(3), clusters, 6)
    drawn = resampling_weights(6, seed=1)[:25]
    for row, value in zip(drawn, statistic(drawn), strict=True):
        items = np.repeat(np.arange(60), row[clusters].astype(int))
        again = categorical.kappa(np.eye(3)[truth[items]], given[items], weights.quadratic(3), np.zeros(len(items), int), 1)
        assert value == pytest.approx(again.value(), abs=1e-12)


def test_interval_of_a_mean_is_close_to_the_normal_one() -> None:
    values = np.random.default_rng(2).normal(3.0, 1.0, 400)
    statistic = mean(values, np.arange(400), 400)
    found = estimate(statistic.value(), statistic(resampling_weights(400, 0)), 400, "", 400, "items")
    half = 1.96 * values.std() / np.sqrt(400)
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.01)
    assert found.high == pytest.approx(values.mean() + half, abs=0.01)


def test_undefined_values_and_intervals_have_reasons() -> None:
    empty = ratio(np.empty(0), np.empty(0), np.empty(0, int), 3, "no pairs")
    found = estimate(empty.value(), np.empty(0), 0, empty.undefined, 0, "question(s)")
    assert (found.value, found.low, found.reason) == (None, None, "no pairs")
    one = estimate(0.5, np.empty(0), 4, "", 1, "question(s)")
    assert (one.value, one.low, one.reason) == (0.5, None, "no interval from 1 question(s)")
    patchy = np.where(np.arange(100) < 10, np.nan, 0.5)
    assert "undefined in 10 of 100" in str(estimate(0.5, patchy, 4, "no pairs", 3, "question(s)").reason)


def test_blocks_give_what_one_product_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(4)
    statistic = Statistic(draw.random((5, 7)), lambda totals: totals.sum(axis=1), 5, "")
    drawn = resampling_weights(5, 0)
    whole = statistic(drawn)
    monkeypatch.setattr("benchmark.metrics.statistic._BLOCK_BYTES", 500)
    assert np.allclose(statistic(drawn), whole, rtol=0, atol=1e-12)
