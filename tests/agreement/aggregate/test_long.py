"""What is taken for ratings, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.agreement.aggregate.dawid_skene import dawid_skene
from benchmark.agreement.aggregate.long import LongRatings
from tests.agreement.aggregate.simulate import long


def test_a_second_rating_of_an_item_names_the_pair() -> None:
    rows = [(0, 1, 0), (2, 0, 1), (1, 1, 0), (2, 0, 1)]
    with pytest.raises(ValueError, match="annotator 0 rates item 2 more than once"):
        long(rows, 3, 2, 2)
    with pytest.raises(ValueError, match="annotator 0 rates item 2 more than once"):
        long(rows, 10**6, 10**6, 2)  # too many pairs for a table
    items, annotators, labels = np.array(rows).T
    assert LongRatings(items, annotators, labels, 3, 2, 2, repeats=True).m == 4


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((3, 0, 0), "rating 1: item 3 is not among the 3 declared"),
        ((0, 2, 0), "rating 1: annotator 2 is not among the 2 declared"),
        ((0, 1, 2), "rating 1: label 2 is not among the 2 declared"),
        ((0, 1, -1), "rating 1: label -1 is not among the 2 declared"),
    ],
)
def test_codes_outside_what_was_declared_name_the_rating(row: tuple[int, int, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        long([(0, 0, 0), row], 3, 2, 2)


def test_codes_are_integers_of_one_shape() -> None:
    one = np.array([0])
    with pytest.raises(ValueError, match="label codes must be integers"):
        LongRatings(one, one, np.array([0.0]), 1, 1, 2)
    with pytest.raises(ValueError, match="label codes must be integers"):
        LongRatings(one, one, one.astype(np.uint64), 1, 1, 2)
    with pytest.raises(ValueError, match="annotator codes must be integers of shape"):
        LongRatings(one, np.array([0, 0]), one, 1, 1, 2)
    with pytest.raises(ValueError, match="no categories"):
        LongRatings(one, one, one, 1, 1, 0)


def test_small_codes_do_not_overflow() -> None:
    """100 annotators and items in one byte each: pairs and tokens go beyond it."""
    items, annotators = (side.ravel().astype(np.int8) for side in np.meshgrid(np.arange(100), np.arange(100), indexing="ij"))
    ratings = LongRatings(items, annotators, (annotators % 3).astype(np.int8), 100, 100, 3)
    assert ratings.counts()[99].tolist() == [34, 33, 33]
    items, annotators, labels = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 0, 0, 1]), np.array([127, 0, 0, 126, 127])
    wide = LongRatings(items, annotators, labels, 3, 2, 128)
    small = LongRatings(items.astype(np.int8), annotators.astype(np.int8), labels.astype(np.int8), 3, 2, 128)
    np.testing.assert_array_equal(dawid_skene(small).posterior, dawid_skene(wide).posterior)
