"""Bring the table of results in README.md up to date with ``leaderboard/results/``."""

from __future__ import annotations

import re
from pathlib import Path

from benchmark.files import write_text
from leaderboard.board import make_boards, read_records
from leaderboard.build import interval, percent

ROOT = Path(__file__).parents[1]
SHOWN = ("verdict", "rating", "pace", "depth", "patterns", "contrasts")
START, END = "<!-- results: made by tools/readme_table.py -->", "<!-- /results -->"


def results_table(results: Path) -> str:
    """The first board as a Markdown table."""
    records, problems = read_records(results)
    if problems:
        raise SystemExit("\n".join(str(problem) for problem in problems))
    board = make_boards(records)[0]
    lines = [
        f"| scorer | overall | share of annotators' own | {' | '.join(SHOWN)} |",
        f"| --- | --- | --- |{' --- |' * len(SHOWN)}",
    ]
    for row in board.rows:
        tracks = " | ".join(interval(row.tracks[track]) for track in SHOWN)
        params = " ".join(part for part in row.params.split() if not part.startswith("seed="))
        name = f"{row.name} ({params})" if params else row.name
        lines.append(
            f"| {name}{f': {row.note}' if row.note else ''} | {interval(row.overall)} | {percent(row.share['value'])} | {tracks} |"
        )
    return "\n".join(lines)


def main() -> None:
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    table = f"{START}\n{results_table(ROOT / 'leaderboard' / 'results')}\n{END}"
    write_text(readme, re.sub(f"{re.escape(START)}.*?{re.escape(END)}", lambda _: table, text, flags=re.DOTALL))


if __name__ == "__main__":
    main()
