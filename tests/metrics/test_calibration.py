"""Calibration against scikit-learn and its definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from benchmark.metrics import calibration

forecasts = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=80)


def sides(pairs: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([p / 20 for p, _ in pairs]), np.array([float(o) for _, o in pairs])


def simulated(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    p = draw.random(n)
    return p, (draw.random(n) < p).astype(float)


@settings(deadline=None, max_examples=60)
@given(forecasts)
def test_brier_and_its_parts(pairs: list[tuple[int, bool]]) -> None:
    p, o = sides(pairs)
    score = calibration.brier(p, o, np.zeros(len(p), dtype=int), 1).value()
    if 0 < o.mean() < 1:
        assert score == pytest.approx(brier_score_loss(o, p))
    # 10,000 bins keep the 21 probabilities apart: Murphy's identity is then exact
    parts = calibration.brier_parts(p, o, 10_000)
    assert parts is not None
    assert parts.within == pytest.approx(0.0, abs=1e-12)
    assert parts.reliability - parts.resolution + parts.uncertainty == pytest.approx(score)
    assert parts.uncertainty == pytest.approx(o.mean() * (1 - o.mean()))


def test_within_is_variance_less_twice_covariance_inside_the_bins() -> None:
    """The two terms of Stephenson, Coelho and Jolliffe (2008)."""
    p, o = simulated(200, 2)
    place, parts = calibration.adaptive_bins(p, 4), calibration.brier_parts(p, o, 4)
    inside = [(p[place == k], o[place == k]) for k in range(4)]
    variance = sum(((a - a.mean()) ** 2).sum() for a, _ in inside) / 200
    covariance = sum(((a - a.mean()) * (b - b.mean())).sum() for a, b in inside) / 200
    assert parts is not None
    assert parts.within == pytest.approx(variance - 2 * covariance)


def test_brier_of_several_categories_adds_their_squares() -> None:
    p, o = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]), np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    expected = ((0.09 + 0.04 + 0.01) + (0.01 + 0.81 + 0.64)) / 2
    assert calibration.brier(p, o, np.zeros(2, dtype=int), 1).value() == pytest.approx(expected)


def test_curve_and_ece_agree_with_scikit_learn_where_no_probabilities_are_equal() -> None:
    p, o = simulated(500, 0)
    o[p > 0.6] = 0
    seen, given_ = calibration_curve(o, p, n_bins=10, strategy="quantile")
    curve = calibration.reliability_curve(p, o)
    assert [point.n for point in curve] == [50] * 10
    assert [point.outcome for point in curve] == pytest.approx(list(seen))
    assert [point.probability for point in curve] == pytest.approx(list(given_))
    ece = calibration.ece(p, o, np.arange(500) % 7, 7).value()
    assert ece == pytest.approx(np.abs(seen - given_).mean())


@settings(deadline=None, max_examples=60)
@given(forecasts, st.integers(1, 12))
def test_bins_hold_equal_probabilities_together_in_any_order(pairs: list[tuple[int, bool]], bins: int) -> None:
    p, o = sides(pairs)
    place = calibration.adaptive_bins(p, bins)
    assert set(place) == set(range(place.max() + 1))
    assert place.max() < bins
    assert all(len(set(place[p == value])) == 1 for value in set(p))
    assert (np.diff(place[np.argsort(p, kind="stable")]) >= 0).all()
    order = np.random.default_rng(len(p)).permutation(len(p))
    assert (calibration.adaptive_bins(p[order], bins) == place[order]).all()
    value = calibration.ece(p, o, np.zeros(len(p), dtype=int), 1, bins).value()
    bin_gaps = [abs((p - o)[place == k].sum()) for k in set(place)]
    assert value == pytest.approx(sum(bin_gaps) / len(p))


def test_ece_of_the_calibrated_is_small_and_of_the_overconfident_is_not() -> None:
    p, o = simulated(20_000, 1)
    zero = np.zeros(20_000, dtype=int)
    assert calibration.ece(p, o, zero, 1).value() < 0.015
    assert calibration.ece((p > 0.5).astype(float), o, zero, 1).value() == pytest.approx(0.25, abs=0.02)


def test_nothing_to_calibrate() -> None:
    none, nowhere = np.empty(0), np.empty(0, dtype=int)
    assert np.isnan(calibration.ece(none, none, nowhere, 2).value())
    assert np.isnan(calibration.brier(none, none, nowhere, 2).value())
    assert calibration.reliability_curve(none, none) == []
    assert calibration.brier_parts(none, none) is None
