"""Result records as boards: only records that measured the same thing stand in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.codebook import OVERALL_TRACKS, TRACK, TRACKS
from benchmark.errors import InputError, Problem
from benchmark.result import read_record

Record = Mapping[str, Any]
Estimate = Mapping[str, Any]
REFERENCE_SCORERS = ("constant", "random", "length")
"""Floors: shown apart from competitors."""
PROBE_KINDS = ("invariance", "direction", "attack")
"""Kinds of behavioural tests (`bench probe`), whose shares held stand beside the tracks."""
NOTES = (
    ("ml", "features", "words", "a warning: what words alone give away"),
    ("llm", "model", "smollm2", "plumbing: it proves the path, its judgement is worthless"),
)
"""Scorer, parameter and value of runs that are no competitors, and why."""
_NONE: Estimate = {"value": None, "low": None, "high": None, "n": 0, "reason": "not measured"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a board: a scorer, or the annotators' own agreement (``kind`` is scorer, floor or annotators)."""

    name: str
    version: str
    params: str
    kind: str
    overall: Estimate
    share: Estimate
    tracks: Mapping[str, Estimate]
    probes: Mapping[str, Estimate]
    note: str
    scored: float | None
    ms_per_answer: float | None
    usd_per_1000: float | None
    run_id: str


@dataclass(frozen=True, slots=True)
class Board:
    """Records with the same corpus fingerprint, split, limit, reference and schema, best overall first."""

    corpus: Mapping[str, Any]
    reference: Mapping[str, Any]
    resampling: Mapping[str, Any]
    rows: list[Row]


def read_records(folder: Path) -> tuple[list[Record], list[Problem | str]]:
    """Every record of a folder (``*.json``), and what is wrong with those that are none.  Raises InputError without any file."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise InputError([Problem(str(folder), 0, "", "no result records (*.json) here; `bench run` writes them")])
    records: list[Record] = []
    problems: list[Problem | str] = []
    for path in paths:
        try:
            records.append(read_record(path))
        except InputError as error:
            problems += error.problems
    return records, problems


def make_boards(records: Iterable[Record]) -> list[Board]:
    """Group records into boards, those with the most scorers first."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        corpus, reference = record["corpus"], record["reference"]
        key = (
            corpus["fingerprint"],
            corpus["split"],
            corpus["limit"] or 0,
            tuple(reference["annotators"]),
            reference["method"],
            record["schema_version"],
        )
        groups.setdefault(key, []).append(record)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_board(group) for _, group in ordered]


def _board(records: list[Record]) -> Board:
    distinct = {record["run_id"]: record for record in sorted(records, key=lambda r: str(r["environment"]["created_at"]))}
    rows = [_scorer_row(record) for record in distinct.values()]
    first = records[0]
    if len(first["reference"]["annotators"]) > 1:
        rows.append(_annotators_row(first))
    rows.sort(key=lambda row: (-(row.overall["value"] if row.overall["value"] is not None else -9), row.name, row.run_id))
    return Board(first["corpus"], first["reference"], first["resampling"], rows)


def _scorer_row(record: Record) -> Row:
    scorer, coverage, cost = record["scorer"], record["coverage"], record["cost"]
    usd = cost["usd"]
    note = next((why for name, key, value, why in NOTES if name == scorer["name"] and scorer["params"].get(key) == value), "")
    return Row(
        name=scorer["name"],
        version=scorer["version"],
        params=" ".join(
            f"{key}={value}"
            for key, value in sorted(scorer["params"].items())
            if value is not None and not key.endswith("_sha256")
        ),
        kind="floor" if note or scorer["name"] in REFERENCE_SCORERS else "scorer",
        overall=record["overall"],
        share=record["annotators"]["overall"]["share"],
        tracks={track.name: record["tracks"][track.name][track.headline] for track in TRACKS},
        probes={kind: record.get("probes", {}).get("kinds", {}).get(kind, _NONE) for kind in PROBE_KINDS},
        note=note,
        scored=coverage["scored"] / coverage["answers"] if coverage["answers"] else None,
        ms_per_answer=cost["ms_per_answer"],
        usd_per_1000=None if usd is None else 1000 * usd / coverage["answers"],
        run_id=record["run_id"],
    )


def _annotators_row(record: Record) -> Row:
    own = record["annotators"]
    return Row(
        name="annotators, leave one out",
        version="",
        params="",
        kind="annotators",
        overall=own["overall"]["annotator"],
        share=_NONE,
        tracks={
            track.name: own["tracks"][track.name]["annotator"] if track.name in OVERALL_TRACKS else _NONE for track in TRACKS
        },
        probes=dict.fromkeys(PROBE_KINDS, _NONE),
        note="",
        scored=None,
        ms_per_answer=None,
        usd_per_1000=None,
        run_id="",
    )


def headline(track: str) -> str:
    """Name of a track's headline metric in tables."""
    return TRACK[track].meaning
