"""Tracks that compare two answers to one question by their predicted rating."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmark.codebook import DIMENSIONS, PATTERNS, STRONG_RATING, WEAK_RATING
from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Floats, Ints, Predicted
from benchmark.evaluation.tracks import Bools, Metrics
from benchmark.metrics.multilabel import THRESHOLD
from benchmark.metrics.statistic import Statistic, mean, ratio
from benchmark.reference import Reference


def preference_metrics(items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    """Every pair of a strong and a weak answer (by the reference) to the same question, among the answers ``rows`` selects.

    ``accuracy``: share in which the strong one is rated higher, a tie counted half, a pair with an abstention lost.
    """
    strong = np.flatnonzero(rows & (reference.rating >= STRONG_RATING))
    weak = np.flatnonzero(rows & (reference.rating <= WEAK_RATING))
    weak = weak[np.argsort(items.questions[weak], kind="stable")]
    first = np.searchsorted(items.questions[weak], items.questions[strong], side="left")
    last = np.searchsorted(items.questions[weak], items.questions[strong], side="right")
    # pairs of one strong answer at a time, so that a question with many answers needs no matrix of them
    above, tied = np.zeros(len(strong)), np.zeros(len(strong))
    for k in range(int((last - first).max(initial=0))):
        has = np.flatnonzero(first + k < last)
        up, level = _compare(predicted.rating, strong[has], weak[first[has] + k])
        above[has] += up
        tied[has] += level
    pairs, clusters = (last - first).astype(np.float64), items.clusters[strong]
    return {
        "accuracy": partial(_share, above + tied / 2, pairs, clusters, items.n_clusters),
        "tied": partial(_share, tied, pairs, clusters, items.n_clusters),
    }


def contrast_metrics(items: Items, predicted: Predicted, rows: Bools) -> Metrics:
    """The twins, where ``rows`` selects both.

    ``above``: share in which the better twin is rated strictly above the worse one; ``accuracy`` counts a tie half;
    ``above_DIMENSION``: the same for one kind of difference; ``expected_patterns``: share of the patterns that only the worse
    twin shows which are marked in it and not in the better one.  A pair with an abstention is lost.
    """
    chosen = np.flatnonzero(rows[items.twins.better] & rows[items.twins.worse])
    better, worse = items.twins.better[chosen], items.twins.worse[chosen]
    above, tied = _compare(predicted.rating, better, worse)
    clusters, n_clusters = items.clusters[better], items.n_clusters
    metrics: Metrics = {
        "above": partial(mean, above, clusters, n_clusters),
        "accuracy": partial(mean, above + tied / 2, clusters, n_clusters),
        "tied": partial(mean, tied, clusters, n_clusters),
    }
    dimensions = items.twins.dimension[chosen]
    for name in sorted(DIMENSIONS[i] for i in set(dimensions.tolist())):
        alike = dimensions == DIMENSIONS.index(name)
        metrics[f"above_{name}"] = partial(mean, above[alike], clusters[alike], n_clusters)
    if "patterns" in predicted.fields:
        marked = predicted.patterns >= THRESHOLD  # an abstention marks nothing
        expected = (items.twins.expected[chosen, None] >> np.arange(len(PATTERNS))) & 1
        pair, pattern = np.nonzero(expected)
        told = marked[worse[pair], pattern] & ~marked[better[pair], pattern]
        metrics["expected_patterns"] = partial(mean, told.astype(np.float64), clusters[pair], n_clusters)
    return metrics


def _share(hits: Floats, pairs: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Hits over pairs, both counted by the strong answer."""
    one = ratio(hits, pairs, clusters, n_clusters)
    return Statistic(one.sums, one.finish, int(pairs.sum()), one.undefined)


def _compare(ratings: Floats, better: Ints, worse: Ints) -> tuple[Floats, Floats]:
    """Is the better one rated above (1.0 or 0.0), is it tied; an abstention is neither."""
    difference = ratings[better] - ratings[worse]
    return (difference > 0).astype(np.float64), (difference == 0).astype(np.float64)
