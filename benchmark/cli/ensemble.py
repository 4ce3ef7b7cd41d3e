"""``bench ensemble``: average files of predictions into one."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.cli import options
from benchmark.corpus import load_corpus
from benchmark.ensemble import average
from benchmark.errors import InputError
from benchmark.predictions import read_predictions, write_predictions
from benchmark.result import predictions_path


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), required=True)
@options.corpus
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Write the predictions to exactly this path.",
)
def command(files: tuple[Path, ...], corpus: str | None, output: Path) -> None:
    """Average the predictions in FILES (predictions, or records of `bench run` with theirs beside them) into one file.

    Measure it with `bench score`.  An answer that only some files have is averaged over those.
    """
    if len(files) < 2:
        raise InputError(["bench ensemble averages two files or more"])
    loaded = load_corpus(corpus)
    answers = list(loaded.answers.values())
    members = []
    for path in files:
        beside = predictions_path(path)
        place = beside if path.suffix == ".json" and beside.is_file() else path
        members.append(read_predictions(place, answers, loaded.answers).rows)
    rows = [
        {"answer_id": answer_id, **average([m[answer_id] for m in members if answer_id in m])}
        for answer_id in loaded.answers
        if any(answer_id in m for m in members)
    ]
    write_predictions(output, rows)
    click.echo(f"{len(rows)} answers, {len(members)} members: {output}", err=True)
