"""Ratings on a declared scale: codes, what is refused, and folding without loss."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmark.agreement.ratings import MISSING, Ratings, centred, from_numbers

codes = st.tuples(st.integers(0, 30), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.int8, shape, elements=st.integers(-1, 2))
)


@pytest.mark.parametrize(
    "scale", [[1, 2, 3, 4, 5], [0.5, 1.5, 2.5], [0.1, 0.2, 0.3], [1, 2, 4, 8], [8, 4, 2, 1], list(range(200))]
)
def test_numbers_become_places_on_the_scale(scale: list[float]) -> None:
    place = np.random.default_rng(0).integers(0, len(scale), (40_000, 2))
    matrix = np.array(scale, dtype=float)[place]
    missing = np.random.default_rng(1).random(matrix.shape) < 0.2
    matrix[missing] = np.nan
    found = from_numbers(matrix, scale)
    assert (found.codes == np.where(missing, MISSING, place)).all()
    assert np.array_equal(found.numbers, matrix, equal_nan=True)


@pytest.mark.parametrize("kind", [np.int8, np.int64, np.uint8, np.float32])
def test_any_kind_of_number(kind: type) -> None:
    matrix = np.array([[1, 5], [3, 2]], dtype=kind)
    assert from_numbers(matrix, range(1, 6)).codes.tolist() == [[0, 4], [2, 1]]
    with pytest.raises(ValueError, match="is not on the scale"):
        from_numbers(matrix, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])


@pytest.mark.parametrize("stray", [0, 6, -1, 0.5, 1e300, float("inf"), -float("inf"), 257])
@pytest.mark.parametrize("scale", [[1, 2, 3, 4, 5], [1, 2, 4, 8]])
def test_a_number_off_the_scale_is_named(stray: float, scale: list[float]) -> None:
    matrix = np.ones((9, 3))
    matrix[7, 1] = stray
    with pytest.raises(ValueError, match="^" + re.escape(f"{np.float64(stray)} is not")):
        from_numbers(matrix, scale)
    if stray == int(min(max(stray, -1e6), 1e6)):
        with pytest.raises(ValueError, match=f"^{int(stray)} is not"):
            from_numbers(matrix.astype(int), scale)


@settings(deadline=None, max_examples=80)
@given(codes)
def test_folding_keeps_every_row(matrix: np.ndarray) -> None:
    folded = Ratings(matrix, 3).folded()
    rows, counts = np.unique(matrix, axis=0, return_counts=True)
    if folded.weight is None:
        assert (folded.codes == matrix).all()
    else:
        order = np.lexsort(folded.codes.T[::-1])
        assert (folded.codes[order] == rows).all()
        assert (folded.weight[order] == counts).all()


@settings(deadline=None, max_examples=60)
@given(codes, st.booleans())
def test_unordered_keeps_every_count(matrix: np.ndarray, wide: bool) -> None:
    """Also with too many raters for whole rows to be folded."""
    if wide:
        matrix = np.column_stack([matrix, np.full((len(matrix), 30), MISSING)])
    ratings = Ratings(matrix, 3)
    unordered = ratings.unordered()

    def tally(of: Ratings) -> dict[tuple[float, ...], float]:
        found: dict[tuple[float, ...], float] = {}
        for counts, weight in zip(of.counts, of.multiplicity, strict=True):
            found[tuple(counts)] = found.get(tuple(counts), 0) + weight
        return found

    assert unordered.codes.shape[1] == matrix.shape[1]
    assert tally(unordered) == tally(ratings)


def test_many_wide_items_become_few_patterns() -> None:
    draw = np.random.default_rng(2)
    matrix = np.full((20_000, 40), MISSING, dtype=np.int8)
    for _ in range(3):
        matrix[np.arange(20_000), draw.integers(0, 40, 20_000)] = draw.integers(0, 5, 20_000)
    assert len(Ratings(matrix, 5).unordered().codes) <= 55


def test_centred_numbers_that_are_equal_are_exactly_zero() -> None:
    assert (centred(np.full(1000, 0.1)) == 0).all()
    assert np.isnan(centred(np.array([np.nan, np.nan]))).all()
    assert centred(np.array([1.0, 2.0, 6.0])).tolist() == [-1.0, 0.0, 4.0]
