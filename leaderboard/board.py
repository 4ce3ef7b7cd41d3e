"""Result records as boards: only records that measured the same thing stand in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmark.codebook import OVERALL_TRACKS, TRACKS

Record = Mapping[str, Any]
Estimate = Mapping[str, Any]
REFERENCE_SCORERS = ("constant", "random", "length")
"""Floors: shown apart from competitors."""
PROBE_KINDS = ("invariance", "direction", "attack")
"""Kinds of behavioural tests (`bench probe`), whose shares held stand beside the tracks."""
WARNINGS = (
    ("ml", "features", "words", "ml", "a warning: what words alone give away"),
    ("llm", "model", "smollm2", "plumbing judge", "it proves the path through a language model; its judgement is worthless"),
)
"""Scorer, parameter and value of runs that are no competitors, what they are called, and why."""
OPERATIONAL = ("seed", "concurrency", "requests_per_minute", "timeout_s", "patience_s", "budget_usd", "cache")
"""Parameters that say how a scorer is run, not which one it is."""
NOT_MEASURED: Estimate = {"value": None, "low": None, "high": None, "n": 0, "reason": "not measured"}
ANNOTATORS = "annotators, leave one out"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a board.  ``kind`` is scorer, floor, warning or annotators; floors and warnings have no rank."""

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

    @property
    def label(self) -> str:
        """Name with the parameters that tell it from others."""
        return f"{self.name} ({self.variant})" if self.variant else self.name

    @property
    def variant(self) -> str:
        """The parameters but for those that change no label."""
        return " ".join(part for part in self.params.split() if part.partition("=")[0] not in OPERATIONAL)


@dataclass(frozen=True, slots=True)
class Board:
    """Records with the same corpus fingerprint, split, limit and reference, best overall first.  ``records`` are by run id."""

    corpus: Mapping[str, Any]
    reference: Mapping[str, Any]
    resampling: Mapping[str, Any]
    rows: list[Row]
    records: Mapping[str, Record]

    @property
    def whose(self) -> str:
        """Whose labels the board measures against, in a plain sentence."""
        names, kinds = ", ".join(self.reference["annotators"]), tuple(self.reference["kinds"])
        given, besides = WHOSE.get(kinds, (f"labels of different kinds, {' and '.join(kinds)}", ""))
        return f"Measured against {given} ({names}).{besides}"

    @property
    def people(self) -> bool:
        """Whether all labels are people's."""
        return bool(self.reference["kinds"] == ["human"])


WHOSE = {
    ("human",): ("labels given by people", ""),
    ("model",): ("labels given by passes of a language model", " No label here is a person's."),
    ("author",): ("what the writers of the answers meant to show", " No label here is a person's or a blind annotator's."),
    ("adjudicator",): ("what people decided who saw the labels of others", ""),
}
"""Kinds of annotators that count: what their labels are, and what has to be said besides."""


def make_boards(records: Iterable[Record]) -> list[Board]:
    """Group records into boards, those with the most scorers first."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(yardstick(record), []).append(record)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_board(group) for _, group in ordered]


def yardstick(record: Record) -> tuple[Any, ...]:
    """What two records must share to stand in one table."""
    corpus, reference = record["corpus"], record["reference"]
    return (corpus["fingerprint"], corpus["split"], corpus["limit"] or 0, tuple(reference["annotators"]), reference["method"])


def _board(records: list[Record]) -> Board:
    distinct = {record["run_id"]: record for record in sorted(records, key=lambda r: str(r["environment"]["created_at"]))}
    rows = [_scorer_row(record) for record in distinct.values()]
    first = records[0]
    if len(first["reference"]["annotators"]) > 1:
        rows.append(_annotators_row(first))
    rows.sort(key=lambda row: (-(row.overall["value"] if row.overall["value"] is not None else -9), row.name, row.run_id))
    return Board(first["corpus"], first["reference"], first["resampling"], rows, distinct)


def _scorer_row(record: Record) -> Row:
    scorer, coverage, cost = record["scorer"], record["coverage"], record["cost"]
    usd, answers = cost["usd"], coverage["answers"]
    warned = next((w for w in WARNINGS if w[0] == scorer["name"] and scorer["params"].get(w[1]) == w[2]), None)
    params = [
        f"{key}={value}" for key, value in sorted(scorer["params"].items()) if value is not None and not key.endswith("_sha256")
    ]
    if warned and warned[3] != scorer["name"]:
        params.insert(0, scorer["name"])
    return Row(
        name=warned[3] if warned else scorer["name"],
        version=scorer["version"],
        params=" ".join(params),
        kind="warning" if warned else "floor" if scorer["name"] in REFERENCE_SCORERS else "scorer",
        overall=record["overall"],
        share=record["annotators"]["overall"]["share"],
        tracks={track.name: record["tracks"][track.name][track.headline] for track in TRACKS},
        probes={kind: record.get("probes", {}).get("kinds", {}).get(kind, NOT_MEASURED) for kind in PROBE_KINDS},
        note=warned[4] if warned else "",
        scored=coverage["scored"] / answers if answers else None,
        ms_per_answer=cost["ms_per_answer"],
        usd_per_1000=None if usd is None or not answers else 1000 * usd / answers,
        run_id=record["run_id"],
    )


def _annotators_row(record: Record) -> Row:
    own = record["annotators"]
    return Row(
        name=ANNOTATORS,
        version="",
        params="",
        kind="annotators",
        overall=own["overall"]["annotator"],
        share=NOT_MEASURED,
        tracks={
            track.name: own["tracks"][track.name]["annotator"] if track.name in OVERALL_TRACKS else NOT_MEASURED
            for track in TRACKS
        },
        probes=dict.fromkeys(PROBE_KINDS, NOT_MEASURED),
        note="",
        scored=None,
        ms_per_answer=None,
        usd_per_1000=None,
        run_id="",
    )
