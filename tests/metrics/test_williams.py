"""Williams' test against published numbers, its own null distribution, and the cases without an answer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student

from benchmark.metrics.williams import williams


@pytest.mark.parametrize(
    ("first", "second", "between", "n", "t", "p", "digits"),
    [
        # Silver, Hittner and May (2006), the example of DEPCOR
        (0.3, 0.4, 0.5, 100, -1.0767, 0.2843, 5e-5),
        # Steiger (1980), verbal ability with masculinity and femininity, as in the documentation of R's psych::r.test
        (0.4, 0.5, 0.1, 103, -0.89, 0.37, 6e-3),
    ],
)
def test_published(first: float, second: float, between: float, n: int, t: float, p: float, digits: float) -> None:
    found = williams(first, second, between, n)
    assert found.t == pytest.approx(t, abs=digits)
    assert found.p == pytest.approx(p, abs=digits)
    assert found.df == n - 3


def test_p_is_uniform_where_the_correlations_are_equal() -> None:
    draw, n = np.random.default_rng(0), 25
    half = math.sqrt(0.5)
    p = []
    for _ in range(1500):
        x = draw.normal(size=n)
        sides = [half * x + half * draw.normal(size=n) for _ in range(2)]
        r = np.corrcoef([x, *sides])
        found = williams(r[0, 1], r[0, 2], r[1, 2], n).p
        assert found is not None
        p.append(found)
    for level in (0.05, 0.2, 0.5):
        assert np.mean(np.array(p) <= level) == pytest.approx(level, abs=0.04)


def test_swapping_the_scorers_turns_the_sign() -> None:
    one, other = williams(0.6, 0.2, 0.3, 40), williams(0.2, 0.6, 0.3, 40)
    assert one.t is not None
    assert other.t == pytest.approx(-one.t)
    assert one.p == other.p == pytest.approx(2 * student.sf(one.t, 37))


@pytest.mark.parametrize(
    ("first", "second", "between", "n", "reason"),
    [
        (0.5, 0.5, 1.0, 30, "perfectly"),
        (math.nan, 0.5, 0.2, 30, "undefined"),
        (0.5, 0.4, 0.2, 3, "needs four"),
        (0.9, -0.9, 0.9, 30, "not correlations"),
        (1.0, -1.0, -1.0, 30, "perfectly"),
    ],
)
def test_undefined(first: float, second: float, between: float, n: int, reason: str) -> None:
    found = williams(first, second, between, n)
    assert (found.t, found.p) == (None, None)
    assert reason in str(found.reason)
