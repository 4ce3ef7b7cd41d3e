"""Dawid and Skene's model: every annotator has a confusion matrix of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement.aggregate.em import Patterns
from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.result import Combined, missing_labels, most_probable, reliability_of, vote_shares
from benchmark.agreement.ratings import Floats

TOLERANCE = 1e-9
"""EM ends where a step adds no more than this to the log-likelihood per rating; below 0, all iterations are run."""
MAX_ITERATIONS = 2_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DawidSkene(Combined):
    """The fitted model.

    ``shares`` ``(K,)``: the categories' share of the rated items, NaN without any.  ``error_rates`` ``(annotators, K, K)``: entry
    ``[j, k, l]`` is the probability that annotator j calls an item of category k an l; a row is NaN where nothing j rated may be
    of category k.  ``log_likelihood``: natural, of all ratings, without multinomial coefficients.  ``converged`` is False where
    the iterations ran out.
    """

    shares: Floats
    error_rates: Floats
    log_likelihood: float
    iterations: int
    converged: bool


def dawid_skene(
    ratings: LongRatings, smoothing: float = 0.0, tolerance: float = TOLERANCE, max_iterations: int = MAX_ITERATIONS
) -> DawidSkene:
    """Maximum likelihood by EM (Dawid and Skene 1979, *Applied Statistics* 28, equations 2.3 to 2.5, started from the vote
    shares of equation 3.1).

    ``smoothing`` is added to every cell of the confusion counts before they become rates (a symmetric Dirichlet prior with
    parameter 1 + ``smoothing``; 0 is the published method); EM then climbs the posterior density.  The start decides which
    maximum is reached: annotators must be better than chance on the whole.  Items without ratings have no label and change
    nothing.  Ties in the start stay shared, so that neither the order of items, annotators nor categories matters.
    Raises ValueError for negative ``smoothing``, and where no iteration is allowed.
    """
    if not smoothing >= 0:
        raise ValueError(f"smoothing must be 0 or more, not {smoothing}")
    if max_iterations < 1:
        raise ValueError(f"max_iterations must be 1 or more, not {max_iterations}")
    k, n = ratings.n_categories, ratings.n_annotators
    if not ratings.m:
        return _unrated(ratings)
    patterns = Patterns(ratings)
    posterior = vote_shares(ratings)[patterns.first]
    objective, converged, step = -np.inf, False, 0
    while not converged and step < max_iterations:
        step += 1
        table = patterns.token_counts(posterior).reshape(n, k, k) + smoothing
        total = table.sum(axis=1, keepdims=True)
        shares = patterns.shares(posterior)
        with np.errstate(divide="ignore", invalid="ignore"):
            # a column without weight stays at zero: none of the annotator's items may be of that category
            log_rates = np.log(np.where(total > 0, table / total, 0.0))
            log_shares = np.log(shares)
        posterior, log_likelihood = patterns.posterior(log_rates.reshape(n * k, k), log_shares)
        reached = log_likelihood + (smoothing * float(log_rates.sum()) if smoothing else 0.0)
        converged = reached - objective <= tolerance * ratings.m
        objective = reached
    found = patterns.expand(posterior)
    labels, _ = most_probable(found)
    counts = patterns.token_counts(posterior).reshape(n, k, k).swapaxes(1, 2)
    rates = np.exp(log_rates).swapaxes(1, 2)
    rates = np.where(counts.sum(axis=2, keepdims=True) > 0, rates, np.nan)
    return DawidSkene(
        posterior=found,
        labels=labels,
        reliability=reliability_of(counts, ratings.annotator_counts()),
        reason=missing_labels(found, labels),
        shares=shares,
        error_rates=rates,
        log_likelihood=log_likelihood,
        iterations=step,
        converged=converged,
    )


def _unrated(ratings: LongRatings) -> DawidSkene:
    k, n = ratings.n_categories, ratings.n_annotators
    posterior = np.full((ratings.n_items, k), np.nan)
    labels, _ = most_probable(posterior)
    return DawidSkene(
        posterior=posterior,
        labels=labels,
        reliability=reliability_of(np.zeros((n, k, k)), ratings.annotator_counts()),
        reason=missing_labels(posterior, labels),
        shares=np.full(k, np.nan),
        error_rates=np.full((n, k, k), np.nan),
        log_likelihood=float("nan"),
        iterations=0,
        converged=False,
    )
