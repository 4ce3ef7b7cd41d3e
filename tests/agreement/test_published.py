"""Published worked examples: every value of ``tests/fixtures/agreement_published.json`` to its stated tolerance."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from benchmark.agreement.coefficients import all_coefficients, registry
from benchmark.agreement.cohen import cohen_kappa
from benchmark.agreement.ratings import Ratings
from tests.conftest import ROOT

CASES: list[dict[str, Any]] = json.loads((ROOT / "tests" / "fixtures" / "agreement_published.json").read_text(encoding="utf-8"))
ENDS = {"se": "se", "lo": "low", "hi": "high"}


def ratings_of(case: dict[str, Any]) -> Ratings:
    seen = sorted({value for row in case["ratings"] for value in row if value is not None})
    categories = case["categories"] or seen
    codes = np.array([[-1 if value is None else categories.index(value) for value in row] for row in case["ratings"]])
    numeric = all(isinstance(category, (int, float)) for category in categories)
    return Ratings(codes.astype(np.int16), len(categories), np.array(categories, dtype=float) if numeric else None)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_published(case: dict[str, Any]) -> None:
    found = all_coefficients(ratings_of(case))
    wrong = {}
    for key, expected in case["expected"].items():
        if key.startswith("cohen_kappa_custom"):
            distance = np.array(case["custom_disagreement"], dtype=float)
            custom = cohen_kappa(ratings_of(case), distance / distance.max())
            value = custom.se if key.endswith("_se") else custom.value
        elif key in registry():
            value = found[key].value
        else:
            base, _, end = key.rpartition("_")
            value = getattr(found[base], ENDS[end])
        tolerance = case["tolerance_by_stat"].get(key, case["tolerance"])
        if value is None or abs(value - expected) > tolerance:
            wrong[key] = (value, expected)
    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "key", "printed"),
    [
        ("kripp2011_C_4obs_12units", "alpha_nominal", 0.743),
        ("kripp2011_C_4obs_12units", "alpha_ordinal", 0.815),
        ("kripp2011_C_4obs_12units", "alpha_interval", 0.849),
        ("kripp2011_C_4obs_12units", "alpha_ratio", 0.797),
        ("fleiss1971_psychiatric_30x6", "fleiss_kappa", 0.430),
        ("cohen1968_weighted", "cohen_kappa", 0.492),
    ],
)
def test_as_printed_in_the_papers(name: str, key: str, printed: float) -> None:
    case = next(case for case in CASES if case["name"] == name)
    assert all_coefficients(ratings_of(case))[key].value == pytest.approx(printed, abs=6e-4)


def test_shrout_and_fleiss_1979() -> None:
    """Table 2 of the paper, six targets and four judges: .17 .29 .71 .44 .62 .91."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    ratings = Ratings(np.array(table, dtype=np.int16), 11)
    found = all_coefficients(ratings)
    printed = {"icc1": 0.17, "icc2": 0.29, "icc3": 0.71, "icc1k": 0.44, "icc2k": 0.62, "icc3k": 0.91}
    assert {key: round(found[key].value or 0, 2) for key in printed} == printed
