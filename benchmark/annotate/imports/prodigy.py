"""Prodigy's JSON lines, with spans and options. Offsets count code points, as Python does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmark.annotate.imports import Document, Found, label, number, refuse, slug
from benchmark.annotate.labels import SCALES
from benchmark.errors import Problem
from benchmark.files import read_jsonl


def read_prodigy(path: Path, segments: Mapping[str, list[Document]], prefix: str) -> Found:
    """Annotations of tasks that say their ``answer_id`` (at the top or in ``meta``).

    A task's ``text`` is one segment (its number in ``segment``, at the top or in ``meta``) or all segments of the answer joined by
    newlines; tasks of one answer by one annotator are put together.  ``spans`` are evidence; options in ``accept`` are written
    ``field=value`` (``verdict=too_fast``, ``rating=4``, ``signals=deep_reasoning``), or the labels stand at the top of the task.
    Only tasks with ``answer`` "accept" count.  Raises InputError for what can't be placed.
    """
    found, problems = Found(), []
    merged: dict[tuple[str, str], tuple[Document, str, Any]] = {}
    for line, task in read_jsonl(path):
        if isinstance(task, Problem):
            problems.append(task)
            continue
        meta = task.get("meta") if isinstance(task, dict) else None
        given: Document = {**(meta if isinstance(meta, dict) else {}), **(task if isinstance(task, dict) else {})}
        answer_id = str(given.get("answer_id", ""))
        if answer_id not in segments:
            message = f"no answer {answer_id!r} in the corpus" if answer_id else "is missing (at the top or in meta)"
            problems.append(Problem(str(path), line, "answer_id", message))
            continue
        if task.get("answer", "accept") != "accept":
            found.left_out.append(f"{path}:{line}: answered {task['answer']!r}")
            continue
        who = task.get("_annotator_id") or task.get("_session_id") or "prodigy"
        try:
            annotator_id = slug(who, prefix)
            labels = _labels(task, segments[answer_id], given.get("segment"))
        except (ValueError, KeyError, TypeError) as error:
            problems.append(Problem(str(path), line, "", str(error)))
            continue
        key = (answer_id, annotator_id)
        if key in merged:
            known = merged[key][0]
            for field, value in labels.items():
                known[field] = known[field] + value if isinstance(value, list) and isinstance(known.get(field), list) else value
        else:
            merged[key] = (labels, f"{path}:{line}", task.get("_timestamp"))
    refuse(problems)
    for (answer_id, annotator_id), (labels, place, at) in merged.items():
        found.add(answer_id, annotator_id, labels, place, created_at=_time(at))
    return found


def _labels(task: Document, segments: list[Document], segment: Any) -> Document:
    labels: Document = {"evidence": [], "patterns": []}
    for option in task.get("accept") or []:
        field, _, value = str(option).partition("=")
        if field in ("signals", "patterns"):
            labels.setdefault(field, []).append(label(value))
        elif field in SCALES or field == "confidence_direction":
            labels[field] = number(value) if field in SCALES[1:] else label(value)
        else:
            raise ValueError(f"option {option!r}: expected field=value")
    for field in (*SCALES, "confidence_direction", "rationale", "signals"):
        if task.get(field) is not None:
            labels[field] = task[field]
    text = task.get("text", "")
    places = [int(segment)] if segment is not None else list(range(len(segments)))
    if text != "\n".join(segments[i]["text"] for i in places):
        raise ValueError("the task's text is not the answer's")
    starts, at = {}, 0
    for i in places:
        starts[i] = at
        at += len(segments[i]["text"]) + 1
    for span in task.get("spans") or []:
        for i in places:
            length = len(segments[i]["text"])
            start, end = max(span["start"] - starts[i], 0), min(span["end"] - starts[i], length)
            if start < end:
                labels["evidence"].append({"label": label(span["label"]), "segment": i, "start": start, "end": end})
    return labels


def _time(stamp: Any) -> str | None:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(stamp, (int, float)) else None
