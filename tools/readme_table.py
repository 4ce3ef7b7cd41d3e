"""Bring the table of results in README.md up to date with ``leaderboard/results/``."""

from __future__ import annotations

import re
from pathlib import Path

from benchmark import load_corpus
from benchmark.files import write_text
from leaderboard.board import make_boards
from leaderboard.records import find_records
from leaderboard.text import interval, percent

ROOT = Path(__file__).parents[1]
SHOWN = ("verdict", "rating", "pace", "depth", "patterns", "contrasts")
START, END = "<!-- results: made by tools/readme_table.py -->", "<!-- /results -->"


def results_table(results: Path) -> str:
    """The first board as a Markdown table."""
    found = find_records(results, load_corpus())
    if found.problems or not found.records:
        raise SystemExit("\n".join(map(str, [*found.problems, *found.apart])))
    board = make_boards(found.records.values())[0]
    lines = [
        f"| scorer | overall | share of annotators' own | {' | '.join(SHOWN)} |",
        f"| --- | --- | --- |{' --- |' * len(SHOWN)}",
    ]
    for row in board.rows:
        tracks = " | ".join(interval(row.tracks[track]) for track in SHOWN)
        lines.append(
            f"| {row.label}{f': {row.note}' if row.note else ''} | {interval(row.overall)} | {percent(row.share['value'])} | {tracks} |"
        )
    return "\n".join(lines)


def main() -> None:
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    table = f"{START}\n{results_table(ROOT / 'leaderboard' / 'results')}\n{END}"
    write_text(readme, re.sub(f"{re.escape(START)}.*?{re.escape(END)}", lambda _: table, text, flags=re.DOTALL))


if __name__ == "__main__":
    main()
