"""Adjusted p values against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from benchmark.metrics.multiplicity import benjamini_hochberg, benjamini_yekutieli, holm


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_agree_with_statsmodels(values: list[float]) -> None:
    p = np.array(values)
    for ours, theirs in ((holm, "holm"), (benjamini_hochberg, "fdr_bh"), (benjamini_yekutieli, "fdr_by")):
        assert ours(p) == pytest.approx(multipletests(p, method=theirs)[1], abs=1e-12)


def test_missing_ones_are_not_counted() -> None:
    assert holm(np.array([0.01, np.nan, 0.04])).tolist()[::2] == [0.02, 0.04]
    assert np.isnan(holm(np.array([0.01, np.nan]))[1])
