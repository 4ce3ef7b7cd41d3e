"""Intraclass correlations, single and average, with F tests and limits.

Shrout and Fleiss (1979), *Psychological Bulletin* 86:420-428: (1) each item rated by other raters, (2) raters are a random sample,
agreement, (3) these raters, consistency; k: the mean of the k raters.  Limits and F by McGraw and Wong (1996).  Items that all
raters rated enter (n).  Undefined with fewer than two of them or two raters, and where items do not differ: a negative mean
square of items over raters would put the averaged forms outside [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement.ratings import Floats, Ratings
from benchmark.agreement.result import NO_VARIATION, Agreement, undefined
from benchmark.metrics.statistic import Statistic

FORMS = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")
TOO_FEW = "fewer than two items that all raters rated"
_LEVEL = 0.025


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Mean squares of the two-way layout without replication: items, raters, error, within items."""

    n: float
    k: int
    items: float
    raters: float
    error: float
    within: float


@dataclass(frozen=True, slots=True)
class Icc:
    """An intraclass correlation, with its F statistic and p (of no item variance)."""

    estimate: Agreement
    f: float | None
    p: float | None


def mean_squares(ratings: Ratings) -> MeanSquares | None:
    """The analysis of variance over complete items; None with fewer than two items or raters."""
    numbers = ratings.numbers
    complete = ~np.isnan(numbers).any(axis=1)
    x, weight = numbers[complete], ratings.multiplicity[complete]
    n, k = float(weight.sum()), ratings.raters
    if n < 2 or k < 2:
        return None
    return _squares(n, k, *_moments(x, weight))


def _moments(x: Floats, weight: Floats) -> tuple[Floats, float, float]:
    grand = float(weight @ x.sum(axis=1)) / (weight.sum() * x.shape[1])
    centred = x - grand
    return weight @ centred, float(weight @ centred.sum(axis=1) ** 2), float(weight @ (centred**2).sum(axis=1))


def _squares(n: float, k: int, column: Floats, row_squares: float, squares: float) -> MeanSquares:
    grand = float(column.sum()) ** 2 / (n * k)
    between = row_squares / k - grand
    of_raters = float(column @ column) / n - grand
    total = squares - grand
    error = total - between - of_raters
    return MeanSquares(
        n, k, between / (n - 1), of_raters / (k - 1), error / ((n - 1) * (k - 1)), (total - between) / (n * (k - 1))
    )


def icc(ratings: Ratings, form: str) -> Icc:
    """One of FORMS."""
    m = mean_squares(ratings)
    if m is None:
        return Icc(undefined(TOO_FEW), None, None)
    if m.items <= 1e-12 * max(1.0, m.within):
        return Icc(undefined(NO_VARIATION if m.within < 1e-12 else "the items do not differ", m.n), None, None)
    value = _value(m, form)
    if m.error <= 1e-15 * m.items or (form.startswith("icc1") and m.within <= 1e-15 * m.items):
        return Icc(Agreement(value, n=int(m.n), reason="no limits without error variance"), None, None)
    low, high, f, p = _limits(m, form)
    return Icc(Agreement(value, None, low, high, int(m.n)), f, p)


def icc_statistic(ratings: Ratings, form: str) -> Statistic:
    """An intraclass correlation as a function of sums over items (those that all raters rated)."""
    numbers, k = ratings.numbers, ratings.raters
    complete = np.asarray(~np.isnan(numbers).any(axis=1))
    grand = numbers[complete].mean() if complete.any() else 0.0
    x = np.where(complete[:, None], np.nan_to_num(numbers) - grand, 0.0)
    rows = np.column_stack([complete, x, x.sum(axis=1) ** 2, (x**2).sum(axis=1)]) * ratings.multiplicity[:, None]

    def finish(totals: Floats) -> Floats:
        values = np.full(len(totals), np.nan)
        for b, sums in enumerate(totals):
            if sums[0] >= 2:
                m = _squares(sums[0], k, sums[1 : k + 1], sums[k + 1], sums[k + 2])
                values[b] = _value(m, form) if m.items > 1e-12 else np.nan
        return values

    return Statistic(rows, finish, int(ratings.multiplicity @ complete), TOO_FEW)


def _value(m: MeanSquares, form: str) -> float:
    b, w, j, e, n, k = m.items, m.within, m.raters, m.error, m.n, m.k
    match form:
        case "icc1":
            return (b - w) / (b + (k - 1) * w)
        case "icc2":
            return (b - e) / (b + (k - 1) * e + k * (j - e) / n)
        case "icc3":
            return (b - e) / (b + (k - 1) * e)
        case "icc1k":
            return (b - w) / b
        case "icc2k":
            return (b - e) / (b + (j - e) / n)
        case "icc3k":
            return (b - e) / b
    raise ValueError(f"no intraclass correlation {form!r}")


def _limits(m: MeanSquares, form: str) -> tuple[float, float, float, float]:
    """Limits, F and p; averaged forms by Spearman-Brown of the single ones' limits."""
    from scipy.special import fdtrc, fdtri

    n, k = m.n, m.k
    items = n - 1
    if form.startswith("icc1"):
        f, rest = m.items / m.within, n * (k - 1)
    else:
        f, rest = m.items / m.error, (n - 1) * (k - 1)
    p = float(fdtrc(items, rest, f))
    if form.startswith("icc2"):
        r = _value(m, "icc2")
        a, b = k * r / (n * (1 - r)), 1 + k * r * (n - 1) / (n * (1 - r))
        df = (a * m.raters + b * m.error) ** 2 / ((a * m.raters) ** 2 / (k - 1) + (b * m.error) ** 2 / rest)
        upper, lower = float(fdtri(items, df, 1 - _LEVEL)), float(fdtri(df, items, 1 - _LEVEL))
        low = n * (m.items - upper * m.error) / (upper * (k * m.raters + (k * n - k - n) * m.error) + n * m.items)
        high = n * (lower * m.items - m.error) / (k * m.raters + (k * n - k - n) * m.error + n * lower * m.items)
    else:
        least, most = f / float(fdtri(items, rest, 1 - _LEVEL)), f * float(fdtri(rest, items, 1 - _LEVEL))
        low, high = (least - 1) / (least + k - 1), (most - 1) / (most + k - 1)
    if form.endswith("k"):
        low, high = (k * x / (1 + (k - 1) * x) for x in (low, high))
    return float(low), float(high), float(f), p
