"""The alternative annotator test: could a candidate stand in for one of the annotators?

Calderon, Reichart and Dror (2025), "The Alternative Annotator Test for LLM-as-a-Judge", ACL 2025.  Each annotator in turn is left
out, and both the annotator and the candidate are compared with the remaining ones, item by item; the candidate wins an item
where it is at least as close to them, the annotator likewise, so that a tie credits both.  The candidate passes against an annotator when
its win rate is significantly above the annotator's less epsilon.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.multiplicity import benjamini_yekutieli
from benchmark.metrics.statistic import Floats

ALIGNMENTS = ("accuracy", "rmse", "set")
EPSILON = 0.2
"""The annotators' head start unless told otherwise."""
FEW_ITEMS = 30
"""Below this many items Wilcoxon's signed-rank test takes the t test's place."""


@dataclass(frozen=True, slots=True)
class AgainstAnnotator:
    """The candidate against one annotator: win rates over n items, mean difference (annotator less candidate), one-sided p that it
    is below epsilon, and whether that is accepted (``rejected`` null hypothesis)."""

    n: int
    candidate: float | None
    annotator: float | None
    difference: float | None
    p: float | None
    rejected: bool
    test: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AltTest:
    """``winning_rate`` (omega): share of the annotators whom the candidate passes against; ``advantage_probability`` (rho): mean of
    its win rates.  Both None, with the reason, where nobody could be compared."""

    winning_rate: float | None
    advantage_probability: float | None
    epsilon: float
    alignment: str
    annotators: list[AgainstAnnotator]
    reason: str | None = None


def alt_test(
    labels: Floats, candidate: Floats, alignment: str, epsilon: float, q: float = 0.05, *, abstentions_lose: bool = False
) -> AltTest:
    """Run the test.

    ``labels``: the annotators' labels, ``(items, annotators)`` as numbers (category codes for accuracy), or for ``set``
    ``(items, annotators, members)`` of 0 and 1; NaN where an annotator gave none.  ``candidate``: the same without the
    annotators' axis.  An item counts for an annotator who labelled it when another one did too; one without a candidate's
    label is left out, or lost with ``abstentions_lose``.
    """
    if alignment not in ALIGNMENTS:
        raise ValueError(f"no alignment {alignment!r}")
    if labels.ndim == 2:
        labels, candidate = labels[:, :, None], candidate[:, None]
    given = np.asarray(~np.isnan(labels).any(axis=2))
    answered = np.asarray(~np.isnan(candidate).any(axis=1))
    found = []
    for j in range(labels.shape[1]):
        others = given.copy()
        others[:, j] = False
        items = np.flatnonzero(given[:, j] & others.any(axis=1) & (answered | abstentions_lose))
        own = _alignment(labels[items, j], labels[items], others[items], alignment)
        its = np.where(answered[items], _alignment(candidate[items], labels[items], others[items], alignment), -np.inf)
        found.append(_compare(its, own, epsilon))
    tested = [one for one in found if one.p is not None]
    if not tested:
        return AltTest(None, None, epsilon, alignment, found, "no annotator shares an item with another one")
    adjusted = benjamini_yekutieli(np.array([math.nan if one.p is None else one.p for one in found]))
    decided = [
        AgainstAnnotator(one.n, one.candidate, one.annotator, one.difference, one.p, bool(p <= q), one.test, one.reason)
        for one, p in zip(found, adjusted, strict=True)
    ]
    wins = [one.rejected for one in decided if one.p is not None]
    return AltTest(
        winning_rate=float(np.mean(wins)),
        advantage_probability=float(np.mean([one.candidate for one in tested if one.candidate is not None])),
        epsilon=epsilon,
        alignment=alignment,
        annotators=decided,
    )


def _alignment(one: Floats, labels: Floats, others: NDArray[np.bool_], alignment: str) -> Floats:
    """Mean closeness of one label per item, ``(n, members)``, to those of the others, ``(n, annotators, members)``."""
    measure: Callable[[Floats, Floats], Floats] = {"accuracy": _equal, "rmse": _squared, "set": _jaccard}[alignment]
    closeness = np.where(others, measure(np.nan_to_num(one)[:, None, :], np.nan_to_num(labels)), 0.0).sum(axis=1)
    mean: Floats = closeness / np.maximum(others.sum(axis=1), 1)
    # distances are compared to a billionth: a tie must not be decided by rounding
    closest: Floats = -np.sqrt(mean) if alignment == "rmse" else mean
    return np.asarray(np.round(closest, 9), dtype=np.float64)


def _equal(one: Floats, other: Floats) -> Floats:
    equal: Floats = (one == other).all(axis=2).astype(np.float64)
    return equal


def _squared(one: Floats, other: Floats) -> Floats:
    squared: Floats = ((one - other) ** 2).sum(axis=2)
    return squared


def _jaccard(one: Floats, other: Floats) -> Floats:
    both, either = np.minimum(one, other).sum(axis=2), np.maximum(one, other).sum(axis=2)
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def _compare(candidate: Floats, annotator: Floats, epsilon: float) -> AgainstAnnotator:
    n = len(candidate)
    if not n:
        return AgainstAnnotator(0, None, None, None, None, False, None, "no item that another annotator labelled too")
    wins, losses = (candidate >= annotator).astype(np.float64), (annotator >= candidate).astype(np.float64)
    differences = losses - wins
    mean = float(differences.mean())
    rates = (n, float(wins.mean()), float(losses.mean()), mean)
    if n < 2 or (differences == differences[0]).all():
        reason = "all differences are equal: decided by comparison with epsilon" if n > 1 else "a single item"
        return AgainstAnnotator(*rates, 0.0 if mean < epsilon and n > 1 else 1.0, False, "comparison", reason)
    if n < FEW_ITEMS:
        from scipy.stats import wilcoxon

        p, test = float(wilcoxon(differences - epsilon, alternative="less").pvalue), "wilcoxon"
    else:
        from scipy.special import stdtr

        t = (mean - epsilon) / (differences.std(ddof=1) / math.sqrt(n))
        p, test = float(stdtr(n - 1, t)), "t"
    return AgainstAnnotator(*rates, p, False, test)
