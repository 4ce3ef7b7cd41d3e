"""What ``bench run`` and ``bench score`` do with a finished evaluation: write it, and tell the user."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.markup import escape

from benchmark.cli.tables import console, result_notes, result_table
from benchmark.corpus import Corpus
from benchmark.corpus.load import chosen_split
from benchmark.evaluation.items import Items, build_items
from benchmark.files import atomic_writer
from benchmark.reference import Reference, build_reference, choose_annotators
from benchmark.result import predictions_path, write_record

RESULTS = Path("results")


def select(corpus: Corpus, split: str | None, limit: int | None, source: str | None) -> tuple[str, Items, Reference]:
    """The split, its answers and the reference over them, as the shared options ask for."""
    name = chosen_split(corpus, split)
    items = build_items(corpus, corpus.split(name)[:limit])
    source, annotators = choose_annotators(corpus, source)
    return name, items, build_reference(corpus, source, annotators, items.ids)


def record_path(record: Mapping[str, Any], output: Path | None) -> Path:
    """Where a record is written: exactly where it was asked for, else in the folder of results."""
    return output or RESULTS / f"{file_name(record['scorer']['name'])}-{record['run_id']}.json"


def write_run(record: dict[str, Any], lines: Iterable[str], output: Path | None) -> Path:
    """Write the predictions (JSON lines) and then the record beside them; gives the record's place."""
    path = record_path(record, output)
    with atomic_writer(predictions_path(path)) as file:
        file.writelines(lines)
    write_record(path, record)
    return path


def show(record: Mapping[str, Any], path: Path, as_json: bool, location: str | None) -> None:
    """Print a record that lies at ``path``, and say what to do next."""
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False))
        return
    terminal = console()
    terminal.print(result_table(record))
    for note in result_notes(record):
        terminal.print(f"[dim]{escape(note)}[/dim]")
    terminal.print()
    for name, value in (("record", path), ("predictions", predictions_path(path)), ("next", _next(path, location))):
        terminal.print(f"{name:<12} {escape(str(value))}", soft_wrap=True)


def _next(path: Path, location: str | None) -> str:
    folder = path.parent
    corpus = f" --corpus {location}" if location else ""
    return f"bench leaderboard --results {folder} --output {folder}/board{corpus}"


def file_name(name: str) -> str:
    """A scorer's name as part of a file's."""
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip(".-") or "scorer"
