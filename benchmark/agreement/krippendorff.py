"""Krippendorff's alpha: nominal, ordinal, interval, ratio, and set-valued.

``1 - D_o / D_e`` over pairable ratings, i.e. those of items with two or more (Krippendorff 2011, *Computing Krippendorff's
Alpha-Reliability*; 2019, *Content Analysis*, 4th ed., chapter 12).  Any number of raters, any ratings missing.  Undefined where
no item has two ratings, and where the expected disagreement is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmark.agreement.ratings import MISSING, Floats, Ratings, centred
from benchmark.agreement.result import NO_PAIR, NO_VARIATION, Agreement, undefined, with_t_interval
from benchmark.metrics.statistic import Statistic

ROUNDING = 1e-12
"""A variance below this share of the mean square is what rounding leaves of zero."""
_MOST_CELLS = 1 << 26
MASI_MONOTONICITY = {"subset": 2 / 3, "overlap": 1 / 3}


def nominal_distance(ratings: Ratings) -> Floats:
    """Squared differences of the nominal metric, shape (K, K): 0 or 1."""
    return 1.0 - np.eye(ratings.categories)


def ratio_distance(ratings: Ratings) -> Floats:
    """Squared differences of the ratio metric, ((a - b) / (a + b))^2, with 0 for (0, 0)."""
    values = ratings.scale
    total = values[:, None] + values[None, :]
    return (np.divide(values[:, None] - values[None, :], total, out=np.zeros_like(total), where=total != 0)) ** 2


def jaccard_distance(categories: Sequence[frozenset[str]]) -> Floats:
    """One minus the Jaccard similarity of set-valued categories; two empty sets are equal."""
    return _between_sets(categories, lambda a, b: 1 - len(a & b) / len(a | b) if a | b else 0.0)


def masi_distance(categories: Sequence[frozenset[str]]) -> Floats:
    """One minus MASI, Jaccard times monotonicity (1 equal, 2/3 subset, 1/3 overlap, 0 disjoint; Passonneau 2006)."""

    def distance(a: frozenset[str], b: frozenset[str]) -> float:
        if a == b:
            return 0.0
        if not a & b:
            return 1.0
        return 1 - len(a & b) / len(a | b) * MASI_MONOTONICITY["subset" if a <= b or b <= a else "overlap"]

    return _between_sets(categories, distance)


def alpha_nominal(ratings: Ratings) -> Agreement:
    """Alpha with the nominal metric, with the standard error that Gwet (2014, section 6.4) gives for it."""
    return _with_error(alpha_by_distance(ratings, nominal_distance(ratings)), ratings)


def alpha_ordinal(ratings: Ratings) -> Agreement:
    """Alpha with Krippendorff's ordinal metric: the squared number of pairable ratings between two categories, theirs half.

    That is the squared difference of the categories' mid-ranks, so the interval metric on these, for any number of categories.
    """
    pairable = (ratings.codes != MISSING) & ((ratings.codes != MISSING).sum(axis=1) >= 2)[:, None]
    margins = np.zeros(ratings.categories)
    np.add.at(margins, ratings.codes[pairable], np.broadcast_to(ratings.multiplicity[:, None], pairable.shape)[pairable])
    ranks = np.cumsum(margins) - margins / 2
    return alpha_interval(Ratings(ratings.codes, ratings.categories, ranks, ratings.weight))


def alpha_interval(ratings: Ratings) -> Agreement:
    """Alpha with the interval metric, the squared difference of values; from moments, for any number of distinct values."""
    return _value(interval_statistic(ratings), ratings)


def alpha_ratio(ratings: Ratings) -> Agreement:
    """Alpha with the ratio metric; undefined on a scale with values below zero, where a ratio of values is no distance."""
    if ratings.values is not None and (ratings.values < 0).any():
        return undefined("the ratio metric takes no values below zero", _items(ratings))
    return alpha_by_distance(ratings, ratio_distance(ratings))


def alpha_by_distance(ratings: Ratings, distance: Floats) -> Agreement:
    """Alpha with squared differences given as a matrix, shape (K, K)."""
    return _value(distance_statistic(ratings, distance), ratings)


def distance_statistic(ratings: Ratings, distance: Floats) -> Statistic:
    """Alpha as a function of sums over items: one row per item (or pattern of items)."""
    counts, size = _pairable(ratings)
    observed = (counts @ distance * counts).sum(axis=1) / np.maximum(size - 1, 1)

    def finish(totals: Floats) -> Floats:
        margins, n = totals[:, 1:], totals[:, 1:].sum(axis=1)
        return _alpha(totals[:, 0], (margins @ distance * margins).sum(axis=1), n)

    return _statistic(ratings, np.column_stack([observed, counts]), finish)


def ordinal_statistic(ratings: Ratings) -> Statistic | None:
    """Ordinal alpha; the metric depends on the margins and is made anew in every resample.  None with too many categories."""
    if len(ratings.codes) * ratings.categories**2 > _MOST_CELLS:
        return None
    counts, size = _pairable(ratings)
    k = ratings.categories
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(k)
    upper = np.triu_indices(k, 1)
    coincidences = 2 * pairs[:, upper[0], upper[1]] / np.maximum(size - 1, 1)[:, None]

    def finish(totals: Floats) -> Floats:
        coincident, margins = totals[:, : len(upper[0])], totals[:, len(upper[0]) :]
        upto = np.cumsum(margins, axis=1)
        middle = upto - margins / 2
        distance = (middle[:, upper[1]] - middle[:, upper[0]]) ** 2
        expected = 2 * (margins[:, upper[0]] * margins[:, upper[1]] * distance).sum(axis=1)
        return _alpha((coincident * distance).sum(axis=1), expected, margins.sum(axis=1))

    return _statistic(ratings, np.concatenate([coincidences, counts], axis=1), finish)


def interval_statistic(ratings: Ratings) -> Statistic:
    """Interval alpha from moments: within an item sum (a - b)^2 over pairs is 2 (m sum a^2 - (sum a)^2)."""
    given = ratings.codes != MISSING
    size = given.sum(axis=1).astype(np.float64)
    paired = size >= 2
    values = np.nan_to_num(centred(np.where(paired[:, None], ratings.numbers, np.nan)))
    size = np.where(paired, size, 0.0)
    first, second = values.sum(axis=1), (values**2).sum(axis=1)
    observed = 2 * (size * second - first**2) / np.maximum(size - 1, 1)

    def finish(totals: Floats) -> Floats:
        within, n, one, two = totals.T
        expected = n * two - one**2
        return _alpha(within, np.where(expected > ROUNDING * n * two, 2 * expected, 0.0), n)

    return _statistic(ratings, np.column_stack([observed, size, first, second]), finish)


def _alpha(observed: Floats, expected: Floats, n: Floats) -> Floats:
    """1 - D_o / D_e from summed disagreements: ``observed`` over pairs within items, ``expected`` over all n^2 pairs."""
    return np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan)


def _pairable(ratings: Ratings) -> tuple[Floats, Floats]:
    size = ratings.counts.sum(axis=1)
    return np.where(size[:, None] >= 2, ratings.counts, 0.0), size


def _statistic(ratings: Ratings, rows: Floats, finish: Callable[[Floats], Floats]) -> Statistic:
    return Statistic(rows * ratings.multiplicity[:, None], finish, _items(ratings), NO_VARIATION)


def _items(ratings: Ratings) -> int:
    """Items with two or more ratings."""
    return int(ratings.multiplicity @ ((ratings.codes != MISSING).sum(axis=1) >= 2))


def _value(statistic: Statistic, ratings: Ratings) -> Agreement:
    if not statistic.n:
        return undefined(NO_PAIR)
    value = statistic.value()
    return undefined(NO_VARIATION, statistic.n) if np.isnan(value) else Agreement(value, n=statistic.n)


def _with_error(found: Agreement, ratings: Ratings) -> Agreement:
    """Gwet's linearised standard error of nominal alpha.  The small-sample term of the observed side enters only where items
    have unequal numbers of ratings, as in his tables."""
    if found.value is None:
        return found
    size = ratings.counts.sum(axis=1)
    counts, weight, size = ratings.counts[size >= 2], ratings.multiplicity[size >= 2], size[size >= 2]
    n = float(weight.sum())
    mean_size = float(weight @ size) / n
    excess = size / mean_size - 1
    alike = (counts * (counts - 1)).sum(axis=1) / (mean_size * (size - 1))
    observed = float(weight @ alike) / n
    pi = weight @ counts / (n * mean_size)
    expected = float(pi @ pi)
    plain = (observed - expected) / (1 - expected)
    corrected = observed + (1 - observed) / (n * mean_size)
    chance = counts @ pi / mean_size - expected * (1 + excess)
    deviation = (alike - observed - corrected * excess - 2 * (1 - plain) * chance) / (1 - expected)
    variance = float(weight @ deviation**2) / (n * (n - 1)) if n > 1 else float("nan")
    return with_t_interval(found.value, variance, n)


def _between_sets(categories: Sequence[frozenset[str]], distance: Callable[[frozenset[str], frozenset[str]], float]) -> Floats:
    return np.array([[distance(a, b) for b in categories] for a in categories])
