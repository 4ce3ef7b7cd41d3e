"""The database of a labelling project: one SQLite file, in which labels are only ever added.

WAL mode with ``synchronous=FULL``: a save that was confirmed is on the disk, also when the machine loses power the moment after.
Revisions, consents, training answers and flags are append-only, which triggers enforce; a draft is the only row ever replaced.
"""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmark.annotate.order import Turn
from benchmark.errors import InputError, Problem

Document = dict[str, Any]
FORMAT = 1
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sheets (answer_id TEXT PRIMARY KEY, question_id TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE twins (one TEXT NOT NULL, other TEXT NOT NULL);
CREATE TABLE annotators (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, pseudonym TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
    link INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL);
CREATE TABLE consents (annotator INTEGER NOT NULL REFERENCES annotators, version TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE training (annotator INTEGER NOT NULL REFERENCES annotators, step TEXT NOT NULL, given TEXT NOT NULL,
    passed INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE turns (annotator INTEGER NOT NULL REFERENCES annotators, position INTEGER NOT NULL, answer_id TEXT NOT NULL
    REFERENCES sheets, repeat INTEGER NOT NULL, PRIMARY KEY (annotator, position));
CREATE TABLE revisions (id INTEGER PRIMARY KEY, annotator INTEGER NOT NULL, position INTEGER NOT NULL, revision INTEGER NOT NULL,
    labels TEXT, skipped TEXT, seconds REAL NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (annotator, key),
    UNIQUE (annotator, position, revision), FOREIGN KEY (annotator, position) REFERENCES turns,
    CHECK ((labels IS NULL) <> (skipped IS NULL)));
CREATE TABLE flags (annotator INTEGER NOT NULL, position INTEGER NOT NULL, raised INTEGER NOT NULL, note TEXT NOT NULL,
    at TEXT NOT NULL, FOREIGN KEY (annotator, position) REFERENCES turns);
CREATE TABLE drafts (annotator INTEGER NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL, seconds REAL NOT NULL,
    seq INTEGER NOT NULL, PRIMARY KEY (annotator, position), FOREIGN KEY (annotator, position) REFERENCES turns);
"""
_APPEND_ONLY = ("consents", "training", "revisions", "flags", "sheets")


@dataclass(frozen=True, slots=True)
class Person:
    """An annotator or adjudicator: ``name`` is what the team calls them and stays here; ``pseudonym`` is what is exported."""

    id: int
    name: str
    pseudonym: str
    role: str
    link: int


@dataclass(frozen=True, slots=True)
class State:
    """Where one place in an annotator's order stands: the latest revision's labels or skip, the draft, the flag."""

    position: int
    answer_id: str
    repeat: bool
    revision: int
    labels: Document | None
    skipped: str | None
    seconds: float
    at: str | None
    flagged: bool
    note: str

    @property
    def status(self) -> str:
        return "done" if self.labels is not None else "skipped" if self.skipped is not None else "open"


def now() -> str:
    """The time in UTC, to a second, as ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database of an existing project.  Raises InputError where there is none, or it is of another format."""
    if not path.is_file():
        raise InputError(
            [Problem(str(path), 0, "", "no labelling project here; `bench annotate serve --annotators a,b` starts one")]
        )
    try:
        database = connect(path)
        found = get(database, "format")
    except sqlite3.DatabaseError as error:
        raise InputError([Problem(str(path), 0, "", f"not a labelling project: {error}")]) from None
    if found != str(FORMAT):
        raise InputError([Problem(str(path), 0, "format", f"{found!r}: this version reads {FORMAT}")])
    return database


def create_database(
    path: Path, meta: dict[str, str], sheets: Iterable[tuple[str, str, Document]], twins: Sequence[tuple[str, str]]
) -> sqlite3.Connection:
    """Make a new project, whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    database = connect(path)
    try:
        database.execute("BEGIN IMMEDIATE")
        for statement in _SCHEMA.split(";\n"):
            database.execute(statement)
        for table in _APPEND_ONLY:
            for change in ("UPDATE", "DELETE"):
                refusal = f"SELECT RAISE(ABORT, '{table} are only added to')"
                database.execute(f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} BEGIN {refusal}; END")
        database.executemany("INSERT INTO meta VALUES (?, ?)", {**meta, "format": str(FORMAT)}.items())
        rows = ((answer_id, question_id, _text(document)) for answer_id, question_id, document in sheets)
        database.executemany("INSERT INTO sheets VALUES (?, ?, ?)", rows)
        database.executemany("INSERT INTO twins VALUES (?, ?)", twins)
        database.execute("COMMIT")
    except BaseException:
        database.close()
        path.unlink()
        raise
    return database


def connect(path: Path) -> sqlite3.Connection:
    """A connection without implicit transactions; it may be handed to another thread, but used by one at a time."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("PRAGMA foreign_keys=ON")
    database.execute("PRAGMA cache_size=-2000")
    return database


def get(database: sqlite3.Connection, key: str) -> str | None:
    row = database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


# --- people


def add_person(database: sqlite3.Connection, name: str, pseudonym: str, role: str, turns: Sequence[Turn]) -> None:
    """Add an annotator with their order, in one transaction of the caller's or their own."""
    cursor = database.execute(
        "INSERT INTO annotators (name, pseudonym, role, created_at) VALUES (?, ?, ?, ?)", (name, pseudonym, role, now())
    )
    add_turns(database, int(cursor.lastrowid or 0), turns)


def add_turns(database: sqlite3.Connection, person: int, turns: Sequence[Turn]) -> None:
    """Append places to an annotator's order."""
    (last,) = database.execute("SELECT coalesce(max(position), 0) FROM turns WHERE annotator = ?", (person,)).fetchone()
    database.executemany(
        "INSERT INTO turns VALUES (?, ?, ?, ?)",
        [(person, last + i, t.answer_id, int(t.repeat)) for i, t in enumerate(turns, start=1)],
    )


_PEOPLE = "SELECT id, name, pseudonym, role, link FROM annotators"


def people(database: sqlite3.Connection) -> list[Person]:
    return [Person(*row) for row in database.execute(f"{_PEOPLE} ORDER BY id")]


def person(database: sqlite3.Connection, identifier: str) -> Person | None:
    """The person with this id, written as text; None where there is none."""
    row = database.execute(f"{_PEOPLE} WHERE CAST(id AS TEXT) = ?", (identifier,)).fetchone()
    return None if row is None else Person(*row)


def renew_link(database: sqlite3.Connection, person: int) -> None:
    """Make a person's old link useless."""
    database.execute("UPDATE annotators SET link = link + 1 WHERE id = ?", (person,))


def consented(database: sqlite3.Connection, person: int) -> str | None:
    """The latest version of the consent text that a person accepted."""
    row = database.execute("SELECT version FROM consents WHERE annotator = ? ORDER BY rowid DESC LIMIT 1", (person,)).fetchone()
    return None if row is None else str(row[0])


def add_consent(database: sqlite3.Connection, person: int, version: str, text: str) -> None:
    database.execute("INSERT INTO consents VALUES (?, ?, ?, ?)", (person, version, text, now()))


def trained(database: sqlite3.Connection, person: int) -> set[str]:
    """The steps of the training round that a person has passed."""
    rows = database.execute("SELECT DISTINCT step FROM training WHERE annotator = ? AND passed", (person,))
    return {str(step) for (step,) in rows}


def add_training(database: sqlite3.Connection, person: int, step: str, given: Any, passed: bool) -> None:
    database.execute("INSERT INTO training VALUES (?, ?, ?, ?, ?)", (person, step, _text(given), int(passed), now()))


# --- answers and labels


@functools.lru_cache(maxsize=64)
def _decoded(text: str) -> Document:
    document: Document = json.loads(text)
    return document


def sheet(database: sqlite3.Connection, answer_id: str) -> Document:
    """What may be seen of an answer."""
    (text,) = database.execute("SELECT document FROM sheets WHERE answer_id = ?", (answer_id,)).fetchone()
    return _decoded(text)


_STATES = """
SELECT t.position, t.answer_id, t.repeat, coalesce(r.revision, 0), r.labels, r.skipped, coalesce(r.seconds, 0), r.at,
    coalesce(f.raised, 0), coalesce(f.note, '')
FROM turns t
LEFT JOIN revisions r ON r.annotator = t.annotator AND r.position = t.position
    AND r.revision = (SELECT max(revision) FROM revisions WHERE annotator = t.annotator AND position = t.position)
LEFT JOIN flags f ON f.rowid = (SELECT max(rowid) FROM flags WHERE annotator = t.annotator AND position = t.position)
WHERE t.annotator = ?
"""


def states(database: sqlite3.Connection, person: int) -> list[State]:
    """Every place in a person's order, as it stands."""
    return [_state(row) for row in database.execute(_STATES + " ORDER BY t.position", (person,))]


def state(database: sqlite3.Connection, person: int, position: int) -> State | None:
    """One place in a person's order; None where there is none."""
    row = database.execute(_STATES + " AND t.position = ?", (person, position)).fetchone()
    return None if row is None else _state(row)


def overview(database: sqlite3.Connection, person: int) -> list[tuple[int, str, bool, bool]]:
    """``(position, open | done | skipped, flagged, has a draft)`` of every place in a person's order, without the labels."""
    rows = database.execute(
        """SELECT t.position,
            coalesce((SELECT CASE WHEN labels IS NULL THEN 'skipped' ELSE 'done' END FROM revisions r WHERE r.annotator = t.annotator
                AND r.position = t.position ORDER BY revision DESC LIMIT 1), 'open'),
            coalesce((SELECT raised FROM flags f WHERE f.annotator = t.annotator AND f.position = t.position
                ORDER BY rowid DESC LIMIT 1), 0),
            EXISTS (SELECT 1 FROM drafts d WHERE d.annotator = t.annotator AND d.position = t.position)
        FROM turns t WHERE t.annotator = ? ORDER BY t.position""",
        (person,),
    )
    return [(position, status, bool(flagged), bool(draft)) for position, status, flagged, draft in rows]


def save(
    database: sqlite3.Connection,
    person: int,
    position: int,
    labels: Document | None,
    skipped: str | None,
    seconds: float,
    key: str,
) -> int:
    """Add a revision (labels, or the reason of a skip) and drop the draft; returns its number.

    ``key`` is the sender's name for this save: one that was sent twice, because the confirmation was lost, is kept once.
    """
    known = database.execute("SELECT revision FROM revisions WHERE annotator = ? AND key = ?", (person, key)).fetchone()
    if known is not None:
        return int(known[0])
    place = (person, position)
    (last,) = database.execute(
        "SELECT coalesce(max(revision), 0) FROM revisions WHERE annotator = ? AND position = ?", place
    ).fetchone()
    database.execute(
        "INSERT INTO revisions (annotator, position, revision, labels, skipped, seconds, key, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (*place, last + 1, None if labels is None else _text(labels), skipped, seconds, key, now()),
    )
    database.execute("DELETE FROM drafts WHERE annotator = ? AND position = ?", place)
    return int(last) + 1


def save_draft(database: sqlite3.Connection, person: int, position: int, document: Document, seconds: float, seq: int) -> None:
    """Keep the work in hand; an older ``seq`` (milliseconds of the sender's clock) never replaces a newer one."""
    database.execute(
        """INSERT INTO drafts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document, seconds = excluded.seconds,
        seq = excluded.seq WHERE excluded.seq > seq""",
        (person, position, _text(document), seconds, seq),
    )


def draft(database: sqlite3.Connection, person: int, position: int) -> Document | None:
    """The work in hand: ``labels``, ``seconds``, ``seq``."""
    row = database.execute(
        "SELECT document, seconds, seq FROM drafts WHERE annotator = ? AND position = ?", (person, position)
    ).fetchone()
    return None if row is None else {"labels": json.loads(row[0]), "seconds": row[1], "seq": row[2]}


def add_flag(database: sqlite3.Connection, person: int, position: int, raised: bool, note: str) -> None:
    database.execute("INSERT INTO flags VALUES (?, ?, ?, ?, ?)", (person, position, int(raised), note, now()))


def _state(row: Sequence[Any]) -> State:
    position, answer_id, repeat, revision, labels, skipped, seconds, at, flagged, note = row
    given = None if labels is None else json.loads(labels)
    return State(position, answer_id, bool(repeat), revision, given, skipped, seconds, at, bool(flagged), note)


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
