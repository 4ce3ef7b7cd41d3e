"""A corpus of any size, sorted and joined on disk.

``load_corpus`` holds a corpus in memory; a scan streams it once, row by row, into a SQLite file, from which its answers come
in the order of their ids and its annotations as small codes.  Memory does not grow with the corpus, the disk holds its text
once more while a command runs.  Both see the same problems and give the same fingerprint.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, SPLITS, VERDICTS
from benchmark.corpus.content import content_problems
from benchmark.corpus.joins import join_problems
from benchmark.corpus.load import annotator_of, answer_of, no_answers, question_of, record_text
from benchmark.corpus.source import TABLES, Row, Source, open_source
from benchmark.errors import InputError, Problem
from benchmark.files import make_durable
from benchmark.records import Annotator, Answer, Question, Span

MISSING = -1
_COLUMNS = {
    "questions": "round",
    "answers": "question, round, split, candidate, words, texts",
    "annotators": "kind",
    "annotations": "answer, annotator, verdict, rating, pace, depth, patterns, signals, evidence",
    "loops": "candidate",
    "contrasts": "better, worse, dimension",
}
"""What is kept of each row beside its id, its place and whether it is sound.  Its text is in a table of its own, so that the
rest can be read without it."""
_TEXT = "SELECT payload FROM {0} t JOIN {0}_text x ON x.rowid = t.rowid"
_TEXTS = "SELECT payload FROM {0} t CROSS JOIN {0}_text x ON x.rowid = t.rowid ORDER BY t.id"
_ROWS_AT_ONCE = 1000
_CACHE_KB = 32_000
Progress = Callable[[str, int], None]


class Scan:
    """A finished scan.  Has what a Corpus says of itself, and reads records when they are asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.base = _connect(path, write=False)
        about = json.loads(self.base.execute("SELECT value FROM about").fetchone()[0])
        self.name: str = about["name"]
        self.version: str | None = about["version"]
        self.revision: str | None = about["revision"]
        self.repository: str | None = about["repository"]
        self.fingerprint: str = about["fingerprint"]
        self.counts: dict[str, int] = about["counts"]
        self.annotators: Mapping[str, Annotator] = {d["annotator_id"]: annotator_of(d) for d in self.documents("annotators")}
        self._question = functools.lru_cache(maxsize=4096)(self._read_question)

    def close(self) -> None:
        self.base.close()

    def documents(self, table: str) -> Iterator[dict[str, Any]]:
        """The documents of a table, in the order of their ids."""
        for (text,) in self.base.execute(_TEXTS.format(table)):
            yield json.loads(text)

    def active(self) -> set[str]:
        """The annotators who labelled something."""
        return {name for (name,) in self.base.execute("SELECT DISTINCT annotator FROM annotations")}

    def chosen_split(self, split: str | None) -> str:
        """The split to use: the one asked for, else ``test`` where there is one, else ``all``.  Raises InputError when empty."""
        counts = dict.fromkeys(SPLITS, 0) | dict(self.base.execute("SELECT split, COUNT(*) FROM answers GROUP BY split"))
        name = split or ("test" if counts["test"] else "all")
        if not (sum(counts.values()) if name == "all" else counts[name]):
            raise no_answers(self.name, name, counts)
        return name

    def rowids(self, split: str, limit: int | None) -> array[int]:
        """Where the answers of a split are, the first ``limit`` by id."""
        found = self.base.execute(
            "SELECT rowid FROM answers WHERE ? IN ('all', split) ORDER BY id LIMIT ?", (split, -1 if limit is None else limit)
        )
        return array("q", (row for (row,) in found))

    def place(self, answer_id: str) -> int | None:
        """Where an answer is; None where there is none of that id."""
        found = self.base.execute("SELECT rowid FROM answers WHERE id = ?", (answer_id,)).fetchone()
        return None if found is None else int(found[0])

    def answers(self, rowids: Sequence[int]) -> list[Answer]:
        """Some answers, in that order."""
        found = []
        for row in rowids:
            (text,) = self.base.execute("SELECT payload FROM answers_text WHERE rowid = ?", (row,)).fetchone()
            document = json.loads(text)
            question = self._question(document["question_id"])
            found.append(answer_of(document, {question.question_id: question}))
        return found

    def evidence(self, answer_ids: Sequence[str], annotators: Sequence[str]) -> dict[str, list[tuple[Span, ...]]]:
        """The spans of each annotator who gave any, for each of some answers."""
        found: dict[str, list[tuple[Span, ...]]] = {}
        for answer_id in answer_ids:
            rows = self.base.execute("SELECT annotator, evidence FROM annotations WHERE answer = ? ORDER BY id", (answer_id,))
            found[answer_id] = [
                tuple(Span(*span) for span in json.loads(text))
                for name, text in rows
                if text is not None and name in annotators
            ]
        return found

    def _read_question(self, question_id: str) -> Question:
        (text,) = self.base.execute(f"{_TEXT.format('questions')} WHERE t.id = ?", (question_id,)).fetchone()
        return question_of(json.loads(text))


@contextmanager
def scanned(location: str | Path | None, progress: Progress = lambda table, rows: None) -> Iterator[Scan]:
    """A scan for as long as the block runs, in the folder for temporary files (TMPDIR)."""
    with TemporaryDirectory(prefix="bench-") as folder:
        scan = scan_corpus(location, Path(folder) / "corpus.sqlite", progress)
        try:
            yield scan
        finally:
            scan.close()


def scan_corpus(location: str | Path | None, path: Path, progress: Progress = lambda table, rows: None) -> Scan:
    """Scan a corpus into the file ``path``, or use the scan that lies there, where no file of the corpus was touched since.

    Raises InputError with every problem that ``load_corpus`` would name.
    """
    source = open_source(location)
    files = _state(source)
    if path.is_file() and _state_of(path) == files:
        return Scan(path)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        problems = write_scan(source, part, progress)
        if problems:
            raise InputError(sorted(problems))
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    make_durable(part)
    part.replace(path)
    return Scan(path)


def validated(source: Source, progress: Progress = lambda table, rows: None) -> tuple[dict[str, int], list[Problem]]:
    """How many rows each table has, and everything that is wrong with a corpus, sorted by place."""
    with TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "corpus.sqlite"
        problems = write_scan(source, path, progress)
        base = _connect(path, write=False)
        about = json.loads(base.execute("SELECT value FROM about").fetchone()[0])
        problems += content_problems(base, about["shown"])
        base.close()
    counts: dict[str, int] = about["counts"]
    return counts, sorted(problems)


def write_scan(source: Source, path: Path, progress: Progress = lambda table, rows: None) -> list[Problem]:
    """Scan a corpus into a new file; gives what is wrong with it, in any order."""
    base = _connect(path, write=True)
    problems: list[Problem] = []
    files: dict[str, int] = {}
    counts = {}
    for table, record in TABLES.items():
        names = _COLUMNS[table]
        base.execute(f"CREATE TABLE {table} (id, file, line, sound, {names})")
        base.execute(f"CREATE TABLE {table}_text (payload)")
        rows = _rows(source.rows(table), table, record, files, problems)
        places = ", ".join("?" * (4 + names.count(",") + 1))
        counts[table] = 0
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            base.executemany(f"INSERT INTO {table} VALUES ({places})", (row for _, row in some))
            base.executemany(f"INSERT INTO {table}_text VALUES (?)", ((text,) for text, _ in some))
            counts[table] += len(some)
            progress(table, counts[table])
        base.execute(f"CREATE INDEX {table}_id ON {table} (id)")
    base.execute("CREATE INDEX annotations_of ON annotations (answer)")
    problems += join_problems(base, list(files))
    about = {
        "name": source.name,
        "version": source.version,
        "revision": source.revision,
        "repository": source.repository,
        "fingerprint": None if problems else _fingerprint(base),
        "counts": counts,
        "files": _state(source),
        "shown": list(files),
    }
    base.execute("CREATE TABLE about (value)")
    base.execute("INSERT INTO about VALUES (?)", (json.dumps(about),))
    base.commit()
    base.close()
    return problems


def _rows(
    rows: Iterator[Row | Problem], table: str, record: str, files: dict[str, int], problems: list[Problem]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    width = _COLUMNS[table].count(",") + 1
    for row in rows:
        if isinstance(row, Problem):
            problems.append(row)
            continue
        problems += row.problems
        identifier = row.document.get(f"{record}_id")
        known = identifier if isinstance(identifier, str) else None
        place = files.setdefault(row.file, len(files))
        if row.problems:
            yield "", (known, place, row.line, False, *(None,) * width)
        else:
            yield record_text(row.document), (known, place, row.line, True, *_KEPT[table](row.document))


def _of_answer(d: Mapping[str, Any]) -> tuple[Any, ...]:
    """Words are the candidate's, code left out (``Answer.words``); texts the length of each segment's text, a silence's as -1."""
    words = sum(len(s["text"].split()) for s in d["segments"] if s["speaker"] == "candidate" and s["kind"] != "code")
    texts = array("i", (-1 if s["kind"] == "silence" and not s["text"] else len(s["text"]) for s in d["segments"]))
    return d["question_id"], d["round"], d.get("split", "test"), d.get("candidate_id"), words, texts.tobytes()


def _of_annotation(d: Mapping[str, Any]) -> tuple[Any, ...]:
    """Labels as their place on the scale, sets of marks as bits, spans as lists."""

    def place(field: str, scale: Sequence[Any]) -> int | None:
        return None if d.get(field) is None else scale.index(d[field])

    def bits(field: str, names: Sequence[str]) -> int | None:
        return None if d.get(field) is None else sum(1 << names.index(name) for name in set(d[field]))

    spans = d.get("evidence")
    return (
        d["answer_id"],
        d["annotator_id"],
        place("verdict", VERDICTS),
        place("rating", RATINGS),
        place("pace", DEVIATIONS),
        place("depth", DEVIATIONS),
        bits("patterns", PATTERNS),
        bits("signals", SIGNALS),
        None if spans is None else json.dumps([[s["label"], s["segment"], s["start"], s["end"]] for s in spans]),
    )


_KEPT: dict[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] = {
    "questions": lambda d: (d["round"],),
    "answers": _of_answer,
    "annotators": lambda d: (d["kind"],),
    "annotations": _of_annotation,
    "loops": lambda d: (d["candidate_id"],),
    "contrasts": lambda d: (d["better"], d["worse"], d["dimension"]),
}


def _fingerprint(base: sqlite3.Connection) -> str:
    """As ``Corpus.fingerprint``."""
    digest = hashlib.sha256()
    for table in TABLES:
        digest.update(f"{table}\n".encode())
        for (text,) in base.execute(_TEXTS.format(table)):
            digest.update(text.encode())
            digest.update(b"\n")
    return digest.hexdigest()


def _connect(path: Path, *, write: bool) -> sqlite3.Connection:
    # a scan is whole or thrown away, and read only once it is whole: no journal, no locks
    mode = "mode=rwc" if write else "mode=ro&immutable=1"
    base = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, check_same_thread=False)
    base.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
    base.execute("PRAGMA temp_store=FILE")
    if write:
        base.execute("PRAGMA journal_mode=OFF")
        base.execute("PRAGMA synchronous=OFF")
    return base


def _state(source: Source) -> list[list[Any]]:
    """What tells, without reading it, whether a corpus was changed: its files, their sizes and when they were written."""
    paths = [path for table in TABLES for path in source.files(table)]
    about = source.folder / "corpus.json"
    state = []
    for path in [*paths, *([about] if about.is_file() else [])]:
        stat = path.stat()
        state.append([os.path.abspath(path), stat.st_size, stat.st_mtime_ns])  # noqa: PTH100  # links stay links
    return state


def _state_of(path: Path) -> Any:
    try:
        base = _connect(path, write=False)
        state = json.loads(base.execute("SELECT value FROM about").fetchone()[0])["files"]
        base.close()
    except (sqlite3.Error, TypeError, ValueError):
        return None
    return state
