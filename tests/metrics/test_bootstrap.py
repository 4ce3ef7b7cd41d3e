"""Intervals: right on average, reproducible, and absent with a reason where there is nothing to resample."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from benchmark.agreement import weights
from benchmark.metrics import categorical, multilabel, rank
from benchmark.metrics.bootstrap import (
    RESAMPLES,
    bootstrap_error,
    estimate,
    estimate_bca,
    jackknife,
    jackknife_error,
    resample,
    resampling_weights,
)
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


def statistics(clusters: np.ndarray, n_clusters: int) -> list[Statistic]:
    """Kappa, macro F1 of labels, and Spearman of the same 200 items."""
    draw = np.random.default_rng(3)
    truth, given = draw.integers(0, 4, 200), draw.integers(0, 4, 200)
    given = np.where(draw.random(200) < 0.5, truth, given)
    labels = (draw.random((200, 6)) < 0.4).astype(float)
    return [
        categorical.kappa(np.eye(4)[truth], given, weights.quadratic(4), clusters, n_clusters),
        multilabel.f1(labels, np.abs(labels - (draw.random((200, 6)) < 0.2)), clusters, n_clusters),
        rank.spearman(truth.astype(float), given + draw.random(200), clusters, n_clusters),
    ]


@pytest.mark.parametrize("n_clusters", [200, 15])
def test_resampling_in_blocks_is_the_matrix_product(n_clusters: int) -> None:
    several = statistics(np.arange(200) % n_clusters, n_clusters)
    drawn = resampling_weights(n_clusters, 7, 300)
    together = resample(several, 7, 300)
    for i, statistic in enumerate(several):
        assert together[:, i] == pytest.approx(statistic(drawn), abs=1e-12)
    assert resample(several[2:], 7, 300)[:, 0] == pytest.approx(together[:, 2], abs=1e-12)


def test_block_size_changes_no_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    several = statistics(np.arange(200), 200)
    whole = resample(several, 1, 100)
    monkeypatch.setattr("benchmark.metrics.bootstrap._BLOCK_BYTES", 10_000)
    assert resample(several, 1, 100) == pytest.approx(whole, abs=1e-12)


def test_drawing_patterns_has_the_distribution_of_drawing_items(monkeypatch: pytest.MonkeyPatch) -> None:
    kappa = statistics(np.arange(200), 200)[:1]
    items = kappa[0](resampling_weights(200, 0, 4000))
    monkeypatch.setattr("benchmark.metrics.bootstrap._CLUSTERS_PER_PATTERN", 1)
    patterns = resample(kappa, 0, 4000)[:, 0]
    assert (items != patterns).any()
    assert scipy.stats.ks_2samp(items, patterns).pvalue > 0.001
    assert (resample(kappa, 0, 4000)[:, 0] == patterns).all()


def test_nothing_to_resample() -> None:
    empty = mean(np.empty(0), np.empty(0, dtype=int), 0)
    assert np.isnan(resample([empty], 0, 20)).all()
    assert resample([empty], 0, 20).shape == (20, 1)
    assert len(jackknife(empty)) == 0


def test_jackknife_leaves_each_cluster_out() -> None:
    values, clusters = np.arange(12.0), np.arange(12) % 4
    left_out = jackknife(mean(values, clusters, 4))
    assert left_out == pytest.approx([values[clusters != k].mean() for k in range(4)])
    # for a mean of single items both errors are the textbook's
    single = mean(values, np.arange(12), 12)
    assert jackknife_error(jackknife(single)) == pytest.approx(values.std(ddof=1) / np.sqrt(12))
    assert bootstrap_error(resample([single], 0)[:, 0]) == pytest.approx(values.std() / np.sqrt(12), rel=0.03)
    assert np.isnan(jackknife_error(np.array([0.5])))
    assert np.isnan(bootstrap_error(np.where(np.arange(100) < 10, np.nan, 0.5)))


def skewed(n: int = 40) -> np.ndarray:
    return np.random.default_rng(8).exponential(1.0, n)


def test_bca_agrees_with_scipy_on_the_same_resamples() -> None:
    values = skewed()
    theirs = scipy.stats.bootstrap((values,), np.mean, n_resamples=2000, method="BCa", rng=np.random.default_rng(0))
    single = mean(values, np.arange(40), 40)
    found = estimate_bca(values.mean(), theirs.bootstrap_distribution, jackknife(single), 40, "", "items")
    assert found.low == pytest.approx(theirs.confidence_interval.low, abs=1e-9)
    assert found.high == pytest.approx(theirs.confidence_interval.high, abs=1e-9)
    plain = estimate(values.mean(), theirs.bootstrap_distribution, 40, "", 40, "items")
    assert plain.high is not None
    assert found.high is not None
    assert found.high > plain.high + 0.01


def test_no_bca_interval_has_a_reason() -> None:
    drawn, spread = skewed(100), np.linspace(0, 1, 5)
    cases = {
        "one side": (9.0, drawn, spread),
        "changes nothing": (1.0, drawn, np.ones(5)),
        "undefined without one": (1.0, drawn, np.where(np.arange(5) == 2, np.nan, spread)),
        "from 1 items": (1.0, drawn, spread[:1]),
        "undefined in 50 of 100": (1.0, np.where(np.arange(100) < 50, np.nan, drawn), spread),
    }
    for reason, (value, resampled, left_out) in cases.items():
        found = estimate_bca(value, resampled, left_out, 5, "no pairs", "items")
        assert (found.value, found.low, found.high) == (value, None, None)
        assert reason in str(found.reason)
    assert estimate_bca(float("nan"), drawn, spread, 5, "no pairs", "items").reason == "no pairs"
