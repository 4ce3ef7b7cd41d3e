"""Labels from a CSV or TSV file whose columns are named by the user: a row for each annotation, or for each single label."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmark.annotate.imports import Document, Found, label, number, refuse, slug
from benchmark.annotate.labels import SCALES
from benchmark.errors import InputError, Problem

KEYS = ("answer_id", "annotator_id")
LABELS = (*SCALES, "patterns", "signals", "confidence_direction", "rationale", "seconds_spent", "created_at")
LONG = ("label", "value")
_SET = re.compile(r"[|;]")


def parse_mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    """``field=column`` as a mapping.  Raises InputError for a field that is none, and where no row could be placed."""
    mapping = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or field not in (*KEYS, *LABELS, *LONG):
            raise InputError([f"--column {pair}: expected FIELD=COLUMN with FIELD one of {', '.join((*KEYS, *LABELS, *LONG))}"])
        mapping[field] = column
    missing = [key for key in KEYS if key not in mapping]
    if missing:
        raise InputError([f"--column: which column is {missing[0]}? (--column {missing[0]}=COLUMN)"])
    if ("label" in mapping) != ("value" in mapping):
        raise InputError(["--column: label and value go together (a row for each single label)"])
    return mapping


def read_table(path: Path, mapping: Mapping[str, str], prefix: str) -> Found:
    """Annotations from a table.

    With ``label`` and ``value`` mapped, a row is one label of one answer; without, a row is one annotation with a column for each
    label.  Sets are parted by ``|`` or ``;``, an empty cell is a label not given, ``none`` an empty set.  Raises InputError naming
    the line and column of what can't be read.
    """
    found, problems = Found(), []
    merged: dict[tuple[str, str], tuple[Document, str]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            header = reader.fieldnames or []
            absent = [column for column in mapping.values() if column not in header]
            if absent:
                raise InputError([Problem(str(path), 1, absent[0], f"no such column (there are: {', '.join(header)})")])
            for row in reader:
                line = reader.line_num
                try:
                    key = (row[mapping["answer_id"]].strip(), slug(row[mapping["annotator_id"]], prefix))
                    labels = _labels(row, mapping)
                except (ValueError, AttributeError) as error:
                    problems.append(Problem(str(path), line, "", str(error)))
                    continue
                known, _ = merged.setdefault(key, ({}, f"{path}:{line}"))
                again = [field for field in labels if field in known]
                if again:
                    problems.append(Problem(str(path), line, again[0], f"{key[1]} gave this label of {key[0]} already"))
                known.update(labels)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError([Problem(str(path), 0, "", f"can't be read: {error}")]) from None
    refuse(problems)
    for (answer_id, annotator_id), (labels, place) in merged.items():
        times = {field: labels.pop(field) for field in ("seconds_spent", "created_at") if field in labels}
        found.add(answer_id, annotator_id, labels, place, **times)
    return found


def _labels(row: Mapping[str, str], mapping: Mapping[str, str]) -> Document:
    if "label" in mapping:
        cells = {label(row[mapping["label"]]): row[mapping["value"]]}
    else:
        cells = {field: row[column] for field, column in mapping.items() if field in LABELS}
    labels: Document = {}
    for field, cell in cells.items():
        if field not in LABELS:
            raise ValueError(f"no label {field!r} (there are: {', '.join(LABELS)})")
        if cell is not None and cell.strip():
            labels[field] = _value(field, cell.strip())
    return labels


def _value(field: str, cell: str) -> Any:
    if field in SCALES[1:]:
        value = number(cell)
        if value is None:
            raise ValueError(f"{field}: {cell!r} is not a whole number")
        return value
    if field in ("patterns", "signals"):
        return [] if label(cell) == "none" else [label(part) for part in _SET.split(cell) if part.strip()]
    if field == "seconds_spent":
        return float(cell)
    return cell if field in ("rationale", "created_at") else label(cell)
