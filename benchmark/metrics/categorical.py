"""Metrics of one label per item: kappa, weighted kappa, macro F1, balanced accuracy, accuracy.

Throughout, ``reference`` has shape ``(n, K)``: the weight of each declared category for each item.  A row is one-hot, or
shares its 1 among tied categories.  ``predicted`` has shape ``(n,)``: a category's index, or ``ABSTAINED``.
"""

from __future__ import annotations

import numpy as np

from benchmark.metrics.statistic import Floats, Ints, Statistic, cluster_sums, nanmean, ratio

ABSTAINED = -1
NO_VARIATION = "no variation: expected disagreement is zero"


def kappa(reference: Floats, predicted: Ints, disagreement: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Cohen's (weighted) kappa, ``1 - observed / expected disagreement`` (Cohen 1960, 1968).

    ``disagreement`` has shape ``(K, K)``.  Expected disagreement uses the declared categories.  An abstention is a
    prediction of its own that disagrees with every category as much as the worst one would, and is expected as often as it
    occurs: it lowers the value more than a guess by chance, and a scorer that only abstains has kappa 0.
    Undefined where the expected disagreement is zero.
    """
    categories = len(disagreement)
    extended = np.column_stack([disagreement, disagreement.max(axis=1)])
    column = np.where(predicted == ABSTAINED, categories, predicted)
    observed = np.einsum("nk,nk->n", reference, extended[:, column].T)
    given = np.zeros((len(predicted), categories + 1))
    given[np.arange(len(predicted)), column] = reference.sum(axis=1)
    contributions = np.column_stack([observed, reference, given])

    def finish(totals: Floats) -> Floats:
        rows, columns = totals[:, 1 : categories + 1], totals[:, categories + 1 :]
        expected = np.einsum("bk,bk->b", rows @ extended, columns)
        return np.where(expected > 0, 1.0 - totals[:, 0] * rows.sum(axis=1) / expected, np.nan)

    return Statistic(cluster_sums(contributions, clusters, n_clusters), finish, len(predicted), NO_VARIATION)


def macro_f1(reference: Floats, predicted: Ints, clusters: Ints, n_clusters: int) -> Statistic:
    """Mean F1 over the categories that the reference or the scorer used; an abstention is a miss."""
    given = _one_hot(predicted, reference)
    contributions = np.column_stack([reference * (given > 0), reference, given])

    def finish(totals: Floats) -> Floats:
        hits, wanted, found = np.split(totals, 3, axis=1)
        return nanmean(np.where(wanted + found > 0, 2 * hits / (wanted + found), np.nan))

    return Statistic(cluster_sums(contributions, clusters, n_clusters), finish, len(predicted), "no items")


def balanced_accuracy(reference: Floats, predicted: Ints, clusters: Ints, n_clusters: int) -> Statistic:
    """Mean recall over the categories of the reference; an abstention is a miss."""
    contributions = np.column_stack([reference * (_one_hot(predicted, reference) > 0), reference])

    def finish(totals: Floats) -> Floats:
        hits, wanted = np.split(totals, 2, axis=1)
        return nanmean(np.where(wanted > 0, hits / wanted, np.nan))

    return Statistic(cluster_sums(contributions, clusters, n_clusters), finish, len(predicted), "no items")


def accuracy(reference: Floats, predicted: Ints, clusters: Ints, n_clusters: int) -> Statistic:
    """Share of the reference's weight that was predicted; an abstention is a miss."""
    hits = (reference * (_one_hot(predicted, reference) > 0)).sum(axis=1)
    return ratio(hits, reference.sum(axis=1), clusters, n_clusters)


def _one_hot(predicted: Ints, reference: Floats) -> Floats:
    """Predictions as rows ``(n, K)`` with the item's weight in one place, all zero for an abstention."""
    given = np.zeros_like(reference)
    answered = np.flatnonzero(predicted != ABSTAINED)
    given[answered, predicted[answered]] = reference[answered].sum(axis=1)
    return given
