"""``bench score``: evaluate a predictions file."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import click

from benchmark.cli import options
from benchmark.cli.report import show, write_run
from benchmark.corpus.scan import scanned
from benchmark.evaluation.stored import scan_selection, tally_rows
from benchmark.given import GivenPredictions
from benchmark.result import environment, tallied_record
from benchmark.scoring.progress import steps


@click.command()
@click.argument("predictions", type=click.Path(path_type=Path))
@click.option("--name", help="Name of the scorer in the record.  [default: the file's name]")
@options.corpus
@options.split
@options.reference
@options.limit
@options.seed
@options.as_json
@options.output
def command(
    predictions: Path,
    name: str | None,
    corpus: str | None,
    split: str | None,
    reference: str | None,
    limit: int | None,
    seed: int,
    as_json: bool,
    output: Path | None,
) -> None:
    """Measure a file of predictions (JSON lines, CSV or Parquet) against the annotators; needs no scorer.

    Answers without a prediction count as abstained; predictions for answers outside the split are counted and left out.
    """
    name = name or predictions.name.removesuffix(".jsonl").removesuffix(".parquet").removesuffix(".csv").removesuffix(
        ".predictions"
    )
    with steps() as tell, scanned(corpus, tell) as scan:
        split = scan.chosen_split(split)
        rows = scan.rowids(split, limit)
        items, labels = scan_selection(scan, rows, reference)
        with closing(GivenPredictions(predictions, scan, rows, scan.path.with_name("predictions.sqlite"))) as given:
            tally = tally_rows(scan, rows, labels.annotators, given.rows())
            tally.elsewhere = given.elsewhere
            fingerprint = tally.predictions()["sha256"]
            record = tallied_record(
                scorer={
                    "name": name,
                    "version": fingerprint[:8],
                    "params": {},
                    "spec_hash": hashlib.sha256(f"{name}\n{fingerprint}".encode()).hexdigest(),
                    "fitted_on": None,
                },
                items=items,
                split=split,
                limit=limit,
                reference=labels,
                tally=tally,
                seed=seed,
                cost=tally.cost(None),
                environment=environment(seed),
            )
            path = write_run(record, given.lines(), output)
    if tally.elsewhere:
        click.echo(f"note: {tally.elsewhere} predictions are for answers outside {split!r}; they are left out", err=True)
    show(record, path, as_json, corpus)
