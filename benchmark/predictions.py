"""Predictions: one row per answer, from a scorer or from a file of any system in any language."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark.corpus.source import read_parquet
from benchmark.errors import InputError, Problem
from benchmark.files import atomic_writer, canonical, read_jsonl
from benchmark.records import Answer
from benchmark.schemas import schema_problems

LABEL_FIELDS = (
    "verdict",
    "rating",
    "pace",
    "depth",
    "patterns",
    "confidence_direction",
    "signals",
    "verdict_probs",
    "pattern_probs",
    "signal_probs",
    "evidence",
)
COST_FIELDS = ("seconds", "tokens_in", "tokens_out", "usd")
NO_PREDICTION = "no prediction"
NO_LABELS = "no labels given"


@dataclass(frozen=True, slots=True)
class Predictions:
    """Checked predictions by answer id, for answers of one split; ``elsewhere`` counts rows for answers outside it."""

    rows: Mapping[str, Mapping[str, Any]]
    elsewhere: int = 0

    def fingerprint(self) -> str:
        """SHA-256 of what was predicted, without what it cost."""
        digest = hashlib.sha256()
        for answer_id in sorted(self.rows):
            digest.update(predicted_text(self.rows[answer_id]).encode())
        return digest.hexdigest()


def predicted_text(row: Mapping[str, Any]) -> str:
    """The canonical text of what was predicted for an answer, without what it cost."""
    return canonical({k: v for k, v in row.items() if k not in COST_FIELDS and v is not None})


def row_problems(row: Any, answer: Answer | None = None) -> list[tuple[str, str]]:
    """What is wrong with one prediction, as ``(field, message)``; spans are checked when the answer is given."""
    problems = schema_problems("prediction", row)
    if problems:
        return problems
    if row.get("abstained") and any(row.get(field) is not None for field in LABEL_FIELDS):
        problems.append(("abstained", "an abstention gives no labels"))
    for i, span in enumerate(row.get("evidence") or () if answer else ()):
        segments = answer.segments if answer else ()
        if span["segment"] >= len(segments):
            problems.append((f"evidence[{i}].segment", f"{span['segment']}: the answer has {len(segments)} segments"))
        elif not span["start"] <= span["end"] <= len(segments[span["segment"]].text):
            problems.append((f"evidence[{i}]", f"{span['start']} to {span['end']} is outside segment {span['segment']}"))
    return problems


def read_predictions(path: Path, answers: Sequence[Answer], known_ids: Collection[str]) -> Predictions:
    """Read a JSON lines, CSV or Parquet file of predictions for ``answers``.

    Rows for other answers of the corpus (``known_ids``) are counted and left out.  Raises InputError naming every row that
    is malformed, out of range, doubled, or for an answer the corpus does not have.
    """
    if not path.is_file():
        raise InputError([Problem(str(path), 0, "", "no such file")])
    wanted = {answer.answer_id: answer for answer in answers}
    rows: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    problems, elsewhere = [], 0
    for line, row in read_rows(path):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        identifier = row.get("answer_id") if isinstance(row, dict) else None
        answer = wanted.get(identifier) if isinstance(identifier, str) else None
        wrong = row_problems(row, answer)
        problems += [Problem(str(path), line, field, message) for field, message in wrong]
        if wrong:
            continue
        answer_id = row["answer_id"]
        if answer_id in lines:
            problems.append(Problem(str(path), line, "answer_id", f"{answer_id!r} stands at line {lines[answer_id]} already"))
        elif answer_id not in known_ids:
            problems.append(Problem(str(path), line, "answer_id", f"{answer_id!r} is no answer of this corpus"))
        lines.setdefault(answer_id, line)
        if answer is None:
            elsewhere += 1
        else:
            rows.setdefault(answer_id, row)
    if problems:
        raise InputError(problems)
    if not lines:
        raise InputError([Problem(str(path), 0, "", "no predictions in it")])
    return Predictions(rows, elsewhere)


def read_csv(path: Path) -> Iterator[tuple[int, Any | Problem]]:
    """Rows of a CSV file with a header: fields of a prediction as columns, empty where not given; lists are joined by ``;``.

    An empty ``patterns`` cell in a row with a rating or a verdict is no pattern at all, in a file that has the column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            for row in rows:
                if None in row or None in row.values():
                    yield rows.line_num, Problem(str(path), rows.line_num, "", f"expected {len(rows.fieldnames or ())} cells")
                    continue
                yield rows.line_num, _from_cells(row)
    except csv.Error as error:
        yield rows.line_num, Problem(str(path), rows.line_num, "", f"not CSV: {error}")
    except UnicodeDecodeError:
        yield 0, Problem(str(path), 0, "", "not UTF-8")
    except OSError as error:
        yield 0, Problem(str(path), 0, "", f"can't be read: {error.strerror}")


def _from_cells(row: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    labelled = bool(row.get("verdict") or row.get("rating"))
    for name, cell in row.items():
        text = cell.strip()
        if name in _LISTS:
            if text or labelled:
                given[name] = [part.strip() for part in text.split(";") if part.strip()]
        elif text:
            given[name] = _number(text) if name in _NUMBERS else text
    return given


def _number(text: str) -> float | str:
    """A number, or the text as it is, for the schema to refuse."""
    try:
        value = float(text)
    except ValueError:
        return text
    return value if math.isfinite(value) else text


_LISTS = ("patterns", "signals")
_NUMBERS = ("rating", "pace", "depth", *COST_FIELDS)


def read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """The rows of a JSON lines, CSV or Parquet file and their lines; a Problem stands in for what can't be read."""
    if path.suffix == ".parquet":
        return read_parquet(path)
    return read_csv(path) if path.suffix == ".csv" else read_jsonl(path)


def write_predictions(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write predictions as JSON lines, atomically."""
    with atomic_writer(path) as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
