"""McNemar's test against published tables, scipy's binomial test and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from statsmodels.stats.contingency_tables import mcnemar as theirs

from benchmark.metrics.mcnemar import McNemar, mcnemar


def from_table(both: int, first: int, second: int, neither: int) -> McNemar:
    sizes = (both, first, second, neither)
    return mcnemar(np.repeat([True, True, False, False], sizes), np.repeat([True, False, True, False], sizes))


def test_published() -> None:
    # Bentur et al. (2009), airway hyper-responsiveness before and after transplantation, as in Fagerland et al. (2013)
    found = from_table(1, 1, 7, 12)
    assert (found.only_first, found.only_second) == (1, 7)
    assert found.exact == pytest.approx(0.0703, abs=5e-5)
    assert found.mid_p == pytest.approx(0.0391, abs=5e-5)


@settings(deadline=None, max_examples=80)
@given(st.integers(0, 5), st.integers(0, 60), st.integers(0, 60))
def test_agrees_with_scipy_and_statsmodels(both: int, first: int, second: int) -> None:
    found = from_table(both, first, second, 3)
    if first + second == 0:
        assert (found.exact, found.mid_p) == (None, None)
        assert found.reason
        return
    assert found.exact == pytest.approx(binomtest(first, first + second).pvalue)
    assert found.exact == pytest.approx(theirs([[both, first], [second, 3]], exact=True).pvalue)
    # the mid-p value is the expected exact one if the observed outcome's own probability is shared by chance
    below = binom.cdf(min(first, second) - 1, first + second, 0.5)
    here = binom.pmf(first, first + second, 0.5)
    two_sided = 2 * below + here if first != second else 1 - here / 2
    assert found.mid_p == pytest.approx(two_sided)


def test_who_is_first_does_not_matter() -> None:
    one, other = from_table(4, 3, 11, 2), from_table(4, 11, 3, 2)
    assert (one.exact, one.mid_p) == (other.exact, other.mid_p)


def test_many_items_do_not_overflow() -> None:
    found = from_table(0, 50_000, 50_500, 0)
    assert found.exact == pytest.approx(binomtest(50_000, 100_500).pvalue, rel=1e-6)
