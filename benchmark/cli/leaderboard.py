"""``bench leaderboard``: result records to a static page, a Markdown table and CSV."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=Path("leaderboard/results"),
    show_default=True,
    help="Folder of records.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), default=Path("leaderboard"), show_default=True, help="Folder to write into."
)
def command(results: Path, output: Path) -> None:
    """Turn result records into OUTPUT/site/index.html, OUTPUT/README.md, OUTPUT/leaderboard.csv and OUTPUT/overall.svg.

    A record that can't be read is named and left out; the exit status is then 1.
    """
    from leaderboard.build import build_leaderboard

    written, problems = build_leaderboard(results, output)
    for problem in problems:
        click.echo(f"error: left out: {problem}", err=True)
    for path in written:
        click.echo(str(path))
    if problems:
        sys.exit(1)
