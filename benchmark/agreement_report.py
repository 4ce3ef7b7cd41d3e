"""The agreement of a table of ratings, told: coefficients, pairs, prevalence, and one sentence of what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement.bootstrap import bootstrap, resampled
from benchmark.agreement.coefficients import all_coefficients, registry
from benchmark.agreement.krippendorff import alpha_by_distance, distance_statistic, jaccard_distance, masi_distance
from benchmark.agreement.pairs import PAIR_COEFFICIENT, pair_matrix, versus_rest
from benchmark.agreement.ratings import MISSING, Ratings
from benchmark.agreement.result import Agreement, undefined
from benchmark.metrics.statistic import Statistic

MOST_PAIRED_RATERS = 50
SHOWN = {
    "nominal": ("alpha_nominal", "fleiss_kappa_gwet", "conger_kappa", "gwet_ac1", "brennan_prediger", "percent_agreement"),
    "ordinal": ("alpha_ordinal", "gwet_ac2_quadratic", "conger_kappa_quadratic", "kendall_w", "percent_agreement"),
    "interval": ("alpha_interval", "icc2", "icc2k", "icc3", "percent_agreement"),
    "ratio": ("alpha_ratio", "alpha_interval", "icc2", "icc2k", "percent_agreement"),
    "set": ("alpha_masi", "alpha_jaccard", "percent_agreement"),
}
"""The coefficients in the printed table of each level; ``--json`` has all of them."""
MEANING_OF_SETS = {
    "alpha_masi": "Krippendorff's alpha, MASI distance between sets",
    "alpha_jaccard": "Krippendorff's alpha, Jaccard distance between sets",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Ratings with the names of what they are of.  ``ratings.codes`` is (items, annotators), or without ``annotators`` (items,
    slots): what was given, not by whom.  ``clusters`` (items,) numbers what is resampled, items where None."""

    ratings: Ratings
    level: str
    categories: tuple[Any, ...]
    annotators: tuple[str, ...] | None
    clusters: NDArray[np.intp] | None = None


def report(table: Table, *, resamples: int, seed: int, method: str = "percentile", shown_only: bool = False) -> dict[str, Any]:
    """Everything ``bench agreement --json`` says of one table; with ``shown_only``, the coefficients in SHOWN alone."""
    if table.clusters is None:
        table = replace(table, ratings=table.ratings.folded())
    ratings, level = table.ratings, table.level
    found = (
        _set_coefficients(table, resamples, seed)
        if level == "set"
        else _coefficients(table, resamples, seed, method, shown_only)
    )
    items = int(ratings.multiplicity.sum())
    given = int(ratings.multiplicity @ (ratings.codes != MISSING).sum(axis=1))
    cells = items * (len(table.annotators) if table.annotators else ratings.raters)
    shares = ratings.multiplicity @ ratings.counts / max(given, 1)
    document: dict[str, Any] = {
        "level": level,
        "categories": [_plain(category) for category in table.categories] if len(table.categories) <= 1000 else None,
        "n_items": items,
        "n_annotators": len(table.annotators) if table.annotators else None,
        "n_ratings": given,
        "missing": 1 - given / cells if cells else None,
        "prevalence": {str(_plain(c)): float(s) for c, s in zip(table.categories, shares, strict=True)}
        if len(shares) <= 50
        else None,
        "coefficients": {key: value.record() for key, value in found.items() if not shown_only or key in SHOWN[level]},
        "pairs": None,
        "meaning": sentence(table, found),
    }
    if table.annotators and level in PAIR_COEFFICIENT and len(table.annotators) <= MOST_PAIRED_RATERS:
        matrix = pair_matrix(ratings, level)
        rest = versus_rest(matrix)
        document["pairs"] = {
            "coefficient": PAIR_COEFFICIENT[level],
            "annotators": list(table.annotators),
            "matrix": [[None if cell is None else cell.value for cell in row] for row in matrix],
            "versus_rest": [None if np.isnan(value) else float(value) for value in rest],
        }
    return document


def main_coefficient(level: str) -> str:
    """The coefficient that stands for a level."""
    return SHOWN[level][0]


def meaning(key: str) -> str:
    """What a coefficient is, in a line."""
    return MEANING_OF_SETS.get(key) or registry()[key].meaning


def sentence(table: Table, found: dict[str, Agreement]) -> str:
    """What the main coefficient says under the prevalence seen."""
    main = found[main_coefficient(table.level)]
    if main.value is None:
        return f"No coefficient: {main.reason}."
    told = f"The annotators disagree {100 * max(0.0, 1 - main.value):.0f} % as much as they would by chance"
    if main.value <= 0:
        told = "The annotators agree no better than by chance"
    shares = table.ratings.multiplicity @ table.ratings.counts
    share, most = float(shares.max() / shares.sum()), table.categories[int(shares.argmax())]
    if len(table.categories) > 50 or table.level == "set":
        return told + "."
    told += f"; the most frequent of {len(table.categories)} categories, {_plain(most)}, has {100 * share:.0f} % of the ratings"
    ac, kappa = found["gwet_ac1"].value, found["fleiss_kappa_gwet"].value
    if share > 0.8 and ac is not None and kappa is not None and ac - kappa > 0.2:
        told += (
            f", so that kappa ({kappa:.2f}) and AC1 ({ac:.2f}) part: agreement on the rare categories is what kappa asks about, "
            "and few items show it"
        )
    return told + "."


def _coefficients(table: Table, resamples: int, seed: int, method: str, shown_only: bool) -> dict[str, Agreement]:
    """All coefficients; limits published for independent items where there are, else, and for clusters, the bootstrap's."""
    found = all_coefficients(table.ratings)
    if table.annotators is None:
        unknown = Agreement(None, reason="too many annotators to tell who gave which rating")
        found = {key: unknown if registry()[key].ordered else value for key, value in found.items()}
    if table.level == "nominal" and len(table.categories) > 2:
        found["effective_raters"] = undefined("the categories are not ordered")
    wanted = [
        key
        for key, value in found.items()
        if (key in SHOWN[table.level] or not shown_only)
        and value.value is not None
        and registry()[key].statistic
        and (table.clusters is not None or value.low is None)
    ]
    if resamples and wanted:
        found.update(bootstrap(table.ratings, wanted, resamples=resamples, seed=seed, clusters=table.clusters, method=method))
    if table.clusters is not None:  # the published errors take items as independent, which these are not
        found = {key: value if key in wanted else replace(value, se=None, low=None, high=None) for key, value in found.items()}
    return found


def _set_coefficients(table: Table, resamples: int, seed: int) -> dict[str, Agreement]:
    ratings = table.ratings
    found: dict[str, Agreement] = {}
    for key, distance in (("alpha_masi", masi_distance), ("alpha_jaccard", jaccard_distance)):
        matrix = distance(table.categories)
        value = alpha_by_distance(ratings, matrix)
        if value.value is not None and resamples:
            value = _bootstrapped(value, distance_statistic(ratings, matrix), table, resamples, seed)
        found[key] = value
    found["percent_agreement"] = all_coefficients(ratings)["percent_agreement"]
    return found


def _bootstrapped(value: Agreement, statistic: Statistic, table: Table, resamples: int, seed: int) -> Agreement:
    return resampled(value, statistic, table.ratings.multiplicity, table.clusters, resamples, seed)


def _plain(category: Any) -> Any:
    return sorted(category) if isinstance(category, frozenset) else category


def values_of(categories: Sequence[Any]) -> NDArray[np.float64] | None:
    """The categories as numbers, where all of them are."""
    if all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in categories):
        return np.array(categories, dtype=np.float64)
    return None
