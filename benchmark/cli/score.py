"""``bench score``: evaluate a predictions file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from benchmark.cli import options
from benchmark.cli.report import deliver, select
from benchmark.corpus import load_corpus
from benchmark.predictions import read_predictions
from benchmark.result import build_record, scoring_cost


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
    loaded = load_corpus(corpus)
    split, items, labels = select(loaded, split, limit, reference)
    read = read_predictions(predictions, items.answers, loaded.answers.keys())
    name = name or predictions.name.removesuffix(".jsonl").removesuffix(".parquet").removesuffix(".csv").removesuffix(
        ".predictions"
    )
    fingerprint = read.fingerprint()
    record = build_record(
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
        predictions=read,
        seed=seed,
        cost=scoring_cost(list(read.rows.values()), None),
    )
    if read.elsewhere:
        click.echo(f"note: {read.elsewhere} predictions are for answers outside {split!r}; they are left out", err=True)
    deliver(record, [read.rows[answer_id] for answer_id in sorted(read.rows)], output, as_json, corpus)
