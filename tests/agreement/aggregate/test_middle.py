"""Median and mean against the standard library, and half-way cases."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.agreement.aggregate.middle import mean, median
from benchmark.agreement.ratings import MISSING
from benchmark.reference import towards_middle
from tests.agreement.aggregate.simulate import long

pytestmark = pytest.mark.filterwarnings("error")
ONE_TO_FIVE = np.arange(1.0, 6.0)


def votes(*per_item: list[int], categories: int = 5) -> object:
    rows = [(i, j, label) for i, labels in enumerate(per_item) for j, label in enumerate(labels)]
    return long(rows, len(per_item), max(map(len, per_item)), categories)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.lists(st.integers(0, 4), max_size=6), min_size=1, max_size=8).filter(any))
def test_agree_with_the_standard_library_and_round_as_fractions_are(per_item: list[list[int]]) -> None:
    ratings = votes(*per_item)
    middling, average = median(ratings, ONE_TO_FIVE), mean(ratings, ONE_TO_FIVE)
    for i, labels in enumerate(per_item):
        given_ = [label + 1 for label in labels]
        if not given_:
            assert np.isnan([middling.value[i], average.value[i]]).all()
            assert middling.labels[i] == average.labels[i] == MISSING
            continue
        assert middling.value[i] == statistics.median(given_)
        assert average.value[i] == pytest.approx(statistics.fmean(given_))
        assert middling.labels[i] + 1 == towards_middle(np.array(float(statistics.median(given_))), (1, 5))
        assert abs(average.labels[i] + 1 - average.value[i]) <= 0.5 + 1e-9


def test_half_way_goes_towards_the_middle() -> None:
    for combine in (median, mean):
        found = combine(votes([0, 1], [3, 4], [1, 2], [2, 3], [0, 4]), ONE_TO_FIVE)
        assert found.value.tolist() == [1.5, 4.5, 2.5, 3.5, 3.0]
        assert found.labels.tolist() == [1, 3, 2, 2, 2]
        assert found.reason is None


def test_half_way_at_the_centre_of_an_even_scale_has_no_label() -> None:
    found = median(votes([1, 2], [0, 3], [0, 1], categories=4), np.arange(4.0))
    assert found.value.tolist() == [1.5, 1.5, 0.5]
    assert found.labels.tolist() == [MISSING, MISSING, 1]
    assert found.reason == "items without a label: 2 half-way at the centre of the scale"


def test_values_need_not_be_even_steps() -> None:
    found = mean(votes([0, 2], [0, 1], [1, 2], categories=3), np.array([0.0, 1.0, 10.0]))
    assert found.value.tolist() == [5.0, 0.5, 5.5]
    assert found.labels.tolist() == [1, 1, 1]  # 5.5 is half-way between 1 and 10, of which 1 is nearer the middle, 5


def test_deviation_of_annotators() -> None:
    found = mean(votes([0, 2], [1, 3], [0]), ONE_TO_FIVE).reliability
    np.testing.assert_allclose(found.bias, [-2 / 3, 1])
    np.testing.assert_allclose(found.absolute, [2 / 3, 1])
    assert found.n.tolist() == [3, 2]
    idle = median(long([(0, 0, 1)], 1, 2, 5), ONE_TO_FIVE).reliability
    assert np.isnan([idle.bias[1], idle.absolute[1]]).all()


@pytest.mark.parametrize("values", [np.arange(4.0), np.array([1.0, 2, 2, 3, 4])])
def test_values_are_one_rising_number_per_category(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="5 rising numbers"):
        median(votes([0, 1]), values)
