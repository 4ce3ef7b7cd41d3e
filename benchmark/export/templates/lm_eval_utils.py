"""What the lm-evaluation-harness task calls.  Written by `bench export --format lm-eval`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import datasets

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from labels import headline, load_rows, parse_reply  # noqa: E402


def load(**_: Any) -> dict[str, datasets.Dataset]:
    """The dataset beside this file."""
    rows = [{**row, "prompt": f"{row['system']}\n\n{row['user']}"} for row in load_rows(HERE)]
    return {"test": datasets.Dataset.from_list(rows)}


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, Any]:
    """Pairs of what the reply says and what the annotators say together."""
    given, reference = parse_reply(results[0]) or {}, doc["reference"]
    pairs = {f"{name}_kappa": (given.get(name), reference[name]) for name in ("verdict", "rating", "pace", "depth")}
    right = float(given.get("verdict") is not None and given["verdict"] == reference["verdict"])
    return {**pairs, "acc": right, "readable": float(bool(given))}


def verdict_kappa(pairs: list[Any]) -> float:
    return headline(pairs, "verdict")


def rating_kappa(pairs: list[Any]) -> float:
    return headline(pairs, "rating")


def pace_kappa(pairs: list[Any]) -> float:
    return headline(pairs, "pace")


def depth_kappa(pairs: list[Any]) -> float:
    return headline(pairs, "depth")
