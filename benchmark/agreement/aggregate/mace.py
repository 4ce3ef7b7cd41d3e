"""MACE: every annotator either knows the category or gives a favourite one, by chance.

Of the two usual models with one competence per annotator this one is here, and not GLAD, since its behaviour can be checked:
its authors print the competences and probabilities of an example with their program, while GLAD's results depend on the
steps of a gradient ascent that its paper leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.agreement.aggregate.em import Patterns
from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.result import Combined, missing_labels, most_probable, reliability
from benchmark.agreement.ratings import Floats

KNOWING_PRIOR = 0.5
"""Both parameters of the beta prior on knowing, as in the authors' program."""
STRATEGY_PRIOR = 10.0
"""Every parameter of the Dirichlet prior on what is given without knowing (there)."""
NOISE = 0.5
"""Random starts draw weights from 1 to 1 + this, and normalise (there)."""
RESTARTS = 10
TOLERANCE = 1e-9
"""A run ends where a step adds no more than this to the lower bound per rating; below 0, all iterations are run."""
MAX_ITERATIONS = 2_000
_BETTER = 1e-6
"""A random start counts as better than the plain one from this much of the lower bound per rating: rounding is less."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Mace(Combined):
    """The fitted model.

    ``competence`` ``(annotators,)``, 0 to 1: the probability of knowing, as the authors' program gives it (the exponential of
    its expected logarithm, a little under its mean).  ``strategy`` ``(annotators, K)``: the mean probabilities of what is given
    without knowing.  Both NaN for an annotator without ratings.  ``lower_bound``: of the log-probability of all ratings.
    ``iterations`` and ``converged`` are the chosen run's; ``converged`` is False where its iterations ran out.
    """

    competence: Floats
    strategy: Floats
    lower_bound: float
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    posterior: Floats
    competence: Floats
    strategy: Floats
    lower_bound: float
    iterations: int
    converged: bool


def mace(
    ratings: LongRatings,
    seed: int,
    restarts: int = RESTARTS,
    tolerance: float = TOLERANCE,
    max_iterations: int = MAX_ITERATIONS,
) -> Mace:
    """Variational Bayes (Hovy, Berg-Kirkpatrick, Vaswani and Hovy 2013, *Learning Whom to Trust with MACE*, NAACL).

    True categories are uniform over the declared ones.  The run with the highest lower bound counts.  The first starts from
    annotators who are all alike, ``restarts`` further ones from random annotators of this ``seed``; one of these is taken only
    if it is better, so that else neither the order of items, annotators nor categories matters.
    Items without ratings have no label and change nothing.  Raises ValueError where no iteration is allowed.
    """
    if max_iterations < 1:
        raise ValueError(f"max_iterations must be 1 or more, not {max_iterations}")
    n, k = ratings.n_annotators, ratings.n_categories
    if not ratings.m:
        nothing = _Run(np.empty((0, k)), np.empty(n), np.empty((n, k)), float("nan"), 0, False)
        return _result(ratings, np.full((ratings.n_items, k), np.nan), nothing)
    patterns = Patterns(ratings)
    generator = np.random.default_rng(seed)
    best = None
    for start in range(restarts + 1):
        noise = NOISE if start else 0.0
        knowing = _logs(1 + noise * generator.random((n, 2)))
        strategy = _logs(1 + noise * generator.random((n, k)))
        run = _climb(patterns, knowing, strategy, tolerance * ratings.m, max_iterations)
        if best is None or run.lower_bound > best.lower_bound + _BETTER * ratings.m:
            best = run
    assert best is not None
    return _result(ratings, patterns.expand(best.posterior), best)


def _climb(patterns: Patterns, log_knowing: Floats, log_strategy: Floats, least: float, max_iterations: int) -> _Run:
    """One run from logarithms of weights: of knowing and not ``(n, 2)``, and of what is given without knowing ``(n, K)``."""
    n, k = log_strategy.shape
    log_prior, places = np.full(k, -np.log(k)), np.arange(k)
    knowing = strategy = np.empty(0)
    bound, distance, converged, step = -np.inf, np.inf, False, 0
    while True:
        guessed = log_knowing[:, 1:] + log_strategy
        right = np.logaddexp(guessed, log_knowing[:, :1])
        log_given = np.repeat(guessed[:, :, None], k, axis=2)
        log_given[:, places, places] = right
        posterior, log_likelihood = patterns.posterior(log_given.reshape(n * k, k), log_prior)
        # the start is no distribution of the model: there is a lower bound from the first step on
        reached = log_likelihood - distance
        converged = step > 0 and reached - bound <= least
        bound = reached
        if converged or step == max_iterations:
            break
        step += 1
        counts = patterns.token_counts(posterior).reshape(n, k, k)
        known = counts[:, places, places] * np.exp(log_knowing[:, :1] - right)
        not_known = counts.sum(axis=2) - known
        knowing = np.column_stack([known.sum(axis=1), not_known.sum(axis=1)]) + KNOWING_PRIOR
        strategy = not_known + STRATEGY_PRIOR
        log_knowing, log_strategy = _expected_logs(knowing), _expected_logs(strategy)
        distance = _divergence(knowing, KNOWING_PRIOR) + _divergence(strategy, STRATEGY_PRIOR)
    mean_strategy = strategy / strategy.sum(axis=1, keepdims=True)
    return _Run(posterior, np.exp(log_knowing[:, 0]), mean_strategy, bound, step, converged)


def _logs(weights: Floats) -> Floats:
    logs: Floats = np.log(weights / weights.sum(axis=1, keepdims=True))
    return logs


def _expected_logs(parameters: Floats) -> Floats:
    """E log p under a Dirichlet distribution, by row."""
    from scipy.special import digamma

    logs: Floats = digamma(parameters) - digamma(parameters.sum(axis=1, keepdims=True))
    return logs


def _divergence(parameters: Floats, prior: float) -> float:
    """Kullback-Leibler divergence of Dirichlet distributions (rows) from the symmetric prior, all rows together."""
    from scipy.special import gammaln

    size, k = parameters.sum(axis=1), parameters.shape[1]
    constants = gammaln(size) - gammaln(parameters).sum(axis=1) - gammaln(k * prior) + k * gammaln(prior)
    return float((constants + ((parameters - prior) * _expected_logs(parameters)).sum(axis=1)).sum())


def _result(ratings: LongRatings, posterior: Floats, run: _Run) -> Mace:
    labels, _ = most_probable(posterior)
    found = reliability(ratings, posterior)
    rates = found.n > 0
    return Mace(
        posterior=posterior,
        labels=labels,
        reliability=found,
        reason=missing_labels(posterior, labels),
        competence=np.where(rates, run.competence, np.nan),
        strategy=np.where(rates[:, None], run.strategy, np.nan),
        lower_bound=run.lower_bound,
        iterations=run.iterations,
        converged=run.converged,
    )
