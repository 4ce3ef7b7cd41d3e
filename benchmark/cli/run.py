"""``bench run``: score a corpus, evaluate, print the table, write the result and the predictions."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import Any

import click

from benchmark.cli import options
from benchmark.cli.report import deliver, select
from benchmark.corpus import load_corpus
from benchmark.errors import InputError
from benchmark.predictions import Predictions
from benchmark.result import build_record, scoring_cost
from benchmark.scoring import Fittable
from benchmark.scoring.fitting import fit_scorer
from benchmark.scoring.registry import make_scorer
from benchmark.scoring.run import run_scorer


@click.command()
@click.option("--scorer", required=True, metavar="NAME", help="A name from `bench scorers`, module:Class, or path.py[:Class].")
@click.option("-S", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter of the scorer; may be repeated.")
@options.corpus
@options.split
@options.reference
@click.option("--fit-on", metavar="CORPUS", help="Corpus whose train split fits the scorer.  [default: --corpus]")
@click.option("--dry-run", is_flag=True, help="Print the first prompt and the estimated cost, and score nothing (llm).")
@options.limit
@options.seed
@options.as_json
@options.output
def command(
    scorer: str,
    settings: tuple[str, ...],
    corpus: str | None,
    split: str | None,
    reference: str | None,
    fit_on: str | None,
    dry_run: bool,
    limit: int | None,
    seed: int,
    as_json: bool,
    output: Path | None,
) -> None:
    """Score a corpus with a scorer and measure it against the annotators.

    Prints a table of tracks and writes the result record and the predictions (default: results/).
    """
    loaded = load_corpus(corpus)
    split, items, labels = select(loaded, split, limit, reference)
    made, spec = make_scorer(scorer, settings, seed)
    if dry_run:
        if not hasattr(made, "dry_run"):
            raise InputError([f"--dry-run: scorer {scorer} makes no requests"])
        click.echo(made.dry_run([answer.blind() for answer in items.answers]))
        return
    with contextlib.redirect_stdout(sys.stderr):  # a scorer that prints must not spoil the table or --json
        fitted_on = getattr(made, "fitted_on", None)  # a scorer may come fitted
        if isinstance(made, Fittable) and (fitted_on is None or fit_on is not None):
            fitted_on = fit_scorer(made, loaded if fit_on is None else load_corpus(fit_on), reference)
        elif not isinstance(made, Fittable) and fit_on is not None:
            raise InputError([f"--fit-on: scorer {scorer} is not fitted"])
        rows, seconds = _score(made, items.answers, quiet=as_json)
    record = build_record(
        scorer=spec.record(fitted_on),
        items=items,
        split=split,
        limit=limit,
        reference=labels,
        predictions=Predictions({row["answer_id"]: row for row in rows}),
        seed=seed,
        cost=scoring_cost(rows, seconds),
    )
    deliver(record, rows, output, as_json, corpus)
    if failed := record["coverage"]["failed"]:
        click.echo(f"error: scoring failed on {failed} of {len(rows)} answers (the reasons are in the record)", err=True)
        sys.exit(1)


def _score(scorer: Any, answers: Any, quiet: bool) -> tuple[list[dict[str, Any]], float]:
    rows = run_scorer(scorer, answers)
    start = time.perf_counter()
    if quiet or not sys.stderr.isatty():
        return list(rows), time.perf_counter() - start
    from rich.console import Console
    from rich.progress import track

    scored = list(track(rows, "scoring", total=len(answers), console=Console(stderr=True), transient=True))
    return scored, time.perf_counter() - start
