"""What can be wrong between the records of a scanned corpus: ``checks.structural_problems``, asked of a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

from benchmark.corpus.source import TABLES
from benchmark.errors import Problem


def join_problems(base: sqlite3.Connection, files: Sequence[str]) -> Iterator[Problem]:
    """Duplicate ids, ids that lead nowhere, and evidence outside its answer; ``files`` names the files by number."""

    def problem(file: int, line: int, field: str, message: str) -> Problem:
        return Problem(files[file], line, field, message)

    def known(table: str, identifier: str) -> bool:
        return base.execute(f"SELECT 1 FROM {table} WHERE id = ?", (identifier,)).fetchone() is not None

    for table, record in TABLES.items():
        repeated = f"SELECT id FROM {table} WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) > 1"
        first: tuple[Any, ...] = (None, 0, 0)
        for row in base.execute(f"SELECT id, file, line FROM {table} WHERE id IN ({repeated}) ORDER BY id, rowid"):
            if row[0] == first[0]:
                yield problem(row[1], row[2], f"{record}_id", f"{row[0]!r} stands at {files[first[1]]}:{first[2]} already")
            else:
                first = row

    for file, line, question, found, round_ in base.execute(
        "SELECT a.file, a.line, a.question, q.id, q.round FROM answers a LEFT JOIN questions q ON q.id = a.question "
        "WHERE a.sound AND (q.id IS NULL OR (q.sound AND q.round <> a.round))"
    ):
        if found is None:
            yield problem(file, line, "question_id", f"no question {question!r}")
        else:
            yield problem(file, line, "round", f"the question's round is {round_!r}")

    for file, line, answer in base.execute(
        "SELECT file, line, answer FROM annotations WHERE sound AND NOT EXISTS (SELECT 1 FROM answers WHERE id = answer)"
    ):
        yield problem(file, line, "answer_id", f"no answer {answer!r}")
    for file, line, spans, texts in base.execute(
        "SELECT n.file, n.line, n.evidence, a.texts FROM annotations n JOIN answers a ON a.id = n.answer "
        "WHERE n.sound AND a.sound AND n.evidence IS NOT NULL AND n.evidence <> '[]'"
    ):
        for field, message in span_problems(json.loads(spans), texts):
            yield problem(file, line, field, message)
    for file, line, annotator in base.execute(
        "SELECT file, line, annotator FROM annotations WHERE sound AND NOT EXISTS (SELECT 1 FROM annotators WHERE id = annotator)"
    ):
        yield problem(file, line, "annotator_id", f"no annotator {annotator!r}")
    first = (None, None, 0, 0)
    for row in base.execute(
        "SELECT answer, annotator, file, line FROM annotations WHERE sound AND answer IN (SELECT answer FROM annotations "
        "WHERE sound GROUP BY answer HAVING COUNT(DISTINCT annotator) < COUNT(*)) ORDER BY answer, annotator, rowid"
    ):
        if row[:2] == first[:2]:
            earlier = f"{files[first[2]]}:{first[3]}"
            yield problem(row[2], row[3], "annotator_id", f"{row[1]!r} labelled this answer at {earlier} already")
        else:
            first = row

    for file, line, text in base.execute(
        "SELECT t.file, t.line, payload FROM loops t JOIN loops_text x ON x.rowid = t.rowid WHERE t.sound"
    ):
        document = json.loads(text)
        for i, answer_id in enumerate(document["answer_ids"]):
            if not known("answers", answer_id):
                yield problem(file, line, f"answer_ids[{i}]", f"no answer {answer_id!r}")
        seen: set[str] = set()
        for i, annotation in enumerate(document["annotations"]):
            name = annotation["annotator_id"]
            if not known("annotators", name):
                yield problem(file, line, f"annotations[{i}].annotator_id", f"no annotator {name!r}")
            if name in seen:
                yield problem(file, line, f"annotations[{i}].annotator_id", f"{name!r} labelled this loop already")
            seen.add(name)

    for file, line, better, worse, one, two, first_question, second_question in base.execute(
        "SELECT c.file, c.line, c.better, c.worse, b.id, w.id, b.question, w.question FROM contrasts c "
        "LEFT JOIN answers b ON b.id = c.better LEFT JOIN answers w ON w.id = c.worse WHERE c.sound AND "
        "(b.id IS NULL OR w.id IS NULL OR b.question <> w.question OR c.better = c.worse)"
    ):
        for end, asked, found in (("better", better, one), ("worse", worse, two)):
            if found is None:
                yield problem(file, line, end, f"no answer {asked!r}")
        if None not in (first_question, second_question) and first_question != second_question:
            yield problem(file, line, "worse", "answers another question than `better`")
        if better == worse:
            yield problem(file, line, "worse", "is the same answer as `better`")


def span_problems(spans: Sequence[Sequence[Any]], texts: bytes) -> Iterator[tuple[str, str]]:
    """Evidence ``[label, segment, start, end]`` outside its answer, whose segments' texts have the lengths ``texts``."""
    lengths = array("i", texts)
    for i, (_, segment, start, end) in enumerate(spans):
        if segment >= len(lengths):
            yield f"evidence[{i}].segment", f"{segment}: the answer has {len(lengths)} segments"
            continue
        length = max(0, lengths[segment])
        if end > length or start > end:
            yield f"evidence[{i}]", f"{start} to {end} is outside segment {segment} (0 to {length})"
