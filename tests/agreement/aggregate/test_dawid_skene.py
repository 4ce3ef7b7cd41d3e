"""Dawid and Skene's model on their own data, against another way to fit it, and on simulated annotators."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.agreement.aggregate.dawid_skene import dawid_skene
from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.ratings import MISSING
from tests.agreement.aggregate.simulate import annotate, dense_dawid_skene, long, mostly_right

pytestmark = pytest.mark.filterwarnings("error")

# Dawid and Skene (1979), table 1: fitness for anaesthesia, 1 to 4, of 45 patients; the first observer three times, then
# observers 2 to 5
PATIENTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 2223212 1211111
1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222 1111111 1111111 1121121
1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
""".split()
OBSERVERS = [0, 0, 0, 1, 2, 3, 4]

# rows: true category; as independent programs print them for these data, to two places
ERROR_RATES = [
    [[0.89, 0.11, 0, 0], [0.07, 0.88, 0.05, 0], [0, 0.34, 0.66, 0], [0, 0, 0.56, 0.44]],
    [[0.83, 0.17, 0, 0], [0.05, 0.63, 0.31, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    [[1, 0, 0, 0], [0.11, 0.79, 0.11, 0], [0, 0.40, 0.20, 0.40], [0, 0, 0.67, 0.33]],
    [[0.94, 0.06, 0, 0], [0.05, 0.84, 0.10, 0], [0, 0, 0.80, 0.20], [0, 0, 0.33, 0.67]],
    [[1, 0, 0, 0], [0.16, 0.73, 0.11, 0], [0, 0.21, 0.79, 0], [0, 0, 0.33, 0.67]],
]


@pytest.fixture
def anaesthetists() -> LongRatings:
    labels = np.array([[int(digit) - 1 for digit in patient] for patient in PATIENTS])
    items, columns = np.indices(labels.shape)
    return LongRatings(items.ravel(), np.array(OBSERVERS)[columns.ravel()], labels.ravel(), 45, 5, 4, repeats=True)


def test_the_published_example(anaesthetists: LongRatings) -> None:
    found = dawid_skene(anaesthetists)
    assert found.converged
    np.testing.assert_allclose(found.shares, [0.40, 0.42, 0.11, 0.07], atol=0.005)
    np.testing.assert_allclose(found.error_rates, ERROR_RATES, atol=0.0051)
    assert found.log_likelihood == pytest.approx(-192.89088, abs=2e-5)
    # the patients of whom the model is not quite sure
    unsure = {7: (0, 0.981), 30: (0, 0.9991), 35: (1, 0.948), 38: (2, 0.9788), 42: (0, 0.9998)}
    for patient, (label, probability) in unsure.items():
        assert found.labels[patient - 1] == label
        assert found.posterior[patient - 1, label] == pytest.approx(probability, abs=6e-4)
    sure = np.delete(found.posterior, [patient - 1 for patient in unsure], axis=0)
    assert (sure.max(axis=1) > 0.9995).all()
    assert found.reliability.n.tolist() == [135, 45, 45, 45, 45]


def test_the_example_step_by_step(anaesthetists: LongRatings) -> None:
    for steps in (1, 2, 15):
        found = dawid_skene(anaesthetists, tolerance=-1, max_iterations=steps)
        posterior, shares, rates, log_likelihood = dense_dawid_skene(anaesthetists, steps)
        np.testing.assert_allclose(found.posterior, posterior, atol=1e-9)
        np.testing.assert_allclose(found.shares, shares, atol=1e-12)
        np.testing.assert_allclose(found.error_rates, rates, atol=1e-9)
        assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-9)


ratings_of_some = st.integers(2, 4).flatmap(
    lambda k: st.lists(
        st.lists(st.integers(-1, k - 1), min_size=4, max_size=4).filter(lambda row: max(row) >= 0), min_size=3, max_size=25
    )
)


def from_rows(rows: list[list[int]], categories: int = 4) -> LongRatings:
    return long([(i, j, c) for i, row in enumerate(rows) for j, c in enumerate(row) if c >= 0], len(rows), 4, categories)


@settings(deadline=None, max_examples=60)
@given(ratings_of_some, st.integers(1, 6))
def test_folded_sparse_steps_equal_dense_ones(rows: list[list[int]], steps: int) -> None:
    ratings = from_rows(rows)
    found = dawid_skene(ratings, tolerance=-1, max_iterations=steps)
    posterior, shares, rates, log_likelihood = dense_dawid_skene(ratings, steps)
    np.testing.assert_allclose(found.posterior, posterior, atol=1e-9)
    np.testing.assert_allclose(found.shares, shares, atol=1e-9)
    known = ~np.isnan(found.error_rates)
    np.testing.assert_allclose(found.error_rates[known], rates[known], atol=1e-9)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-8)


@pytest.mark.parametrize(
    ("annotators", "who", "repeats"),
    [(60, [0, 1, 2, 59], False), (3, [0, 0, 1, 2], True)],
    ids=["sixty annotators are too many digits for a number", "repeated ratings are no digits"],
)
def test_steps_are_the_same_where_items_cannot_be_folded(annotators: int, who: list[int], repeats: bool) -> None:
    draw = np.random.default_rng(6)
    items, labels = np.repeat(np.arange(80), 4), draw.integers(0, 3, 320)
    ratings = LongRatings(items, np.tile(who, 80), labels, 80, annotators, 3, repeats=repeats)
    found = dawid_skene(ratings, tolerance=-1, max_iterations=4)
    posterior, _, _, log_likelihood = dense_dawid_skene(ratings, 4)
    np.testing.assert_allclose(found.posterior, posterior, atol=1e-9)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-8)


@settings(deadline=None, max_examples=40)
@given(ratings_of_some)
def test_every_step_climbs(rows: list[list[int]]) -> None:
    ratings = from_rows(rows)
    reached = [dawid_skene(ratings, tolerance=-1, max_iterations=steps).log_likelihood for steps in range(1, 8)]
    assert (np.diff(reached) >= -1e-9).all()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_order_changes_nothing(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ratings = annotate(draw, draw.integers(0, 3, 40), mostly_right(3, [0.9, 0.8, 0.7, 0.6]), missing=0.2)
    plain = dawid_skene(ratings, tolerance=-1, max_iterations=12)
    order = draw.permutation(ratings.m)
    shuffled = LongRatings(ratings.items[order], ratings.annotators[order], ratings.labels[order], 40, 4, 3)
    assert (dawid_skene(shuffled, tolerance=-1, max_iterations=12).posterior == plain.posterior)[ratings.items].all()
    item, annotator, label = draw.permutation(40), draw.permutation(4), draw.permutation(3)
    renamed = LongRatings(item[ratings.items], annotator[ratings.annotators], label[ratings.labels], 40, 4, 3)
    again = dawid_skene(renamed, tolerance=-1, max_iterations=12)
    np.testing.assert_allclose(again.posterior[item][:, label], plain.posterior, atol=1e-7)
    np.testing.assert_allclose(again.error_rates[annotator][:, label][:, :, label], plain.error_rates, atol=1e-7)
    np.testing.assert_allclose(again.reliability.accuracy[annotator], plain.reliability.accuracy, atol=1e-7)


@pytest.mark.parametrize(("annotators", "missing", "near"), [(5, 0.1, 0.02), (40, 0.85, 0.07)])
def test_simulated_annotators_are_recovered(annotators: int, missing: float, near: float) -> None:
    """Also with too many annotators to fold the items into patterns."""
    draw = np.random.default_rng(3)
    shares = np.array([0.5, 0.3, 0.2])
    truth = draw.choice(3, size=20_000, p=shares)
    confusion = 0.35 * draw.dirichlet(np.ones(3), size=(annotators, 3)) + 0.65 * np.eye(3)
    ratings = annotate(draw, truth, confusion, missing=missing)
    found = dawid_skene(ratings)
    assert found.converged
    np.testing.assert_allclose(found.shares, shares, atol=0.02)
    np.testing.assert_allclose(found.error_rates, confusion, atol=near)
    rated = found.labels != MISSING
    right = (found.labels == truth)[rated]
    assert right.mean() == pytest.approx(found.posterior[rated].max(axis=1).mean(), abs=0.01)
    expected = (shares[None, :] * np.diagonal(confusion, axis1=1, axis2=2)).sum(axis=1)
    np.testing.assert_allclose(found.reliability.accuracy, expected, atol=0.03)
    np.testing.assert_allclose(found.reliability.confusion, found.error_rates, atol=1e-3)


def test_items_annotators_and_categories_nobody_used_change_nothing() -> None:
    draw = np.random.default_rng(4)
    ratings = annotate(draw, draw.integers(0, 2, 60), mostly_right(2, [0.9, 0.8, 0.7]))
    plain = dawid_skene(ratings)
    wider = LongRatings(ratings.items + 1, ratings.annotators + 1, ratings.labels, 62, 5, 3)
    found = dawid_skene(wider)
    np.testing.assert_allclose(found.posterior[1:61, :2], plain.posterior, atol=1e-9)
    assert np.isnan(found.posterior[[0, 61]]).all()
    assert found.labels[[0, 61]].tolist() == [MISSING, MISSING]
    assert found.reason == "items without a label: 2 without ratings"
    assert found.shares[2] == 0
    np.testing.assert_allclose(found.error_rates[1:4, :2, :2], plain.error_rates, atol=1e-9)
    assert np.isnan(found.error_rates[[0, 4]]).all()
    assert np.isnan(found.error_rates[:, 2]).all()
    assert np.isnan(found.reliability.accuracy[[0, 4]]).all()


def test_without_ratings_nothing_is_defined() -> None:
    found = dawid_skene(long([], 2, 3, 2))
    assert np.isnan(found.posterior).all()
    assert np.isnan(found.shares).all()
    assert np.isnan(found.log_likelihood)
    assert found.reason == "items without a label: 2 without ratings"


def test_a_tie_of_annotators_who_differ_nowhere_else_has_no_label() -> None:
    found = dawid_skene(long([(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)], 2, 2, 2))
    assert found.labels.tolist() == [MISSING, MISSING]
    assert found.reason == "items without a label: 2 tied"


def test_rounding_does_not_break_a_tie() -> None:
    """All patterns of four annotators, the more often the more agree: two against two is a tie, but for the last digits."""
    patterns = list(itertools.product(range(3), repeat=4))
    most = [max(map(pattern.count, range(3))) for pattern in patterns]
    items = [pattern for pattern, size in zip(patterns, most, strict=True) for _ in range({4: 12, 3: 4, 2: 1}[size])]
    found = dawid_skene(from_rows([list(item) for item in items], 3), max_iterations=20)
    even = [sorted(map(item.count, range(3))) == [0, 2, 2] for item in items]
    assert ((found.labels == MISSING) == even).all()
    assert (found.posterior.max(axis=1) != np.median(found.posterior, axis=1))[even].any()


def test_smoothing_is_climbed_to_the_end() -> None:
    """The likelihood alone falls on the way: it can't be what says when to end."""
    draw = np.random.default_rng(3)
    ratings = annotate(draw, draw.integers(0, 3, 60), mostly_right(3, [0.9, 0.8, 0.7]), missing=0.1)
    first, last = (dawid_skene(ratings, smoothing=5, tolerance=-1, max_iterations=steps) for steps in (1, 400))
    assert first.log_likelihood > last.log_likelihood
    found = dawid_skene(ratings, smoothing=5)
    assert found.converged
    np.testing.assert_allclose(found.posterior, last.posterior, atol=1e-3)


def test_smoothing_keeps_rates_off_zero_and_fades_with_data() -> None:
    rows = [(i, j, i % 2) for i in range(10) for j in range(3)]
    bare, smooth = dawid_skene(long(rows, 10, 3, 2)), dawid_skene(long(rows, 10, 3, 2), smoothing=1.0)
    np.testing.assert_array_equal(bare.error_rates[0], np.eye(2))
    np.testing.assert_allclose(smooth.error_rates[0], [[6 / 7, 1 / 7], [1 / 7, 6 / 7]], atol=0.01)
    with pytest.raises(ValueError, match="smoothing"):
        dawid_skene(long(rows, 10, 3, 2), smoothing=-1)
    with pytest.raises(ValueError, match="max_iterations"):
        dawid_skene(long(rows, 10, 3, 2), max_iterations=0)


def test_running_out_of_iterations_shows(anaesthetists: LongRatings) -> None:
    found = dawid_skene(anaesthetists, max_iterations=2)
    assert not found.converged
    assert found.iterations == 2
