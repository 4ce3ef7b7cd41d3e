"""Rank and product-moment statistics: Kendall's W, Kendall's tau-b, Spearman, Pearson.

Over the items that all raters rated.  Undefined with fewer than two of them, and where a rater (for W: every rater) does not
vary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement import tables
from benchmark.agreement.ratings import Floats, Ratings, centred
from benchmark.agreement.result import Agreement, undefined
from benchmark.metrics.statistic import Statistic

TOO_FEW = "fewer than two items that all raters rated"
CONSTANT = "a rater does not vary"
ROUNDING = 1e-12
"""A variance below this share of the mean square is what rounding leaves of zero."""


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W, corrected for ties and not, with its chi-square (n - 1 degrees of freedom) and p."""

    w: Agreement
    uncorrected: Agreement
    chisq: float | None
    p: float | None


def kendall_w(ratings: Ratings) -> Concordance:
    """Kendall and Babington Smith (1939), with Kendall's (1948) correction for ties; chi-square is r (n - 1) W."""
    numbers, weight, n = _complete(ratings)
    r = ratings.raters
    if n < 2 or r < 2:
        nothing = undefined(TOO_FEW, n)
        return Concordance(nothing, nothing, None, None)
    ranks, ties = zip(*(_midranks(column, weight) for column in numbers.T), strict=True)
    spread = float(weight @ (np.sum(ranks, axis=0) - r * (n + 1) / 2) ** 2)
    most, tied = r**2 * (n**3 - n), r * sum(ties)
    plain = Agreement(12 * spread / most, n=n)
    if most - tied <= 0:
        return Concordance(undefined(CONSTANT, n), undefined(CONSTANT, n), None, None)
    from scipy.special import chdtrc

    w = 12 * spread / (most - tied)
    chisq = r * (n - 1) * w
    return Concordance(Agreement(w, n=n), plain, chisq, float(chdtrc(n - 1, chisq)))


def pearson(ratings: Ratings) -> Agreement:
    """Pearson's correlation of two raters' numbers."""
    statistic = pearson_statistic(ratings)
    value = statistic.value()
    if statistic.n < 2:
        return undefined(TOO_FEW, statistic.n)
    return undefined(CONSTANT, statistic.n) if np.isnan(value) else Agreement(value, n=statistic.n)


def spearman(ratings: Ratings) -> Agreement:
    """Spearman's rho of two raters: Pearson's correlation of the ranks, mid-ranks for ties."""
    numbers, weight, n = _complete(ratings)
    if n < 2:
        return undefined(TOO_FEW, n)
    one, two = (_midranks(column, weight)[0] - (n + 1) / 2 for column in numbers.T)
    spread = float((weight @ one**2) * (weight @ two**2))
    return Agreement(float(weight @ (one * two)) / spread**0.5, n=n) if spread > 0 else undefined(CONSTANT, n)


def kendall_tau_b(ratings: Ratings) -> Agreement:
    """Kendall's tau-b of two raters, corrected for ties."""
    numbers, weight, n = _complete(ratings)
    if n < 2:
        return undefined(TOO_FEW, n)
    table = tables.statistic(tables.of_seen(ratings), tables.kendall_tau_b, complete=True)
    if table is not None:
        value = table.value()
    else:
        from scipy.stats import kendalltau  # a second to import, so only for what is too fine-grained for a table

        one, two = np.repeat(numbers, weight.astype(np.intp), axis=0).T
        value = float(kendalltau(one, two).statistic)
    return undefined(CONSTANT, n) if np.isnan(value) else Agreement(value, n=n)


def pearson_statistic(ratings: Ratings) -> Statistic:
    """Pearson's correlation as a function of sums over items."""
    numbers = ratings.numbers
    both = np.asarray(~np.isnan(numbers).any(axis=1))
    x, y = (np.nan_to_num(centred(np.where(both, column, np.nan))) for column in numbers.T)
    rows = np.column_stack([both, x, y, x * x, y * y, x * y]) * ratings.multiplicity[:, None]

    def finish(totals: Floats) -> Floats:
        n, sx, sy, sxx, syy, sxy = totals.T
        one, two = n * sxx - sx**2, n * syy - sy**2
        varied = (one > ROUNDING * n * sxx) & (two > ROUNDING * n * syy)
        return np.where(varied, (n * sxy - sx * sy) / np.sqrt(np.where(varied, one * two, 1.0)), np.nan)

    return Statistic(rows, finish, int(ratings.multiplicity @ both), CONSTANT)


def mean_correlation(ratings: Ratings) -> float | None:
    """Mean Pearson correlation over the pairs of raters that have one; None where no pair does."""
    found = [
        value for a in range(ratings.raters) for b in range(a) if (value := pearson(ratings.columns(a, b)).value) is not None
    ]
    return float(np.mean(found)) if found else None


def effective_raters(ratings: Ratings) -> Agreement:
    """How many independent raters r correlated ones are worth: r / (1 + (r - 1) rho), rho their mean correlation (Kish 1965's
    design effect).  It treats all agreement as shared error, the pessimistic reading: raters who agree as they are right count as one."""
    rho, r = mean_correlation(ratings), ratings.raters
    n = int((ratings.multiplicity * (~np.isnan(ratings.numbers)).all(axis=1)).sum())
    if rho is None:
        return undefined("no pair of raters has a correlation", n)
    shared = 1 + (r - 1) * rho
    return undefined("the mean correlation is too negative", n) if shared <= 0 else Agreement(r / shared, n=n)


def _complete(ratings: Ratings) -> tuple[Floats, Floats, int]:
    """The numbers of the items that all raters rated, how many items each row stands for, and how many there are."""
    both = ~np.isnan(ratings.numbers).any(axis=1)
    weight = ratings.multiplicity[both]
    return ratings.numbers[both], weight, int(weight.sum())


def _midranks(values: Floats, weight: Floats) -> tuple[Floats, float]:
    """Mid-ranks from 1 of values that occur ``weight`` times, and the sum of t^3 - t over groups of t equal values."""
    seen, place = np.unique(values, return_inverse=True)
    counts = np.zeros(len(seen))
    np.add.at(counts, place, weight)
    return (np.cumsum(counts) - (counts - 1) / 2)[place], float((counts**3 - counts).sum())
