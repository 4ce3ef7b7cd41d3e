"""Partial correlations as correlations of residuals, and where the reference leaves nothing to correlate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from benchmark.metrics import partial
from benchmark.metrics.bootstrap import resampling_weights
from benchmark.metrics.statistic import Statistic


def residual_correlation(scores: np.ndarray, lengths: np.ndarray, reference: np.ndarray) -> float:
    """Correlation of what a straight line through the reference leaves over."""
    design = np.column_stack([np.ones(len(reference)), reference])
    left = [side - design @ np.linalg.lstsq(design, side, rcond=None)[0] for side in (scores, lengths)]
    return float(np.corrcoef(*left)[0, 1])


def sample(seed: int, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    reference = draw.integers(1, 6, n).astype(float)
    lengths = (100 + 30 * reference + draw.normal(0, 60, n)).round(-1)
    return (reference + 0.01 * lengths + draw.normal(0, 1, n)).round(1), lengths, reference


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_agree_with_residuals(seed: int) -> None:
    sides, clusters = sample(seed), np.arange(60) % 8
    assert partial.pearson(*sides, clusters, 8).value() == pytest.approx(residual_correlation(*sides))
    ranks = [rankdata(side) for side in sides]
    assert partial.spearman(*sides, clusters, 8).value() == pytest.approx(residual_correlation(*ranks))


def test_resamples_are_correlations_of_the_resampled_items() -> None:
    sides, clusters = sample(1), np.arange(60) % 8
    drawn = resampling_weights(8, 0, 4)
    both = zip(drawn, partial.pearson(*sides, clusters, 8)(drawn), partial.spearman(*sides, clusters, 8)(drawn), strict=True)
    for row, values, ranks in both:
        items = np.repeat(np.arange(60), row[clusters].astype(int))
        chosen = [side[items] for side in sides]
        assert values == pytest.approx(residual_correlation(*chosen))
        assert ranks == pytest.approx(residual_correlation(*[rankdata(side) for side in chosen]))


def test_length_that_only_follows_quality_is_not_rewarded() -> None:
    draw = np.random.default_rng(2)
    quality = draw.normal(0, 1, 20_000)
    scores, lengths = quality + draw.normal(0, 1, 20_000), quality + draw.normal(0, 1, 20_000)
    zero = np.zeros(20_000, dtype=int)
    assert np.corrcoef(scores, lengths)[0, 1] == pytest.approx(0.5, abs=0.02)
    assert partial.pearson(scores, lengths, quality, zero, 1).value() == pytest.approx(0.0, abs=0.02)
    assert partial.pearson(scores + lengths, lengths, quality, zero, 1).value() > 0.5


def test_unit_and_origin_do_not_matter() -> None:
    scores, lengths, reference = sample(3)
    zero = np.zeros(60, dtype=int)
    moved = partial.pearson(1e-6 * scores - 5, 1e9 + 3 * lengths, 7 - reference, zero, 1)
    assert moved.value() == pytest.approx(partial.pearson(scores, lengths, reference, zero, 1).value(), abs=1e-6)


@pytest.mark.parametrize("correlation", [partial.pearson, partial.spearman])
def test_undefined(correlation: Callable[..., Statistic]) -> None:
    scores, lengths, reference = sample(4)
    zero, flat = np.zeros(60, dtype=int), np.full(60, 0.1)
    for sides in (
        (flat, lengths, reference),
        (scores, flat, reference),
        (scores, lengths, flat),
        (reference, lengths, reference),
        (scores, 100 - 3 * reference, reference),
    ):
        statistic = correlation(*sides, zero, 1)
        assert np.isnan(statistic.value())
        assert statistic.undefined == partial.UNDEFINED
    assert np.isnan(correlation(*[np.empty(0)] * 3, np.empty(0, dtype=int), 1).value())
