"""Rank and product-moment statistics: Kendall's W, Kendall's tau-b, Spearman, Pearson.

Over the items that all raters rated.  Undefined with fewer than two of them, and where a rater (for W: every rater) does not
vary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement.ratings import Floats, Ratings
from benchmark.agreement.result import Agreement, undefined
from benchmark.metrics.statistic import Statistic

TOO_FEW = "fewer than two items that all raters rated"
CONSTANT = "a rater does not vary"


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W, corrected for ties and not, with its chi-square (n - 1 degrees of freedom) and p."""

    w: Agreement
    uncorrected: Agreement
    chisq: float | None
    p: float | None


def kendall_w(ratings: Ratings) -> Concordance:
    """Kendall and Babington Smith (1939), with Kendall's (1948) correction for ties; chi-square is r (n - 1) W."""
    numbers, n = _complete(ratings)
    r = ratings.raters
    if n < 2 or r < 2:
        nothing = undefined(TOO_FEW, n)
        return Concordance(nothing, nothing, None, None)
    ranks, ties = zip(*(_midranks(column) for column in numbers.T), strict=True)
    deviations = np.sum(ranks, axis=0) - r * (n + 1) / 2
    spread = float(deviations @ deviations)
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
    numbers, n = _complete(ratings)
    return _correlation(numbers, n)


def spearman(ratings: Ratings) -> Agreement:
    """Spearman's rho of two raters, mid-ranks for ties."""
    numbers, n = _complete(ratings)
    return _correlation(np.column_stack([_midranks(column)[0] for column in numbers.T]) if n else numbers, n)


def kendall_tau_b(ratings: Ratings) -> Agreement:
    """Kendall's tau-b of two raters, corrected for ties."""
    numbers, n = _complete(ratings)
    if n < 2:
        return undefined(TOO_FEW, n)
    from scipy.stats import kendalltau

    value = float(kendalltau(numbers[:, 0], numbers[:, 1]).statistic)
    return undefined(CONSTANT, n) if np.isnan(value) else Agreement(value, n=n)


def pearson_statistic(ratings: Ratings) -> Statistic:
    """Pearson's correlation as a function of sums over items."""
    numbers = ratings.numbers
    both = np.asarray(~np.isnan(numbers).any(axis=1))
    centre = numbers[both].mean(axis=0) if np.any(both) else np.zeros(2)
    x, y = np.where(both[:, None], np.nan_to_num(numbers) - centre, 0.0).T
    rows = np.column_stack([both, x, y, x * x, y * y, x * y]) * ratings.multiplicity[:, None]

    def finish(totals: Floats) -> Floats:
        n, sx, sy, sxx, syy, sxy = totals.T
        spread = (n * sxx - sx**2) * (n * syy - sy**2)
        return np.where(spread > 1e-12, (n * sxy - sx * sy) / np.sqrt(np.maximum(spread, 1e-300)), np.nan)

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


def _complete(ratings: Ratings) -> tuple[Floats, int]:
    """The numbers of the items that all raters rated, each as often as its weight says."""
    numbers = ratings.numbers
    rows = np.repeat(numbers, ratings.multiplicity.astype(np.intp), axis=0)
    rows = rows[~np.isnan(rows).any(axis=1)]
    return rows, len(rows)


def _correlation(numbers: Floats, n: int) -> Agreement:
    if n < 2:
        return undefined(TOO_FEW, n)
    x, y = (numbers - numbers.mean(axis=0)).T
    spread = float((x @ x) * (y @ y))
    return undefined(CONSTANT, n) if spread <= 1e-24 else Agreement(float(x @ y) / spread**0.5, n=n)


def _midranks(values: Floats) -> tuple[Floats, float]:
    """Mid-ranks from 1, and the sum of t^3 - t over groups of t equal values."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    return (upto - (counts - 1) / 2)[place], float((counts.astype(np.float64) ** 3 - counts).sum())
