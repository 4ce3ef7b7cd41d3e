"""Williams' test: do two scorers correlate equally with the same reference?"""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Williams:
    """Student's t (positive where the first correlation is larger), its degrees of freedom, and the two-sided p value.

    ``t`` and ``p`` are None, with a reason, where the test is undefined.
    """

    t: float | None
    df: int
    p: float | None
    reason: str | None = None


def williams(first: float, second: float, between: float, n: int) -> Williams:
    """Test of ``rho(reference, first scorer) = rho(reference, second scorer)`` (Williams 1959; Steiger 1980, eq. 7).

    ``first`` and ``second`` are the scorers' correlations with the reference over the same ``n`` items, ``between`` is the
    correlation of the two scorers.  Items count as independent.  Undefined with fewer than four items, where a correlation
    is, where the scorers correlate perfectly, and for three numbers that cannot be correlations of the same items.
    """
    df = n - 3
    if any(math.isnan(r) for r in (first, second, between)):
        return Williams(None, df, None, "a correlation is undefined")
    if n < 4:
        return Williams(None, df, None, f"{n} item(s), needs four")
    determinant = 1 - first**2 - second**2 - between**2 + 2 * first * second * between
    if max(abs(first), abs(second), abs(between)) > 1 + _ROUNDING or determinant < -_ROUNDING:
        return Williams(None, df, None, "these are not correlations of the same items")
    if abs(between) > 1 - _ROUNDING:
        return Williams(None, df, None, "the two scorers correlate perfectly")
    mean = (first + second) / 2
    variance = 2 * (n - 1) / df * max(determinant, 0.0) + mean**2 * (1 - between) ** 3
    if variance < _ROUNDING:
        return Williams(None, df, None, "no variance is left to test against")
    from scipy.special import stdtr

    t = (first - second) * math.sqrt((n - 1) * (1 + between) / variance)
    return Williams(t, df, 2 * float(stdtr(df, -abs(t))))
