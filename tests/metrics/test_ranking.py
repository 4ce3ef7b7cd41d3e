"""Letters, tie groups and rank intervals."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.metrics.ranking import letters, rank_intervals, tie_groups


def matrix(m: int, pairs: set[tuple[int, int]]) -> np.ndarray:
    different = np.zeros((m, m), dtype=bool)
    for i, j in pairs:
        different[i, j] = different[j, i] = True
    return different


@settings(deadline=None)
@given(
    st.integers(1, 6).flatmap(lambda m: st.tuples(st.just(m), st.sets(st.sampled_from([*combinations(range(m), 2), (0, 0)]))))
)
def test_two_share_a_letter_if_and_only_if_they_do_not_differ(case: tuple[int, set[tuple[int, int]]]) -> None:
    m, pairs = case
    different = matrix(m, {pair for pair in pairs if pair[0] != pair[1]})
    found = letters(np.arange(m)[::-1].astype(float), different)
    assert all(found)
    for i, j in combinations(range(m), 2):
        assert bool(set(found[i]) & set(found[j])) != different[i, j]


def test_the_best_have_the_first_letter() -> None:
    values = np.array([0.1, 0.9, 0.5])
    assert letters(values, matrix(3, {(0, 1)})) == ["b", "a", "ab"]
    assert letters(values, matrix(3, {(0, 1), (0, 2), (1, 2)})) == ["c", "a", "b"]
    assert letters(values, matrix(3, set())) == ["a", "a", "a"]


def test_tie_groups_are_dense() -> None:
    values = np.array([0.1, 0.9, 0.5, 0.8])
    assert tie_groups(values, matrix(4, {(0, 1), (2, 1)})) == [2, 1, 2, 1]
    assert tie_groups(values, matrix(4, set())) == [1, 1, 1, 1]


def test_rank_intervals_count_the_common_resamples() -> None:
    drawn = np.column_stack([np.full(1000, 0.9), np.full(1000, 0.5), np.linspace(0, 1, 1000), np.full(1000, np.nan)])
    assert rank_intervals(drawn) == [(1, 2), (2, 3), (1, 3), (4, 4)]
    assert rank_intervals(np.full((10, 2), 0.5)) == [(1, 2), (1, 2)]


def test_rank_intervals_as_scipy_ranks() -> None:
    drawn = np.random.default_rng(5).integers(0, 4, size=(300, 6)).astype(np.float64)
    drawn[::7, 2] = np.nan
    ranks = scipy.stats.rankdata(-np.where(np.isnan(drawn), -np.inf, drawn), axis=1)
    low, high = np.quantile(ranks, [0.025, 0.975], axis=0)
    assert rank_intervals(drawn) == [(int(np.floor(a)), int(np.ceil(b))) for a, b in zip(low, high, strict=True)]
