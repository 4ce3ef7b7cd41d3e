"""Tables of ratings from files: the same from every format, and every bad cell named by row and column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmark.errors import InputError
from benchmark.long_table import LongTable, parse_scale, read_long, read_wide

ROWS = [("d1", "x", 1), ("d1", "y", 2), ("d2", "y", None), ("d2", "x", 3), ("d3", "y", 5), ("d3", "x", 5)]


def write(path: Path, rows: list[tuple[Any, ...]] = ROWS, columns: tuple[str, ...] = ("doc", "who", "score")) -> Path:
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows]), path)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows))
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        lines = [columns, *(("" if cell is None else str(cell) for cell in row) for row in rows)]
        path.write_text("".join(mark.join(line) + "\n" for line in lines))
    return path


def cells(table: LongTable) -> dict[tuple[str, str], Any]:
    return {
        (table.items[i], table.annotators[a]): table.categories[c]
        for i, a, c in zip(table.item, table.annotator, table.label, strict=True)
    }


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_every_format_gives_the_same_ratings(tmp_path: Path, suffix: str) -> None:
    table = read_long(write(tmp_path / f"t{suffix}"), "doc", "who", "score", "ordinal", "1..5")
    assert cells(table) == {(doc, who): score for doc, who, score in ROWS if score is not None}
    assert (table.categories, table.declared) == ((1, 2, 3, 4, 5), True)
    matrix = table.matrix()
    assert matrix is not None
    assert matrix.tolist() == [[0, 1], [2, -1], [4, 4]]
    assert sorted(map(sorted, table.slots().tolist())) == [[-1, 2], [0, 1], [4, 4]]


def test_wide_is_the_same_table(tmp_path: Path) -> None:
    path = write(tmp_path / "w.csv", [("d1", 1, 2), ("d2", 3, "NA"), ("d3", 5, 5)], ("doc", "x", "y"))
    assert cells(read_wide(path, "doc", "ordinal", "1..5")) == {(d, w): s for d, w, s in ROWS if s is not None}
    unnamed = write(tmp_path / "u.csv", [(1, 2), (3, ""), (5, 5)], ("x", "y"))
    assert len(cells(read_wide(unnamed, None, "interval"))) == 5


def test_scales_are_declared_or_seen(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", [("a", "x", "10"), ("a", "y", "9"), ("b", "x", "2"), ("b", "y", "2")])
    table = read_long(path, "doc", "who", "score", "ordinal")
    assert (table.categories, table.declared) == ((2, 9, 10), False)
    named = write(tmp_path / "n.csv", [("a", "x", "low"), ("a", "y", "high"), ("b", "x", "low"), ("b", "y", "low")])
    assert read_long(named, "doc", "who", "score", "ordinal", "low,middle,high").categories == ("low", "middle", "high")
    assert read_long(named, "doc", "who", "score", "nominal").categories == ("high", "low")


@pytest.mark.parametrize("text", ["a|b", "a;b", '["a", "b"]', "b|a"])
def test_sets(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.jsonl"
    rows = [("d", "x", text), ("d", "y", []), ("e", "x", ["a", "b"]), ("e", "y", "a")]
    write(path, rows)
    found = cells(read_long(path, "doc", "who", "score", "set"))
    assert found[("d", "x")] == found[("e", "x")] == frozenset("ab")
    assert found[("d", "y")] == frozenset()


@pytest.mark.parametrize(("text", "scale"), [("1..3", ("1", "2", "3")), ("-2..0", ("-2", "-1", "0")), ("a, b", ("a", "b"))])
def test_scale_texts(text: str, scale: tuple[str, ...]) -> None:
    assert parse_scale(text) == scale


@pytest.mark.parametrize("text", ["", "a", "a,a", "3..1", "a,,b"])
def test_bad_scale_texts(text: str) -> None:
    with pytest.raises(InputError, match="--scale"):
        parse_scale(text)


@pytest.mark.parametrize(
    ("rows", "level", "scale", "problem"),
    [
        ([("a", "x", 1), ("a", "y", 9)], "ordinal", "1..5", "t.csv:3: score: '9' is outside the scale 1..5"),
        ([("a", "x", 1), ("a", "y", "high")], "interval", None, "t.csv:3: score: 'high' is not a number (level interval)"),
        ([("a", "x", 1), ("b", "x", 1), ("a", "x", 2)], "nominal", None, "t.csv:4: who: 'x' rates item 'a' a second time"),
        ([("a", "x", "low"), ("a", "y", "mid")], "ordinal", None, "t.csv:2: score: 'low' is not a number: an ordinal scale"),
        ([("a", "x", 1), ("", "y", 2)], "nominal", None, "t.csv:3: doc: is empty"),
        ([("a", "x", 1), ("b", "x", 2)], "nominal", None, "t.csv: who: only 'x' rated anything"),
        ([("a", "x", 1), ("a", "y", 2)], "nominal", None, "t.csv: doc: only one item ('a')"),
        ([("a", "x", ""), ("b", "y", "NaN")], "nominal", None, "t.csv: who: nobody rated anything"),
        ([], "nominal", None, "t.csv: no ratings in it"),
    ],
)
def test_bad_cells_are_named(tmp_path: Path, rows: list[Any], level: str, scale: str | None, problem: str) -> None:
    path = write(tmp_path / "t.csv", rows)
    with pytest.raises(InputError) as caught:
        read_long(path, "doc", "who", "score", level, scale)
    assert str(caught.value).startswith(f"{tmp_path}/{problem}")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_unknown_columns_missing_and_broken_files(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"t{suffix}")
    with pytest.raises(InputError, match=r"annot: no such column \(there are: doc, who, score\)"):
        read_long(path, "doc", "annot", "score", "nominal")
    with pytest.raises(InputError, match="no such file"):
        read_long(tmp_path / f"none{suffix}", "doc", "who", "score", "nominal")
    (tmp_path / f"broken{suffix}").write_bytes(b"\x00{broken")
    with pytest.raises(InputError):
        read_long(tmp_path / f"broken{suffix}", "doc", "who", "score", "nominal")
