"""``bench run``: score a corpus, evaluate, print the table, write the result and the predictions."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from benchmark.cli import options
from benchmark.cli.report import RESULTS, file_name, show, write_run
from benchmark.corpus import load_corpus
from benchmark.corpus.scan import scan_corpus
from benchmark.errors import InputError
from benchmark.evaluation.stored import parsed, scan_selection, tally_rows
from benchmark.files import canonical
from benchmark.records import Answer
from benchmark.result import environment, matching_record, record_identity, tallied_record
from benchmark.scoring import Fittable
from benchmark.scoring.executors import EXECUTORS
from benchmark.scoring.fitting import fit_scorer
from benchmark.scoring.job import Job, Recipe, fitted_recipe
from benchmark.scoring.journal import Journal, RunFolder
from benchmark.scoring.progress import steps
from benchmark.scoring.protocol import Scorer
from benchmark.scoring.registry import make_scorer
from benchmark.scoring.run import BATCH
from benchmark.scoring.session import Limits, Where, harness_code, score_missing, scorer_code, stdout_to_stderr


@click.command()
@click.option("--scorer", required=True, metavar="NAME", help="A name from `bench scorers`, module:Class, or path.py[:Class].")
@click.option("-S", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter of the scorer; may be repeated.")
@options.corpus
@options.split
@options.reference
@click.option("--fit-on", metavar="CORPUS", help="Corpus whose train split fits the scorer.  [default: --corpus]")
@click.option("--dry-run", is_flag=True, help="Print the first prompt and the estimated cost, and score nothing (llm).")
@click.option(
    "--executor", type=click.Choice(EXECUTORS), default="local", show_default=True, help="Where to score; docs/scale.md."
)
@click.option(
    "--workers", type=click.IntRange(min=1), help="Workers of --executor processes or ray.  [default: one per processor]"
)
@click.option(
    "--ray-address", metavar="ADDRESS", help="A running Ray cluster, as HOST:PORT or auto.  [default: one started here]"
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Give up on an answer when the scorer is silent for so long; scores in a process of its own.",
)
@click.option("--max-usd", type=click.FloatRange(min=0, min_open=True), help="Stop when the run has cost so many dollars.")
@click.option("--max-seconds", type=click.FloatRange(min=0, min_open=True), help="Stop after so many seconds of scoring.")
@click.option("--fresh", is_flag=True, help="Score again what is finished, and throw away what was left unfinished.")
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
    executor: str,
    workers: int | None,
    ray_address: str | None,
    timeout: float | None,
    max_usd: float | None,
    max_seconds: float | None,
    fresh: bool,
    limit: int | None,
    seed: int,
    as_json: bool,
    output: Path | None,
) -> None:
    """Score a corpus with a scorer and measure it against the annotators.

    Prints a table of tracks and writes the result record and the predictions (default: results/).  A run that was stopped, by
    whatever, goes on where it was when the same command is given again.
    """
    _check_where(executor, workers, ray_address)
    made, spec = make_scorer(scorer, settings, seed)
    folder_path = (
        output.with_suffix(".run") if output else _default_folder(scorer, settings, corpus, split, limit, spec.spec_hash)
    )
    with RunFolder(folder_path, fresh) as folder:
        with steps() as tell:
            scan = scan_corpus(corpus, folder.path / "corpus.sqlite", tell)
        split = scan.chosen_split(split)
        rows = scan.rowids(split, limit)
        items, labels = scan_selection(scan, rows, reference)
        if dry_run:
            _dry_run(made, scorer, items.answers)
            return
        recipe = Recipe(scorer, settings, seed)
        with stdout_to_stderr():
            fitted_on = getattr(made, "fitted_on", None)  # a scorer may come fitted
            if isinstance(made, Fittable) and (fitted_on is None or fit_on is not None):
                fitted_on = fit_scorer(made, load_corpus(corpus if fit_on is None else fit_on), reference)
                if executor != "local" or timeout is not None:
                    recipe = fitted_recipe(recipe, made)
            elif not isinstance(made, Fittable) and fit_on is not None:
                raise InputError([f"--fit-on: scorer {scorer} is not fitted"])
        about = spec.record(fitted_on)
        code = hashlib.sha256((harness_code() + scorer_code(made)).encode()).hexdigest()
        identity = record_identity(scorer=about, items=items, split=split, limit=limit, reference=labels, seed=seed)
        finished = None if fresh else matching_record(output or RESULTS, identity, code)
        if finished is not None:
            path, record = finished
            click.echo(
                f"note: finished {record['environment']['created_at']}, nothing is scored again (--fresh does)", err=True
            )
            show(record, path, as_json, corpus)
            _fail_if_any_failed(record)
            return
        plan = {
            "scorer": [about["name"], about["version"]],
            "parameters": about["params"],
            "code of the scorer": scorer_code(made),
            "fitted model": fitted_on,
            "corpus": scan.fingerprint,
            "split": split,
            "limit": limit,
            "batch size": BATCH,
        }
        journal = Journal(folder, plan)
        if journal.resumed:
            click.echo(f"note: going on; {journal.answers:,} of {len(rows):,} answers are scored already", err=True)
        job = Job(recipe, scan.path.resolve(), rows, timeout)
        with stdout_to_stderr():
            stopped = score_missing(job, made, journal, Where(executor, workers, ray_address), Limits(max_usd, max_seconds))
        if stopped is not None:
            kept = f"{journal.answers:,} of {len(rows):,} answers are scored and kept in {folder.path}"
            click.echo(f"stopped: {stopped}; {kept}; the same command goes on", err=True)
            sys.exit(1)
        tally = tally_rows(scan, rows, labels.annotators, parsed(journal.lines(job.batches)))
        record = tallied_record(
            scorer=about,
            items=items,
            split=split,
            limit=limit,
            reference=labels,
            tally=tally,
            seed=seed,
            cost=tally.cost(journal.seconds),
            environment={**environment(seed), "code_sha256": code},
        )
        path = write_run(record, (line.decode() for line in journal.lines(job.batches)), output)
        scan.close()
        folder.discard()  # the results stand elsewhere
    show(record, path, as_json, corpus)
    _fail_if_any_failed(record)


def _check_where(executor: str, workers: int | None, ray_address: str | None) -> None:
    if workers is not None and executor == "local":
        raise InputError(["--workers: --executor local has none (--executor processes or ray)"])
    if ray_address is not None and executor != "ray":
        raise InputError(["--ray-address: only for --executor ray"])


def _default_folder(*command: Any) -> Path:
    """Where a run without --output keeps what is unfinished: the same for the same command."""
    told = hashlib.sha256(canonical(command).encode()).hexdigest()[:8]
    return RESULTS / f"{file_name(Path(command[0]).stem)}-{told}.run"


def _dry_run(made: Scorer, name: str, answers: Sequence[Answer]) -> None:
    if not hasattr(made, "dry_run"):
        raise InputError([f"--dry-run: scorer {name} makes no requests"])
    click.echo(made.dry_run([answer.blind() for answer in answers]))


def _fail_if_any_failed(record: Mapping[str, Any]) -> None:
    if failed := record["coverage"]["failed"]:
        answers = record["coverage"]["answers"]
        click.echo(f"error: scoring failed on {failed} of {answers} answers (the reasons are in the record)", err=True)
        sys.exit(1)
