"""What must hold of every coefficient whatever the ratings, and what is undefined."""

from __future__ import annotations

import warnings

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from benchmark.agreement.coefficients import all_coefficients, compute, registry
from benchmark.agreement.krippendorff import jaccard_distance, masi_distance
from benchmark.agreement.ratings import MISSING, Ratings, from_numbers

K = 4
matrices = st.tuples(st.integers(2, 9), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.int16, shape, elements=st.integers(MISSING, K - 1))
)
NOT_ABOUT_CHANCE = {"percent_agreement", "percent_agreement_linear", "percent_agreement_quadratic", "percent_agreement_ordinal"}


def values(codes: np.ndarray) -> dict[str, float | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return {key: found.value for key, found in all_coefficients(Ratings(codes, K)).items()}


def same(one: dict[str, float | None], two: dict[str, float | None], but: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    for key in one.keys() - but:
        if one[key] is None or two[key] is None:
            assert one[key] == two[key], key
        else:
            tolerance = 1e-6 if "_se" in key else 1e-9  # a standard error of 0 is the root of what rounding leaves
            assert one[key] == pytest.approx(two[key], abs=tolerance), key


@settings(deadline=None, max_examples=60)
@given(matrices, st.randoms(use_true_random=False))
def test_order_of_items_and_raters_does_not_matter(codes: np.ndarray, draw: object) -> None:
    generator = np.random.default_rng(draw.randrange(2**32))  # type: ignore[attr-defined]
    shuffled = codes[generator.permutation(len(codes))][:, generator.permutation(codes.shape[1])]
    same(values(codes), values(shuffled))


@settings(deadline=None, max_examples=40)
@given(matrices, st.permutations(range(K)))
def test_names_of_nominal_categories_do_not_matter(codes: np.ndarray, names: list[int]) -> None:
    renamed = np.where(codes == MISSING, MISSING, np.array(names)[np.maximum(codes, 0)]).astype(np.int16)
    nominal = {key for key, c in registry().items() if c.level == "nominal" and not key.startswith("p_")}
    one, two = values(codes), values(renamed)
    same({key: one[key] for key in nominal}, {key: two[key] for key in nominal})


@settings(deadline=None, max_examples=40)
@given(matrices)
def test_an_item_or_a_rater_without_ratings_changes_nothing(codes: np.ndarray) -> None:
    item = np.vstack([codes, np.full((1, codes.shape[1]), MISSING, dtype=np.int16)])
    same(values(codes), values(item))
    rater = np.column_stack([codes, np.full(len(codes), MISSING, dtype=np.int16)])
    unaffected = {key for key, c in registry().items() if not c.ordered} | {"conger_kappa", "conger_kappa_quadratic"}
    one, two = values(codes), values(rater)
    same({key: one[key] for key in unaffected}, {key: two[key] for key in unaffected})


@settings(deadline=None, max_examples=40)
@given(matrices)
def test_all_items_twice_stays_within_one_over_n(codes: np.ndarray) -> None:
    one, two = values(codes), values(np.vstack([codes, codes]))
    for key in ("alpha_nominal", "alpha_ordinal", "alpha_interval", "fleiss_kappa_gwet", "gwet_ac1", "conger_kappa"):
        if one[key] is not None:
            pairable = (codes[(codes != MISSING).sum(axis=1) > 1] != MISSING).sum()
            assert two[key] == pytest.approx(one[key], abs=2 / max(pairable, 1) + 1e-9), key


@settings(deadline=None, max_examples=40)
@given(arrays(np.int16, st.tuples(st.integers(2, 30), st.just(2)), elements=st.integers(0, K - 1)))
def test_alpha_of_two_complete_raters_is_scotts_pi_but_for_the_sample(codes: np.ndarray) -> None:
    found = values(codes)
    if found["scott_pi"] is not None:
        n = codes.size
        assert found["alpha_nominal"] == pytest.approx(1 - (1 - found["scott_pi"]) * (n - 1) / n)


@settings(deadline=None, max_examples=80)
@given(matrices)
def test_alpha_agrees_with_the_krippendorff_package(codes: np.ndarray) -> None:
    found = values(codes)
    data = np.where(codes == MISSING, np.nan, codes.astype(float)).T
    for level in ("nominal", "ordinal", "interval", "ratio"):
        if found[f"alpha_{level}"] is not None:
            theirs = krippendorff.alpha(data, level_of_measurement=level, value_domain=[0.0, 1.0, 2.0, 3.0])
            assert found[f"alpha_{level}"] == pytest.approx(theirs, abs=1e-9), level


@settings(deadline=None, max_examples=60)
@given(matrices)
def test_folding_and_sums_give_the_same_values(codes: np.ndarray) -> None:
    plain = Ratings(codes, K)
    for coefficient in registry().values():
        one, two = compute(coefficient, plain), compute(coefficient, plain.folded())
        assert (one.value is None) == (two.value is None), coefficient.key
        if one.value is None:
            continue
        assert one.value == pytest.approx(two.value, abs=1e-9), coefficient.key
        if coefficient.statistic:
            assert coefficient.statistic(plain).value() == pytest.approx(one.value, abs=1e-9), coefficient.key
            assert coefficient.statistic(plain.folded()).value() == pytest.approx(one.value, abs=1e-9), coefficient.key


@pytest.mark.parametrize("codes", [[[1, 1], [1, 1], [1, 1]], [[0, -1], [-1, 1], [2, -1]], [[2], [3], [1]]])
def test_no_variation_no_pair_and_one_rater_are_undefined(codes: list[list[int]]) -> None:
    found = all_coefficients(Ratings(np.array(codes, dtype=np.int16), K))
    for key, one in found.items():
        if key not in NOT_ABOUT_CHANCE | {"percent_agreement_all", "p_pos", "p_neg", "prevalence_index", "bias_index"}:
            assert one.value is None, key
            assert one.reason, key


def test_the_declared_scale_counts_also_where_it_was_not_used() -> None:
    codes = np.array([[0, 0], [1, 1], [0, 1], [1, 1]], dtype=np.int16)
    narrow, wide = (all_coefficients(Ratings(codes, k)) for k in (2, 5))
    assert narrow["brennan_prediger"].value == pytest.approx((0.75 - 1 / 2) / (1 - 1 / 2))
    assert wide["brennan_prediger"].value == pytest.approx((0.75 - 1 / 5) / (1 - 1 / 5))
    assert narrow["alpha_nominal"].value == wide["alpha_nominal"].value


def test_sets() -> None:
    a, b, ab, none = frozenset("a"), frozenset("b"), frozenset("ab"), frozenset()
    jaccard, masi = jaccard_distance((a, b, ab, none)), masi_distance((a, b, ab, none))
    assert jaccard[0].tolist() == [0, 1, 0.5, 1]
    assert masi[0] == pytest.approx([0, 1, 1 - 0.5 * 2 / 3, 1])
    assert jaccard[3, 3] == masi[3, 3] == 0
    overlapping = masi_distance((frozenset("abc"), frozenset("bcd")))
    assert overlapping[0, 1] == pytest.approx(1 - 0.5 / 3)


def test_numbers_are_read_on_the_declared_scale() -> None:
    matrix = np.array([[1.0, np.nan], [3.0, 2.0]])
    assert from_numbers(matrix, (1, 2, 3)).codes.tolist() == [[0, -1], [2, 1]]
    assert from_numbers(matrix, (1, 2, 3, 10)).codes.tolist() == [[0, -1], [2, 1]]
    for stray in (0.0, 4.0, 2.5, -1.0, np.inf):
        with pytest.raises(ValueError, match="not on the scale"):
            from_numbers(np.array([[1.0, stray]]), (1, 2, 3))
