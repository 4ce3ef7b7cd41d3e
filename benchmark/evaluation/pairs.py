"""Tracks that compare two answers to one question by their predicted rating."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmark.codebook import PATTERNS, STRONG_RATING, WEAK_RATING
from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Floats, Ints, Predicted
from benchmark.evaluation.tracks import Bools, Metrics
from benchmark.metrics.multilabel import THRESHOLD
from benchmark.metrics.statistic import mean
from benchmark.reference import Reference


def preference_metrics(items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    """Every pair of a strong and a weak answer (by the reference) to the same question, among the answers ``rows`` selects.

    ``accuracy``: share in which the strong one is rated higher, a tie counted half, a pair with an abstention lost.
    """
    strong, weak = reference.rating >= STRONG_RATING, reference.rating <= WEAK_RATING
    same = items.clusters[:, None] == items.clusters[None, :]
    better, worse = np.nonzero(same & (strong & rows)[:, None] & (weak & rows)[None, :])
    above, tied = _compare(predicted.rating, better, worse)
    clusters = items.clusters[better]
    return {
        "accuracy": partial(mean, above + tied / 2, clusters, items.n_clusters),
        "tied": partial(mean, tied, clusters, items.n_clusters),
    }


def contrast_metrics(items: Items, predicted: Predicted, rows: Bools) -> Metrics:
    """The twins, where ``rows`` selects both.

    ``above``: share in which the better twin is rated strictly above the worse one; ``accuracy`` counts a tie half;
    ``above_DIMENSION``: the same for one kind of difference; ``expected_patterns``: share of the patterns that only the worse
    twin shows which are marked in it and not in the better one.  A pair with an abstention is lost.
    """
    contrasts = [c for c in items.contrasts if rows[items.index[c.better]] and rows[items.index[c.worse]]]
    better = np.array([items.index[c.better] for c in contrasts], dtype=np.intp)
    worse = np.array([items.index[c.worse] for c in contrasts], dtype=np.intp)
    above, tied = _compare(predicted.rating, better, worse)
    clusters, n_clusters = items.clusters[better], items.n_clusters
    metrics: Metrics = {
        "above": partial(mean, above, clusters, n_clusters),
        "accuracy": partial(mean, above + tied / 2, clusters, n_clusters),
        "tied": partial(mean, tied, clusters, n_clusters),
    }
    dimensions = np.array([c.dimension for c in contrasts])
    for dimension in sorted(set(dimensions)):
        chosen = dimensions == dimension
        metrics[f"above_{dimension}"] = partial(mean, above[chosen], clusters[chosen], n_clusters)
    if "patterns" in predicted.fields:
        marked = predicted.patterns >= THRESHOLD  # an abstention marks nothing
        told = [
            (marked[w, p] and not marked[b, p], cluster)
            for c, b, w, cluster in zip(contrasts, better, worse, clusters, strict=True)
            for p in (PATTERNS.index(pattern) for pattern in c.expect_patterns)
        ]
        values = np.array([float(told_apart) for told_apart, _ in told])
        of = np.array([cluster for _, cluster in told], dtype=np.intp)
        metrics["expected_patterns"] = partial(mean, values, of, n_clusters)
    return metrics


def _compare(ratings: Floats, better: Ints, worse: Ints) -> tuple[Floats, Floats]:
    """Is the better one rated above (1.0 or 0.0), is it tied; an abstention is neither."""
    difference = ratings[better] - ratings[worse]
    return (difference > 0).astype(np.float64), (difference == 0).astype(np.float64)
