"""From rows to typed records, joined and fingerprinted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark.codebook import SPLITS
from benchmark.corpus.checks import structural_problems
from benchmark.corpus.source import TABLES, Row, Source, open_source
from benchmark.errors import InputError, Problem
from benchmark.files import canonical
from benchmark.records import Annotation, Annotator, Answer, Contrast, Loop, Question, Segment, Span

if TYPE_CHECKING:
    import datasets
    import pandas as pd

Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Corpus:
    """A corpus in memory.  Mappings are keyed by id, in the order of ids.

    ``fingerprint`` is the SHA-256 of every record's content: the same records give the same fingerprint from JSON lines,
    Parquet or the Hub, however they are spread over files.
    """

    name: str
    version: str | None
    revision: str | None
    fingerprint: str
    questions: Mapping[str, Question]
    answers: Mapping[str, Answer]
    annotators: Mapping[str, Annotator]
    annotations: tuple[Annotation, ...]
    loops: tuple[Loop, ...]
    contrasts: tuple[Contrast, ...]
    documents: Mapping[str, list[dict[str, Any]]]
    """The plain documents of each table, as read."""
    repository: str | None = None
    """Where on the Hub ``revision`` is a commit of, as ``owner/name``."""

    def split(self, name: str) -> list[Answer]:
        """The answers of one split, or of the whole corpus for ``all``, in the order of their ids."""
        return [answer for answer in self.answers.values() if name in ("all", answer.split)]

    def active(self) -> set[str]:
        """The annotators who labelled something."""
        return {annotation.annotator_id for annotation in self.annotations}

    def default_split(self) -> str:
        """``test`` where the corpus has one, else ``all``."""
        return "test" if any(answer.split == "test" for answer in self.answers.values()) else "all"

    def to_pandas(self, table: str) -> pd.DataFrame:
        """One table (``answers``, ``annotations``, ...) as a data frame, a row per record."""
        import pandas as pd

        return pd.DataFrame(self.documents[table])

    def to_dataset(self, table: str) -> datasets.Dataset:
        """One table as a ``datasets.Dataset`` with the columns and types that ``bench corpus build`` publishes."""
        import datasets

        from benchmark.corpus.arrow import to_arrow

        return datasets.Dataset(to_arrow(table, self.documents[table]))


def load_corpus(location: str | Path | None = None) -> Corpus:
    """Read a whole corpus: a folder, ``hf://owner/name@revision``, or None for the one in the package.

    Raises InputError naming every row that is not a valid record, every duplicate id and every dangling one.
    """
    source = open_source(location)
    rows, problems = read_rows(source)
    problems += structural_problems(rows)
    if problems:
        raise InputError(sorted(problems))
    return build_corpus(source, rows)


def read_rows(source: Source) -> tuple[Rows, list[Problem]]:
    """All rows by table, and the problems of those that are not valid records (they are left out of every later check but
    for being there: what points at one is not dangling)."""
    rows: Rows = {table: [] for table in TABLES}
    problems: list[Problem] = []
    for table, found in rows.items():
        for row in source.rows(table):
            if isinstance(row, Problem):
                problems.append(row)
            else:
                found.append(row)
                problems += row.problems
    return rows, problems


def stream_answers(location: str | Path | None = None, split: str = "all") -> Iterator[Answer]:
    """Yield the answers of a corpus one by one, in file order, without holding them.

    Raises InputError at the first row that can't be used.
    """
    source = open_source(location)
    questions = {row.document["question_id"]: question_of(row.document) for row in _valid(source.rows("questions"))}
    for row in _valid(source.rows("answers")):
        if row.document["question_id"] not in questions:
            raise InputError([row.problem("question_id", f"no question {row.document['question_id']!r}")])
        answer = answer_of(row.document, questions)
        if split in ("all", answer.split):
            yield answer


def _valid(rows: Iterator[Row | Problem]) -> Iterator[Row]:
    for row in rows:
        if isinstance(row, Problem):
            raise InputError([row])
        if row.problems:
            raise InputError(row.problems)
        yield row


def build_corpus(source: Source, rows: Rows) -> Corpus:
    """Join rows that passed ``structural_problems`` into a Corpus."""
    documents = {
        table: sorted((row.document for row in rows[table]), key=itemgetter(f"{record}_id")) for table, record in TABLES.items()
    }
    questions = {d["question_id"]: question_of(d) for d in documents["questions"]}
    answers = {d["answer_id"]: answer_of(d, questions) for d in documents["answers"]}
    annotators = {d["annotator_id"]: annotator_of(d) for d in documents["annotators"]}
    annotations = tuple(_annotation(d) for d in documents["annotations"])
    loops = tuple(loop_of(d) for d in documents["loops"])
    contrasts = tuple(contrast_of(d) for d in documents["contrasts"])
    return Corpus(
        name=source.name,
        version=source.version,
        revision=source.revision,
        fingerprint=_fingerprint(documents),
        questions=questions,
        answers=answers,
        annotators=annotators,
        annotations=annotations,
        loops=loops,
        contrasts=contrasts,
        documents=documents,
        repository=source.repository,
    )


def question_of(d: dict[str, Any]) -> Question:
    """A question from its document."""
    return Question(
        question_id=d["question_id"],
        round=d["round"],
        prompt=d["prompt"],
        time_budget_s=float(d["time_budget_s"]),
        critical_points=tuple(d.get("critical_points", ())),
        obvious_points=tuple(d.get("obvious_points", ())),
        domain=d.get("domain"),
    )


def answer_of(d: dict[str, Any], questions: Mapping[str, Question]) -> Answer:
    """An answer from its document, joined with its question."""
    return Answer(
        answer_id=d["answer_id"],
        question=questions[d["question_id"]],
        medium=d["medium"],
        segments=tuple(
            Segment(s["speaker"], s["kind"], float(s["start_s"]), float(s["end_s"]), s["text"]) for s in d["segments"]
        ),
        split=d.get("split", "test"),
        candidate_id=d.get("candidate_id"),
        provenance=d.get("provenance", {}),
    )


def annotator_of(d: dict[str, Any]) -> Annotator:
    """An annotator from its document."""
    return Annotator(d["annotator_id"], d["kind"], d["description"], d.get("consent_version"))


def _annotation(d: dict[str, Any]) -> Annotation:
    def labels(field: str) -> tuple[str, ...] | None:
        return None if d.get(field) is None else tuple(d[field])

    evidence = d.get("evidence")
    return Annotation(
        annotation_id=d["annotation_id"],
        answer_id=d["answer_id"],
        annotator_id=d["annotator_id"],
        verdict=d.get("verdict"),
        rating=d.get("rating"),
        pace=d.get("pace"),
        depth=d.get("depth"),
        patterns=labels("patterns"),
        confidence_direction=d.get("confidence_direction"),
        signals=labels("signals"),
        evidence=None if evidence is None else tuple(Span(e["label"], e["segment"], e["start"], e["end"]) for e in evidence),
        rationale=d.get("rationale"),
        seconds_spent=d.get("seconds_spent"),
        codebook_version=d.get("codebook_version"),
        created_at=d.get("created_at"),
    )


def loop_of(d: dict[str, Any]) -> Loop:
    """A loop from its document."""
    annotations = tuple((a["annotator_id"], a["loop_verdict"]) for a in d["annotations"])
    return Loop(d["loop_id"], d["candidate_id"], tuple(d["answer_ids"]), annotations)


def contrast_of(d: dict[str, Any]) -> Contrast:
    """A contrast from its document."""
    return Contrast(d["contrast_id"], d["better"], d["worse"], d["dimension"], tuple(d.get("expect_patterns", ())))


def _fingerprint(documents: Mapping[str, list[dict[str, Any]]]) -> str:
    """SHA-256 over the canonical text of every record, with what may be left out left out and whole numbers alike."""
    digest = hashlib.sha256()
    for table, rows in documents.items():
        digest.update(f"{table}\n".encode())
        for row in rows:
            digest.update(record_text(row).encode())
            digest.update(b"\n")
    return digest.hexdigest()


def record_text(row: Mapping[str, Any]) -> str:
    """The canonical text of a record, which the fingerprint is made of: without the canary, and absent where null."""
    return canonical(_plain({key: value for key, value in row.items() if value is not None and key != "canary"}))


def _plain(value: Any) -> Any:
    """1.0 and 1 are one number in JSON, so they are one in the fingerprint; absent and null are one as well."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def chosen_split(corpus: Corpus, split: str | None) -> str:
    """The split to use: the one asked for, or the corpus' default.  Raises InputError when it holds no answer."""
    name = split or corpus.default_split()
    if not corpus.split(name):
        raise no_answers(corpus.name, name, {s: len(corpus.split(s)) for s in SPLITS})
    return name


def no_answers(corpus: str, split: str, counts: Mapping[str, int]) -> InputError:
    """What to say of a split without answers."""
    present = ", ".join(f"{s} {n}" for s, n in counts.items() if n) or "none at all"
    return InputError([f"corpus {corpus}: no answers in split {split!r} (answers: {present})"])
