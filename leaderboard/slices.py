"""A board on some of its answers: by round, by pattern present in the reference, by length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmark.codebook import OVERALL_TRACKS
from benchmark.evaluation.ceiling import annotators_on
from benchmark.evaluation.evaluate import selections
from benchmark.evaluation.resampling import Resampler
from benchmark.metrics.combine import average
from leaderboard.board import Board
from leaderboard.runs import Yardstick

Document = dict[str, Any]


def board_slices(board: Board, against: Yardstick) -> dict[str, Document]:
    """By kind of slice and value: ``answers``, ``questions``, and ``rows`` of estimates by run id (the annotators' under "").

    Tracks are as the records have them, with the mean of the five in place of the overall score, which has no interval in a
    record.  The annotators' are measured here, in the same way as over all answers.
    """
    chosen = selections(against.items, against.reference)
    flat = [(by, value, rows) for by, values in chosen.items() for value, rows in values.items() if rows.any()]
    own = annotators_on(against.items, against.reference, [rows for _, _, rows in flat])
    resampler = Resampler(board.resampling["seed"])
    found: dict[str, Document] = {by: {} for by in chosen}
    for (by, value, rows), statistics in zip(flat, own, strict=True):
        estimates = {run_id: _with_mean(record["slices"][by].get(value, {})) for run_id, record in board.records.items()}
        if statistics:
            annotators = {name: resampler.estimate(statistic).record() for name, statistic in statistics.items()}
            annotators["overall"] = resampler.estimate(average(list(statistics.values()))).record()
            estimates[""] = {name: packed(estimate) for name, estimate in annotators.items()}
        found[by][value] = {
            "answers": int(rows.sum()),
            "questions": len(np.unique(against.items.clusters[rows])),
            "rows": estimates,
        }
    return found


def packed(estimate: Mapping[str, Any]) -> list[Any]:
    """An estimate for the browser: value, low, high, n, and the reason where there is one."""
    ends = [None if estimate[end] is None else float(f"{estimate[end]:.5g}") for end in ("value", "low", "high")]
    return [*ends, estimate["n"], *([estimate["reason"]] if estimate["reason"] else [])]


def _with_mean(tracks: Mapping[str, Any]) -> Document:
    estimates = {name: packed(tracks[name]) for name in OVERALL_TRACKS if name in tracks}
    values = [tracks[name]["value"] for name in OVERALL_TRACKS if name in tracks]
    if len(values) == len(OVERALL_TRACKS) and None not in values:
        estimates["overall"] = [float(f"{sum(values) / len(values):.5g}"), None, None, tracks[OVERALL_TRACKS[0]]["n"]]
    return estimates
