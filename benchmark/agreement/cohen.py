"""Two raters: Cohen's kappa and weighted kappa, Scott's pi, agreement per category, prevalence and bias.

All take the items that both raters rated.  Undefined without such an item, and where the expected disagreement is zero.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from benchmark.agreement import weights
from benchmark.agreement.ratings import MISSING, Floats, Ratings
from benchmark.agreement.result import NO_EXPECTED, NO_PAIR, NO_VARIATION, Agreement, undefined
from benchmark.metrics.statistic import Statistic

_TWO_SIDED = 1.959963984540054


def confusion(ratings: Ratings) -> Floats:
    """Counts of the items by both raters' categories, shape (K, K), the first rater in rows."""
    if ratings.raters != 2:
        raise ValueError(f"two raters, not {ratings.raters}")
    ratings = ratings.folded()
    one, two = ratings.codes.T
    both = (one != MISSING) & (two != MISSING)
    k = ratings.categories
    place = one[both].astype(np.int64) * k + two[both]
    weight = None if ratings.weight is None else ratings.weight[both]
    return np.bincount(place, weights=weight, minlength=k * k).reshape(k, k).astype(np.float64)


def cohen_kappa(ratings: Ratings, disagreement: Floats) -> Agreement:
    """Cohen (1960, 1968), with the large-sample standard error of Fleiss, Cohen and Everitt (1969, equation 8)."""
    table = confusion(ratings)
    n = table.sum()
    if not n:
        return undefined(NO_PAIR)
    value, p, towards, expected = _kappa(table, disagreement)
    if value is None:
        return undefined(NO_VARIATION if np.trace(table) == n else NO_EXPECTED, n)
    agree = 1 - disagreement
    inner = float((p * (agree - towards * (1 - value)) ** 2).sum())
    variance = (inner - (value - expected * (1 - value)) ** 2) / (n * (1 - expected) ** 2)
    se = math.sqrt(max(variance, 0.0))
    return Agreement(value, se, value - _TWO_SIDED * se, min(1.0, value + _TWO_SIDED * se), int(n))


def cohen_kappa_se0(ratings: Ratings, disagreement: Floats) -> Agreement:
    """Standard error of kappa were the raters independent (Fleiss, Cohen and Everitt 1969, equation 9): for testing kappa = 0."""
    table = confusion(ratings)
    n = table.sum()
    if not n:
        return undefined(NO_PAIR)
    value, p, towards, expected = _kappa(table, disagreement)
    if value is None:
        return undefined(NO_EXPECTED, n)
    chance = np.outer(p.sum(axis=1), p.sum(axis=0))
    variance = (float((chance * (1 - disagreement - towards) ** 2).sum()) - expected**2) / (n * (1 - expected) ** 2)
    return Agreement(math.sqrt(max(variance, 0.0)), n=int(n))


def kappa_statistic(ratings: Ratings, disagreement: Floats) -> Statistic:
    """Kappa as a function of sums over items."""
    one, two = ratings.codes.T
    both = ((one != MISSING) & (two != MISSING)) * ratings.multiplicity
    k = ratings.categories
    eye = np.eye(k)
    one, two = np.maximum(one, 0), np.maximum(two, 0)
    rows = np.column_stack([disagreement[one, two], eye[one], eye[two]]) * both[:, None]

    def finish(totals: Floats) -> Floats:
        first, second = totals[:, 1 : k + 1], totals[:, k + 1 :]
        expected = np.einsum("bk,bk->b", first @ disagreement, second)
        return np.where(expected > 0, 1 - totals[:, 0] * first.sum(axis=1) / expected, np.nan)

    return Statistic(rows, finish, int(both.sum()), NO_EXPECTED)


def scott_pi(ratings: Ratings) -> Agreement:
    """Scott (1955): expected agreement from the mean of both raters' shares."""
    table = confusion(ratings)
    n = table.sum()
    if not n:
        return undefined(NO_PAIR)
    shares = (table.sum(axis=0) + table.sum(axis=1)) / (2 * n)
    expected = float(shares @ shares)
    if expected >= 1:
        return undefined(NO_VARIATION, n)
    return Agreement((float(np.trace(table)) / n - expected) / (1 - expected), n=int(n))


def light_kappa(ratings: Ratings) -> Agreement:
    """Light (1971): the mean of Cohen's kappa over all pairs of raters; undefined where one of them is."""
    found = [
        cohen_kappa(ratings.columns(a, b), weights.nominal(ratings.categories))
        for a, b in combinations(range(ratings.raters), 2)
    ]
    values = [pair.value for pair in found if pair.value is not None]
    if len(values) < len(found) or not found:
        return undefined("kappa is undefined for some pair of raters", max((pair.n for pair in found), default=0))
    return Agreement(float(np.mean(values)), n=max(pair.n for pair in found))


def specific_agreement(ratings: Ratings, category: int) -> Agreement:
    """Agreement on one category: 2 n_kk / (n_k. + n_.k), positive or negative agreement of a yes/no label (Cicchetti and
    Feinstein 1990).  Undefined where nobody used it."""
    table = confusion(ratings)
    used = table[category].sum() + table[:, category].sum()
    if not used:
        return undefined("nobody used the category", table.sum())
    return Agreement(float(2 * table[category, category] / used), n=int(table.sum()))


def prevalence_index(ratings: Ratings) -> Agreement:
    """|a - d| / n of a two-by-two table: how uneven the two categories are (Byrt, Bishop and Carlin 1993)."""
    table = confusion(ratings)
    return _two_by_two(table, abs(table[0, 0] - table[-1, -1]))


def bias_index(ratings: Ratings) -> Agreement:
    """|b - c| / n of a two-by-two table: how differently the raters use the categories (Byrt, Bishop and Carlin 1993)."""
    table = confusion(ratings)
    return _two_by_two(table, abs(table[0, -1] - table[-1, 0]))


def _two_by_two(table: Floats, difference: float) -> Agreement:
    n = table.sum()
    if len(table) != 2 or not n:
        return undefined(NO_PAIR if not n else "for two categories", n)
    return Agreement(float(difference / n), n=int(n))


def _kappa(table: Floats, disagreement: Floats) -> tuple[float | None, Floats, Floats, float]:
    """Kappa, cell shares, mean agreement weight of each cell's row and column (FCE's w_i. + w_.j), expected agreement."""
    p = table / table.sum()
    rows, columns, agree = p.sum(axis=1), p.sum(axis=0), 1 - disagreement
    towards = (agree @ columns)[:, None] + (rows @ agree)[None, :]
    expected = float(rows @ agree @ columns)
    if 1 - expected < 1e-12:
        return None, p, towards, expected
    return (float((p * agree).sum()) - expected) / (1 - expected), p, towards, expected
