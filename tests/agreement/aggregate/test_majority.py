"""Majority labels under each tie rule."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.agreement.aggregate.majority import TieRule, majority
from benchmark.agreement.ratings import MISSING
from tests.agreement.aggregate.simulate import long

pytestmark = pytest.mark.filterwarnings("error")

# item 0: two for b, one for a; item 1: a tie of a and c; item 2: nobody; item 3: c alone
ROWS = [(0, 0, 1), (0, 1, 0), (0, 2, 1), (1, 1, 2), (1, 0, 0), (3, 2, 2)]
NAN = float("nan")


@pytest.mark.parametrize(
    ("ties", "labels", "tied", "reason"),
    [
        ("shared", [1, MISSING, MISSING, 2], [0.5, 0, 0.5], "items without a label: 1 without ratings, 1 tied"),
        ("first", [1, 0, MISSING, 2], [1, 0, 0], "items without a label: 1 without ratings"),
        ("none", [1, MISSING, MISSING, 2], [NAN, NAN, NAN], "items without a label: 1 without ratings, 1 tied"),
    ],
)
def test_tie_rules(ties: TieRule, labels: list[int], tied: list[float], reason: str) -> None:
    found = majority(long(ROWS, 4, 4, 3), ties)
    assert found.labels.tolist() == labels
    np.testing.assert_array_equal(found.weights, [[0, 1, 0], tied, [NAN] * 3, [0, 0, 1]])
    np.testing.assert_allclose(found.posterior, [[1 / 3, 2 / 3, 0], [0.5, 0, 0.5], [NAN] * 3, [0, 0, 1]])
    assert found.reason == reason


def test_reliability_is_against_the_winners() -> None:
    shared, none = (majority(long(ROWS, 4, 4, 3), ties).reliability for ties in ("shared", "none"))
    np.testing.assert_allclose(shared.accuracy, [0.75, 0.25, 1, NAN])
    np.testing.assert_allclose(none.accuracy, [1, 0, 1, NAN])
    assert shared.n.tolist() == [2, 2, 2, 0]
    # annotator 0: item 0 as b, and half of item 1 of a and half of c, both called a
    np.testing.assert_allclose(shared.confusion[0], [[1, 0, 0], [0, 1, 0], [1, 0, 0]])
    assert np.isnan(shared.confusion[3]).all()


def test_without_ratings_nothing_is_defined() -> None:
    found = majority(long([], 2, 2, 3), "shared")
    assert np.isnan(found.weights).all()
    assert found.reason == "items without a label: 2 without ratings"
    assert majority(long([], 0, 0, 3), "first").labels.tolist() == []


def test_another_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no tie rule 'last'"):
        majority(long(ROWS, 4, 4, 3), "last")  # type: ignore[arg-type]
