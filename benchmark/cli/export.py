"""``bench export``: corpora and results in the shapes that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchmark.cli import options
from benchmark.codebook import SPLITS
from benchmark.errors import InputError

TABLES, TASKS = ("jsonl", "csv", "pandas"), ("inspect", "lm-eval")


@click.command()
@click.argument("records", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice([*TABLES, "judge-bench", *TASKS, "eee"]),
    help="What to write; eee takes RECORDS, the others a corpus.",
)
@options.corpus
@click.option(
    "--split",
    type=click.Choice([*SPLITS, "all"]),
    help="Answers to write.  [default: all; for inspect and lm-eval test where the corpus has one]",
)
@options.reference
@options.limit
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Folder to write into; a file for judge-bench.")
def command(
    records: tuple[Path, ...],
    form: str,
    corpus: str | None,
    split: str | None,
    reference: str | None,
    limit: int | None,
    output: Path,
) -> None:
    """Write a corpus, or result records, as others read them (docs/export.md).

    \b
    bench export --format csv --output tables                        a file per table: csv, jsonl, pandas
    bench export --format judge-bench --reference model --output d.json
    bench export --format inspect --split test --output task         inspect eval task/task.py --model ...
    bench export --format lm-eval --split test --output task         lm_eval run --tasks speed_depth_bench --include_path task ...
    bench export results/*.json --format eee --output eee            Every Eval Ever 0.3
    """
    if (form == "eee") != bool(records):
        raise InputError([f"--format {form}: {'give it result records' if form == 'eee' else 'takes a corpus, not records'}"])
    if reference and form in (*TABLES, "eee"):
        raise InputError([f"--reference: --format {form} combines no labels"])
    if limit and form not in TASKS:
        raise InputError([f"--limit: --format {form} writes every answer of the split"])
    written = _write_eee(records, output) if form == "eee" else _write(form, corpus, split, reference, limit, output)
    for path in written:
        click.echo(str(path))


def _write_eee(records: tuple[Path, ...], output: Path) -> list[Path]:
    from benchmark.export.eee import write_eee
    from benchmark.result import read_record

    return [write_eee(record, output) for record in [read_record(path) for path in records]]


def _write(
    form: str, location: str | None, split: str | None, source: str | None, limit: int | None, output: Path
) -> list[Path]:
    from benchmark.corpus import load_corpus
    from benchmark.corpus.load import chosen_split
    from benchmark.export.tables import documents_of, write_csv, write_frames, write_jsonl
    from benchmark.files import write_text

    corpus = load_corpus(location)
    name = chosen_split(corpus, split if form in TASKS else split or "all")
    if form in TABLES:
        write: Any = {"jsonl": write_jsonl, "csv": write_csv, "pandas": write_frames}[form]
        return list(write(documents_of(corpus, name), output))
    if form in TASKS:
        from benchmark.export.tasks import write_task
        from benchmark.reference import choose_annotators

        chosen, annotators = choose_annotators(corpus, source)
        answers = corpus.split(name)[:limit]
        canary = next((row["canary"] for row in corpus.documents["answers"] if row.get("canary")), None)
        return write_task(form, corpus, answers, chosen, annotators, canary, output)
    from benchmark.export.judge_bench import to_judge_bench
    from benchmark.files import pretty

    document, ties = to_judge_bench(corpus, name, source)
    write_text(output, pretty(document))
    if ties:
        click.echo(f"{ties} labels without a majority stand under `without_majority`: the format has no ties", err=True)
    return [output]
