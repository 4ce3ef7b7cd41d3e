"""Metrics of several yes/no labels per item: kappa, F1 and average precision of each, and their means.

``reference`` has shape ``(n, L)``: how far each label is present, 0 or 1, or 0.5 where annotators are tied.  ``scores`` has
shape ``(n, L)``: the scorer's probability of each, NaN for an abstention; a label counts as given from ``THRESHOLD`` on.
A mean is taken over the labels that *vary in the reference*, whatever the scorer gave: the same labels for every scorer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from benchmark.metrics.calibration import adaptive_bins
from benchmark.metrics.statistic import LEVELS, MANY, Floats, Ints, Statistic, cluster_sums, nanmean

THRESHOLD = 0.5
NO_VARIATION = "no label varies in the reference"


def kappas(reference: Floats, scores: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Mean of Cohen's kappa over the labels; with one column, that label's kappa.  Abstentions as in ``categorical.kappa``."""
    silent = np.isnan(scores)
    given = np.where(silent, 0.0, scores >= THRESHOLD)
    observed = np.where(silent, 1.0, np.abs(reference - given))
    labels, sums = _sums([observed, reference, 1 - reference, given, silent], clusters, n_clusters)

    def finish(totals: Floats) -> Floats:
        wrong, yes, no, said, mute = np.moveaxis(totals.reshape(-1, 5, labels), 1, 0)
        n = yes + no
        # expected: P(ref yes) P(not said yes) + P(ref no) P(not said no), a mute reply disagreeing with both
        expected = (yes * (n - said) + no * (said + mute)) / n
        return nanmean(np.where((yes > 0) & (no > 0), 1.0 - wrong / expected, np.nan))

    return Statistic(sums, finish, len(reference), NO_VARIATION)


def f1(reference: Floats, scores: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Mean F1 over the labels; with one column, that label's F1.  A present label that was abstained on is a miss."""
    given = np.where(np.isnan(scores), 0.0, scores >= THRESHOLD)
    labels = reference.shape[1]
    items = np.ones((len(reference), 1))
    sums = cluster_sums(np.column_stack([reference * given, reference, given, items]), clusters, n_clusters)

    def finish(totals: Floats) -> Floats:
        hits, wanted, found = np.moveaxis(totals[:, :-1].reshape(-1, 3, labels), 1, 0)
        return nanmean(np.where((wanted > 0) & (wanted < totals[:, -1:]), 2 * hits / (wanted + found), np.nan))

    return Statistic(sums, finish, len(reference), NO_VARIATION)


def average_precision(reference: Floats, scores: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Mean average precision over the labels, ``sum over thresholds of (recall step) x precision``, equal scores as one threshold.

    An abstention ranks below every score.  A label that nobody marks has no recall and is left out.  Scores are taken in
    ``LEVELS`` levels of about equal numbers where there are more than ``MANY`` items.
    """
    finishers: list[tuple[slice, Callable[[Floats], Floats]]] = []
    columns, start = [], 0
    for label in range(reference.shape[1]):
        ranked = np.where(np.isnan(scores[:, label]), -1.0, scores[:, label])
        if len(ranked) > MANY:
            ranked = adaptive_bins(ranked, LEVELS).astype(np.float64)
        _, place = np.unique(-ranked, return_inverse=True)
        # precision is only asked for where a present item stands: the scores between two such places are one step
        steps = np.unique(place[reference[:, label] > 0])
        place, groups = np.searchsorted(steps, place), len(steps) + 1
        block = np.zeros((n_clusters, 2 * groups))
        np.add.at(block, (clusters, place), reference[:, label])
        np.add.at(block, (clusters, groups + place), 1 - reference[:, label])
        columns.append(block)
        finishers.append((slice(start, start + 2 * groups), _average_precision))
        start += 2 * groups

    def finish(totals: Floats) -> Floats:
        return nanmean(np.column_stack([one(totals[:, where]) for where, one in finishers]))

    return Statistic(np.concatenate(columns, axis=1), finish, len(reference), NO_VARIATION)


def mean_over_labels(each: Sequence[Statistic]) -> Statistic:
    """The mean over labels of statistics of one label each, of the same items."""
    edges = np.cumsum([0, *(one.sums.shape[1] for one in each)])

    def finish(totals: Floats) -> Floats:
        return nanmean(np.column_stack([one.finish(totals[:, edges[i] : edges[i + 1]]) for i, one in enumerate(each)]))

    return Statistic(np.concatenate([one.sums for one in each], axis=1), finish, each[0].n, NO_VARIATION)


def _average_precision(totals: Floats) -> Floats:
    present, absent = np.split(totals, 2, axis=1)
    hits = np.cumsum(present, axis=1)
    all_hits, all_absent = hits[:, -1], absent.sum(axis=1)
    seen = hits + np.cumsum(absent, axis=1)
    value = (present * np.where(seen > 0, hits / seen, 0.0)).sum(axis=1) / all_hits
    return np.where((all_hits > 0) & (all_absent > 0), value, np.nan)


def _sums(parts: list[Floats], clusters: Ints, n_clusters: int) -> tuple[int, Floats]:
    labels = parts[0].shape[1]
    return labels, cluster_sums(np.concatenate(parts, axis=1).astype(np.float64), clusters, n_clusters)
