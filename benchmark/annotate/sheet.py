"""What an annotator may see of an answer: a list of fields, and nothing that is not on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from benchmark.codebook import SPLITS
from benchmark.corpus.source import Row, Source, open_source
from benchmark.errors import InputError, Problem

QUESTION_FIELDS = ("round", "prompt", "time_budget_s", "critical_points", "obvious_points")
SEGMENT_FIELDS = ("speaker", "kind", "start_s", "end_s", "text")
Document = dict[str, Any]


class Material(NamedTuple):
    """What a labelling project is made of: ``sheets`` and ``question_of`` by answer id, ``twins`` among those answers."""

    corpus: str
    split: str
    sheets: dict[str, Document]
    question_of: dict[str, str]
    twins: list[tuple[str, str]]


def read_material(location: str | None, split: str | None, limit: int | None) -> Material:
    """Read questions, answers and which answers are twins, and no label: annotations and loops are not opened.

    Raises InputError for a row that can't be used and for a split without answers.
    """
    source = open_source(location)
    questions = {row.document["question_id"]: row.document for row in _sound(source, "questions")}
    rows = list(_sound(source, "answers"))
    present = {row.document.get("split", "test") for row in rows}
    chosen = split or ("test" if "test" in present else "all")
    sheets: dict[str, Document] = {}
    question_of: dict[str, str] = {}
    for row in sorted(rows, key=lambda r: str(r.document["answer_id"])):
        answer = row.document
        if answer["question_id"] not in questions:
            raise InputError([row.problem("question_id", f"no question {answer['question_id']!r}")])
        if chosen in ("all", answer.get("split", "test")) and (limit is None or len(sheets) < limit):
            sheets[answer["answer_id"]] = make_sheet(questions[answer["question_id"]], answer)
            question_of[answer["answer_id"]] = answer["question_id"]
    if not sheets:
        there = ", ".join(s for s in SPLITS if s in present) or "none at all"
        raise InputError([f"corpus {source.name}: no answers in split {chosen!r} (splits with answers: {there})"])
    pairs = [(row.document["better"], row.document["worse"]) for row in _sound(source, "contrasts")]
    twins = [(a, b) for a, b in pairs if a in sheets and b in sheets]
    return Material(source.name, chosen, sheets, question_of, twins)


def make_sheet(question: Mapping[str, Any], answer: Mapping[str, Any]) -> Document:
    """The fields of a question and an answer that an annotator may see; ids, provenance and candidate are not among them."""
    return {
        "question": {field: question[field] for field in QUESTION_FIELDS if field in question},
        "medium": answer["medium"],
        "segments": [{field: segment[field] for field in SEGMENT_FIELDS} for segment in answer["segments"]],
    }


def _sound(source: Source, table: str) -> list[Row]:
    found = []
    for row in source.rows(table):
        if isinstance(row, Problem):
            raise InputError([row])
        if row.problems:
            raise InputError(row.problems)
        found.append(row)
    return found
