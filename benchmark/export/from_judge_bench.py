"""JUDGE-BENCH datasets read: as a table for ``bench agreement``, or, where they hold our records, as a corpus."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.codebook import CODEBOOK_VERSION, PATTERNS, SIGNALS
from benchmark.errors import InputError, Problem
from benchmark.export.judge_bench import YES_NO
from benchmark.files import read_json, write_text


@dataclass(frozen=True, slots=True)
class Score:
    """What one rater gave one instance."""

    item: str
    rater: str
    metric: str
    value: str | int | float


def read_judge_bench(path: Path) -> dict[str, Any]:
    """A dataset whose shape has been checked.  Raises InputError naming every field that is not as JUDGE-BENCH has it."""
    document = read_json(path)
    problems = [Problem(str(path), 0, field, message) for field, message in _problems(document)]
    if problems:
        raise InputError(problems)
    checked: dict[str, Any] = document
    return checked


def scores(document: Mapping[str, Any]) -> Iterator[Score]:
    """Every single score.  JUDGE-BENCH names no raters: where ``annotator_ids`` does not, place i of a list is ``rater-i``."""
    for instance in document["instances"]:
        for metric, found in {**instance["annotations"], **instance.get("without_majority", {})}.items():
            values = found["individual_human_scores"]
            raters = found.get("annotator_ids") or [f"rater-{i}" for i in range(1, len(values) + 1)]
            for rater, value in zip(raters, values, strict=True):
                yield Score(str(instance["id"]), rater, metric, value)


def write_table(document: Mapping[str, Any], path: Path) -> tuple[int, list[str]]:
    """A CSV file with a row per item and annotator and a column per metric; gives the rows and the metrics.

    Raises InputError where the dataset has means and majorities only.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for score in scores(document):
        rows.setdefault((score.item, score.rater), {})[score.metric] = score.value
    if not rows:
        raise InputError(["no individual scores in it, only what they were combined to: there is no agreement to measure"])
    names = [declared["metric"] for declared in document["annotations"]]
    names = [name for name in names if any(name in row for row in rows.values())]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["item", "annotator", *names])
    for (item, rater), row in rows.items():
        writer.writerow([item, rater, *(row.get(name, "") for name in names)])
    write_text(path, out.getvalue())
    return len(rows), names


def corpus_documents(document: Mapping[str, Any], file: str) -> dict[str, list[dict[str, Any]]]:
    """The records of a corpus: questions, answers, annotators and annotations.

    Raises InputError for instances that do not bring our records: a text has no times, and none are invented.
    """
    without = [i for i, instance in enumerate(document["instances"]) if not ("answer" in instance and "question" in instance)]
    if without:
        message = (
            f"has no timed answer ({len(without)} of {len(document['instances'])} have none): import it as a table, --to table"
        )
        raise InputError([Problem(file, 0, f"instances[{without[0]}]", message)])
    given: dict[tuple[str, str], dict[str, Any]] = {}
    for score in scores(document):
        given.setdefault((score.item, score.rater), {})[score.metric] = score.value
    raters = sorted({rater for _, rater in given})
    known = {row["annotator_id"]: row for row in document.get("annotators", ())}
    if unknown := [rater for rater in raters if rater not in known]:
        raise InputError([Problem(file, 0, "annotators", f"does not say who {unknown[0]!r} is, a person or not")])
    questions = {instance["question"]["question_id"]: instance["question"] for instance in document["instances"]}
    return {
        "questions": [questions[key] for key in sorted(questions)],
        "answers": sorted((instance["answer"] for instance in document["instances"]), key=lambda row: str(row["answer_id"])),
        "annotators": [known[rater] for rater in raters],
        "annotations": [_annotation(item, rater, labels) for (item, rater), labels in sorted(given.items())],
        "loops": [],
        "contrasts": [],
    }


def _annotation(item: str, rater: str, labels: Mapping[str, Any]) -> dict[str, Any]:
    """Labels that the format has no place for (evidence, rationale, direction of confidence) stay null."""

    def marked(names: tuple[str, ...]) -> list[str] | None:
        return [name for name in names if labels.get(name) == YES_NO[0]] if any(name in labels for name in names) else None

    return {
        "annotation_id": f"n-{item}-{rater}",
        "answer_id": item,
        "annotator_id": rater,
        "verdict": labels.get("verdict"),
        "rating": labels.get("rating"),
        **{field: int(labels[field]) if field in labels else None for field in ("pace", "depth")},
        "patterns": marked(PATTERNS),
        "signals": marked(SIGNALS),
        "codebook_version": CODEBOOK_VERSION,
    }


def _problems(document: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(document, dict):
        yield "", "not a JSON object"
        return
    for name, kind in (("dataset", str), ("annotations", list), ("instances", list)):
        if not isinstance(document.get(name), kind):
            yield name, "is missing" if name not in document else f"is no {'text' if kind is str else 'list'}"
    if not (isinstance(document.get("annotations"), list) and isinstance(document.get("instances"), list)):
        return
    declared = set()
    for i, metric in enumerate(document["annotations"]):
        if not isinstance(metric, dict) or not isinstance(metric.get("metric"), str):
            yield f"annotations[{i}].metric", "is missing"
        else:
            declared.add(metric["metric"])
    for i, instance in enumerate(document["instances"]):
        place = f"instances[{i}]"
        if not isinstance(instance, dict) or not isinstance(instance.get("annotations"), dict):
            yield f"{place}.annotations", "is missing"
            continue
        if not isinstance(instance.get("id"), (str, int)):
            yield f"{place}.id", "is missing"
        for metric, score in instance["annotations"].items():
            where = f"{place}.annotations.{metric}"
            if metric not in declared:
                yield where, "is not among the metrics declared in `annotations`"
            if not isinstance(score, dict) or not isinstance(score.get("individual_human_scores"), list):
                yield f"{where}.individual_human_scores", "is missing"
                continue
            values, raters = score["individual_human_scores"], score.get("annotator_ids")
            if any(not isinstance(value, (str, int, float)) or isinstance(value, bool) for value in values):
                yield f"{where}.individual_human_scores", "holds something that is neither a number nor a label"
            if raters is not None and (not isinstance(raters, list) or len(raters) != len(values)):
                yield f"{where}.annotator_ids", f"does not name a rater for each of {len(values)} scores"
