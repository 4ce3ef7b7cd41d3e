"""Coefficients of the form (observed - expected) / (1 - expected) for any number of raters and missing ratings.

Percent agreement, Fleiss' kappa as Gwet generalises it, Brennan and Prediger's, Gwet's AC1 and AC2, Conger's kappa, all with
optional weights.  Observed agreement is the mean over items with two or more ratings of the share of agreeing pairs; the
category shares pi_k are the mean over rated items of n_ik / r_i (Gwet 2014, *Handbook of Inter-Rater Reliability*, 4th ed.,
chapters 2 to 5).  Standard errors are Gwet's raw-data ones, with 1 / (n (n - 1)), limits from t with n - 1 degrees.

``disagreement`` is a matrix of ``benchmark.agreement.weights``, shape ``(K, K)``; undefined where no item has two ratings,
and, but for percent agreement, where all ratings are equal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement.ratings import MISSING, Floats, Ratings
from benchmark.agreement.result import NO_EXPECTED, NO_PAIR, NO_VARIATION, Agreement, undefined, with_t_interval
from benchmark.metrics.statistic import Statistic, ratio


@dataclass(frozen=True, slots=True)
class Observed:
    """Per rated item (rows with the weight of how many they stand for): category shares, agreement, whether it has a pair."""

    weight: Floats
    shares: Floats
    agreement: Floats
    paired: Floats
    n: float
    n_paired: float
    mean: float
    pi: Floats


def observe(ratings: Ratings, disagreement: Floats) -> Observed | None:
    """The observed side; None where no item has two ratings."""
    rated = ratings.counts.sum(axis=1) > 0
    counts, weight = ratings.counts[rated], ratings.multiplicity[rated]
    size = counts.sum(axis=1)
    paired = (size >= 2).astype(np.float64)
    if not (weight @ paired):
        return None
    alike = (counts * (counts @ (1 - disagreement) - 1)).sum(axis=1)
    agreement = paired * alike / np.where(paired > 0, size * (size - 1), 1)
    shares = counts / size[:, None]
    n, n_paired = float(weight.sum()), float(weight @ paired)
    return Observed(weight, shares, agreement, paired, n, n_paired, float(weight @ agreement / n_paired), weight @ shares / n)


def percent_agreement(ratings: Ratings, disagreement: Floats) -> Agreement:
    """Mean share of agreeing pairs, weighted by how nearly they agree."""
    o = observe(ratings, disagreement)
    if o is None:
        return undefined(NO_PAIR)
    deviation = o.n / o.n_paired * o.agreement - o.mean
    return with_t_interval(o.mean, _variance(o, deviation), o.n)


def percent_agreement_all(ratings: Ratings) -> Agreement:
    """Share of the items with two or more ratings on which all their raters agree."""
    counts, weight = ratings.counts, ratings.multiplicity
    paired = counts.sum(axis=1) >= 2
    n = float(weight @ paired)
    if not n:
        return undefined(NO_PAIR)
    return Agreement(float(weight @ (paired & ((counts > 0).sum(axis=1) == 1)) / n), n=int(n))


def percent_agreement_all_statistic(ratings: Ratings) -> Statistic:
    """The same as a function of sums over items."""
    paired = ratings.counts.sum(axis=1) >= 2
    alike = paired & ((ratings.counts > 0).sum(axis=1) == 1)
    return ratio(ratings.multiplicity * alike, ratings.multiplicity * paired, np.arange(len(paired)), len(paired), NO_PAIR)


def fleiss_kappa(ratings: Ratings, disagreement: Floats) -> Agreement:
    """Fleiss (1971), generalised to missing ratings and weights: expected agreement sum w_kl pi_k pi_l."""
    o = observe(ratings, disagreement)
    if o is None:
        return undefined(NO_PAIR)
    alike = 1 - disagreement
    return _corrected(o, float(o.pi @ alike @ o.pi), (alike + alike.T) @ o.pi)


def brennan_prediger(ratings: Ratings, disagreement: Floats) -> Agreement:
    """Brennan and Prediger (1981): every declared category equally likely by chance."""
    o = observe(ratings, disagreement)
    if o is None:
        return undefined(NO_PAIR)
    return _corrected(o, float((1 - disagreement).mean()), np.zeros(len(disagreement)))


def gwet_ac(ratings: Ratings, disagreement: Floats) -> Agreement:
    """Gwet's AC1 (2008), with weights AC2: expected agreement T_w / (q (q - 1)) sum pi_k (1 - pi_k), T_w the sum of weights."""
    o = observe(ratings, disagreement)
    if o is None:
        return undefined(NO_PAIR)
    q = len(disagreement)
    if q < 2:
        return undefined(NO_VARIATION, o.n)
    scale = float((1 - disagreement).sum()) / (q * (q - 1))
    return _corrected(o, scale * float(o.pi @ (1 - o.pi)), scale * (1 - 2 * o.pi))


def conger_kappa(ratings: Ratings, disagreement: Floats) -> Agreement:
    """Conger (1980): each pair of raters has its own expected agreement, from both raters' own category shares."""
    o = observe(ratings, disagreement)
    if o is None:
        return undefined(NO_PAIR)
    rated = (ratings.codes != MISSING).any(axis=1)
    codes, weight = ratings.codes[rated], ratings.multiplicity[rated]
    own = [np.bincount(c[c != MISSING], weights=weight[c != MISSING], minlength=len(disagreement)) for c in codes.T]
    present = [g for g, counts in enumerate(own) if counts.sum()]
    if len(present) < 2:
        return undefined(NO_PAIR)
    shares = np.array([own[g] / own[g].sum() for g in present])
    alike = (2 - disagreement - disagreement.T) / 2
    others = (shares.sum(axis=0) - shares) @ alike
    pairs = len(present) * (len(present) - 1)
    expected = float((others * shares).sum()) / pairs
    influence = np.zeros(len(codes))
    for g, towards, share in zip(present, others, shares, strict=True):
        given = codes[:, g] != MISSING
        excess = np.where(given, towards[np.maximum(codes[:, g], 0)] - towards @ share, 0.0)
        influence += 2 / pairs * o.n / own[g].sum() * excess
    return _corrected_by_item(o, expected, influence)


def statistic(ratings: Ratings, disagreement: Floats, kind: str) -> Statistic:
    """``percent``, ``fleiss``, ``brennan_prediger`` or ``gwet`` as a function of sums over items, a row per item or pattern."""
    alike, q = 1 - disagreement, len(disagreement)
    counts = ratings.counts
    size = counts.sum(axis=1)
    paired = size >= 2
    agreement = np.where(paired, (counts * (counts @ alike - 1)).sum(axis=1) / np.maximum(size * (size - 1), 1), 0.0)
    rows = np.column_stack([agreement, paired, size > 0, counts / np.maximum(size, 1)[:, None]])

    def finish(totals: Floats) -> Floats:
        observed = np.where(totals[:, 1] > 0, totals[:, 0] / totals[:, 1], np.nan)
        if kind == "percent":
            return observed
        pi = totals[:, 3:] / totals[:, 2:3]
        if kind == "fleiss":
            expected = ((pi @ alike) * pi).sum(axis=1)
        elif kind == "gwet":
            expected = alike.sum() / (q * (q - 1)) * (pi * (1 - pi)).sum(axis=1)
        else:
            expected = np.full(len(totals), alike.mean())
        varied = (totals[:, 3:] > 0).sum(axis=1) > 1
        return np.where(varied & (expected < 1), (observed - expected) / (1 - expected), np.nan)

    return Statistic(rows * ratings.multiplicity[:, None], finish, int(ratings.multiplicity @ paired), NO_VARIATION)


def conger_statistic(ratings: Ratings, disagreement: Floats) -> Statistic:
    """Conger's kappa as a function of sums over items: the raters' own category counts among them."""
    base = statistic(ratings, disagreement, "percent")
    q, r = len(disagreement), ratings.raters
    own = (ratings.codes[:, :, None] == np.arange(q)).reshape(len(ratings.codes), r * q)
    alike = (2 - disagreement - disagreement.T) / 2

    def finish(totals: Floats) -> Floats:
        counts = totals[:, 2:].reshape(len(totals), r, q)
        given = counts.sum(axis=2, keepdims=True)
        shares = np.where(given > 0, counts / given, 0.0)
        present = (given[:, :, 0] > 0).sum(axis=1)
        everyone = shares.sum(axis=1)
        pairs = ((everyone @ alike) * everyone).sum(axis=1) - ((shares @ alike) * shares).sum(axis=(1, 2))
        expected = pairs / (present * (present - 1))
        return np.where(expected < 1, (totals[:, 0] / totals[:, 1] - expected) / (1 - expected), np.nan)

    rows = np.column_stack([base.sums[:, :2], own * ratings.multiplicity[:, None]])
    return Statistic(rows, finish, base.n, NO_VARIATION)


def _corrected(o: Observed, expected: float, gradient: Floats) -> Agreement:
    """The coefficient, where the expected agreement depends on the data through pi, with this ``gradient`` (K,)."""
    return _corrected_by_item(o, expected, (o.shares - o.pi) @ gradient)


def _corrected_by_item(o: Observed, expected: float, influence: Floats) -> Agreement:
    """The coefficient, each item shifting the expected agreement by ``influence`` / n; Gwet (2014), equation 5.12 and its kin."""
    if (o.pi > 0).sum() < 2:
        return undefined(NO_VARIATION, o.n)
    if expected >= 1:
        return undefined(NO_EXPECTED, o.n)
    value = (o.mean - expected) / (1 - expected)
    own = o.n / o.n_paired * (o.agreement - expected * o.paired) / (1 - expected)
    return with_t_interval(value, _variance(o, own - (1 - value) * influence / (1 - expected) - value), o.n)


def _variance(o: Observed, deviation: Floats) -> float:
    return float(o.weight @ deviation**2) / (o.n * (o.n - 1)) if o.n > 1 else float("nan")
