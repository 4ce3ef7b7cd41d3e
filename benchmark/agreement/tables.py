"""Coefficients of joint tables as functions of sums over items, for the bootstrap.

A pair of raters is their joint table, counted anew in every resample; ranks, margins and ties follow from it.  With more than
two raters the tables of all pairs say everything that Light's kappa, Kendall's W and the mean correlation need.

``finish`` functions take tables ``(B, P, K, K)`` of P pairs, the first rater in rows, and give ``(B,)``, NaN where undefined.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from benchmark.agreement.ratings import MISSING, Floats, Ratings
from benchmark.agreement.result import NO_VARIATION
from benchmark.metrics.statistic import Statistic, nanmean

Finish = Callable[[Floats], Floats]

_MOST_CELLS = 1 << 25


def statistic(ratings: Ratings, finish: Finish, complete: bool) -> Statistic | None:
    """A function of the pairs' tables; None where they are too large to resample.

    The tables are of the items that both raters rated, or of those that all did (``complete``).
    """
    pairs = list(combinations(range(ratings.raters), 2))
    k, n = ratings.categories, len(ratings.codes)
    if not pairs or not n or not k or n * len(pairs) * k * k > _MOST_CELLS:
        return None
    given = ratings.codes != MISSING
    everyone = given.all(axis=1)
    rows = np.zeros((n, len(pairs), k * k))
    for p, (a, b) in enumerate(pairs):
        both = np.flatnonzero(everyone if complete else given[:, a] & given[:, b])
        rows[both, p, ratings.codes[both, a].astype(np.int64) * k + ratings.codes[both, b]] = ratings.multiplicity[both]

    def of_totals(totals: Floats) -> Floats:
        return finish(totals.reshape(-1, len(pairs), k, k))

    items = int(ratings.multiplicity @ (everyone if complete else given.sum(axis=1) >= 2))
    return Statistic(rows.reshape(n, -1), of_totals, items, NO_VARIATION)


def of_seen(ratings: Ratings) -> Ratings:
    """The same ratings on the values that occur: ranks know no others, and tables are smaller."""
    missing = np.isnan(ratings.numbers)
    seen = np.unique(ratings.numbers[~missing])
    codes = np.where(missing, MISSING, np.searchsorted(seen, ratings.numbers))
    return Ratings(codes, len(seen), seen, ratings.weight)


def scott_pi(tables: Floats) -> Floats:
    """Scott's pi of one pair (Scott 1955)."""
    table = tables[:, 0]
    n = table.sum(axis=(1, 2))
    shares = (table.sum(axis=1) + table.sum(axis=2)) / (2 * n[:, None])
    expected = (shares**2).sum(axis=1)
    varied = (shares > 0).sum(axis=1) > 1
    return np.where(varied, (np.trace(table, axis1=1, axis2=2) / n - expected) / (1 - expected), np.nan)


def specific_agreement(category: int) -> Finish:
    """Agreement on one category of one pair (Cicchetti and Feinstein 1990)."""

    def finish(tables: Floats) -> Floats:
        table = tables[:, 0]
        used = table[:, category].sum(axis=1) + table[:, :, category].sum(axis=1)
        return np.where(used > 0, 2 * table[:, category, category] / used, np.nan)

    return finish


def prevalence_index(tables: Floats) -> Floats:
    """|a - d| / n of one pair's two-by-two tables (Byrt, Bishop and Carlin 1993)."""
    index: Floats = np.abs(tables[:, 0, 0, 0] - tables[:, 0, 1, 1]) / tables.sum(axis=(1, 2, 3))
    return index


def bias_index(tables: Floats) -> Floats:
    """|b - c| / n of one pair's two-by-two tables (Byrt, Bishop and Carlin 1993)."""
    index: Floats = np.abs(tables[:, 0, 0, 1] - tables[:, 0, 1, 0]) / tables.sum(axis=(1, 2, 3))
    return index


def light_kappa(tables: Floats) -> Floats:
    """The mean of the pairs' kappas (Light 1971), undefined where one of them is."""
    n = tables.sum(axis=(2, 3))
    rows, columns = tables.sum(axis=3), tables.sum(axis=2)
    expected = (rows * columns).sum(axis=2)
    observed = np.trace(tables, axis1=2, axis2=3)
    defined = expected < n**2
    kappas = np.where(defined, (n * observed - expected) / np.where(defined, n**2 - expected, 1.0), np.nan)
    mean: Floats = kappas.mean(axis=1)
    return mean


def kendall_tau_b(tables: Floats) -> Floats:
    """Kendall's tau-b of one pair: concordant less discordant pairs of items over those tied on neither side."""
    table = tables[:, 0]
    n = table.sum(axis=(1, 2))
    upto = np.cumsum(np.cumsum(table, axis=1), axis=2)[:, :-1]  # items in earlier rows, up to each column
    concordant = (table[:, 1:, 1:] * upto[:, :, :-1]).sum(axis=(1, 2))
    discordant = (table[:, 1:] * (upto[:, :, -1:] - upto)).sum(axis=(1, 2))
    untied = [(n**2 - (table.sum(axis=axis) ** 2).sum(axis=1)) / 2 for axis in (1, 2)]
    spread = untied[0] * untied[1]
    return np.where(spread > 0, (concordant - discordant) / np.sqrt(np.where(spread > 0, spread, 1.0)), np.nan)


def spearman(tables: Floats) -> Floats:
    """Spearman's rho of one pair, mid-ranks for ties."""
    one, two = _ranks(tables.sum(axis=3))[:, 0], _ranks(tables.sum(axis=2))[:, 0]
    return _correlations(tables, one[:, None], two[:, None])[:, 0]


def mean_correlation(values: Floats) -> Finish:
    """The mean Pearson correlation of the pairs that have one, of categories with these ``values`` (K,)."""

    def finish(tables: Floats) -> Floats:
        n = tables.sum(axis=(2, 3))[:, :, None]
        rows, columns = tables.sum(axis=3), tables.sum(axis=2)
        one, two = (values - (side @ values)[:, :, None] / n for side in (rows, columns))
        return nanmean(_correlations(tables, one, two))

    return finish


def kendall_w(raters: int, corrected: bool) -> Finish:
    """Kendall's W of complete items: the spread of the items' rank sums is the sum of the raters' rank products."""
    first = [pair[0] for pair in combinations(range(raters), 2)]
    second = [pair[1] for pair in combinations(range(raters), 2)]

    def finish(tables: Floats) -> Floats:
        rows, columns = tables.sum(axis=3), tables.sum(axis=2)
        n = rows[:, 0].sum(axis=1)
        margins = np.stack([rows[:, 0], *(columns[:, second.index(j)] for j in range(1, raters))], axis=1)
        deviations = _ranks(margins)
        own = (margins * deviations**2).sum(axis=(1, 2))
        products = np.einsum("bpk,bpkl,bpl->b", deviations[:, first], tables, deviations[:, second], optimize=True)
        ties = (margins**3 - margins).sum(axis=(1, 2)) if corrected else 0.0
        most = raters**2 * (n**3 - n) - raters * ties
        untied = raters * (n**3 - n) - (margins**3 - margins).sum(axis=(1, 2))
        return np.where(untied > 0, 12 * (own + 2 * products) / np.where(untied > 0, most, 1.0), np.nan)

    return finish


def _ranks(counts: Floats) -> Floats:
    """Mid-rank of each category less the mean rank, from how often each occurs: shape ``(B, P, K)``."""
    upto = np.cumsum(counts, axis=2)
    return upto - counts / 2 - upto[:, :, -1:] / 2


def _correlations(tables: Floats, one: Floats, two: Floats) -> Floats:
    """Correlation in each table of scores with mean 0, ``(B, P, K)`` of its rows and columns: shape ``(B, P)``."""
    rows, columns = tables.sum(axis=3), tables.sum(axis=2)
    varied = ((rows > 0).sum(axis=2) > 1) & ((columns > 0).sum(axis=2) > 1)
    covariance = np.einsum("bpk,bpkl,bpl->bp", one, tables, two, optimize=True)
    spread = (rows * one**2).sum(axis=2) * (columns * two**2).sum(axis=2)
    return np.where(varied, covariance / np.sqrt(np.where(varied, spread, 1.0)), np.nan)
