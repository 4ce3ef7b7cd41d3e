"""Spearman against scipy, also in resamples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from benchmark.metrics.rank import spearman


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 30)), min_size=3, max_size=50))
def test_agrees_with_scipy_under_ties(pairs: list[tuple[int, int]]) -> None:
    x, y = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    ours = spearman(x, y, np.arange(len(x)) % 4, 4).value()
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(spearmanr(x, y).statistic, abs=1e-9)


def test_a_resample_is_the_correlation_of_the_resampled_items() -> None:
    draw = np.random.default_rng(3)
    x, y, clusters = draw.integers(1, 6, 40).astype(float), draw.random(40).round(1), np.arange(40) % 5
    drawn = np.array([[2.0, 0.0, 1.0, 1.0, 1.0]])
    items = np.repeat(np.arange(40), drawn[0][clusters].astype(int))
    assert spearman(x, y, clusters, 5)(drawn)[0] == pytest.approx(spearmanr(x[items], y[items]).statistic)


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_resamples_with_many_values_and_few(digits: int) -> None:
    """Cells of a small table, some ties, and no ties at all."""
    draw = np.random.default_rng(5)
    x, y, clusters = draw.random(50).round(digits) * 3, draw.random(50).round(digits), np.arange(50) % 7
    drawn = draw.integers(0, 3, (6, 7)).astype(float)
    for row, value in zip(drawn, spearman(x, y, clusters, 7)(drawn), strict=True):
        items = np.repeat(np.arange(50), row[clusters].astype(int))
        assert value == pytest.approx(spearmanr(x[items], y[items]).statistic)


def test_nothing_to_correlate() -> None:
    assert np.isnan(spearman(np.empty(0), np.empty(0), np.empty(0, dtype=int), 3).value())
