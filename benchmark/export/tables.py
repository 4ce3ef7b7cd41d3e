"""JSON lines, CSV and data frames: the tables of a corpus, one file each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmark.codebook import (
    ANNOTATOR_KINDS,
    CONFIDENCE_DIRECTIONS,
    DIMENSIONS,
    MEDIA,
    ROUNDS,
    SPLITS,
    VERDICTS,
)
from benchmark.corpus.arrow import to_arrow
from benchmark.corpus.load import Corpus
from benchmark.corpus.source import TABLES
from benchmark.files import canonical, write_text

Documents = Mapping[str, list[dict[str, Any]]]
_CATEGORIES = {
    "round": ROUNDS,
    "split": SPLITS,
    "medium": MEDIA,
    "kind": ANNOTATOR_KINDS,
    "verdict": VERDICTS,
    "confidence_direction": CONFIDENCE_DIRECTIONS,
    "dimension": DIMENSIONS,
}
"""Columns whose words are a closed list."""


def documents_of(corpus: Corpus, split: str) -> Documents:
    """The records of a corpus that belong to a split (``all``: every one), by table.

    With an answer go its question, its annotations, and the contrasts and loops all of whose answers are there; with
    annotations go their annotators.
    """
    if split == "all":
        return corpus.documents
    answers = {answer.answer_id for answer in corpus.split(split)}
    questions = {corpus.answers[answer_id].question_id for answer_id in answers}
    annotations = [row for row in corpus.documents["annotations"] if row["answer_id"] in answers]
    loops = [row for row in corpus.documents["loops"] if answers.issuperset(row["answer_ids"])]
    active = {row["annotator_id"] for row in annotations} | {a["annotator_id"] for row in loops for a in row["annotations"]}
    return {
        "questions": [row for row in corpus.documents["questions"] if row["question_id"] in questions],
        "answers": [row for row in corpus.documents["answers"] if row["answer_id"] in answers],
        "annotators": [row for row in corpus.documents["annotators"] if row["annotator_id"] in active],
        "annotations": annotations,
        "loops": loops,
        "contrasts": [row for row in corpus.documents["contrasts"] if answers.issuperset((row["better"], row["worse"]))],
    }


def write_jsonl(documents: Documents, folder: Path) -> list[Path]:
    """A corpus folder: ``NAME.jsonl`` per table that has rows."""
    return _each(documents, folder, ".jsonl", lambda table, rows: "".join(_line(row) for row in rows))


def write_csv(documents: Documents, folder: Path) -> list[Path]:
    """``NAME.csv`` per table: lists of words joined by ``;``, what is nested as JSON text, null as an empty cell."""
    return _each(documents, folder, ".csv", _csv)


def write_frames(documents: Documents, folder: Path) -> list[Path]:
    """``NAME.parquet`` per table, for ``pandas.read_parquet``: closed vocabularies come as categories, whole numbers stay whole."""
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in TABLES:
        if not documents[table]:
            continue
        frame = to_arrow(table, documents[table]).to_pandas(integer_object_nulls=True)
        for name in frame.columns.intersection(list(_CATEGORIES)):
            frame[name] = pd.Categorical(frame[name], categories=_CATEGORIES[name])
        for name in frame.columns.intersection(["rating", "pace", "depth"]):
            frame[name] = frame[name].astype("Int64")
        path = folder / f"{table}.parquet"
        frame.to_parquet(path, index=False)
        written.append(path)
    return written


def _each(documents: Documents, folder: Path, end: str, text: Callable[[str, list[dict[str, Any]]], str]) -> list[Path]:
    written = []
    for table in TABLES:
        if documents[table]:
            path = folder / f"{table}{end}"
            write_text(path, text(table, documents[table]))
            written.append(path)
    return written


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def _csv(table: str, rows: Iterable[Mapping[str, Any]]) -> str:
    arrow = to_arrow(table, rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(arrow.column_names)
    for row in arrow.to_pylist():
        writer.writerow([_cell(value) for value in row.values()])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, list):
        plain = all(isinstance(item, str) and ";" not in item for item in value)
        return ";".join(value) if plain else canonical(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
