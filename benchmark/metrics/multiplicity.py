"""p values of a whole table, adjusted for there being many.

Each function takes ``(m,)`` p values and gives ``(m,)`` adjusted ones in the same order: a test is significant at level q where
its adjusted value is at most q.  NaN (no test was made) stays NaN and does not count among the m.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmark.metrics.statistic import Floats


def holm(p: Floats) -> Floats:
    """Family-wise error under any dependence (Holm 1979): running maximum of ``(m - i + 1) p_(i)``, ascending."""

    def adjust(ascending: Floats) -> Floats:
        return np.maximum.accumulate(ascending * np.arange(len(ascending), 0, -1))

    return _adjusted(p, adjust)


def benjamini_hochberg(p: Floats) -> Floats:
    """False discovery rate of independent or positively dependent tests (Benjamini and Hochberg 1995, section 3.1)."""
    return _adjusted(p, _step_up)


def benjamini_yekutieli(p: Floats) -> Floats:
    """False discovery rate under any dependence (Benjamini and Yekutieli 2001, theorem 1.3): ``sum 1/i`` times the former."""

    def adjust(ascending: Floats) -> Floats:
        return _step_up(ascending) * float((1 / np.arange(1, len(ascending) + 1)).sum())

    return _adjusted(p, adjust)


def _step_up(ascending: Floats) -> Floats:
    """Running minimum from the largest of ``m p_(i) / i``."""
    m = len(ascending)
    scaled = ascending * m / np.arange(1, m + 1)
    return np.minimum.accumulate(scaled[::-1])[::-1]


def _adjusted(p: Floats, adjust: Callable[[Floats], Floats]) -> Floats:
    tested = np.flatnonzero(~np.isnan(p))
    ascending = tested[np.argsort(p[tested], kind="stable")]
    result = np.full(len(p), np.nan)
    if len(ascending):
        result[ascending] = np.minimum(adjust(p[ascending]), 1.0)
    return result
