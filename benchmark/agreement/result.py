"""What a coefficient gives."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

NO_PAIR = "no item has two ratings"
NO_VARIATION = "no variation: all ratings are equal"
NO_EXPECTED = "the expected disagreement is zero"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its standard error and 95 % limits where such are published, and the number of items it rests on.

    ``value`` is None where the coefficient is undefined, and ``reason`` says why; it may also say why an error is missing.
    """

    value: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    reason: str | None = None

    def record(self) -> dict[str, Any]:
        """The shape it has in JSON."""
        return asdict(self)


def undefined(reason: str, n: float = 0) -> Agreement:
    """A coefficient that has no value."""
    return Agreement(None, n=int(n), reason=reason)


def with_t_interval(value: float, variance: float, n: float) -> Agreement:
    """Value with standard error and the limits of Student's t with n - 1 degrees of freedom, no limit beyond 1."""
    from scipy.special import stdtrit

    if not math.isfinite(variance) or n < 2:
        return Agreement(value, n=int(n), reason="no standard error from one item")
    se = math.sqrt(max(variance, 0.0))
    half = float(stdtrit(n - 1, 0.975)) * se
    return Agreement(value, se, value - half, min(1.0, value + half), int(n))
