"""``checks.content_problems`` of a scanned corpus, row by row and by join."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence

from benchmark.corpus.checks import SPEECH_RATE, TIMING_TWIN_RATE, label_problems, loop_problems, transcript_problems
from benchmark.corpus.source import Row
from benchmark.errors import Problem


def content_problems(base: sqlite3.Connection, files: Sequence[str]) -> Iterator[Problem]:
    """Everything beyond ``join_problems``.  Rows that are not valid records, or point at none, are passed over."""
    twins = "SELECT better AS id FROM contrasts WHERE dimension = 'timing' UNION SELECT worse FROM contrasts WHERE dimension = 'timing'"
    for file, line, text, twin in base.execute(
        f"SELECT t.file, t.line, payload, t.id IN ({twins}) FROM answers t JOIN answers_text x ON x.rowid = t.rowid WHERE t.sound"
    ):
        yield from transcript_problems(Row(files[file], line, json.loads(text)), TIMING_TWIN_RATE if twin else SPEECH_RATE)
    for file, line, text, texts in base.execute(
        "SELECT t.file, t.line, payload, a.texts FROM annotations t JOIN annotations_text x ON x.rowid = t.rowid "
        "JOIN answers a ON a.id = t.answer WHERE t.sound AND a.sound"
    ):
        silent = [length < 0 for length in array("i", texts)]
        yield from label_problems(Row(files[file], line, json.loads(text)), silent)

    mixed = "SELECT question FROM answers WHERE sound GROUP BY question HAVING COUNT(DISTINCT split) > 1"
    first: tuple[str | None, str, int, int] = (None, "", 0, 0)
    for question, split, file, line in base.execute(
        f"SELECT question, split, file, line FROM answers WHERE sound AND question IN ({mixed}) ORDER BY question, rowid"
    ):
        if question != first[0]:
            first = question, split, file, line
        elif split != first[1]:
            where = f"{files[first[2]]}:{first[3]}"
            yield Problem(files[file], line, "split", f"another answer to this question is in {first[1]!r} ({where})")
    for file, line, *splits in base.execute(
        "SELECT c.file, c.line, b.split, w.split FROM contrasts c JOIN answers b ON b.id = c.better JOIN answers w ON w.id = c.worse "
        "WHERE c.sound AND b.sound AND w.sound AND b.split <> w.split"
    ):
        yield Problem(files[file], line, "worse", f"the twins are in different splits ({', '.join(sorted(splits))})")

    for file, line, text in base.execute(
        "SELECT t.file, t.line, payload FROM loops t JOIN loops_text x ON x.rowid = t.rowid WHERE t.sound"
    ):
        row = Row(files[file], line, json.loads(text))
        found = {}
        for answer_id in row.document["answer_ids"]:
            answer = base.execute("SELECT round, candidate FROM answers WHERE sound AND id = ?", (answer_id,)).fetchone()
            if answer is not None:
                found[answer_id] = answer
        yield from loop_problems(row, found)
