"""Intraclass correlations, single and average, with F tests and limits.

Shrout and Fleiss (1979), *Psychological Bulletin* 86:420-428: (1) each item rated by other raters, (2) raters are a random sample,
agreement, (3) these raters, consistency; k: the mean of the k raters.  Limits and F by McGraw and Wong (1996).  Items that all
raters rated enter (n).  Undefined with fewer than two of them or two raters, and where items do not differ: a negative mean
square of items over raters would put the averaged forms outside [-1, 1].
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from benchmark.agreement.ratings import Floats, Ratings, centred
from benchmark.agreement.result import NO_VARIATION, Agreement, undefined
from benchmark.metrics.statistic import Statistic

FORMS = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")
TOO_FEW = "fewer than two items that all raters rated"
ROUNDING = 1e-12
NO_ERROR = 1e-13
"""Items that differ less than this share of the other variances do not differ; less error than this share is none."""
_LEVEL = 0.025


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of the two-way layout without replication, of one set of ``n`` items or of each resample, shape ``(B,)``."""

    n: Floats
    k: int
    items: Floats
    raters: Floats
    error: Floats
    within: Floats


@dataclass(frozen=True, slots=True)
class Icc:
    """An intraclass correlation, with its F statistic and p (of no item variance)."""

    estimate: Agreement
    f: float | None
    p: float | None


def icc(ratings: Ratings, form: str) -> Icc:
    """One of FORMS."""
    sums = _sums(ratings)
    n, k = int(sums[:, 0].sum()), ratings.raters
    if n < 2 or k < 2:
        return Icc(undefined(TOO_FEW, n), None, None)
    m = _mean_squares(sums.sum(axis=0, keepdims=True), k)
    value = float(_value(m, form)[0])
    if math.isnan(value):
        return Icc(undefined("the items do not differ" if m.within[0] > 0 else NO_VARIATION, n), None, None)
    rest = m.within if form.startswith("icc1") else m.error
    if rest[0] <= NO_ERROR * m.items[0]:
        return Icc(Agreement(value, n=n, reason="no limits without error variance"), None, None)
    low, high, f, p = _limits(m, form)
    if math.isinf(low):
        return Icc(Agreement(value, None, None, high, n, "no lower limit: that of the single rater is -1 / (k - 1)"), f, p)
    return Icc(Agreement(value, None, low, high, n), f, p)


def icc_statistic(ratings: Ratings, form: str) -> Statistic:
    """An intraclass correlation as a function of sums over items (those that all raters rated)."""
    sums = _sums(ratings)

    def finish(totals: Floats) -> Floats:
        return _value(_mean_squares(totals, ratings.raters), form)

    return Statistic(sums, finish, int(sums[:, 0].sum()), TOO_FEW)


def _sums(ratings: Ratings) -> Floats:
    """Per row, whether all raters rated it, their numbers, the square of their sum, and the sum of their squares."""
    complete = np.asarray(~np.isnan(ratings.numbers).any(axis=1))
    x = np.nan_to_num(centred(np.where(complete[:, None], ratings.numbers, np.nan)))
    rows = np.column_stack([complete, x, x.sum(axis=1) ** 2, (x**2).sum(axis=1)])
    return rows * ratings.multiplicity[:, None]


def _mean_squares(totals: Floats, k: int) -> MeanSquares:
    """The analysis of variance from summed rows of :func:`_sums`, shape ``(B, k + 3)``."""
    n, columns, row_squares, squares = totals[:, 0], totals[:, 1 : k + 1], totals[:, k + 1], totals[:, k + 2]
    grand = columns.sum(axis=1) ** 2 / (n * k)
    between, of_raters, total = row_squares / k - grand, (columns**2).sum(axis=1) / n - grand, squares - grand
    error = total - between - of_raters
    return MeanSquares(
        n, k, between / (n - 1), of_raters / (k - 1), error / ((n - 1) * (k - 1)), (total - between) / (n * (k - 1))
    )


def _value(m: MeanSquares, form: str) -> Floats:
    """The coefficient, shape ``(B,)``; NaN where the items do not differ, but for rounding."""
    b, w, j, e, n, k = m.items, m.within, m.raters, m.error, m.n, m.k
    above, below = {
        "icc1": (b - w, b + (k - 1) * w),
        "icc2": (b - e, b + (k - 1) * e + k * (j - e) / n),
        "icc3": (b - e, b + (k - 1) * e),
        "icc1k": (b - w, b),
        "icc2k": (b - e, b + (j - e) / n),
        "icc3k": (b - e, b),
    }[form]
    differ = (n >= 2) & (b > ROUNDING * np.maximum(w, j)) & (below > 0)
    return np.where(differ, above / np.where(differ, below, 1.0), np.nan)


def _limits(m: MeanSquares, form: str) -> tuple[float, float, float, float]:
    """Limits, F and p; averaged forms by Spearman-Brown of the single ones' limits.

    A single limit of -1 / (k - 1) makes the averaged one infinite, and one below that turns it positive, as it does in the
    published tables: where raters agree less than by chance a lower limit of ``icc2k`` says nothing.
    """
    from scipy.special import fdtrc, fdtri

    n, k = float(m.n[0]), m.k
    of_items, of_raters, of_error = float(m.items[0]), float(m.raters[0]), float(m.error[0])
    items = n - 1
    if form.startswith("icc1"):
        f, rest = of_items / float(m.within[0]), n * (k - 1)
    else:
        f, rest = of_items / of_error, (n - 1) * (k - 1)
    p = float(fdtrc(items, rest, f))
    if form.startswith("icc2"):
        r = float(_value(m, "icc2")[0])
        a, b = k * r / (n * (1 - r)), 1 + k * r * (n - 1) / (n * (1 - r))
        df = (a * of_raters + b * of_error) ** 2 / ((a * of_raters) ** 2 / (k - 1) + (b * of_error) ** 2 / rest)
        upper, lower = float(fdtri(items, df, 1 - _LEVEL)), float(fdtri(df, items, 1 - _LEVEL))
        others = k * of_raters + (k * n - k - n) * of_error
        low = n * (of_items - upper * of_error) / (upper * others + n * of_items)
        high = n * (lower * of_items - of_error) / (others + n * lower * of_items)
    else:
        least, most = f / float(fdtri(items, rest, 1 - _LEVEL)), f * float(fdtri(rest, items, 1 - _LEVEL))
        low, high = (least - 1) / (least + k - 1), (most - 1) / (most + k - 1)
    if form.endswith("k"):
        low, high = (k * x / (1 + (k - 1) * x) if abs(1 + (k - 1) * x) > ROUNDING else -math.inf for x in (low, high))
    return low, high, f, p
