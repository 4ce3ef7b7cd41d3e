"""One way to write a record down, so that a diff shows what changed and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmark.corpus.source import TABLES, Source
from benchmark.errors import InputError, Problem
from benchmark.files import read_jsonl, write_text
from benchmark.schemas import schema


def formatted(table: str, path: Path) -> str:
    """The text that a file of JSON lines should have: fields in the order of the schema, whole seconds without a fraction,
    sorted by id, a record a line.  Raises InputError for a line that is no JSON object."""
    record = TABLES[table]
    order = {name: i for i, name in enumerate(schema(record)["properties"])}
    documents = []
    for line, document in read_jsonl(path):
        if isinstance(document, Problem):
            raise InputError([document])
        if not isinstance(document, dict):
            raise InputError([Problem(str(path), line, "", "not a JSON object")])
        documents.append({key: document[key] for key in sorted(document, key=lambda k: (order.get(k, len(order)), k))})
    documents.sort(key=lambda d: str(d.get(f"{record}_id", "")))
    return "".join(json.dumps(_plain(d), ensure_ascii=False, allow_nan=False) + "\n" for d in documents)


def format_corpus(source: Source, write: bool) -> list[Path]:
    """The files of a corpus that are not formatted; with ``write`` they are, one after the other, none half-written."""
    changed = []
    for table in TABLES:
        for path in source.files(table):
            if path.suffix != ".jsonl":
                continue
            text = formatted(table, path)
            if text != path.read_text(encoding="utf-8"):
                changed.append(path)
                if write:
                    write_text(path, text)
    return changed


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
