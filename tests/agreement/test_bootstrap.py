"""Bootstrap intervals: the same draws as resampling by hand, deterministic, and covering as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.agreement.bootstrap import bootstrap
from benchmark.agreement.coefficients import all_coefficients
from benchmark.agreement.ratings import Ratings


def simulated(n: int, seed: int, raters: int = 3, knowing: float = 0.7) -> np.ndarray:
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 4, n)
    guess = draw.integers(0, 4, (n, raters))
    return np.where(draw.random((n, raters)) < knowing, truth[:, None], guess).astype(np.int16)


def test_spread_is_that_of_resampled_items() -> None:
    codes = simulated(80, 1)
    keys = ("alpha_nominal", "alpha_ordinal", "conger_kappa", "gwet_ac2_quadratic", "icc2")
    found = bootstrap(Ratings(codes, 4), keys, resamples=2000, seed=3)
    draw = np.random.default_rng(9)
    by_hand = [all_coefficients(Ratings(codes[draw.integers(0, 80, 80)], 4)) for _ in range(400)]
    for key in keys:
        assert found[key].se == pytest.approx(np.std([one[key].value for one in by_hand]), rel=0.12), key
        assert found[key].value == pytest.approx(all_coefficients(Ratings(codes, 4))[key].value)
        assert found[key].low < found[key].value < found[key].high  # type: ignore[operator]


def test_clusters_are_drawn_whole() -> None:
    """Ten copies of each item as one cluster: ten times the items, no more certainty."""
    codes = simulated(30, 2)
    alone = bootstrap(Ratings(codes, 4), ["alpha_nominal"], resamples=4000, seed=1)["alpha_nominal"]
    copied = Ratings(np.repeat(codes, 10, axis=0), 4)
    clustered = bootstrap(copied, ["alpha_nominal"], resamples=4000, seed=1, clusters=np.repeat(np.arange(30), 10))[
        "alpha_nominal"
    ]
    careless = bootstrap(copied, ["alpha_nominal"], resamples=4000, seed=1)["alpha_nominal"]
    assert clustered.se == pytest.approx(alone.se, rel=0.1)
    assert careless.se == pytest.approx((alone.se or 0) / 10**0.5, rel=0.15)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_deterministic_by_seed(method: str) -> None:
    ratings = Ratings(simulated(50, 4), 4)
    runs = [bootstrap(ratings, ["alpha_ordinal", "conger_kappa"], resamples=500, seed=s, method=method) for s in (1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_bca_covers_the_true_value_about_as_often_as_it_says() -> None:
    truth = all_coefficients(Ratings(simulated(200_000, 99), 4))["alpha_nominal"].value or 0
    hits = {"percentile": 0, "bca": 0}
    for method in hits:
        for seed in range(120):
            ratings = Ratings(simulated(60, seed), 4)
            one = bootstrap(ratings, ["alpha_nominal"], resamples=600, seed=seed, method=method)["alpha_nominal"]
            hits[method] += bool(one.low <= truth <= one.high)  # type: ignore[operator]
    assert all(count >= 105 for count in hits.values()), hits


def test_a_patchy_resample_has_no_interval() -> None:
    codes = np.array([[0, 0], [0, 0], [0, 0], [0, 0], [1, 1]], dtype=np.int16)
    found = bootstrap(Ratings(codes, 2), ["alpha_nominal"], resamples=500, seed=0)["alpha_nominal"]
    assert found.value == pytest.approx(1.0)
    assert found.low is None
    assert "undefined in" in (found.reason or "")
