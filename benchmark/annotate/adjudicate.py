"""Disagreements to be resolved: which answers they are, and what an adjudicator sees beside the transcript."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from benchmark.annotate import store
from benchmark.annotate.order import Turn
from benchmark.annotate.store import Person
from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS

Document = dict[str, Any]
APART = 2
"""Steps on a scale from which two labels count as a disagreement to talk about."""


def labels_by_answer(database: sqlite3.Connection) -> dict[str, list[tuple[Person, Document]]]:
    """The latest labels of each answer by each annotator; repeats and adjudications are left out."""
    found: dict[str, list[tuple[Person, Document]]] = defaultdict(list)
    for person in store.people(database):
        if person.role == "annotator":
            for state in store.states(database, person.id):
                if state.labels is not None and not state.repeat:
                    found[state.answer_id].append((person, state.labels))
    return dict(found)


def disagreement(labels: Sequence[Document]) -> float:
    """How far apart labels of one answer are: 0 where all agree on what matters, more the more they part.

    A point for different verdicts, the range of each scale as a share of it where it is two steps or more, an eighth for each pattern
    that some mark and others don't.
    """
    if len(labels) < 2:
        return 0.0
    score = float(len({one["verdict"] for one in labels}) > 1)
    for field, scale in (("rating", RATINGS), ("pace", DEVIATIONS), ("depth", DEVIATIONS)):
        values = [one[field] for one in labels]
        spread = max(values) - min(values)
        score += spread / (scale[-1] - scale[0]) if spread >= APART else 0.0
    for pattern in PATTERNS:
        score += (0 < sum(pattern in one["patterns"] for one in labels) < len(labels)) / len(PATTERNS)
    return score


def draw_up(database: sqlite3.Connection, person: Person) -> None:
    """Append the disagreements that an adjudicator's list does not have yet, the widest first."""
    known = {state.answer_id for state in store.states(database, person.id)}
    scored = [(disagreement([own for _, own in given]), answer) for answer, given in labels_by_answer(database).items()]
    new = [
        answer for score, answer in sorted(scored, key=lambda pair: (-pair[0], pair[1])) if score > 0 and answer not in known
    ]
    store.add_turns(database, person.id, [Turn(answer, False) for answer in new])


def others(database: sqlite3.Connection, answer_id: str) -> list[Document]:
    """Everybody's labels of one answer under their pseudonyms, with the flags raised on it."""
    rows = database.execute(
        """SELECT a.pseudonym, r.labels FROM turns t JOIN annotators a ON a.id = t.annotator JOIN revisions r
            ON r.annotator = t.annotator AND r.position = t.position
        WHERE t.answer_id = ? AND NOT t.repeat AND a.role = 'annotator' AND r.revision =
            (SELECT max(revision) FROM revisions WHERE annotator = t.annotator AND position = t.position) AND r.labels IS NOT NULL
        ORDER BY a.pseudonym""",
        (answer_id,),
    )
    return [{"annotator": pseudonym, "labels": json.loads(labels)} for pseudonym, labels in rows]
