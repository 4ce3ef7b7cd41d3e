"""Filing a record on the board: only what follows from its predictions is taken."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmark.comparison import recorded_predictions
from benchmark.corpus import load_corpus
from benchmark.errors import InputError, Problem
from benchmark.predictions import write_predictions
from benchmark.result import build_record, predictions_path, run_id, write_record
from leaderboard.board import make_boards
from leaderboard.records import checked_record, elsewhere
from leaderboard.runs import Yardstick
from leaderboard.tables import slug

RECOMPUTED = (
    "overall",
    "tracks",
    "slices",
    "annotators",
    "coverage",
    "predictions",
    "resampling",
    "reference",
    "self_agreement",
)
"""Blocks that follow from predictions and corpus alone."""
MOST = 12
_DOUBT = 1e-6
"""What another processor's arithmetic may change."""


def submit_record(path: Path, results: Path, location: str | None) -> tuple[list[Path], list[str]]:
    """Check a record and file it with its predictions in ``results``; the files written, and what a reviewer has to know.

    Raises InputError with every reason to refuse it.
    """
    record = checked_record(path)
    corpus = load_corpus(location)
    if reason := elsewhere(record, corpus):
        raise InputError([Problem(str(path), 0, "", reason)])
    filed = {one["run_id"]: other for other in sorted(results.glob("*.json")) if (one := _record_or_none(other))}
    if record["run_id"] in filed:
        raise InputError([Problem(str(path), 0, "run_id", f"{record['run_id']} is filed already: {filed[record['run_id']]}")])
    against = Yardstick(corpus, record)
    predictions = recorded_predictions(path, dict(record), against.items, corpus)
    again = build_record(
        scorer=record["scorer"],
        items=against.items,
        split=record["corpus"]["split"],
        limit=record["corpus"]["limit"],
        reference=against.reference,
        predictions=predictions,
        seed=record["resampling"]["seed"],
        seconds=record["cost"]["seconds"],
    )
    told = {block: record.get(block) for block in RECOMPUTED}
    wrong = list(_differences("", told, {block: again.get(block) for block in RECOMPUTED}))
    for count in ("answers", "questions"):
        wrong += _differences(f"corpus.{count}", record["corpus"][count], again["corpus"][count])
    blocks = (record[block] for block in ("scorer", "corpus", "reference", "predictions", "resampling"))
    wrong += _differences("run_id", record["run_id"], run_id(*blocks))
    if wrong:
        shown = [Problem(str(path), 0, field, f"says {one}, its predictions give {two}") for field, one, two in wrong[:MOST]]
        more = (
            [f"{path}: and {len(wrong) - MOST} more numbers that do not follow from its predictions"]
            if len(wrong) > MOST
            else []
        )
        raise InputError([*shown, *more])
    row = next(row for row in make_boards([record])[0].rows if row.run_id)
    target = results / f"{slug(row.label)}-{record['run_id']}.json"
    write_predictions(predictions_path(target), [predictions.rows[answer_id] for answer_id in sorted(predictions.rows)])
    write_record(target, dict(record))
    return [target, predictions_path(target)], _notes(record)


def _record_or_none(path: Path) -> Any:
    try:
        return checked_record(path)
    except InputError:
        return None


def _notes(record: Any) -> list[str]:
    notes = ["cost and environment are as reported: they can't be computed again"]
    if "probes" in record:
        notes.append("the shares of behavioural tests are as reported: they follow from the scorer, not from its predictions")
    if record["environment"]["dirty"] is not False:
        notes.append("the record was made from a checkout with changes, or from none: the commit does not say what ran")
    return notes


def _differences(field: str, told: Any, given: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where two documents differ, as field, one, other; numbers to a millionth."""
    if isinstance(told, dict) and isinstance(given, dict):
        for key in sorted({*told, *given}):
            yield from _differences(f"{field}.{key}".lstrip("."), told.get(key), given.get(key))
    elif isinstance(told, list) and isinstance(given, list) and len(told) == len(given):
        for i, (one, two) in enumerate(zip(told, given, strict=True)):
            yield from _differences(f"{field}[{i}]", one, two)
    elif _number(told) and _number(given):
        if not math.isclose(told, given, rel_tol=0, abs_tol=_DOUBT):
            yield field, told, given
    elif told != given:
        yield field, told, given


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
