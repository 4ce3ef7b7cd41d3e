"""A labelling project: made once from a corpus, added to when somebody joins."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from benchmark.annotate import store
from benchmark.annotate.links import load_key
from benchmark.annotate.order import Turn, arrange, assign, common_places, late
from benchmark.annotate.sheet import read_material
from benchmark.codebook import CODEBOOK_VERSION
from benchmark.errors import InputError, Problem

SHIPPED_CONSENT = "1.0"
_NAME = re.compile(r"[\w .'-]{1,60}")


def read_consent(path: Path | None) -> tuple[str, str]:
    """Version and text of what a person agrees to before the first label: the shipped one, or a team's own, known by its hash.

    Raises InputError where the file can't be read or is empty.
    """
    if path is None:
        return SHIPPED_CONSENT, (files("benchmark.annotate") / "consent.md").read_text(encoding="utf-8")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(path), 0, "", f"can't be read: {error}")]) from None
    if not text.strip():
        raise InputError([Problem(str(path), 0, "", "the consent text is empty")])
    return f"own-{hashlib.sha256(text.encode()).hexdigest()[:12]}", text


def create_project(
    path: Path,
    location: str | None,
    split: str | None,
    names: Sequence[str],
    *,
    overlap: int | None,
    repeats: float,
    seed: int,
    limit: int | None,
    consent: Path | None = None,
) -> sqlite3.Connection:
    """Make the database of a new project and everybody's order.  Raises InputError where the corpus or a name can't be used."""
    _check_names(names)
    if not names:
        raise InputError([f"{path}: no labelling project yet; name who labels: --annotators a,b,c"])
    if overlap is not None and overlap > len(names):
        raise InputError([f"--overlap {overlap}: only {len(names)} annotators"])
    consent_version, consent_text = read_consent(consent)
    material = read_material(location, split, limit)
    meta = {
        "corpus": location or "",
        "corpus_name": material.corpus,
        "split": material.split,
        "overlap": str(overlap or ""),
        "repeats": str(repeats),
        "seed": str(seed),
        "codebook_version": CODEBOOK_VERSION,
        "consent_version": consent_version,
        "consent_text": consent_text,
        "project": secrets.token_hex(4),
    }
    load_key(path)
    rows = ((a, material.question_of[a], document) for a, document in material.sheets.items())
    database = store.create_database(path, meta, rows, material.twins)
    given = assign(list(material.sheets), names, overlap or len(names), seed)
    _add(database, _orders(database, given), "annotator")
    return database


def add_annotators(database: sqlite3.Connection, names: Sequence[str]) -> list[str]:
    """Add those of ``names`` who are new, each with a fair share of the answers that the fewest others have; nobody's order changes."""
    _check_names(names)
    known = {person.name for person in store.people(database)}
    new = [name for name in names if name not in known]
    answers = [str(row[0]) for row in database.execute("SELECT answer_id FROM sheets")]
    overlap = store.get(database, "overlap")
    for name in new:
        everyone = sum(p.role == "annotator" for p in store.people(database)) + 1
        share = len(answers) if not overlap else min(len(answers), -(-len(answers) * int(overlap) // everyone))
        loads = dict(
            database.execute(
                "SELECT answer_id, count(*) FROM turns JOIN annotators a ON a.id = annotator "
                "WHERE NOT repeat AND role = 'annotator' GROUP BY 1"
            ).fetchall()
        )
        own = late(answers, share, loads, name, int(store.get(database, "seed") or 0))
        _add(database, _orders(database, {name: own}), "annotator")
    return new


def add_adjudicator(database: sqlite3.Connection, name: str) -> None:
    """Add a person who resolves disagreements; what they are to decide is drawn up when they look."""
    _check_names([name])
    for person in store.people(database):
        if person.name == name:
            if person.role != "adjudicator":
                raise InputError([f"--by {name}: labels in this project; adjudicating takes a name of its own"])
            return
    _add(database, {name: []}, "adjudicator")


def _add(database: sqlite3.Connection, orders: dict[str, list[Turn]], role: str) -> None:
    database.execute("BEGIN IMMEDIATE")
    prefix = "human" if role == "annotator" else "adjudicator"
    for name, turns in orders.items():
        store.add_person(database, name, f"{prefix}-{secrets.token_hex(4)}", role, turns)
    database.execute("COMMIT")


def _orders(database: sqlite3.Connection, given: Mapping[str, Sequence[str]]) -> dict[str, list[Turn]]:
    question_of = dict(database.execute("SELECT answer_id, question_id FROM sheets").fetchall())
    twins = database.execute("SELECT one, other FROM twins").fetchall()
    repeats, seed = float(store.get(database, "repeats") or 0), int(store.get(database, "seed") or 0)
    places = common_places(list(question_of), question_of, twins, seed)
    return {name: arrange(places, question_of, answers, repeats, name, seed) for name, answers in given.items()}


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if "@" in name:
            raise InputError([f"--annotators: {name!r} looks like an e-mail address; use a short name, addresses are not kept"])
        if not _NAME.fullmatch(name):
            raise InputError([f"--annotators: {name!r} is not a name (letters, digits, space . ' - _, at most 60)"])
    if len(set(names)) < len(names):
        raise InputError(["--annotators: a name stands there twice"])
