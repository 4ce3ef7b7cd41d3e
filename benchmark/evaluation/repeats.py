"""Does a scorer agree with itself?  Krippendorff's alpha between its independent replies to the same answers."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmark.agreement.coefficients import compute, registry
from benchmark.agreement.ratings import MISSING, Ratings
from benchmark.codebook import DEVIATIONS, RATINGS, VERDICTS

_FIELDS: tuple[tuple[str, tuple[Any, ...], str], ...] = (
    ("verdict", VERDICTS, "alpha_nominal"),
    ("rating", RATINGS, "alpha_ordinal"),
    ("pace", DEVIATIONS, "alpha_ordinal"),
    ("depth", DEVIATIONS, "alpha_ordinal"),
)


class Repeats:
    """Collects the ``repeats`` of predictions as codes, a few bytes each."""

    def __init__(self) -> None:
        self._codes = {field: array("h") for field, _, _ in _FIELDS}
        self._replies = array("l")

    def add(self, replies: Sequence[Mapping[str, Any]]) -> None:
        """The replies of one prediction."""
        self._replies.append(len(replies))
        for field, scale, _ in _FIELDS:
            for reply in replies:
                value = reply.get(field)
                code = MISSING if value is None else scale.index(value if field == "verdict" else round(value))
                self._codes[field].append(code)

    def record(self) -> dict[str, Any] | None:
        """Alpha of each label, for the record; None where no prediction had repeats.

        Each repeat is a rater; one that abstained rated nothing.  A fractional value counts as the nearest of its scale.
        """
        if not self._replies:
            return None
        replies = np.array(self._replies)
        item = np.repeat(np.arange(len(replies)), replies)
        rater = np.arange(len(item)) - np.repeat(np.cumsum(replies) - replies, replies)
        found: dict[str, Any] = {}
        for field, scale, coefficient in _FIELDS:
            codes = np.full((len(replies), replies.max()), MISSING, dtype=np.int16)
            codes[item, rater] = self._codes[field]
            values = None if field == "verdict" else np.array(scale, dtype=np.float64)
            alpha = compute(registry()[coefficient], Ratings(codes, len(scale), values))
            found[field] = {"value": alpha.value, "low": None, "high": None, "n": len(replies), "reason": alpha.reason}
        return found


def self_agreement(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Alpha of each label over the ``repeats`` of predictions."""
    repeats = Repeats()
    for row in rows:
        if row.get("repeats"):
            repeats.add(row["repeats"])
    return repeats.record()
