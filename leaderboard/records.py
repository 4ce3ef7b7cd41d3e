"""Result records of a folder: those that may share a table, those that stand apart and why, and what is no record at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmark.corpus import Corpus
from benchmark.errors import InputError, Problem
from benchmark.files import canonical, read_json
from benchmark.reference import METHOD
from benchmark.result import SCHEMA_VERSION, read_record

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Apart:
    """A record that measured something else than this corpus by this schema, and the reason in words."""

    file: str
    name: str
    version: str
    overall: Mapping[str, Any] | None
    reason: str


@dataclass(slots=True)
class Found:
    """What a folder of results holds: records by path, records apart, and problems."""

    records: dict[Path, Record] = field(default_factory=dict)
    apart: list[Apart] = field(default_factory=list)
    problems: list[Problem | str] = field(default_factory=list)


def find_records(folder: Path, corpus: Corpus) -> Found:
    """Read every ``*.json`` of a folder.  Raises InputError where there is none."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise InputError([Problem(str(folder), 0, "", "no result records (*.json) here; `bench run` writes them")])
    found = Found()
    for path in paths:
        try:
            document = read_json(path)
            if isinstance(document, dict) and _other_schema(document):
                found.apart.append(_of_other_schema(path, document))
                continue
            record = checked_record(path)
        except InputError as error:
            found.problems += error.problems
            continue
        if reason := elsewhere(record, corpus):
            scorer = record["scorer"]
            found.apart.append(Apart(path.name, scorer["name"], scorer["version"], record["overall"], reason))
        else:
            found.records[path] = record
    return found


def checked_record(path: Path) -> Record:
    """Read a record that can be written again; raises InputError for one that can't (infinite numbers, half characters)."""
    record = read_record(path)
    try:
        canonical(record).encode()
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(str(path), 0, "", f"holds what can't be written again: {error}")]) from None
    return record


def elsewhere(record: Record, corpus: Corpus) -> str:
    """Why a record can't stand in a table of this corpus; empty where it can."""
    measured, reference = record["corpus"], record["reference"]
    if measured["fingerprint"] != corpus.fingerprint:
        return (
            f"measured on {measured['name']} {measured['version'] or 'without a version'} (fingerprint {measured['fingerprint'][:12]}), "
            f"not on {corpus.name} {corpus.version or ''} ({corpus.fingerprint[:12]})"
        )
    missing = [name for name in reference["annotators"] if name not in corpus.annotators]
    if missing or not reference["annotators"]:
        return f"measured against {', '.join(missing) or 'nobody'}, whose labels this corpus does not have"
    if reference["method"] != METHOD:
        return f"labels combined by “{reference['method']}”, not by “{METHOD}”"
    return ""


def _other_schema(document: Mapping[str, Any]) -> bool:
    version = document.get("schema_version")
    return isinstance(version, str) and version != SCHEMA_VERSION


def _of_other_schema(path: Path, document: Mapping[str, Any]) -> Apart:
    """Only what every version has is read from it: nothing else is known of its shape."""
    scorer = document.get("scorer")
    name, version = (scorer.get(key) if isinstance(scorer, dict) else None for key in ("name", "version"))
    reason = f"written by schema version {_plain(document['schema_version'])}, this board reads {SCHEMA_VERSION}"
    return Apart(path.name, _plain(name or "unnamed"), _plain(version or ""), None, reason)


def _plain(value: Any) -> str:
    return str(value)[:80].encode("utf-8", "replace").decode()
