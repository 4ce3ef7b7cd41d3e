"""``bench corpus``: validate, describe, audit, format, read and build a corpus."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.markup import escape

from benchmark.cli import options
from benchmark.cli.tables import console
from benchmark.corpus import load_corpus
from benchmark.corpus.checks import structural_problems
from benchmark.corpus.load import read_rows
from benchmark.corpus.source import open_source
from benchmark.errors import InputError
from benchmark.files import pretty, write_text


@click.group()
def command() -> None:
    """Validate, describe, audit, format, read and build a corpus."""


@command.command()
@options.corpus
@options.as_json
def validate(corpus: str | None, as_json: bool) -> None:
    """Check every record, and everything between records.  Exit status 2 when anything is wrong."""
    from benchmark.corpus.scan import validated
    from benchmark.scoring.progress import steps

    source = open_source(corpus)
    with steps() as tell:
        counts, problems = validated(source, tell)
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
    from benchmark.corpus.scan import scanned
    from benchmark.corpus.stats import corpus_stats, stats_tables
    from benchmark.scoring.progress import steps

    with steps() as tell, scanned(corpus, tell) as scan:
        counted = corpus_stats(scan)
    if as_json:
        click.echo(json.dumps(counted, indent=2, ensure_ascii=False))
        return
    terminal = console()
    for table in stats_tables(counted):
        terminal.print(table)


@command.command()
@options.corpus
@options.reference
@options.seed
@options.as_json
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the audit, as JSON, to exactly this path."
)
def audit(corpus: str | None, reference: str | None, seed: int, as_json: bool, output: Path | None) -> None:
    """Probe a corpus for shortcuts: what tells weak from strong without reading?  Exit status 1 when a limit is broken.

    Needs the extra `audit` (scikit-learn, datasketch).  What each check means: docs/audit.md.
    """
    from benchmark.cli.audit_tables import audit_tables
    from benchmark.corpus.audit import run_audit
    from benchmark.corpus.load import build_corpus

    source = open_source(corpus)
    rows, problems = read_rows(source)
    problems += structural_problems(rows)
    if problems:
        raise InputError(sorted(problems))
    with console(sys.stderr).status("audit") as status:
        done = run_audit(build_corpus(source, rows), rows, reference, seed, lambda step: status.update(f"audit: {step}"))
    if output:
        write_text(output, pretty(done.record()))
    if as_json:
        click.echo(pretty(done.record()), nl=False)
    else:
        terminal = console()
        for table in audit_tables(done):
            terminal.print(table)
        limits = sum(check.passed is not None for check in done.checks)
        terminal.print(f"{limits - len(done.failed)} of {limits} limits hold; against {done.source} labels, seed {done.seed}")
    if done.failed:
        sys.exit(1)


@command.command(name="format")
@options.corpus
@click.option("--check", is_flag=True, help="Only say what would change; exit status 1 when something would.")
def format_(corpus: str | None, check: bool) -> None:
    """Write the JSON lines of a corpus in the one format: fields in the schema's order, rows sorted by id."""
    from benchmark.corpus.format import format_corpus

    changed = format_corpus(open_source(corpus), write=not check)
    for path in changed:
        click.echo(str(path))
    click.echo(
        f"{len(changed) or 'no'} file{'s' if len(changed) != 1 else ''} {'to format' if check else 'formatted'}", err=True
    )
    if check and changed:
        sys.exit(1)


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


@command.command()
@options.corpus
@options.reference
@click.option("--output", type=click.Path(path_type=Path), help="Folder to write.  [default: build/ and the corpus' name]")
@click.option("--repo-id", metavar="OWNER/NAME", help="Where it will be published; the card and croissant.json then say so.")
@click.option("--gated", is_flag=True, help="The card asks readers to agree to terms.")
def build(corpus: str | None, reference: str | None, output: Path | None, repo_id: str | None, gated: bool) -> None:
    """Write Parquet, card, croissant.json, eval.yaml, licence and citation: what `bench publish` publishes (docs/publish.md).

    The same corpus gives the same bytes.  An earlier build at the same place is replaced, anything else is not.
    """
    from benchmark.publish.about import read_about
    from benchmark.publish.build import build as build_corpus_folder

    source = open_source(corpus)
    output = output or Path("build") / Path(read_about(source.folder).name).name
    with console(sys.stderr).status("build") as status:
        made = build_corpus_folder(
            source, load_corpus(corpus), output, repo_id=repo_id, gated=gated, reference=reference,
            progress=lambda step: status.update(f"build: {step}"),
        )  # fmt: skip
    for config, splits in made.tables.items():
        click.echo(f"{config:<12} " + ", ".join(f"{split} {table.num_rows}" for split, table in splits.items()), err=True)
    click.echo(str(made.folder))
