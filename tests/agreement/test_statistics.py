"""Coefficients as functions of sums: a weighted resample is the coefficient of the items drawn, whatever it is."""

from __future__ import annotations

import krippendorff
import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats import inter_rater

from benchmark.agreement import tables
from benchmark.agreement.bootstrap import bootstrap
from benchmark.agreement.coefficients import Coefficient, all_coefficients, compute, registry
from benchmark.agreement.ratings import MISSING, Ratings, from_numbers

RESAMPLED = [c for c in registry().values() if c.statistic]
NOT_RESAMPLED = {"fleiss_kappa_z0", "kendall_w_chisq", "kendall_w_p"}
"""Test statistics: they are about one sample, and have no interval."""


def test_every_coefficient_can_be_resampled() -> None:
    tests = {key for key in registry() if key in NOT_RESAMPLED or key.endswith(("_se0", "_F", "_p"))}
    assert {c.key for c in RESAMPLED} == set(registry()) - tests


@pytest.mark.parametrize("coefficient", RESAMPLED, ids=lambda c: c.key)
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_a_resample_is_the_coefficient_of_the_items_drawn(coefficient: Coefficient, missing: float) -> None:
    draw = np.random.default_rng(len(coefficient.key))
    categories = 2 if coefficient.key in ("p_pos", "p_neg", "prevalence_index", "bias_index") else 4
    raters = 2 if coefficient.two else 3
    truth = draw.integers(0, categories, (30, 1))
    codes = np.where(draw.random((30, raters)) < 0.6, truth, draw.integers(0, categories, (30, raters)))
    if coefficient.key != "fleiss_kappa":
        codes[draw.random(codes.shape) < missing] = MISSING
    values = np.array([0.5, 1.0, 3.0, 4.0])[:categories]
    build = coefficient.statistic
    assert build is not None
    statistic = build(Ratings(codes, categories, values))
    assert statistic is not None
    counts = np.array([np.bincount(draw.integers(0, 30, 30), minlength=30) for _ in range(12)])
    for count, value in zip(counts, statistic(counts.astype(float)), strict=True):
        again = compute(coefficient, Ratings(np.repeat(codes, count, axis=0), categories, values)).value
        assert value == pytest.approx(np.nan if again is None else again, abs=1e-9, nan_ok=True)
    if not missing:
        assert statistic.n == compute(coefficient, Ratings(codes, categories, values)).n == 30


@settings(deadline=None, max_examples=60)
@given(arrays(np.int8, st.tuples(st.integers(2, 25), st.just(2)), elements=st.integers(0, 6)))
def test_rank_correlations_agree_with_scipy(codes: np.ndarray) -> None:
    from scipy.stats import kendalltau, spearmanr

    found = all_coefficients(Ratings(codes, 7))
    one, two = codes.T
    if len(set(one)) == 1 or len(set(two)) == 1:
        assert found["kendall_tau_b"].value is found["spearman"].value is None
    else:
        assert found["kendall_tau_b"].value == pytest.approx(kendalltau(one, two).statistic, abs=1e-9)
        assert found["spearman"].value == pytest.approx(spearmanr(one, two).statistic, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(arrays(np.int8, st.tuples(st.integers(3, 20), st.just(3)), elements=st.integers(0, 3)))
def test_kendalls_w_agrees_with_friedmans_chi_square(codes: np.ndarray) -> None:
    """W is Friedman's statistic over r (n - 1), both corrected for ties; scipy ranks within each rater."""
    from scipy.stats import friedmanchisquare

    found = all_coefficients(Ratings(codes, 4))
    if all(len(set(column)) == 1 for column in codes.T):
        assert found["kendall_w"].value is None
    else:
        theirs = friedmanchisquare(*codes)
        assert found["kendall_w_chisq"].value == pytest.approx(theirs.statistic, abs=1e-9)
        assert found["kendall_w_p"].value == pytest.approx(theirs.pvalue, abs=1e-9)


def test_fine_grained_scales_are_ranked_without_a_table() -> None:
    from scipy.stats import kendalltau

    draw = np.random.default_rng(5)
    numbers = (draw.normal(size=(6000, 1)) + draw.normal(size=(6000, 2))).round(4)
    ratings = from_numbers(numbers, np.unique(numbers))
    assert tables.statistic(ratings, tables.kendall_tau_b, complete=True) is None
    found = all_coefficients(ratings)
    assert found["kendall_tau_b"].value == pytest.approx(kendalltau(*numbers.T).statistic, abs=1e-9)
    some = from_numbers(numbers[:300], np.unique(numbers[:300]))
    ordinal = krippendorff.alpha(numbers[:300].T, level_of_measurement="ordinal")
    assert all_coefficients(some)["alpha_ordinal"].value == pytest.approx(ordinal, abs=1e-9)
    assert "too many" in str(found["alpha_nominal"].reason)


@pytest.mark.parametrize(("factor", "shift"), [(1e-9, 0.0), (1e9, 0.0), (1.0, 1e6), (1e-3, 1e3)])
def test_units_and_origin_of_an_interval_scale_do_not_matter(factor: float, shift: float) -> None:
    draw = np.random.default_rng(6)
    codes = np.clip(draw.integers(0, 5, (40, 1)) + draw.integers(-1, 2, (40, 3)), 0, 4)
    for raters in (2, 3):
        one = all_coefficients(Ratings(codes[:, :raters], 5, np.arange(1.0, 6.0)))
        two = all_coefficients(Ratings(codes[:, :raters], 5, np.arange(1.0, 6.0) * factor + shift))
        keys = {key for key in registry() if key.startswith("icc")} | {"alpha_interval", "pearson", "effective_raters"}
        assert {key for key in keys if one[key].value is None} == ({"pearson"} if raters == 3 else set())
        for key in keys - ({"pearson"} if raters == 3 else set()):
            assert two[key].value == pytest.approx(one[key].value, rel=1e-6), key


@pytest.mark.parametrize("value", [0.1, 1e-9, 1e9, -1 / 3])
def test_equal_numbers_do_not_vary_whatever_their_size(value: float) -> None:
    found = all_coefficients(Ratings(np.zeros((7, 2), dtype=int), 1, np.array([value])))
    for key in ("alpha_interval", "icc1", "icc2k", "icc3", "pearson", "spearman", "kendall_w", "gwet_ac1", "brennan_prediger"):
        assert found[key].value is None, key
        assert found[key].reason, key


def test_a_ratio_of_values_below_zero_is_no_distance() -> None:
    found = all_coefficients(Ratings(np.array([[0, 2], [1, 1], [2, 0]]), 3, np.array([-1.0, 0.0, 1.0])))["alpha_ratio"]
    assert (found.value, found.reason) == (None, "the ratio metric takes no values below zero")


def test_what_is_too_large_to_resample_comes_back_without_limits() -> None:
    draw = np.random.default_rng(7)
    numbers = (draw.normal(size=(900, 1)) + draw.normal(size=(900, 2))).round(6)
    ratings = from_numbers(numbers, np.unique(numbers))
    found = bootstrap(ratings, ["spearman", "pearson"], resamples=200, seed=0)
    assert found["spearman"].value is not None
    assert found["spearman"].low is None
    assert found["pearson"].low is not None


@pytest.mark.filterwarnings("ignore:.*inplace")
def test_intraclass_limits_agree_with_pingouin() -> None:
    """Which rounds limits to two decimals, and has the F tests in full."""
    draw = np.random.default_rng(8)
    codes = np.clip(draw.integers(2, 8, (25, 1)) + draw.integers(-2, 3, (25, 4)), 0, 9)
    long = pd.DataFrame(
        {"item": np.repeat(np.arange(25), 4), "rater": np.tile(np.arange(4), 25), "score": codes.ravel().astype(float)}
    )
    theirs = pingouin.intraclass_corr(long, targets="item", raters="rater", ratings="score")
    found = all_coefficients(Ratings(codes, 10))
    for key, row in zip(("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k"), theirs.to_dict("records"), strict=True):
        limits = next(row[name] for name in ("CI95%", "CI95") if name in row)
        assert found[key].value == pytest.approx(row["ICC"], abs=1e-9), key
        assert (found[key].low, found[key].high) == pytest.approx(tuple(limits), abs=5.01e-3), key
        assert found[f"{key}_F"].value == pytest.approx(row["F"], rel=1e-9), key


def test_kappas_agree_with_statsmodels() -> None:
    draw = np.random.default_rng(9)
    truth = draw.integers(0, 4, (80, 1))
    codes = np.where(draw.random((80, 5)) < 0.5, truth, draw.integers(0, 4, (80, 5)))
    counts = np.stack([(codes == k).sum(axis=1) for k in range(4)], axis=1)
    assert all_coefficients(Ratings(codes, 4))["fleiss_kappa"].value == pytest.approx(
        inter_rater.fleiss_kappa(counts), abs=1e-12
    )
    table = np.zeros((4, 4))
    np.add.at(table, (codes[:, 0], codes[:, 1]), 1)
    found = all_coefficients(Ratings(codes[:, :2], 4))
    for suffix, wt in (("", None), ("_linear", "linear"), ("_quadratic", "quadratic")):
        theirs = inter_rater.cohens_kappa(table, wt=wt)
        ours = found[f"cohen_kappa{suffix}"]
        assert ours.value == pytest.approx(theirs.kappa, abs=1e-12)
        assert ours.se == pytest.approx(theirs.std_kappa, abs=1e-12)
        assert found[f"cohen_kappa{suffix}_se0"].value == pytest.approx(theirs.std_kappa0, abs=1e-12)
