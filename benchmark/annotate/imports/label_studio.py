"""Label Studio's JSON export. Its offsets count UTF-16 units, as JavaScript does; records count code points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmark.annotate.imports import Document, Found, label, number, refuse, slug
from benchmark.errors import InputError, Problem
from benchmark.files import read_json

SCALES = ("rating", "pace", "depth")
CHOICES = ("verdict", "confidence_direction", "signals", "patterns", *SCALES)


def read_label_studio(path: Path, segments: Mapping[str, list[Document]], prefix: str) -> Found:
    """Annotations of a project made by ``bench annotate label-studio``, or of one with the same names of controls.

    A task must say its ``answer_id`` among its data.  ``segments`` are those of each answer.  Raises InputError for what can't be
    placed; annotations that were cancelled (skipped) are passed over and told.
    """
    tasks = read_json(path)
    if not isinstance(tasks, list):
        raise InputError([Problem(str(path), 0, "", "not a list of tasks: export the project as JSON")])
    found, problems = Found(), []
    for i, task in enumerate(tasks):
        place = f"{path}: task {task.get('id', i + 1) if isinstance(task, dict) else i + 1}"
        answer_id = (
            task.get("data", {}).get("answer_id") if isinstance(task, dict) and isinstance(task.get("data"), dict) else None
        )
        if answer_id not in segments:
            problems.append(
                Problem(place, 0, "data.answer_id", f"no answer {answer_id!r} in the corpus" if answer_id else "is missing")
            )
            continue
        for annotation in task.get("annotations") or []:
            who = annotation.get("completed_by")
            who = who.get("id") if isinstance(who, dict) else who
            if annotation.get("was_cancelled"):
                found.left_out.append(f"{place}: skipped by {who}")
                continue
            labels, wrong = _labels(annotation.get("result") or [], segments[str(answer_id)], place)
            try:
                annotator_id = slug(who, prefix)
            except ValueError as error:
                wrong.append(Problem(place, 0, "completed_by", str(error)))
            problems += wrong
            times = {
                "seconds_spent": annotation.get("lead_time"),
                "created_at": annotation.get("updated_at") or annotation.get("created_at"),
            }
            if not wrong:
                found.add(str(answer_id), annotator_id, labels, place, **times)
    refuse(problems)
    return found


def _labels(result: list[Any], segments: list[Document], place: str) -> tuple[Document, list[Problem]]:
    labels: Document = {"patterns": [], "signals": [], "evidence": []}
    problems: list[Problem] = []
    for region in result:
        value, name = region.get("value", {}), region.get("from_name", "")
        marked = value.get("paragraphlabels") or value.get("hypertextlabels") or value.get("labels")
        if marked:
            try:
                labels["evidence"] += [{"label": label(m), **span} for span in _spans(value, segments) for m in marked]
            except (ValueError, KeyError, TypeError) as error:
                problems.append(Problem(place, 0, f"result {region.get('id', '')}", f"a span that can't be placed: {error}"))
        elif name in CHOICES and isinstance(value.get("choices"), list):
            chosen = [label(c) if name not in SCALES else number(c) for c in value["choices"]]
            labels[name] = chosen if name in ("signals", "patterns") else chosen[0] if chosen else None
        elif name in SCALES and "rating" in value:
            labels[name] = number(value["rating"])
        elif name == "rationale" and value.get("text"):
            text = value["text"]
            labels[name] = "\n".join(text) if isinstance(text, list) else str(text)
    return labels, problems


def _spans(value: Mapping[str, Any], segments: list[Document]) -> Iterator[Document]:
    """A region as spans of single segments, in code points; one over several paragraphs is cut at their ends."""
    if "startOffset" in value:
        first, last = int(value["start"]), int(value["end"])
        start, end = int(value["startOffset"]), int(value["endOffset"])
    elif len(segments) == 1:
        first, last, start, end = 0, 0, int(value["start"]), int(value["end"])
    else:
        raise ValueError("it names no paragraph, and the answer has several segments")
    for i in range(first, last + 1):
        text = segments[i]["text"]
        if not text:
            yield {"segment": i, "start": 0, "end": 0}
            continue
        units = len(text.encode("utf-16-le")) // 2
        a, b = (start if i == first else 0), (min(end, units) if i == last else units)
        span = {"segment": i, "start": points(text, a), "end": points(text, b)}
        said = value.get("text")
        if first == last and isinstance(said, str) and said != text[span["start"] : span["end"]]:
            raise ValueError(f"its text {said[:40]!r} is not what stands there")
        yield span


def points(text: str, unit: int) -> int:
    """Code points before UTF-16 offset ``unit``.  Raises ValueError for one inside a character."""
    encoded = text.encode("utf-16-le")
    if not 0 <= unit * 2 <= len(encoded):
        raise ValueError(f"offset {unit} is outside the text")
    try:
        return len(encoded[: 2 * unit].decode("utf-16-le"))
    except UnicodeDecodeError:
        raise ValueError(f"offset {unit} is inside a character") from None
