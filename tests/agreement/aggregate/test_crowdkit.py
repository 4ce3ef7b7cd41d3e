"""The same ratings through crowd-kit, kept from stopping early."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from crowdkit import aggregation as crowdkit

from benchmark.agreement.aggregate.dawid_skene import dawid_skene
from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.mace import mace
from benchmark.agreement.aggregate.majority import majority
from tests.agreement.aggregate.simulate import annotate, mostly_right

pytestmark = pytest.mark.filterwarnings("ignore")  # what it says of its own use of pandas


@pytest.fixture
def ratings() -> LongRatings:
    draw = np.random.default_rng(9)
    return annotate(draw, draw.choice(4, 300, p=[0.4, 0.3, 0.2, 0.1]), mostly_right(4, [0.8, 0.7, 0.6, 0.5, 0.7]), missing=0.1)


def table(ratings: LongRatings) -> object:
    return pd.DataFrame({"task": ratings.items, "worker": ratings.annotators, "label": ratings.labels})


def same(theirs: object, ours: np.ndarray, atol: float) -> None:
    known = ~np.isnan(ours[:, 0])
    probabilities = theirs.sort_index().sort_index(axis=1)  # type: ignore[attr-defined]
    assert probabilities.index.tolist() == np.flatnonzero(known).tolist()
    np.testing.assert_allclose(ours[known], probabilities.to_numpy(), atol=atol)


def test_majority(ratings: LongRatings) -> None:
    same(crowdkit.MajorityVote().fit_predict_proba(table(ratings)), majority(ratings, "shared").posterior, 1e-12)


def test_dawid_skene(ratings: LongRatings) -> None:
    steps = 60
    theirs = crowdkit.DawidSkene(n_iter=steps, tol=-np.inf).fit_predict_proba(table(ratings))
    ours = dawid_skene(ratings, tolerance=-1, max_iterations=steps)
    assert ours.iterations == steps
    same(theirs, ours.posterior, 1e-6)


def test_mace(ratings: LongRatings) -> None:
    # theirs numbers annotators and labels as they come, but adds up strategies in sorted order: right only where the two agree
    order = np.lexsort([ratings.labels, ratings.annotators])
    theirs = crowdkit.MACE(n_restarts=1, n_iter=150).fit(table(ratings).iloc[order])  # type: ignore[attr-defined]
    ours = mace(ratings, seed=0, tolerance=-1, max_iterations=150)
    same(theirs.probas_, ours.posterior, 1e-6)
    np.testing.assert_allclose(ours.competence, theirs.spamming_[:, 1], atol=1e-6)
