"""Replies to labels, and labels to kappa: what a run of an exported task is scored with.  Needs nothing but Python.

Written by `bench export`; the rules are those of the scorer `llm` and of `bench score`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VERDICTS = ("balanced", "too_fast", "too_deep", "unfocused")
SCALES: dict[str, tuple[int, ...]] = {"rating": (1, 2, 3, 4, 5), "pace": (-2, -1, 0, 1, 2), "depth": (-2, -1, 0, 1, 2)}
Pairs = Sequence[tuple[Any, Any]]


def load_rows(folder: Path) -> list[dict[str, Any]]:
    """The rows of ``dataset.jsonl``: prompts and the annotators' reference."""
    with (folder / "dataset.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def parse_reply(text: str) -> dict[str, Any] | None:
    """The labels in a judge's reply, or None where it is not what was asked for: never a guess."""
    stripped = (text or "").strip()
    if stripped.startswith("```") and stripped.endswith("```"):
        stripped = stripped.strip("`").removeprefix("json").strip()
    try:
        given = json.loads(stripped)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or given.get("verdict") not in VERDICTS:
        return None
    labels: dict[str, Any] = {"verdict": given["verdict"]}
    for name, scale in SCALES.items():
        value = given.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not scale[0] <= value <= scale[-1]:
            if name == "rating" or value is not None:
                return None
            continue
        labels[name] = value
    return labels


def kappa(pairs: Pairs, categories: Sequence[Any], quadratic: bool = False) -> float:
    """Cohen's kappa of (given, reference) pairs, weighted by squared distance over the full scale where ``quadratic``.

    NaN where it is undefined: no pairs, or all in one category on both sides.
    """
    place = {category: i for i, category in enumerate(categories)}
    n, k = len(pairs), len(categories)
    counts = [[0.0] * k for _ in range(k)]
    for given, reference in pairs:
        counts[place[given]][place[reference]] += 1
    rows = [sum(row) for row in counts]
    columns = [sum(row[j] for row in counts) for j in range(k)]
    observed = expected = 0.0
    for i in range(k):
        for j in range(k):
            weight = (i - j) ** 2 if quadratic else float(i != j)
            observed += weight * counts[i][j]
            expected += weight * rows[i] * columns[j] / n if n else 0.0
    return 1 - observed / expected if expected else float("nan")


def headline(pairs: Pairs, name: str) -> float:
    """The kappa of a label, over the answers where both a reply and a reference have it; fractions go to the nearest step."""
    known = [(given, reference) for given, reference in pairs if given is not None and reference is not None]
    if name == "verdict":
        return kappa(known, VERDICTS)
    return kappa([(_step(given, name), _step(reference, name)) for given, reference in known], SCALES[name], quadratic=True)


def _step(value: float, name: str) -> int:
    """A whole step of the scale; a half goes towards its middle."""
    scale = SCALES[name]
    centre = (scale[0] + scale[-1]) / 2
    whole = int(value)
    if whole == value:
        return whole
    below = whole if value > 0 else whole - 1
    share = value - below
    if share == 0.5:
        return below if value > centre else below + 1
    return below + (share > 0.5)
