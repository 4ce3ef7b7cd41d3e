"""McNemar's test: are two scorers right equally often on the same items?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class McNemar:
    """Items only the first scorer got right, items only the second did, and two-sided p values.

    ``exact`` is never too small; ``mid_p`` is less cautious and keeps its level in practice (Fagerland, Lydersen and Laake
    2013).  Both are None, with a reason, where the scorers are right and wrong on the same items.
    """

    only_first: int
    only_second: int
    exact: float | None
    mid_p: float | None
    reason: str | None = None


def mcnemar(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> McNemar:
    """Exact conditional and mid-p test from whether each scorer was right on each item, both ``(n,)`` (McNemar 1947).

    Under the null hypothesis the items on which the scorers differ are a fair coin's: ``only_first ~ Binomial(d, 1/2)``.
    Items count as independent; where they share a question, use :func:`benchmark.metrics.paired.permutation_test`.
    """
    only_first = int((first_right & ~second_right).sum())
    only_second = int((~first_right & second_right).sum())
    fewer, differing = min(only_first, only_second), only_first + only_second
    if differing == 0:
        return McNemar(0, 0, None, None, "the scorers are right and wrong on the same items")
    from scipy.special import bdtr

    here = math.exp(_log_binomial(differing, fewer) - differing * math.log(2))
    tail = float(bdtr(fewer, differing, 0.5))
    # one tail holds all of the observed outcome, or half of it; with equal counts the two tails share it
    exact = min(1.0, 2 * tail)
    mid_p = 2 * tail - here if only_first != only_second else 1 - here / 2
    return McNemar(only_first, only_second, exact, mid_p)


def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
