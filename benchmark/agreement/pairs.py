"""Every pair of annotators, and each annotator against the others."""

from __future__ import annotations

import numpy as np

from benchmark.agreement import weights
from benchmark.agreement.cohen import cohen_kappa
from benchmark.agreement.ranks import pearson
from benchmark.agreement.ratings import Floats, Ratings
from benchmark.agreement.result import Agreement

PAIR_COEFFICIENT = {"nominal": "cohen_kappa", "ordinal": "cohen_kappa_quadratic", "interval": "pearson", "ratio": "pearson"}
"""What a pair is compared by, at each level."""


def pair_matrix(ratings: Ratings, level: str) -> list[list[Agreement | None]]:
    """The pair coefficient of every two annotators, ``(r, r)``, None on the diagonal."""
    found: list[list[Agreement | None]] = [[None] * ratings.raters for _ in range(ratings.raters)]
    for a in range(ratings.raters):
        for b in range(a):
            pair = ratings.columns(a, b)
            if level == "nominal":
                value = cohen_kappa(pair, weights.nominal(ratings.categories))
            elif level == "ordinal":
                value = cohen_kappa(pair, weights.quadratic(ratings.categories))
            else:
                value = pearson(pair)
            found[a][b] = found[b][a] = value
    return found


def versus_rest(matrix: list[list[Agreement | None]]) -> Floats:
    """Mean of each annotator's defined pairs, ``(r,)``, NaN where there is none."""
    means = []
    for row in matrix:
        values = [cell.value for cell in row if cell is not None and cell.value is not None]
        means.append(float(np.mean(values)) if values else float("nan"))
    return np.array(means)
