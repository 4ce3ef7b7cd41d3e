"""Disagreement weights between the categories of a declared scale.

A matrix of shape ``(K, K)``, 0 on the diagonal, 1 for the worst disagreement.  Weights go by the category's place on the
*declared* scale, also where a category was never used: they do not change with the labels seen.  The agreement weights of
Gwet's tables are one minus these.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def nominal(categories: int) -> Floats:
    """Every disagreement counts alike (Cohen 1960)."""
    return 1.0 - np.eye(categories)


def linear(categories: int) -> Floats:
    """The distance of places, over its maximum."""
    return _distance(categories) / max(1, categories - 1)


def quadratic(categories: int) -> Floats:
    """The squared distance of places, over its maximum (Cohen 1968; Fleiss and Cohen 1973)."""
    return (_distance(categories) / max(1, categories - 1)) ** 2


def ordinal(categories: int) -> Floats:
    """Pairs of categories from one place to the other, over all pairs (Gwet 2014, section 3.5)."""
    steps = _distance(categories)
    return steps * (steps + 1) / max(1, categories * (categories - 1))


SCHEMES: dict[str, Callable[[int], Floats]] = {"linear": linear, "quadratic": quadratic, "ordinal": ordinal}
"""The weighted schemes by the suffix of a coefficient's key; without one a coefficient is nominal."""


def _distance(categories: int) -> Floats:
    place = np.arange(categories, dtype=np.float64)
    return np.abs(place[:, None] - place[None, :])
