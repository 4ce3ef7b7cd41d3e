"""One line of an audit."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """A number beside its limit.

    ``least`` and ``most`` are the limits (None where there is none), ``low`` and ``high`` a 95 % interval where the number
    is an estimate, ``n`` how many things it was counted over, ``detail`` what a reader has to know, above all where to look.
    ``value`` is None where it can't be computed; ``detail`` then says why, and the check neither passes nor fails.
    """

    section: str
    name: str
    value: float | None
    most: float | None = None
    least: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    detail: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the value is within its limits; None without a limit or without a value."""
        if self.value is None or (self.most is None and self.least is None):
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def record(self) -> dict[str, Any]:
        """The shape it has in ``--json``."""
        return {**asdict(self), "passed": self.passed}
