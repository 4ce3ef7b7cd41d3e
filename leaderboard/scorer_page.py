"""What the page of one scorer shows."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping
from typing import Any

from benchmark.codebook import DIMENSIONS, OVERALL_TRACKS, PATTERNS, SIGNALS, TRACKS
from leaderboard.board import Board, Row
from leaderboard.figures import calibration_figure, confusion_view, scatter_figure
from leaderboard.ranks import Ranking
from leaderboard.runs import Measured

Document = dict[str, Any]
_BY_LABEL = ("kappa", "f1", "average_precision")


def scorer_context(k: int, board: Board, row: Row, ranking: Ranking, measured: Measured) -> Document:
    """The context of ``scorer.html`` for one row of board number ``k``."""
    record = board.records[row.run_id]
    tracks = record["tracks"]
    charts = measured.charts
    contrasts = {d: tracks["contrasts"][f"above_{d}"] for d in DIMENSIONS if f"above_{d}" in tracks["contrasts"]}
    return {
        "k": k,
        "board": {"whose": board.whose, "people": board.people},
        "row": row,
        "record": record,
        "rank": ranking.rank(row.run_id),
        "ranks": {track.name: ranking.rank(row.run_id, track.name) for track in TRACKS},
        "tracks": TRACKS,
        "overall_tracks": OVERALL_TRACKS,
        "labels": [
            (title, [(name, {metric: tracks[track].get(f"{metric}_{name}") for metric in _BY_LABEL}) for name in names])
            for title, track, names in (("failure pattern", "patterns", PATTERNS), ("senior signal", "signals", SIGNALS))
            if tracks[track]["mean_kappa"]["value"] is not None
        ],
        "contrasts": contrasts,
        "stand_in": measured.stand_in,
        "confusion": [confusion_view(field, table) for field, table in charts["confusion"].items()],
        "scatter": scatter_figure(charts["scatter"]) if charts["scatter"] else None,
        "calibration": {name: calibration_figure(curve) for name, curve in charts["calibration"].items()},
        "command": command(record),
    }


def command(record: Mapping[str, Any]) -> str:
    """The command that makes the record again."""
    scorer, corpus, reference = record["scorer"], record["corpus"], record["reference"]
    from_file = (
        hashlib.sha256(f"{scorer['name']}\n{record['predictions']['sha256']}".encode()).hexdigest() == scorer["spec_hash"]
    )
    if from_file:
        parts = ["bench", "score", "PREDICTIONS.jsonl", "--name", scorer["name"]]
    else:
        parts = ["bench", "run", "--scorer", scorer["name"]]
        for key, value in scorer["params"].items():
            if value is not None and not key.endswith("_sha256") and key != "seed":
                parts += ["-S", f"{key}={value}"]
    parts += ["--split", corpus["split"], "--reference", reference["source"], "--seed", str(record["resampling"]["seed"])]
    if corpus["limit"]:
        parts += ["--limit", str(corpus["limit"])]
    return shlex.join(parts)
