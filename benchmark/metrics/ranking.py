"""Ranks that admit ties: letters, tie groups, and rank intervals."""

from __future__ import annotations

from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.statistic import Floats

Bools = NDArray[np.bool_]


def letters(values: Floats, different: Bools) -> list[str]:
    """Compact letter display: two scorers share a letter where they are not significantly different.

    ``values`` (m,), ``different`` (m, m) symmetric.  By insertion and absorption (Piepho 2004, *Journal of Computational and
    Graphical Statistics* 13:456-466); the first letter is the best scorers'.
    """
    columns: list[set[int]] = [set(range(len(values)))]
    for i in range(len(values)):
        for j in range(i):
            if not different[i, j]:
                continue
            split: list[set[int]] = []
            for column in columns:
                split += [column - {i}, column - {j}] if {i, j} <= column else [column]
            columns = []
            for column in sorted(split, key=len, reverse=True):
                if not any(column <= kept for kept in columns):
                    columns.append(column)
    best_first = sorted(columns, key=lambda column: sorted(-values[i] for i in column))
    names = [ascii_lowercase[k] if k < 26 else f"({k + 1})" for k in range(len(best_first))]
    return ["".join(name for name, column in zip(names, best_first, strict=True) if i in column) for i in range(len(values))]


def tie_groups(values: Floats, different: Bools) -> list[int]:
    """Dense ranks from 1: best first, a scorer opens a new group when it differs significantly from the best of the current one."""
    ranks = [0] * len(values)
    group, head = 0, -1
    for i in np.argsort(-values, kind="stable"):
        if head < 0 or different[head, i]:
            group, head = group + 1, int(i)
        ranks[int(i)] = group
    return ranks


def rank_intervals(drawn: Floats, confidence: float = 0.95) -> list[tuple[int, int]]:
    """Lowest and highest rank (1 is best) of each scorer in the middle ``confidence`` of the common resamples, ``drawn`` (B, m).

    A tie takes the mean rank, NaN ranks last.
    """
    ranks = _mean_ranks(np.where(np.isnan(drawn), -np.inf, drawn))
    tail = (1 - confidence) / 2
    low, high = np.quantile(ranks, [tail, 1 - tail], axis=0)
    return [(int(np.floor(a)), int(np.ceil(b))) for a, b in zip(low, high, strict=True)]


def _mean_ranks(scores: Floats) -> Floats:
    """Rank of each value within its row, ``(B, m)``, 1 for the highest; equal values share the mean of their places."""
    order = np.argsort(-scores, axis=1, kind="stable")
    ordered = np.take_along_axis(scores, order, axis=1)
    new = np.ones(scores.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    places = np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    first = np.maximum.accumulate(np.where(new, places, 0), axis=1)
    ends = np.ones(scores.shape, dtype=bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, places, scores.shape[1])[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, order, 1 + (first + last) / 2, axis=1)
    return ranks
