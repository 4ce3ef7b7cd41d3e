"""One long table ``item, annotator, label`` from any file: CSV, JSON lines or Parquet, long or wide.

Only the three columns are read, in batches, and kept as integer codes: ten million ratings take some hundred megabytes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmark.errors import InputError, Problem
from benchmark.files import read_jsonl

if TYPE_CHECKING:
    import pyarrow as pa

LEVELS = ("nominal", "ordinal", "interval", "ratio", "set")
MISSING = frozenset({"", "na", "nan", "null", "none", "."})
"""Labels that mean "not rated", whatever their case."""
MOST_CELLS = 1 << 28
_BATCH = 1 << 16
_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")
_SET = re.compile(r"[|;]")

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class LongTable:
    """m ratings as codes.

    ``item``, ``annotator`` and ``label`` have shape ``(m,)`` and index into ``items``, ``annotators`` and ``categories``.
    ``categories`` is the declared scale in its order, or, with ``declared`` False, the labels seen (numbers by size, text
    by alphabet).  At level ``set`` a category is a frozenset.
    """

    items: tuple[str, ...]
    annotators: tuple[str, ...]
    categories: tuple[Any, ...]
    declared: bool
    level: str
    item: Codes
    annotator: Codes
    label: Codes

    def matrix(self) -> NDArray[np.int16] | None:
        """Codes ``(items, annotators)``, -1 where not rated; None where that would be more than MOST_CELLS."""
        if len(self.items) * len(self.annotators) > MOST_CELLS:
            return None
        codes = np.full(
            (len(self.items), len(self.annotators)), -1, dtype=np.int16 if len(self.categories) < 2**15 else np.int32
        )
        codes[self.item, self.annotator] = self.label
        return codes

    def slots(self) -> NDArray[np.int16]:
        """Codes ``(items, most ratings of an item)``, -1 where there are fewer: what was given, not by whom."""
        order = np.argsort(self.item, kind="stable")
        sizes = np.bincount(self.item, minlength=len(self.items))
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        slot = np.arange(len(order)) - np.repeat(starts, sizes)
        codes = np.full(
            (len(sizes), int(sizes.max(initial=1))), -1, dtype=np.int16 if len(self.categories) < 2**15 else np.int32
        )
        codes[self.item[order], slot] = self.label[order]
        return codes


def parse_scale(text: str) -> tuple[str, ...]:
    """``1..5`` or ``low,middle,high`` as category names in order.  Raises InputError for anything else."""
    if whole := _RANGE.fullmatch(text.strip()):
        low, high = int(whole[1]), int(whole[2])
        if low < high:
            return tuple(str(value) for value in range(low, high + 1))
    names = tuple(name.strip() for name in text.split(","))
    if len(names) < 2 or not all(names) or len(set(names)) < len(names):
        raise InputError([f"--scale {text}: expected LOW..HIGH, or two or more different names joined by commas"])
    return names


def read_long(path: Path, item: str, annotator: str, label: str, level: str, scale: str | None = None) -> LongTable:
    """Read a long table, one rating a row.

    Raises InputError naming row and column for unknown columns, labels outside the scale, labels that are no numbers at
    interval or ratio level, and an annotator who rates an item twice.
    """
    columns = (item, annotator, label)
    return _table(path, _read(path, columns), columns, level, scale)


def read_wide(path: Path, item: str | None, level: str, scale: str | None = None) -> LongTable:
    """Read a wide table: a row per item, a column per annotator; ``item`` names a column of ids, else rows are numbered."""
    header = _header(path)
    if item is not None and item not in header:
        raise _unknown(path, item, header)
    annotators = [name for name in header if name != item]

    def melted() -> Batches:
        for start, encoded in _read(path, tuple(header)):
            columns = dict(zip(header, encoded, strict=True))
            rows = len(encoded[0][0])
            numbered = (np.arange(rows, dtype=np.int32), [str(start + i) for i in range(rows)])
            for name in annotators:
                yield start, [columns[item] if item else numbered, (np.zeros(rows, dtype=np.int32), [name]), columns[name]]

    return _table(path, melted(), (item or "row", "column", "label"), level, scale)


Encoded = tuple[Codes, list[str]]
"""A column as codes and the texts they stand for."""
Batches = Iterator[tuple[int, list[Encoded]]]
"""Batches of columns, each with the line (row in Parquet) of its first rating."""


def _table(path: Path, batches: Batches, columns: Sequence[str], level: str, scale: str | None) -> LongTable:
    indexes: tuple[dict[str, int], ...] = ({}, {}, {})
    pieces: list[list[Codes]] = [[], [], []]
    lines: list[Codes] = []
    for start, encoded in batches:
        lines.append(np.arange(start, start + len(encoded[0][0]), dtype=np.int32))
        for index, (codes, texts), piece in zip(indexes, encoded, pieces, strict=True):
            places = np.array([index.setdefault(text.strip(), len(index)) for text in texts], dtype=np.int32)
            piece.append(places[codes] if len(places) else codes)
    if not sum(map(len, lines)):
        raise InputError([Problem(str(path), 0, "", "no ratings in it")])
    item, annotator, label = (np.concatenate(piece) for piece in pieces)
    line = np.concatenate(lines)
    names = [list(index) for index in indexes]
    for codes, ids, column in ((item, names[0], columns[0]), (annotator, names[1], columns[1])):
        if "" in ids:
            raise InputError([Problem(str(path), int(line[codes == ids.index("")][0]), column, "is empty")])
    kept = ~np.isin(label, [i for i, name in enumerate(names[2]) if name.lower() in MISSING])
    categories, recoded, declared = _categories(path, names[2], label, line, kept, columns[2], level, scale)
    item, annotator, label, line = item[kept], annotator[kept], recoded[label[kept]], line[kept]
    _refuse_repeats(path, item, annotator, line, names, columns)
    present = np.unique(annotator)
    if len(present) < 2:
        who = f"only {names[1][present[0]]!r} rated anything" if len(present) else "nobody rated anything"
        raise InputError([Problem(str(path), 0, columns[1], f"{who}: agreement needs two annotators")])
    if len(names[0]) < 2:
        raise InputError([Problem(str(path), 0, columns[0], f"only one item ({names[0][0]!r}): agreement needs two")])
    return LongTable(tuple(names[0]), tuple(names[1]), categories, declared, level, item, annotator, label)


def _categories(
    path: Path, names: list[str], label: Codes, line: Codes, kept: NDArray[np.bool_], column: str, level: str, scale: str | None
) -> tuple[tuple[Any, ...], Codes, bool]:
    """The scale, and the place of every label's name on it."""
    used = [i for i, name in enumerate(names) if name.lower() not in MISSING]

    def refuse(i: int, message: str) -> InputError:
        first = int(line[kept & (label == i)][0])
        return InputError([Problem(str(path), first, column, message)])

    parsed: dict[int, Any] = {}
    for i in used:
        value: Any = names[i]
        if level == "set":
            value = _parse_set(value)
        elif level in ("interval", "ratio"):
            number = _number(value)
            if number is None:
                raise refuse(i, f"{value!r} is not a number (level {level})")
            value = number
        else:
            number = _number(value)
            value = value if number is None else number
        parsed[i] = value
    if scale is not None:
        declared = [value if (value := _number(name)) is not None else name for name in parse_scale(scale)]
        for i, value in parsed.items():
            members = value if level == "set" else [value]
            outside = [
                m for m in members if (_number(m) if isinstance(m, str) and _number(m) is not None else m) not in declared
            ]
            if outside:
                raise refuse(i, f"{names[i]!r} is outside the scale {scale}")
    if scale is not None and level != "set":
        categories = tuple(declared)
    else:
        if level == "ordinal" and any(isinstance(value, str) for value in parsed.values()):
            text = next(i for i, value in parsed.items() if isinstance(value, str))
            raise refuse(text, f"{names[text]!r} is not a number: an ordinal scale of names needs --scale LOW,...,HIGH")
        categories = tuple(sorted(set(parsed.values()), key=_order))
    place = {category: k for k, category in enumerate(categories)}
    recoded = np.full(len(names), -1, dtype=np.int32)
    for i, value in parsed.items():
        recoded[i] = place[value]
    return categories, recoded, scale is not None


def _order(value: Any) -> tuple[Any, ...]:
    if isinstance(value, frozenset):
        return (2, len(value), sorted(value))
    return (1, value) if isinstance(value, str) else (0, value)


def _parse_set(text: str) -> frozenset[str]:
    """``["a", "b"]``, ``a|b`` or ``a;b``; ``[]`` is the empty set."""
    if text.startswith("["):
        try:
            return frozenset(str(member) for member in json.loads(text))
        except ValueError:
            pass
    return frozenset(part.strip() for part in _SET.split(text) if part.strip())


def _number(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return (int(value) if value.is_integer() else value) if math.isfinite(value) else None


def _refuse_repeats(
    path: Path, item: Codes, annotator: Codes, line: Codes, names: list[list[str]], columns: Sequence[str]
) -> None:
    if len(names[0]) * len(names[1]) <= MOST_CELLS:  # the usual case, without a sort
        seen = np.zeros((len(names[0]), len(names[1])), dtype=bool)
        seen[item, annotator] = True
        if int(seen.sum()) == len(item):
            return
    pair = item.astype(np.int64) * len(names[1]) + annotator
    order = np.argsort(pair, kind="stable")
    again = np.flatnonzero(np.diff(pair[order]) == 0)
    if len(again):
        later = order[again + 1]
        worst = later[np.argmin(line[later])]
        who, what = names[1][annotator[worst]], names[0][item[worst]]
        raise InputError([Problem(str(path), int(line[worst]), columns[1], f"{who!r} rates item {what!r} a second time")])


def _header(path: Path) -> list[str]:
    """Column names of a file.  Raises InputError when there is no such file, or nothing in it."""
    if not path.is_file():
        raise InputError([Problem(str(path), 0, "", "no such file")])
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return list(pq.read_schema(path).names)
        except pa.ArrowException as error:
            raise InputError([Problem(str(path), 0, "", f"not Parquet: {str(error).splitlines()[0]}")]) from None
    if path.suffix == ".jsonl":
        fields: dict[str, None] = {}
        for line, row in read_jsonl(path):
            if isinstance(row, Problem):
                raise InputError([row])
            if not isinstance(row, dict):
                raise InputError([Problem(str(path), line, "", "not a JSON object")])
            fields.update(dict.fromkeys(row))
        return list(fields)
    reader = _open_csv(path)
    return list(reader.schema.names)


def _read(path: Path, columns: tuple[str, ...]) -> Batches:
    header = _header(path)
    for column in columns:
        if column not in header:
            raise _unknown(path, column, header)
    return _read_jsonl(path, columns) if path.suffix == ".jsonl" else _read_arrow(path, columns)


def _read_jsonl(path: Path, columns: tuple[str, ...]) -> Batches:
    for line, row in read_jsonl(path):
        cells = [row.get(column) if isinstance(row, dict) else None for column in columns]
        yield line, [(np.zeros(1, dtype=np.int32), [_text(cell)]) for cell in cells]


def _read_arrow(path: Path, columns: tuple[str, ...]) -> Batches:
    import pyarrow as pa

    start = 1 if path.suffix == ".parquet" else 2
    try:
        for batch in _batches(path, columns):
            yield start, [_encode(batch.column(column)) for column in columns]
            start += batch.num_rows
    except pa.ArrowException as error:
        raise InputError([Problem(str(path), 0, "", f"can't be read: {str(error).splitlines()[0]}")]) from None


def _encode(column: pa.Array) -> Encoded:
    """Codes of a column's values; lists as JSON, nulls as the empty text."""
    import pyarrow as pa

    if pa.types.is_nested(column.type):
        column = pa.array([_text(value) for value in column.to_pylist()])
    encoded = column.dictionary_encode()
    texts = [_text(value) for value in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.int32)
    return codes, [*texts, ""] if encoded.indices.null_count else texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _batches(path: Path, columns: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(batch_size=_BATCH, columns=list(dict.fromkeys(columns)))
    else:
        yield from _open_csv(path, columns)


def _open_csv(path: Path, columns: tuple[str, ...] | None = None) -> Any:
    """A streaming reader of a CSV (or, by its suffix, TSV) file, every column as text."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        names = csv.open_csv(path, parse_options=_dialect(path)).schema.names
        convert = csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=list(dict.fromkeys(columns)) if columns else [],
        )
        return csv.open_csv(path, parse_options=_dialect(path), convert_options=convert)
    except pa.ArrowException as error:
        reason = "no ratings in it" if "Empty CSV" in str(error) else f"not CSV: {str(error).splitlines()[0]}"
        raise InputError([Problem(str(path), 0, "", reason)]) from None


def _dialect(path: Path) -> Any:
    from pyarrow import csv

    return csv.ParseOptions(delimiter="\t" if path.suffix == ".tsv" else ",", newlines_in_values=True)


def _unknown(path: Path, column: str, header: Sequence[str]) -> InputError:
    return InputError([Problem(str(path), 1, column, f"no such column (there are: {', '.join(header)})")])
