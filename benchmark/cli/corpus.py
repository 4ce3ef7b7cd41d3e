"""``bench corpus``: validate, describe and read a corpus."""

from __future__ import annotations

import json
import sys

import click
from rich.markup import escape

from benchmark.cli import options
from benchmark.cli.tables import console
from benchmark.corpus import load_corpus
from benchmark.corpus.checks import content_problems, structural_problems
from benchmark.corpus.load import read_rows
from benchmark.corpus.source import open_source
from benchmark.errors import InputError


@click.group()
def command() -> None:
    """Validate, describe and read a corpus."""


@command.command()
@options.corpus
@options.as_json
def validate(corpus: str | None, as_json: bool) -> None:
    """Check every record, and everything between records.  Exit status 2 when anything is wrong."""
    source = open_source(corpus)
    rows, problems = read_rows(source)
    problems += structural_problems(rows)
    problems += content_problems(rows)
    problems.sort()
    counts = {table: len(found) for table, found in rows.items()}
    if as_json:
        found = [{"file": p.file, "line": p.line, "field": p.field, "message": p.message} for p in problems]
        click.echo(json.dumps({"corpus": source.name, "rows": counts, "problems": found}, indent=2, ensure_ascii=False))
    else:
        for problem in problems:
            click.echo(str(problem))
        total = ", ".join(f"{count} {table}" for table, count in counts.items())
        click.echo(f"{source.name}: {total}: {len(problems) or 'no'} problem{'s' if len(problems) != 1 else ''}", err=True)
    if problems:
        sys.exit(2)


@command.command()
@options.corpus
@options.as_json
def stats(corpus: str | None, as_json: bool) -> None:
    """Count answers per round, split, verdict, rating, pattern and dimension, for each annotator."""
    from benchmark.corpus.stats import corpus_stats, stats_tables

    counted = corpus_stats(load_corpus(corpus))
    if as_json:
        click.echo(json.dumps(counted, indent=2, ensure_ascii=False))
        return
    terminal = console()
    for table in stats_tables(counted):
        terminal.print(table)


@command.command()
@click.argument("answer_id")
@options.corpus
@options.as_json
@click.option("--labels/--no-labels", default=True, show_default=True, help="Show what the annotators said.")
def show(answer_id: str, corpus: str | None, as_json: bool, labels: bool) -> None:
    """Read one answer: the question, the timed transcript, and every annotator's labels."""
    from benchmark.corpus.show import answer_document, print_answer

    loaded = load_corpus(corpus)
    if answer_id not in loaded.answers:
        raise InputError([f"corpus {escape(loaded.name)}: no answer {answer_id!r}"])
    document = answer_document(loaded, answer_id, labels)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print_answer(document, console())
