"""The label tracks: which statistics each has, given a reference and predictions.

A track's function returns its metrics by name, each as a function that builds the Statistic when it is asked for: slices and
the annotators' row need the headline only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement import weights
from benchmark.codebook import TRACK, Track
from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Floats, Ints, Predicted
from benchmark.metrics import calibration, categorical, multilabel, rank
from benchmark.metrics.categorical import ABSTAINED
from benchmark.metrics.statistic import Statistic, mean
from benchmark.reference import Reference, towards_middle

Bools = NDArray[np.bool_]
Metrics = dict[str, Callable[[], Statistic]]


def label_metrics(name: str, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    """The metrics of a label track over the answers that ``rows`` (n,) selects and the reference has a label for."""
    track = TRACK[name]
    return _BY_LEVEL[track.level](track, items, reference, predicted, rows)


def _nominal(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    chosen = np.flatnonzero(rows & (reference.verdict.sum(axis=1) > 0))
    truth, given, clusters = reference.verdict[chosen], predicted.verdict[chosen], items.clusters[chosen]
    metrics = _categorical(truth, given, weights.nominal(len(track.categories)), "kappa", clusters, items.n_clusters)
    shares = predicted.probabilities["verdict"][chosen]
    known = ~np.isnan(shares.sum(axis=1))
    top = shares[known].argmax(axis=1) if known.any() else np.empty(0, dtype=np.intp)
    right, inside = truth[known, top], clusters[known]
    metrics["brier"] = partial(calibration.brier, shares[known], truth[known], inside, items.n_clusters)
    metrics["ece"] = partial(calibration.ece, shares[known, top], right, inside, items.n_clusters)
    return metrics


def _ordinal(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    scale = tuple(int(category) for category in track.categories)
    truth, given = getattr(reference, track.field), getattr(predicted, track.field)
    chosen = np.flatnonzero(rows & ~np.isnan(truth))
    scored = chosen[~np.isnan(given[chosen])]
    one_hot = np.equal.outer(truth[chosen], np.array(scale)).astype(np.float64)
    whole = towards_middle(given[chosen], scale)
    codes = np.where(np.isnan(whole), ABSTAINED, np.nan_to_num(whole) - scale[0]).astype(np.intp)
    clusters, n_clusters = items.clusters[chosen], items.n_clusters
    metrics = _categorical(one_hot, codes, weights.quadratic(len(scale)), "quadratic_kappa", clusters, n_clusters)
    metrics["spearman"] = partial(rank.spearman, truth[scored], given[scored], items.clusters[scored], n_clusters)
    metrics["mae"] = partial(mean, np.abs(truth[scored] - given[scored]), items.clusters[scored], n_clusters)
    return metrics


def _binary(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    truth, given = getattr(reference, track.field), getattr(predicted, track.field)
    chosen = np.flatnonzero(rows & ~np.isnan(truth).any(axis=1))
    truth, given, clusters, n_clusters = truth[chosen], given[chosen], items.clusters[chosen], items.n_clusters
    scored = ~np.isnan(given).any(axis=1)
    shares = predicted.probabilities[track.field][chosen]
    known = ~np.isnan(shares.sum(axis=1))
    ranked = np.where(known[:, None], shares, given)  # what puts one answer above another: probabilities where there are any
    pooled = np.repeat(clusters[known], truth.shape[1])
    metrics: Metrics = {
        "mean_kappa": partial(multilabel.kappas, truth, given, clusters, n_clusters),
        "mean_kappa_scored": partial(multilabel.kappas, truth[scored], given[scored], clusters[scored], n_clusters),
        "macro_f1": partial(multilabel.f1, truth, given, clusters, n_clusters),
        "mean_average_precision": partial(multilabel.average_precision, truth, ranked, clusters, n_clusters),
        "brier": partial(calibration.brier, shares[known].ravel(), truth[known].ravel(), pooled, n_clusters),
        "ece": partial(calibration.ece, shares[known].ravel(), truth[known].ravel(), pooled, n_clusters),
    }
    for i, label in enumerate(track.categories):
        column = slice(i, i + 1)
        for metric, statistic, scores in (
            ("kappa", multilabel.kappas, given),
            ("f1", multilabel.f1, given),
            ("average_precision", multilabel.average_precision, ranked),
        ):
            metrics[f"{metric}_{label}"] = partial(statistic, truth[:, column], scores[:, column], clusters, n_clusters)
    return metrics


def _categorical(truth: Floats, codes: Ints, disagreement: Floats, headline: str, clusters: Ints, n_clusters: int) -> Metrics:
    scored = codes != ABSTAINED
    return {
        headline: partial(categorical.kappa, truth, codes, disagreement, clusters, n_clusters),
        f"{headline}_scored": partial(
            categorical.kappa, truth[scored], codes[scored], disagreement, clusters[scored], n_clusters
        ),
        "accuracy": partial(categorical.accuracy, truth, codes, clusters, n_clusters),
        "balanced_accuracy": partial(categorical.balanced_accuracy, truth, codes, clusters, n_clusters),
        "macro_f1": partial(categorical.macro_f1, truth, codes, clusters, n_clusters),
    }


_BY_LEVEL: dict[str | None, Callable[[Track, Items, Reference, Predicted, Bools], Metrics]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "binary": _binary,
}
