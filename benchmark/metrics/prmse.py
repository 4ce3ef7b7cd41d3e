"""PRMSE: how well a scorer predicts the true score behind the annotators' ratings.

A rating is a true score plus an error of the annotator; the true score cannot be seen, but its variance and the scorer's mean
squared error against it can be estimated wherever some items were rated more than once.  Haberman (2008) defines the measure;
the estimators for unequal numbers of ratings are those of RSMTool (evaluation metrics, "true score evaluations"), with
``m_i`` the mean of item i's ``c_i`` ratings, N items and M ratings:

- error variance: pooled variance within items, ``sum (c_i - 1) s_i^2 / sum (c_i - 1)``
- true variance: ``(sum c_i (m_i - m)^2 - (N - 1) error) / (M - sum c_i^2 / M)``, m being the mean of all ratings
- error against the true score: ``(sum c_i (m_i - score_i)^2 - N error) / M``
- PRMSE: ``1 - error against the true score / true variance``

1 where the scorer gives the true scores, 0 where it does no better than their mean; below 0 where it does worse, and a little
above 1 where the sample has it so.  Ratings are ``(n, annotators)`` numbers, NaN where there is none; scores are ``(n,)``.
Items without a rating or without a score (NaN) do not count.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmark.metrics.statistic import Floats, Ints, Statistic, cluster_sums

NO_PAIR = "no item has two ratings"
NO_TRUE_VARIANCE = "the items differ no more than the annotators' errors explain"


def prmse(ratings: Floats, scores: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Proportional reduction in mean squared error of predicting the true score from ``scores``.

    Undefined where no item has two ratings, or where the estimated true variance is not positive.
    """

    def finish(totals: Floats) -> Floats:
        parts = _Parts(totals)
        true = parts.true_variance()
        return np.where(true > 0, 1 - parts.error_against_true() / true, np.nan)

    return _statistic(ratings, scores, clusters, n_clusters, finish)


def error_variance(ratings: Floats, scores: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Variance of the annotators' errors over the items that :func:`prmse` counts; undefined where no item has two ratings."""
    return _statistic(ratings, scores, clusters, n_clusters, lambda totals: _Parts(totals).error)


def true_variance(ratings: Floats, scores: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Variance of the true scores over the items that :func:`prmse` counts.  An estimate: it may come out below 0."""
    return _statistic(ratings, scores, clusters, n_clusters, lambda totals: _Parts(totals).true_variance())


class _Parts:
    """The estimators, from totals ``(B, 7)``; each has shape ``(B,)``."""

    def __init__(self, totals: Floats):
        self.items, self.ratings, self.squared_counts, self.sum, self.sum_squares, self.within, self.missed = totals.T
        spare = self.ratings - self.items
        self.error = np.where(spare > 0, self.within / spare, np.nan)

    def true_variance(self) -> Floats:
        between = self.sum_squares - self.sum**2 / self.ratings
        freedom = self.ratings - self.squared_counts / self.ratings
        return np.where(freedom > 0, (between - (self.items - 1) * self.error) / freedom, np.nan)

    def error_against_true(self) -> Floats:
        return np.asarray((self.missed - self.items * self.error) / self.ratings)


def _statistic(
    ratings: Floats, scores: Floats, clusters: Ints, n_clusters: int, finish: Callable[[Floats], Floats]
) -> Statistic:
    given = ~np.isnan(ratings)
    rows = np.flatnonzero(given.any(axis=1) & ~np.isnan(scores))
    given, scores, clusters = given[rows], scores[rows], clusters[rows]
    # nothing depends on where zero lies, and sums of squares about a near place lose no digits
    origin = float(ratings[rows][given].mean()) if len(rows) else 0.0
    ratings, scores = np.where(given, ratings[rows] - origin, 0.0), scores - origin
    count = given.sum(axis=1).astype(np.float64)
    mean = ratings.sum(axis=1) / np.maximum(count, 1)
    within = np.where(given, (ratings - mean[:, None]) ** 2, 0.0).sum(axis=1)
    missed = count * (mean - scores) ** 2
    contributions = np.column_stack([np.ones(len(rows)), count, count**2, count * mean, count * mean**2, within, missed])
    undefined = NO_TRUE_VARIANCE if (count > 1).any() else NO_PAIR
    return Statistic(cluster_sums(contributions, clusters, n_clusters), finish, len(rows), undefined)
