"""``bench import``: datasets of others as a table of ratings or a corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmark.errors import InputError


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", default="judge-bench", show_default=True, type=click.Choice(["judge-bench"]), help="What FILE is."
)
@click.option(
    "--to",
    default="table",
    show_default=True,
    type=click.Choice(["table", "corpus"]),
    help="A CSV file for `bench agreement`, or a corpus folder (of files that hold timed answers).",
)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="The file or folder to write.")
def command(file: Path, form: str, to: str, output: Path) -> None:
    """Read a JUDGE-BENCH dataset: as a table of every single score, or as a corpus (docs/export.md)."""
    from benchmark.export.from_judge_bench import corpus_documents, read_judge_bench, write_table

    document = read_judge_bench(file)
    if to == "table":
        rows, metrics = write_table(document, output)
        click.echo(f"{rows} rows; metrics: {', '.join(metrics)}", err=True)
        click.echo(f"next: bench agreement --table {output} --item item --annotator annotator --label {metrics[0]}", err=True)
        click.echo(str(output))
        return
    from benchmark.export.tables import write_jsonl

    if output.exists() and any(output.iterdir() if output.is_dir() else [output]):
        raise InputError([f"--output: {output} is there already and not empty"])
    documents = corpus_documents(document, str(file))
    for path in write_jsonl(documents, output):
        click.echo(str(path))
    from benchmark.corpus import load_corpus

    try:
        load_corpus(output)
    except InputError as error:
        for problem in error.problems:
            click.echo(f"error: {problem}", err=True)
        click.echo("the corpus was written as the file has it; what is wrong with it is above", err=True)
        sys.exit(1)
