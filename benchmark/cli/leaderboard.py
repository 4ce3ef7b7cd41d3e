"""``bench leaderboard``: result records to a static site, tables and figures; and filing a record among them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmark.cli import options

RESULTS = Path("leaderboard/results")
results_option = click.option(
    "--results", type=click.Path(path_type=Path), default=RESULTS, show_default=True, help="Folder of records."
)


@click.group(invoke_without_command=True)
@results_option
@click.option(
    "--output", type=click.Path(path_type=Path), default=Path("leaderboard"), show_default=True, help="Folder to write into."
)
@options.corpus
@click.pass_context
def command(context: click.Context, results: Path, output: Path, corpus: str | None) -> None:
    """Turn result records, their predictions and the corpus into a site that opens from a folder.

    Writes OUTPUT/site/ (start at index.html), and beside it leaderboard.csv, leaderboard.md, leaderboard.tex, overall.svg and
    tracks.svg.  A record that can't be read, or whose numbers do not follow from its predictions, is named and left out; the exit
    status is then 1.  Results of another corpus or schema are listed apart.
    """
    if context.invoked_subcommand is not None:
        return
    from benchmark.cli.tables import console
    from leaderboard.build import build_leaderboard

    with console(sys.stderr).status("making the leaderboard"):
        built = build_leaderboard(results, output, corpus)
    for problem in built.problems:
        click.echo(f"error: left out: {problem}", err=True)
    for one in built.apart:
        click.echo(f"note: stands apart: {results / one.file}: {one.reason}", err=True)
    if not built.written:
        click.echo("error: no record is left to make a board of (--corpus names the corpus they were measured on)", err=True)
    for path in built.written:
        click.echo(str(path))
    if built.problems or not built.written:
        sys.exit(1)


@command.command("submit", short_help="Check a record against its predictions and file it.")
@click.argument("result", type=click.Path(path_type=Path))
@results_option
@options.corpus
def submit(result: Path, results: Path, corpus: str | None) -> None:
    """Check the record RESULT by computing it again from the predictions beside it, and file both among the results.

    Refused (exit status 2): a record that is none, one of another corpus, one whose predictions are missing or others, and one
    that says anything its predictions do not give.
    """
    from benchmark.cli.tables import console
    from leaderboard.submit import submit_record

    with console(sys.stderr).status("computing the record again"):
        filed, notes = submit_record(result, results, corpus)
    for note in notes:
        click.echo(f"note: {note}", err=True)
    for path in filed:
        click.echo(str(path))
