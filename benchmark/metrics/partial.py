"""Does a scorer reward length beyond what the annotators do?

The partial correlation of the scores with length, given the reference: the correlation of what the reference leaves unexplained
in either, ``(r_sl - r_sr r_lr) / sqrt((1 - r_sr^2) (1 - r_lr^2))`` (Yule 1907).  0 where the scorer follows length only as
far as the annotators' labels do; positive where longer answers get more than the annotators give them.

All sides have shape ``(n,)``, without NaN.  Undefined where one of them does not vary, and where the reference explains the
scores or the lengths entirely.
"""

from __future__ import annotations

import numpy as np

from benchmark.metrics.rank import centred_ranks, joint_counts
from benchmark.metrics.statistic import Floats, Ints, Statistic, cluster_sums

UNDEFINED = "scores, lengths or the reference do not vary, or the reference explains one of the others entirely"
_ROUNDING = 1e-12


def pearson(scores: Floats, lengths: Floats, reference: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Partial correlation of the values."""
    sides = np.column_stack([_standard(side) for side in (scores, lengths, reference)])
    pairs = [sides[:, i] * sides[:, j] for i in range(3) for j in range(i, 3)]
    contributions = np.column_stack([np.ones(len(sides)), sides, *pairs])

    def finish(totals: Floats) -> Floats:
        n, s, l, r, ss, sl, sr, ll, lr, rr = totals.T
        return _partial(ss - s * s / n, ll - l * l / n, rr - r * r / n, sl - s * l / n, sr - s * r / n, lr - l * r / n, n)

    return Statistic(cluster_sums(contributions, clusters, n_clusters), finish, len(sides), UNDEFINED)


def spearman(scores: Floats, lengths: Floats, reference: Floats, clusters: Ints, n_clusters: int) -> Statistic:
    """Partial correlation of the ranks, mid-ranks for ties, made anew in every resample."""
    sums, places = joint_counts([scores, lengths, reference], clusters, n_clusters)

    def finish(totals: Floats) -> Floats:
        counts = np.ascontiguousarray(totals.T)
        (s, ss), (l, ll), (r, rr) = (centred_ranks(counts, place) for place in places)
        sl, sr, lr = ((counts * one * two).sum(axis=0) for one, two in ((s, l), (s, r), (l, r)))
        # to the scale of standardised values, for one rule of what is zero
        n = counts.sum(axis=0)
        scale = n**2 / 12
        return _partial(ss / scale, ll / scale, rr / scale, sl / scale, sr / scale, lr / scale, n)

    return Statistic(sums, finish, len(scores), UNDEFINED)


def _partial(ss: Floats, ll: Floats, rr: Floats, sl: Floats, sr: Floats, lr: Floats, n: Floats) -> Floats:
    """From sums of squares and products of n items about their means, of sides whose variance is about 1."""
    varies = np.minimum(np.minimum(ss, ll), rr) > _ROUNDING * n
    r_sl, r_sr, r_lr = sl / np.sqrt(ss * ll), sr / np.sqrt(ss * rr), lr / np.sqrt(ll * rr)
    left = np.minimum(1 - r_sr**2, 1 - r_lr**2)
    value = (r_sl - r_sr * r_lr) / np.sqrt((1 - r_sr**2) * (1 - r_lr**2))
    return np.where(varies & (left > _ROUNDING), np.clip(value, -1, 1), np.nan)


def _standard(side: Floats) -> Floats:
    """Zero mean and unit variance, which no correlation depends on: sums of squares then lose no digits."""
    centred = side - side.mean() if len(side) else side
    spread = float(np.sqrt((centred**2).mean())) if len(side) else 0.0
    # a side of equal values may be off its mean by rounding
    return centred / spread if spread > _ROUNDING * float(np.abs(side).max(initial=0.0)) else np.zeros_like(centred)
