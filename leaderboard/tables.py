"""The board outside the site: CSV, Markdown, LaTeX, badges."""

from __future__ import annotations

import csv
import io
import re

from jinja2 import Environment

from benchmark.codebook import TRACKS
from leaderboard.board import PROBE_KINDS, Board
from leaderboard.ranks import Ranking
from leaderboard.records import Apart
from leaderboard.runs import Measured
from leaderboard.text import csv_text

IN_PAPERS = ("verdict", "rating", "pace", "depth", "patterns", "contrasts")
"""Tracks of the LaTeX table: what fits a page."""


def tables(
    boards: list[Board], rankings: list[Ranking], measured: dict[str, Measured], apart: list[Apart], environment: Environment
) -> dict[str, str]:
    """Texts by file name: ``leaderboard.csv``, ``.md`` and ``.tex``."""
    context = {"boards": list(zip(boards, rankings, strict=True)), "apart": apart, "tracks": TRACKS, "probe_kinds": PROBE_KINDS,
               "measured": measured, "shown": [track for track in TRACKS if track.name in IN_PAPERS]}  # fmt: skip
    return {
        "leaderboard.csv": to_csv(boards, rankings, measured),
        "leaderboard.md": environment.get_template("leaderboard.md").render(context),
        "leaderboard.tex": environment.get_template("leaderboard.tex").render(context),
    }


def badges(boards: list[Board], environment: Environment) -> dict[str, str]:
    """A badge per scorer, ``badges/NAME-RUN.svg``."""
    badge = environment.get_template("badge.svg")
    rows = [row for board in boards for row in board.rows if row.run_id]
    return {f"badges/{slug(row.label)}-{row.run_id}.svg": badge.render(row=row) for row in rows}


def slug(name: str) -> str:
    """A name as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-") or "scorer"


def to_csv(boards: list[Board], rankings: list[Ranking], measured: dict[str, Measured]) -> str:
    """All boards as one table, a row per scorer; an empty cell is an undefined value."""
    columns = [
        "scorer",
        "version",
        "params",
        "kind",
        "note",
        "run_id",
        "corpus",
        "corpus_version",
        "fingerprint",
        "split",
        "reference",
    ]
    names = ["overall", *(track.name for track in TRACKS), *(f"probe_{kind}" for kind in PROBE_KINDS)]
    bounds = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    last = ["tie_group", "rank_low", "rank_high", "share_of_annotators", "alt_test_omega", "alt_test_rho",
            "scored", "ms_per_answer", "usd_per_1000"]  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*columns, *bounds, *last])
    for board, ranking in zip(boards, rankings, strict=True):
        corpus = board.corpus
        place = [
            corpus["name"],
            corpus["version"],
            corpus["fingerprint"],
            corpus["split"],
            "+".join(board.reference["annotators"]),
        ]
        for row in board.rows:
            estimates = [row.overall, *(row.tracks[track.name] for track in TRACKS), *row.probes.values()]
            rank = ranking.rank(row.run_id)
            stand_in = measured[row.run_id].stand_in.get("verdict", (None, None)) if row.run_id else (None, None)
            about = [row.name, row.version, row.params, row.kind, row.note, row.run_id, *place]
            ends = [rank.group, rank.low, rank.high] if rank else [None] * 3
            writer.writerow(
                [
                    *map(csv_text, about),
                    *(e[end] for e in estimates for end in ("value", "low", "high")),
                    *ends,
                    row.share["value"],
                    *stand_in,
                    row.scored,
                    row.ms_per_answer,
                    row.usd_per_1000,
                ]
            )
    return text.getvalue()
