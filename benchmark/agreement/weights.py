"""Disagreement weights between the categories of a declared scale.

A matrix of shape ``(K, K)``, 0 on the diagonal, 1 for the worst disagreement.  Weights go by the category's place on the
*declared* scale, also where a category was never used: they do not change with the labels seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def nominal(categories: int) -> Floats:
    """Every disagreement counts alike (Cohen 1960)."""
    return 1.0 - np.eye(categories)


def quadratic(categories: int) -> Floats:
    """The squared distance of places, over its maximum (Cohen 1968; Fleiss and Cohen 1973)."""
    place = np.arange(categories, dtype=np.float64)
    return ((place[:, None] - place[None, :]) / max(1, categories - 1)) ** 2
