"""PRMSE by analysis of variance, by its formulas in plain loops, and on simulated true scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.metrics import prmse
from benchmark.metrics.bootstrap import resampling_weights


def simulated(items: int, raters: int, seed: int, missing: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings, scores and true scores: variances 1 (true), 0.5 (annotators' errors), 0.25 (the scorer's)."""
    draw = np.random.default_rng(seed)
    true = draw.normal(3, 1, items)
    ratings = true[:, None] + draw.normal(0, np.sqrt(0.5), (items, raters))
    ratings[draw.random(ratings.shape) < missing] = np.nan
    return ratings, true + draw.normal(0, 0.5, items), true


def measured(ratings: np.ndarray, scores: np.ndarray) -> tuple[float, float, float]:
    """PRMSE, error variance, true variance."""
    clusters = np.zeros(len(scores), dtype=int)
    value, error, true = (
        one(ratings, scores, clusters, 1).value() for one in (prmse.prmse, prmse.error_variance, prmse.true_variance)
    )
    return value, error, true


def by_formula(ratings: np.ndarray, scores: np.ndarray) -> tuple[float, float, float]:
    """The estimators item by item."""
    rows = [(row[~np.isnan(row)], s) for row, s in zip(ratings, scores, strict=True) if not np.isnan(row).all()]
    n, m = len(rows), sum(len(r) for r, _ in rows)
    error = sum((len(r) - 1) * r.var(ddof=1) for r, _ in rows if len(r) > 1) / sum(len(r) - 1 for r, _ in rows)
    grand = sum(r.sum() for r, _ in rows) / m
    between = sum(len(r) * (r.mean() - grand) ** 2 for r, _ in rows)
    true = (between - (n - 1) * error) / (m - sum(len(r) ** 2 for r, _ in rows) / m)
    missed = (sum(len(r) * (r.mean() - s) ** 2 for r, s in rows) - n * error) / m
    return 1 - missed / true, error, true


def test_two_ratings_by_hand() -> None:
    ratings, scores = np.array([[1.0, 1.0], [2.0, 4.0], [5.0, 5.0], [4.0, 2.0]]), np.array([1.0, 3.0, 4.0, 3.0])
    # errors: (0 + 2 + 0 + 2) / 4 = 1; means 1, 3, 5, 3 about 3: 2 (4 + 0 + 4 + 0) = 16, so true (16 - 3) / (8 - 16 / 8)
    # the scorer misses the means by 0, 0, 1, 0: (2 - 4) / 8, less than the annotators' errors alone would make it
    value, error, true = measured(ratings, scores)
    assert (error, true) == pytest.approx((1.0, 13 / 6))
    assert value == pytest.approx(1 + 0.25 / (13 / 6))


def test_equal_numbers_of_ratings_are_a_one_way_analysis_of_variance() -> None:
    ratings, scores, _ = simulated(60, 3, 0)
    means = ratings.mean(axis=1)
    between, within = 3 * means.var(ddof=1), ratings.var(axis=1, ddof=1).mean()
    value, error, true = measured(ratings, scores)
    assert error == pytest.approx(within)
    assert true == pytest.approx((between - within) / 3)
    assert value == pytest.approx(1 - (np.mean((means - scores) ** 2) - within / 3) / true)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.floats(0, 0.6))
def test_unequal_numbers_of_ratings_follow_the_formulas(seed: int, missing: float) -> None:
    ratings, scores, _ = simulated(40, 4, seed, missing)
    assert measured(ratings, scores) == pytest.approx(by_formula(ratings, scores))


def test_recovers_what_was_simulated() -> None:
    ratings, scores, true_scores = simulated(60_000, 3, 1, missing=0.4)
    value, error, true = measured(ratings, scores)
    assert (error, true) == pytest.approx((0.5, 1.0), abs=0.03)
    assert value == pytest.approx(0.75, abs=0.01)
    assert measured(ratings, true_scores)[0] == pytest.approx(1.0, abs=0.01)
    assert measured(ratings, np.full(60_000, 3.0))[0] == pytest.approx(0.0, abs=0.01)


def test_neither_origin_nor_unit_nor_empty_items_matter() -> None:
    ratings, scores, _ = simulated(50, 3, 2, missing=0.3)
    value = measured(ratings, scores)[0]
    assert measured(1e6 + 10 * ratings, 1e6 + 10 * scores)[0] == pytest.approx(value)
    widened = np.vstack([ratings, np.full((2, 3), np.nan), np.ones((2, 3))])
    assert measured(widened, np.r_[scores, 1.0, 2.0, np.nan, np.nan])[0] == pytest.approx(value)


def test_a_resample_is_the_statistic_of_the_resampled_items() -> None:
    ratings, scores, _ = simulated(30, 3, 3, missing=0.2)
    clusters = np.arange(30) % 6
    drawn = resampling_weights(6, 0, 5)
    for row, value in zip(drawn, prmse.prmse(ratings, scores, clusters, 6)(drawn), strict=True):
        items = np.repeat(np.arange(30), row[clusters].astype(int))
        assert value == pytest.approx(by_formula(ratings[items], scores[items])[0])


def test_undefined_has_a_reason() -> None:
    clusters = np.zeros(3, dtype=int)
    single = prmse.prmse(np.array([[1.0, np.nan], [np.nan, 2.0], [3.0, np.nan]]), np.ones(3), clusters, 1)
    assert np.isnan(single.value())
    assert single.undefined == prmse.NO_PAIR
    alike = prmse.prmse(np.array([[1.0, 3.0], [3.0, 1.0], [2.0, 2.0]]), np.ones(3), clusters, 1)
    assert np.isnan(alike.value())
    assert alike.undefined == prmse.NO_TRUE_VARIANCE
    nothing = prmse.prmse(np.full((3, 2), np.nan), np.ones(3), clusters, 1)
    assert np.isnan(nothing.value())
    assert nothing.n == 0
