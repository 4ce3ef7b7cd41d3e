"""Kappa and its companions against published numbers, scikit-learn, and their own definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, cohen_kappa_score, f1_score

from benchmark.agreement import weights
from benchmark.metrics import categorical
from benchmark.metrics.categorical import ABSTAINED


def from_table(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """One-hot reference and predicted codes of a square table of counts (reference in rows)."""
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    reference = np.eye(len(table))[[i for i, _ in pairs]]
    return reference, np.array([j for _, j in pairs])


def kappa(reference: np.ndarray, predicted: np.ndarray, disagreement: np.ndarray) -> float:
    clusters = np.arange(len(predicted)) % 3
    return categorical.kappa(reference, predicted, disagreement, clusters, 3).value()


@pytest.mark.parametrize(
    ("table", "disagreement", "expected"),
    [
        # Cohen's kappa: the worked examples on Wikipedia's page, 2 x 2
        ([[20, 5], [10, 15]], weights.nominal(2), 0.4),
        ([[25, 35], [5, 35]], weights.nominal(2), 0.2592592592592593),
        # Cohen (1968), table 1, n = 200, disagreement weights 0, 1, 3 / 1, 0, 6 / 3, 6, 0: kappa .492, weighted .348
        ([[88, 10, 2], [14, 40, 6], [18, 10, 12]], weights.nominal(3), 0.492),
        ([[88, 10, 2], [14, 40, 6], [18, 10, 12]], np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]]) / 6, 0.348),
    ],
)
def test_published(table: list[list[int]], disagreement: np.ndarray, expected: float) -> None:
    assert kappa(*from_table(table), disagreement) == pytest.approx(expected, abs=5e-4)


labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60)


@settings(deadline=None, max_examples=100)
@given(labels)
def test_quadratic_kappa_agrees_with_sklearn_on_the_declared_scale(pairs: list[tuple[int, int]]) -> None:
    truth, given_ = (np.array(side) for side in zip(*pairs, strict=True))
    ours = kappa(np.eye(5)[truth], given_, weights.quadratic(5))
    if (truth == given_).all() and len(set(truth)) == 1:
        assert np.isnan(ours)
    elif len(set(truth)) == 1 and len(set(given_)) == 1:
        assert ours == pytest.approx(0.0)
    else:
        theirs = cohen_kappa_score(truth, given_, labels=range(5), weights="quadratic")
        assert ours == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(labels)
def test_companions_agree_with_sklearn(pairs: list[tuple[int, int]]) -> None:
    truth, given_ = (np.array(side) for side in zip(*pairs, strict=True))
    reference, clusters = np.eye(5)[truth], np.arange(len(truth)) % 2
    assert categorical.macro_f1(reference, given_, clusters, 2).value() == pytest.approx(
        f1_score(truth, given_, average="macro", zero_division=0)
    )
    assert categorical.accuracy(reference, given_, clusters, 2).value() == pytest.approx((truth == given_).mean())
    recall = categorical.balanced_accuracy(reference, given_, clusters, 2).value()
    seen = set(truth)
    if set(given_) <= seen:  # scikit-learn warns otherwise
        assert recall == pytest.approx(balanced_accuracy_score(truth, given_))


def test_scale_is_the_declared_one_not_the_seen_one() -> None:
    """Only 1, 2 and 4 of a scale to 5 occur: distances still count the steps in between."""
    truth, given_ = np.array([0, 1, 3, 3]), np.array([0, 3, 3, 1])
    seen = cohen_kappa_score(truth, given_, weights="quadratic")
    ours = kappa(np.eye(5)[truth], given_, weights.quadratic(5))
    assert ours == pytest.approx(cohen_kappa_score(truth, given_, weights="quadratic", labels=range(5)))
    assert ours != pytest.approx(seen)


def test_no_variation_is_undefined() -> None:
    assert np.isnan(kappa(np.eye(2)[[0, 0, 0]], np.array([0, 0, 0]), weights.nominal(2)))


def test_abstaining_is_worse_than_a_guess_by_chance_and_never_better_than_being_right() -> None:
    draw = np.random.default_rng(1)
    truth = draw.integers(0, 4, 4000)
    right = np.where(draw.random(4000) < 0.7, truth, draw.integers(0, 4, 4000))
    half = np.arange(4000) % 2 == 0
    guessed = np.where(half, right, draw.integers(0, 4, 4000))
    abstained = np.where(half, right, ABSTAINED)
    reference, nominal = np.eye(4)[truth], weights.nominal(4)
    assert kappa(reference, right, nominal) > kappa(reference, guessed, nominal) > kappa(reference, abstained, nominal) > 0
    assert kappa(reference, np.full(4000, ABSTAINED), nominal) == pytest.approx(0.0)


def test_a_shared_tie_credits_either_label_by_half() -> None:
    reference = np.array([[0.5, 0.5], [1.0, 0.0], [0.0, 1.0]])
    clusters = np.zeros(3, dtype=int)
    for given_ in ([0, 0, 1], [1, 0, 1]):
        assert categorical.accuracy(reference, np.array(given_), clusters, 1).value() == pytest.approx(2.5 / 3)
