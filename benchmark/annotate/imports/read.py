"""Which format a file has, and who its annotators are."""

from __future__ import annotations

from pathlib import Path

from benchmark.annotate.imports import Found
from benchmark.annotate.imports.label_studio import read_label_studio
from benchmark.annotate.imports.prodigy import read_prodigy
from benchmark.annotate.imports.records import read_records
from benchmark.annotate.imports.table import parse_mapping, read_table
from benchmark.corpus.source import Row, open_source
from benchmark.errors import InputError

BY_SUFFIX = {".json": "label-studio", ".csv": "table", ".tsv": "table"}


def read_labels(
    path: Path, corpus: Path, form: str | None, kind: str | None, describe: str | None, prefix: str, columns: tuple[str, ...]
) -> Found:
    """Read labels made elsewhere for the answers of ``corpus``.

    Raises InputError for options that don't fit the format, and for everything in the file that can't be read or placed.
    """
    form = form or _guess(path)
    if (form == "table") != bool(columns):
        raise InputError(
            [
                "--column is for tables"
                if columns
                else f"{path}: a table needs --column answer_id=… --column annotator_id=… and labels"
            ]
        )
    if form == "records":
        if kind or describe or prefix:
            raise InputError(["--kind, --describe and --prefix are for files that don't say who labelled; records do"])
        return read_records(path)
    if kind is None:
        raise InputError([f"{path}: who labelled? --kind human, model, author or adjudicator"])
    if form == "table":
        found = read_table(path, parse_mapping(columns), prefix)
    else:
        rows = open_source(corpus).rows("answers")
        segments = {
            row.document["answer_id"]: row.document["segments"] for row in rows if isinstance(row, Row) and not row.problems
        }
        found = (read_label_studio if form == "label-studio" else read_prodigy)(path, segments, prefix)
    text = describe or f"{kind} labels imported from {form} ({path.name}); the file says no more of who gave them."
    ids = sorted({annotation["annotator_id"] for annotation in found.annotations})
    found.annotators = [{"annotator_id": name, "kind": kind, "description": text} for name in ids]
    return found


def _guess(path: Path) -> str:
    if path.is_dir() or path.name == "annotations.jsonl":
        return "records"
    if path.suffix in BY_SUFFIX:
        return BY_SUFFIX[path.suffix]
    raise InputError([f"{path}: --format records, label-studio, prodigy or table?"])
