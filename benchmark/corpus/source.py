"""Where the rows of a corpus come from: JSON lines, Parquet, or a repository on the Hugging Face Hub."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmark.errors import InputError, Problem
from benchmark.files import bundled, read_json, read_jsonl
from benchmark.schemas import schema_problems

TABLES = {
    "questions": "question",
    "answers": "answer",
    "annotators": "annotator",
    "annotations": "annotation",
    "loops": "loop",
    "contrasts": "contrast",
}
"""Table name and the record each of its rows is."""

REQUIRED_TABLES = ("questions", "answers")
_HUB = "hf://"
_PARQUET_BATCH = 1024


class Row(NamedTuple):
    """A record and its place: ``file``, ``line`` (a row number in Parquet), ``document``; ``problems`` is what its schema refuses."""

    file: str
    line: int
    document: dict[str, Any]
    problems: tuple[Problem, ...] = ()

    def problem(self, field: str, message: str) -> Problem:
        return Problem(self.file, self.line, field, message)


@dataclass(frozen=True, slots=True)
class Source:
    """An opened corpus: its folder, and the name, version and (on the Hub) commit that results are recorded under."""

    folder: Path
    name: str
    version: str | None
    revision: str | None

    def files(self, table: str) -> list[Path]:
        """The files of one table: ``NAME.jsonl``, ``NAME.parquet``, or every such file below ``NAME/``, sorted."""
        found = [path for path in (self.folder / f"{table}.jsonl", self.folder / f"{table}.parquet") if path.is_file()]
        inside = self.folder / table
        if inside.is_dir():
            found += sorted(p for p in inside.rglob("*") if p.suffix in (".jsonl", ".parquet") and p.is_file())
        return found

    def rows(self, table: str) -> Iterator[Row | Problem]:
        """Stream the rows of one table; what is no JSON object comes as a Problem instead."""
        record = TABLES[table]
        for path in self.files(table):
            shown = _shown(path)
            for line, document in read_parquet(path) if path.suffix == ".parquet" else read_jsonl(path):
                if isinstance(document, Problem):
                    yield Problem(shown, document.line, document.field, document.message)
                    continue
                wrong = tuple(Problem(shown, line, field, message) for field, message in schema_problems(record, document))
                if isinstance(document, dict):
                    yield Row(shown, line, document, wrong)
                else:
                    yield from wrong


def open_source(location: str | Path | None) -> Source:
    """Find a corpus: a folder, ``hf://owner/name@revision``, or None for the corpus that comes with the package.

    Raises InputError when there is none, or a table that every corpus has is missing.
    """
    if isinstance(location, str) and location.startswith(_HUB):
        folder, name, revision = _download(location)
    else:
        folder, revision = Path(location) if location is not None else bundled("data"), None
        if not folder.is_dir():
            raise InputError([Problem(str(folder), 0, "", "no such corpus folder")])
        name = folder.resolve().name
    about = read_json(folder / "corpus.json") if (folder / "corpus.json").is_file() else {}
    if not isinstance(about, dict):
        raise InputError([Problem(str(folder / "corpus.json"), 0, "", "not a JSON object")])
    version = about.get("version")
    source = Source(folder, str(about.get("name", name)), None if version is None else str(version), revision)
    missing = [table for table in REQUIRED_TABLES if not source.files(table)]
    if missing:
        raise InputError(Problem(_shown(folder), 0, "", f"no {table}.jsonl, {table}.parquet or {table}/") for table in missing)
    return source


def _shown(path: Path) -> str:
    """The path as a user would type it."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)


def read_parquet(path: Path) -> Iterator[tuple[int, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_PARQUET_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield number, _without_nulls(row)
    except (pa.ArrowException, OSError) as error:
        yield number + 1, Problem(str(path), number + 1, "", f"not Parquet: {str(error).splitlines()[0]}")


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    """Parquet has a null where JSON leaves a field out; free-form provenance is kept there as JSON text."""
    kept: dict[str, Any] = {
        key: {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value
        for key, value in row.items()
        if value is not None
    }
    if isinstance(kept.get("provenance"), str):
        kept["provenance"] = json.loads(kept["provenance"])
    return kept


def _download(location: str) -> tuple[Path, str, str]:
    """Fetch a Hub dataset repository; gives its folder, ``owner/name`` and the commit that the revision stands for."""
    name, _, revision = location.removeprefix(_HUB).partition("@")
    if name.count("/") != 1 or not all(name.split("/")) or location.endswith("@"):
        raise InputError([Problem(location, 0, "", "expected hf://owner/name or hf://owner/name@revision")])
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    try:
        folder = snapshot_download(
            name,
            repo_type="dataset",
            revision=revision or None,
            allow_patterns=["*.jsonl", "*.parquet", "corpus.json"],
        )
    except GatedRepoError:
        reason = "it is gated, and the token (if any) has no access to it"
    except RepositoryNotFoundError:
        reason = "no such dataset repository, or a private one that the token (if any) does not open"
    except RevisionNotFoundError:
        reason = f"no revision {revision!r}"
    except (OSError, ValueError) as error:  # what the client raises for connections, caches and malformed names
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
    else:
        return Path(folder), name, Path(folder).name
    raise InputError([Problem(location, 0, "", reason)])
