"""Does a scorer agree with itself?  Krippendorff's alpha between its independent replies to the same answers."""

from __future__ import annotations

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


def self_agreement(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Alpha of each label over the ``repeats`` of the predictions, for the record; None where no prediction has any.

    Each repeat is a rater; one that abstained rated nothing.  A fractional value counts as the nearest of its scale.
    """
    repeated = [row["repeats"] for row in rows if row.get("repeats")]
    if not repeated:
        return None
    raters = max(map(len, repeated))
    found: dict[str, Any] = {}
    for field, scale, coefficient in _FIELDS:
        codes = np.full((len(repeated), raters), MISSING, dtype=np.int16)
        for i, replies in enumerate(repeated):
            for j, reply in enumerate(replies):
                value = reply.get(field)
                if value is not None:
                    codes[i, j] = scale.index(value if field == "verdict" else round(value))
        values = None if field == "verdict" else np.array(scale, dtype=np.float64)
        alpha = compute(registry()[coefficient], Ratings(codes, len(scale), values))
        found[field] = {"value": alpha.value, "low": None, "high": None, "n": len(repeated), "reason": alpha.reason}
    return found
