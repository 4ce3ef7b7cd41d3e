"""The label tracks: which statistics each has, given a reference and predictions.

A track's function returns its metrics by name, each as a function that builds the Statistic when it is asked for: slices and
the annotators' row need the headline only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement import weights
from benchmark.codebook import TRACK, Track
from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Floats, Ints, Predicted
from benchmark.metrics import calibration, categorical, multilabel, rank
from benchmark.metrics.categorical import ABSTAINED
from benchmark.metrics.statistic import Statistic, mean, merged
from benchmark.reference import Reference, towards_middle

Bools = NDArray[np.bool_]
Metrics = dict[str, Callable[[], Statistic]]
Ordered = dict[str, Callable[[Track, Items, Reference, Predicted, Bools], Statistic]]
BLOCK = 1 << 16
"""Answers folded at once."""


def label_metrics(name: str, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    """The metrics of a label track over the answers that ``rows`` (n,) selects and the reference has a label for.

    What is a sum over answers is folded block by block, so that no copy of everything is made on the way.
    """
    track = TRACK[name]
    folded, ordered = _BY_LEVEL[track.level]
    blocks = [slice(start, start + BLOCK) for start in range(0, len(rows), BLOCK)] or [slice(0, 0)]

    def block_metrics(block: slice) -> Metrics:
        return folded(track, items.part(block), reference.part(block), predicted.part(block), rows[block])

    first = block_metrics(blocks[0])
    metrics = first if len(blocks) == 1 else {key: partial(_fold, block_metrics, key, blocks) for key in first}
    metrics |= {key: partial(build, track, items, reference, predicted, rows) for key, build in ordered(track).items()}
    return {key: metrics[key] for key in sorted(metrics, key=_listed(track).index)}


def _listed(track: Track) -> list[str]:
    """The metrics of a track in the order that records have them."""
    if track.level == "binary":
        together = ["mean_kappa", "mean_kappa_scored", "macro_f1", "mean_average_precision", "brier", "ece"]
        return together + [f"{one}_{label}" for label in track.categories for one in ("kappa", "f1", "average_precision")]
    more = ["brier", "ece"] if track.level == "nominal" else ["spearman", "mae"]
    return [track.headline, f"{track.headline}_scored", "accuracy", "balanced_accuracy", "macro_f1", *more]


def _fold(block_metrics: Callable[[slice], Metrics], key: str, blocks: Sequence[slice]) -> Statistic:
    return merged([block_metrics(block)[key]() for block in blocks])


def _nominal(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    chosen = np.flatnonzero(rows & (reference.verdict.sum(axis=1) > 0))
    truth, given, clusters = reference.verdict[chosen], predicted.verdict[chosen], items.clusters[chosen]
    metrics = _categorical(truth, given, weights.nominal(len(track.categories)), "kappa", clusters, items.n_clusters)
    shares = predicted.probabilities["verdict"][chosen]
    known = ~np.isnan(shares.sum(axis=1))
    metrics["brier"] = partial(calibration.brier, shares[known], truth[known], clusters[known], items.n_clusters)
    return metrics


def _nominal_ordered(track: Track) -> Ordered:
    return {"ece": _verdict_ece}


def _verdict_ece(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Statistic:
    shares = predicted.probabilities["verdict"]
    known = np.flatnonzero(rows & (reference.verdict.sum(axis=1) > 0) & ~np.isnan(shares.sum(axis=1)))
    top = shares[known].argmax(axis=1) if len(known) else np.empty(0, dtype=np.intp)
    return calibration.ece(shares[known, top], reference.verdict[known, top], items.clusters[known], items.n_clusters)


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
    metrics["mae"] = partial(mean, np.abs(truth[scored] - given[scored]), items.clusters[scored], n_clusters)
    return metrics


def _ordinal_ordered(track: Track) -> Ordered:
    return {"spearman": _spearman}


def _spearman(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Statistic:
    truth, given = getattr(reference, track.field), getattr(predicted, track.field)
    scored = np.flatnonzero(rows & ~np.isnan(truth) & ~np.isnan(given))
    return rank.spearman(truth[scored], given[scored], items.clusters[scored], items.n_clusters)


def _binary(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    truth, given = getattr(reference, track.field), getattr(predicted, track.field)
    chosen = np.flatnonzero(rows & ~np.isnan(truth).any(axis=1))
    truth, given, clusters, n_clusters = truth[chosen], given[chosen], items.clusters[chosen], items.n_clusters
    scored = ~np.isnan(given).any(axis=1)
    shares = predicted.probabilities[track.field][chosen]
    known = ~np.isnan(shares.sum(axis=1))
    pooled = np.repeat(clusters[known], truth.shape[1])
    metrics: Metrics = {
        "mean_kappa": partial(multilabel.kappas, truth, given, clusters, n_clusters),
        "mean_kappa_scored": partial(multilabel.kappas, truth[scored], given[scored], clusters[scored], n_clusters),
        "macro_f1": partial(multilabel.f1, truth, given, clusters, n_clusters),
        "brier": partial(calibration.brier, shares[known].ravel(), truth[known].ravel(), pooled, n_clusters),
    }
    for i, label in enumerate(track.categories):
        column = slice(i, i + 1)
        for metric, statistic in (("kappa", multilabel.kappas), ("f1", multilabel.f1)):
            metrics[f"{metric}_{label}"] = partial(statistic, truth[:, column], given[:, column], clusters, n_clusters)
    return metrics


def _binary_ordered(track: Track) -> Ordered:
    each = range(len(track.categories))
    one = {f"average_precision_{label}": partial(_precision, range(i, i + 1)) for i, label in enumerate(track.categories)}
    return {"mean_average_precision": partial(_precision, each), "ece": _marks_ece, **one}


def _precision(
    columns: range, track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools
) -> Statistic:
    truth, given = getattr(reference, track.field), getattr(predicted, track.field)
    shares = predicted.probabilities[track.field]
    chosen = np.flatnonzero(rows & ~np.isnan(truth).any(axis=1))
    # what puts one answer above another: probabilities where there are any
    known = ~np.isnan(shares.sum(axis=1)[chosen])
    each = []
    for i in columns:
        ranked = np.where(known, shares[chosen, i], given[chosen, i])[:, None]
        each.append(multilabel.average_precision(truth[chosen, i][:, None], ranked, items.clusters[chosen], items.n_clusters))
    return multilabel.mean_over_labels(each)


def _marks_ece(track: Track, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Statistic:
    truth, shares = getattr(reference, track.field), predicted.probabilities[track.field]
    known = rows & ~np.isnan(truth).any(axis=1) & ~np.isnan(shares.sum(axis=1))
    clusters = items.clusters
    if not known.all():
        shares, truth, clusters = shares[known], truth[known], clusters[known]
    return calibration.ece(shares, truth, clusters, items.n_clusters)


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


_Folded = Callable[[Track, Items, Reference, Predicted, Bools], Metrics]
_BY_LEVEL: dict[str | None, tuple[_Folded, Callable[[Track], Ordered]]] = {
    "nominal": (_nominal, _nominal_ordered),
    "ordinal": (_ordinal, _ordinal_ordered),
    "binary": (_binary, _binary_ordered),
}
"""Of each level, the metrics that are sums over answers, and those that depend on the order of all of them."""
