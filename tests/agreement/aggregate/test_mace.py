"""MACE on the example its authors print, and on annotators simulated by its own model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, digamma
from scipy.stats import beta, dirichlet

from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.mace import mace
from benchmark.agreement.ratings import MISSING
from tests.agreement.aggregate.simulate import annotate, long, mostly_right

pytestmark = pytest.mark.filterwarnings("error")

# the README of the authors' program: parts of speech of five words by five annotators, with competences and probabilities
WORDS = ["N..NP", "VV.V.", "A.A.D", ".V.VD", "N..NP"]
TAGS = "NVADP"
COMPETENCE = [0.8820970950608722, 0.7904155783217401, 0.6598575839917008, 0.8822161621354134, 0.03114062354821738]
POSTERIOR = [
    [0.9997443833265887, 6.140428479093134e-5, 6.140428479093134e-5, 6.140428479093134e-5, 7.140381903855615e-5],
    [9.514037928812883e-7, 0.9999961943848287, 9.514037928812883e-7, 9.514037928812883e-7, 9.514037928812883e-7],
    [2.3579889466878394e-4, 2.3579889466878394e-4, 0.9990184050335877, 2.741982824057974e-4, 2.3579889466878394e-4],
    [1.2129104479807625e-4, 0.9994950838119411, 1.2129104479807625e-4, 1.4104305366466138e-4, 1.2129104479807625e-4],
]


def test_the_published_example() -> None:
    rows = [(i, j, TAGS.index(tag)) for i, word in enumerate(WORDS) for j, tag in enumerate(word) if tag != "."]
    found = mace(long(rows, 5, 5, 5), seed=0, tolerance=-1, max_iterations=50)
    np.testing.assert_allclose(found.competence, COMPETENCE, rtol=1e-9)
    np.testing.assert_allclose(found.posterior, [*POSTERIOR, POSTERIOR[0]], rtol=1e-8)
    assert [TAGS[label] for label in found.labels] == ["N", "V", "A", "V", "N"]
    at_default = mace(long(rows, 5, 5, 5), seed=0)
    assert at_default.converged
    np.testing.assert_allclose(at_default.competence, COMPETENCE, atol=1e-5)


@pytest.mark.parametrize("annotators", [6, 30])
def test_simulated_annotators_are_recovered(annotators: int) -> None:
    draw = np.random.default_rng(5)
    truth = draw.integers(0, 4, 20_000)
    knows = np.linspace(0.0, 0.95, annotators)
    strategy = draw.dirichlet(np.ones(4), size=annotators)
    confusion = (1 - knows)[:, None, None] * strategy[:, None, :] + knows[:, None, None] * np.eye(4)
    found = mace(annotate(draw, truth, confusion, missing=0.1 if annotators == 6 else 0.7), seed=1, restarts=1)
    assert found.converged
    np.testing.assert_allclose(found.competence, knows, atol=0.03)
    np.testing.assert_allclose(found.strategy[knows < 0.9], strategy[knows < 0.9], atol=0.05)
    rated = found.labels != MISSING
    right = (found.labels == truth)[rated].mean()
    assert right == pytest.approx(found.posterior[rated].max(axis=1).mean(), abs=0.01)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_every_step_climbs(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ratings = annotate(draw, draw.integers(0, 3, 20), draw.dirichlet(np.ones(3), size=(4, 3)), missing=0.3)
    reached = [mace(ratings, 0, restarts=0, tolerance=-1, max_iterations=steps).lower_bound for steps in range(1, 8)]
    assert (np.diff(reached) >= -1e-9).all()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_order_changes_nothing(seed: int) -> None:
    draw = np.random.default_rng(seed)
    ratings = annotate(draw, draw.integers(0, 3, 40), mostly_right(3, [0.9, 0.8, 0.7, 0.6]), missing=0.2)
    item, annotator, label = draw.permutation(40), draw.permutation(4), draw.permutation(3)
    order = draw.permutation(ratings.m)
    renamed = LongRatings(
        item[ratings.items][order], annotator[ratings.annotators][order], label[ratings.labels][order], 40, 4, 3
    )
    plain, again = (mace(r, 0, restarts=0, tolerance=-1, max_iterations=30) for r in (ratings, renamed))
    np.testing.assert_allclose(again.posterior[item][:, label], plain.posterior, atol=1e-7)
    np.testing.assert_allclose(again.competence[annotator], plain.competence, atol=1e-7)
    np.testing.assert_allclose(again.strategy[annotator][:, label], plain.strategy, atol=1e-7)


def test_a_seed_gives_one_answer_and_a_better_start_is_taken() -> None:
    draw = np.random.default_rng(1)
    ratings = annotate(draw, draw.integers(0, 3, 15), draw.dirichlet(np.ones(3), size=(6, 3)), missing=0.3)
    one, two, plain = mace(ratings, seed=4), mace(ratings, seed=4), mace(ratings, seed=4, restarts=0)
    np.testing.assert_array_equal(one.posterior, two.posterior)
    np.testing.assert_array_equal(one.competence, two.competence)
    assert one.lower_bound > plain.lower_bound + 1


def test_lower_bound_of_one_rating_by_its_definition() -> None:
    """E log p - E log q, of the parameters and of the three ways to come by one rating of two categories."""
    found = mace(long([(0, 0, 0)], 1, 1, 2), 0, tolerance=-1, max_iterations=200)
    right = found.posterior[0, 0]
    # the true category is given knowingly or by luck; the other one only unknowingly, as likely as by luck
    unknowing = 1 - right
    ways = np.array([right - unknowing, unknowing, unknowing])
    knows = beta(ways[0] + 0.5, 1 - ways[0] + 0.5)
    gives = np.array([10 + 2 * unknowing, 10.0])
    know, guess = digamma(knows.args[0]) - digamma(2), digamma(knows.args[1]) - digamma(2)
    logs = digamma(gives) - digamma(gives.sum())
    expected = ways[0] * know + 2 * unknowing * (guess + logs[0]) - np.log(2)
    expected += -0.5 * (know + guess) - betaln(0.5, 0.5) + 9 * logs.sum() - betaln(10, 10)
    entropy = -(ways * np.log(ways)).sum() + knows.entropy() + dirichlet.entropy(gives)
    assert found.lower_bound == pytest.approx(expected + entropy, abs=1e-9)
    assert found.lower_bound < np.log(0.5)


def test_items_and_annotators_nobody_used_change_nothing() -> None:
    draw = np.random.default_rng(4)
    ratings = annotate(draw, draw.integers(0, 3, 60), mostly_right(3, [0.9, 0.8, 0.7]))
    plain = mace(ratings, 0, restarts=0)
    found = mace(LongRatings(ratings.items + 1, ratings.annotators + 1, ratings.labels, 62, 5, 3), 0, restarts=0)
    np.testing.assert_allclose(found.posterior[1:61], plain.posterior, atol=1e-9)
    np.testing.assert_allclose(found.competence[1:4], plain.competence, atol=1e-9)
    assert np.isnan(found.competence[[0, 4]]).all()
    assert np.isnan(found.strategy[[0, 4]]).all()
    assert found.labels[[0, 61]].tolist() == [MISSING, MISSING]
    assert found.reason == "items without a label: 2 without ratings"


def test_without_ratings_nothing_is_defined() -> None:
    found = mace(long([], 2, 3, 2), 0)
    assert np.isnan(found.posterior).all()
    assert np.isnan(found.competence).all()
    assert found.reason == "items without a label: 2 without ratings"


def test_a_run_has_a_step() -> None:
    with pytest.raises(ValueError, match="max_iterations"):
        mace(long([(0, 0, 0)], 1, 1, 2), 0, max_iterations=0)
