"""Writing the leaderboard: ``site/index.html``, ``README.md``, ``leaderboard.csv`` and ``overall.svg``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from benchmark.codebook import TRACKS
from benchmark.errors import Problem
from benchmark.files import write_text
from leaderboard.board import PROBE_KINDS, Board, Row, make_boards, read_records


def build_leaderboard(results: Path, output: Path) -> tuple[list[Path], list[Problem | str]]:
    """Make the leaderboard of the records in ``results`` below ``output``; the same records give the same bytes.

    Returns the files written, and the problems of records that were left out.  Raises InputError where there is no record.
    """
    records, problems = read_records(results)
    boards = make_boards(records)
    if not boards:
        return [], problems
    environment = _environment()
    context = {"boards": boards, "tracks": TRACKS, "probe_kinds": PROBE_KINDS, "chart": chart(boards[0])}
    texts = {
        "site/index.html": environment.get_template("index.html").render(context),
        "README.md": environment.get_template("README.md").render(context),
        "overall.svg": environment.get_template("overall.svg").render(context["chart"]),
        "leaderboard.csv": to_csv(boards),
    }
    for name, text in texts.items():
        write_text(output / name, text)
    return [output / name for name in texts], problems


def to_csv(boards: list[Board]) -> str:
    """All boards as one table, a row per scorer; an empty cell is an undefined value."""
    columns = ["scorer", "version", "params", "kind", "run_id", "corpus", "corpus_version", "fingerprint", "split", "reference"]
    measured = ["overall", *(track.name for track in TRACKS), *(f"probe_{kind}" for kind in PROBE_KINDS)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    bounds = [f"{name}{end}" for name in measured for end in ("", "_low", "_high")]
    writer.writerow([*columns, *bounds, "share_of_annotators", "scored", "ms_per_answer", "usd_per_1000"])
    for board in boards:
        for row in board.rows:
            estimates = [row.overall, *(row.tracks[track.name] for track in TRACKS), *row.probes.values()]
            cells = [e[end] for e in estimates for end in ("value", "low", "high")]
            place = [board.corpus["name"], board.corpus["version"], board.corpus["fingerprint"], board.corpus["split"]]
            source = "+".join(board.reference["annotators"])
            writer.writerow(
                [
                    *(row.name, row.version, row.params, row.kind, row.run_id),
                    *place,
                    source,
                    *cells,
                    row.share["value"],
                    row.scored,
                    row.ms_per_answer,
                    row.usd_per_1000,
                ]
            )
    return text.getvalue()


def chart(board: Board) -> dict[str, Any]:
    """Geometry of the figure: the overall score of each row with its interval, on a common scale."""
    rows = [row for row in board.rows if row.overall["value"] is not None]
    low = min([-0.05, *(_least(row) for row in rows)])
    high = max([0.5, *(_most(row) for row in rows)])
    left, width, step = 230, 420, 30

    def x(value: float) -> float:
        return round(left + width * (value - low) / (high - low), 1)

    ticks = [tick / 10 for tick in range(-10, 11) if low <= tick / 10 <= high]
    return {
        "rows": [
            {
                "row": row,
                "y": 34 + step * i,
                "value": x(row.overall["value"]),
                "low": x(_least(row)),
                "high": x(_most(row)),
            }
            for i, row in enumerate(rows)
        ],
        "ticks": [{"x": x(tick), "label": f"{tick:.1f}"} for tick in ticks],
        "zero": x(0.0),
        "height": 34 + step * len(rows) + 24,
        "width": left + width + 70,
        "right": left + width,
    }


def _least(row: Row) -> float:
    bound: float = row.overall["value"] if row.overall["low"] is None else row.overall["low"]
    return bound


def _most(row: Row) -> float:
    bound: float = row.overall["value"] if row.overall["high"] is None else row.overall["high"]
    return bound


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("leaderboard"),
        autoescape=select_autoescape(["html", "svg"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(number=number, interval=interval, percent=percent, cell=cell)
    return environment


def number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"  # never minus zero


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def interval(estimate: Mapping[str, Any]) -> str:
    if estimate["value"] is None:
        return "–"
    if estimate["low"] is None:
        return number(estimate["value"])
    return f"{number(estimate['value'])} [{number(estimate['low'])}, {number(estimate['high'])}]"


def cell(text: Any) -> str:
    """Text of a Markdown table cell: what would end the cell or start markup is escaped."""
    escaped = str(text).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    return "".join("\\" + c if c in "\\`*_[]|~" else c for c in escaped)
