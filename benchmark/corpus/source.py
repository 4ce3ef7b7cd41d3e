"""Where the rows of a corpus come from: JSON lines, Parquet, or a repository on the Hugging Face Hub."""

from __future__ import annotations

import contextlib
import json
import logging
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
_FILES = [f"{table}{end}" for table in TABLES for end in (".jsonl", ".parquet", "/*.jsonl", "/*.parquet")]
"""What a repository is read for."""
_PATIENCE_S = 20.0
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
    """An opened corpus: its folder, and the name, version and (on the Hub) repository and commit that results are recorded under."""

    folder: Path
    name: str
    version: str | None
    revision: str | None
    repository: str | None = None

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
        repository: str | None = name
    else:
        folder, revision, repository = Path(location) if location is not None else bundled("data"), None, None
        if not folder.is_dir():
            raise InputError([Problem(str(folder), 0, "", "no such corpus folder")])
        name = folder.resolve().name
    about = read_json(folder / "corpus.json") if (folder / "corpus.json").is_file() else {}
    if not isinstance(about, dict):
        raise InputError([Problem(str(folder / "corpus.json"), 0, "", "not a JSON object")])
    version = about.get("version")
    source = Source(folder, str(about.get("name", name)), None if version is None else str(version), revision, repository)
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
        with contextlib.suppress(ValueError):  # what is not JSON stays text, and the schema refuses it
            kept["provenance"] = json.loads(kept["provenance"])
    return kept


def _download(location: str) -> tuple[Path, str, str]:
    """Fetch a Hub dataset repository; gives its folder in the client's cache, ``owner/name`` and the commit that was read.

    The revision is resolved first, and what is read is that commit or nothing.  Only where the Hub can't be reached does the
    cache answer: for a commit silently, for a branch or a tag with a warning that names the commit it stood for when last seen.
    """
    name, _, revision = location.removeprefix(_HUB).partition("@")
    if name.count("/") != 1 or not all(name.split("/")) or location.endswith("@"):
        raise InputError([Problem(location, 0, "", "expected hf://owner/name or hf://owner/name@revision")])
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    from benchmark.hub import CLIENT_ERRORS, reason

    commit: str | None = None
    try:
        try:
            commit = HfApi().dataset_info(name, revision=revision or None, timeout=_PATIENCE_S).sha
        except (HfHubHTTPError, ValueError):  # an answer, and it refuses; or a name that is none
            raise
        except CLIENT_ERRORS:  # no answer
            pass
        folder = Path(
            snapshot_download(
                name,
                repo_type="dataset",
                revision=revision or None,
                allow_patterns=[*_FILES, "corpus.json"],
                local_files_only=commit is None,
            )
        )
    except CLIENT_ERRORS as error:
        said = f"no revision {revision!r}" if type(error).__name__ == "RevisionNotFoundError" else reason(error)
        if commit is None and type(error).__name__ in ("LocalEntryNotFoundError", "IncompleteSnapshotError"):
            said = "the Hub can't be reached, and this revision is not complete in the cache"
        raise InputError([Problem(location, 0, "", said)]) from None
    if commit is not None and folder.name != commit:
        raise InputError([Problem(location, 0, "", f"is commit {commit}, but the cache gave {folder.name}; try again")])
    if commit is None and folder.name != revision:
        logging.getLogger("benchmark").warning(
            "%s: the Hub can't be reached; read commit %s from the cache, which may not be the latest", location, folder.name
        )
    return folder, name, folder.name
