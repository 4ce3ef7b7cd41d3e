"""A board on some of its answers: by round, by pattern present in the reference, by length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmark.codebook import OVERALL_TRACKS
from benchmark.corpus import Corpus
from benchmark.evaluation.ceiling import annotators_on
from benchmark.evaluation.evaluate import selections
from benchmark.evaluation.resampling import Resampler
from benchmark.metrics.combine import average
from leaderboard.board import Board
from leaderboard.runs import RESAMPLES, Yardstick

Document = dict[str, Any]


def annotators_slices(corpus: Corpus, record: Mapping[str, Any]) -> dict[str, Document]:
    """By kind of slice and value: ``answers``, ``questions``, and the annotators' own estimates, measured as over all answers."""
    against = Yardstick(corpus, record)
    chosen = selections(against.items, against.reference)
    flat = [(by, value, rows) for by, values in chosen.items() for value, rows in values.items() if rows.any()]
    own = annotators_on(against.items, against.reference, [rows for _, _, rows in flat])
    resampler = Resampler(record["resampling"]["seed"], RESAMPLES)
    found: dict[str, Document] = {by: {} for by in chosen}
    for (by, value, rows), statistics in zip(flat, own, strict=True):
        with_overall = {**statistics, "overall": average(list(statistics.values()))} if statistics else {}
        found[by][value] = {
            "answers": int(rows.sum()),
            "questions": len(np.unique(against.items.clusters[rows])),
            "own": {name: packed(resampler.estimate(statistic).record()) for name, statistic in with_overall.items()},
        }
    return found


def board_slices(board: Board, annotators: Mapping[str, Document]) -> dict[str, Document]:
    """The same with ``rows``, estimates by run id, the annotators' under "".

    Tracks are as the records have them, with the mean of the five in place of the overall score, which has no interval in a record.
    """
    found: dict[str, Document] = {by: {} for by in annotators}
    for by, values in annotators.items():
        for value, one in values.items():
            rows = {run_id: _with_mean(record["slices"][by].get(value, {})) for run_id, record in board.records.items()}
            if one["own"]:
                rows[""] = one["own"]
            found[by][value] = {"answers": one["answers"], "questions": one["questions"], "rows": rows}
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
