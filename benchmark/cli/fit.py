"""``bench fit``: fit a scorer on a train split and keep the model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from benchmark.cli import options
from benchmark.cli.report import select
from benchmark.cli.tables import console, result_table
from benchmark.corpus import load_corpus
from benchmark.errors import InputError
from benchmark.predictions import Predictions
from benchmark.result import build_record
from benchmark.scoring import Fittable
from benchmark.scoring.fitting import fit_scorer
from benchmark.scoring.registry import make_scorer
from benchmark.scoring.run import run_scorer


@click.command()
@click.argument("scorer")
@click.option("-S", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter of the scorer; may be repeated.")
@options.corpus
@options.reference
@options.seed
@options.as_json
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Write the model to exactly this path."
)
def command(
    scorer: str, settings: tuple[str, ...], corpus: str | None, reference: str | None, seed: int, as_json: bool, output: Path
) -> None:
    """Fit SCORER on the train split of a corpus and write the model: the same corpus and seed give the same model.

    Prints how the model does on the validation split, which it has not seen (on nothing, where the corpus has none).  Use it
    with -S model=PATH.
    """
    loaded = load_corpus(corpus)
    made, spec = make_scorer(scorer, settings, seed)
    if not isinstance(made, Fittable) or not hasattr(made, "save"):
        raise InputError([f"scorer {scorer} is not fitted, or can't be saved"])
    with console(sys.stderr).status(f"fitting {scorer} on {len(loaded.split('train'))} answers"):
        fitted_on = fit_scorer(made, loaded, reference)
    made.save(output, fitted_on)
    click.echo(f"model        {output}", err=True)
    if not loaded.split("validation"):
        click.echo("the corpus has no validation split to try it on", err=True)
        return
    split, items, labels = select(loaded, "validation", None, reference)
    rows = list(run_scorer(made, items.answers))
    record = build_record(
        scorer=spec.record(fitted_on),
        items=items,
        split=split,
        limit=None,
        reference=labels,
        predictions=Predictions({row["answer_id"]: row for row in rows}),
        seed=seed,
        seconds=0.0,
    )
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        console().print(result_table(record))
