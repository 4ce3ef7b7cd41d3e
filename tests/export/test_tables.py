"""CSV, JSON lines and data frames of a corpus, and the three ways to hold one in Python."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmark import load_corpus
from benchmark.codebook import VERDICTS
from tests.conftest import ROOT, Tables, bench


def export(corpus: Path, tmp_path: Path, form: str, *more: str) -> Path:
    done = bench("export", "--format", form, "--corpus", corpus, "--output", tmp_path / form, *more, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [Path(line) for line in done.stdout.splitlines()] == [p for p in map(Path, done.stdout.split()) if p.is_file()]
    return tmp_path / form


def test_json_lines_are_the_corpus(tmp_path: Path, corpus_dir: Path) -> None:
    assert load_corpus(export(corpus_dir, tmp_path, "jsonl")).fingerprint == load_corpus(corpus_dir).fingerprint


def test_a_split_takes_what_belongs_to_it(tmp_path: Path, corpus_dir: Path) -> None:
    part = load_corpus(export(corpus_dir, tmp_path, "jsonl", "--split", "test"))
    assert set(part.questions) == {"q-2", "q-3"}
    assert {a.split for a in part.answers.values()} == {"test"}
    assert [c.contrast_id for c in part.contrasts] == ["t-2", "t-3"]
    assert len(part.annotations) == 8 * 4


def test_csv_can_be_measured_at_once(tmp_path: Path, corpus_dir: Path, tables: Tables) -> None:
    folder = export(corpus_dir, tmp_path, "csv")
    with (folder / "annotations.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["annotation_id"]: row for row in csv.DictReader(file)}
    for given in tables["annotations"]:
        row = rows[given["annotation_id"]]
        assert (row["rating"], row["patterns"]) == (str(given["rating"]), ";".join(given["patterns"]))
        assert json.loads(row["evidence"] or "[]") == given["evidence"]
        assert row["seconds_spent"] == ""
    options = (
        "--item",
        "answer_id",
        "--annotator",
        "annotator_id",
        "--label",
        "rating",
        "--level",
        "ordinal",
        "--scale",
        "1..5",
        "--json",
    )
    done = bench("agreement", "--table", folder / "annotations.csv", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = {row["answer_id"]: json.loads(row["segments"]) for row in csv.DictReader(file)}
    assert answers == {row["answer_id"]: row["segments"] for row in tables["answers"]}


def test_frames_come_typed(tmp_path: Path, corpus_dir: Path, tables: Tables) -> None:
    frame = pd.read_parquet(export(corpus_dir, tmp_path, "pandas") / "annotations.parquet")
    assert list(frame["verdict"].cat.categories) == list(VERDICTS)
    assert str(frame["rating"].dtype) == "Int64"
    assert sorted(frame["rating"].tolist()) == sorted(row["rating"] for row in tables["annotations"])


def test_records_frames_and_datasets_say_the_same(corpus_dir: Path) -> None:
    corpus = load_corpus(corpus_dir)
    frame, dataset = corpus.to_pandas("annotations"), corpus.to_dataset("annotations")
    assert list(frame["rating"]) == dataset["rating"] == [a.rating for a in corpus.annotations]
    assert [tuple(p) for p in dataset["patterns"]] == [a.patterns for a in corpus.annotations]
    assert dataset.features["evidence"].feature["start"].dtype == "int64"


def test_the_readme_shows_all_three(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The snippet of the README runs as it stands."""
    snippet = next(
        s
        for s in re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        if "load_corpus" in s
    )
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(snippet, names)
    corpus = load_corpus()
    assert len(names["corpus"].answers) == len(corpus.answers) == len(names["answers"])
    assert len(names["labels"]) == len(corpus.annotations)
    assert names["overrun"] == [a for a in corpus.answers.values() if a.seconds > a.question.time_budget_s]


def test_wrong_use_is_one_line(tmp_path: Path, corpus_dir: Path) -> None:
    for options, line in (
        (("--format", "eee", "--output", "x"), "--format eee: give it result records"),
        (("run.json", "--format", "csv", "--output", "x"), "--format csv: takes a corpus, not records"),
        (("--format", "csv", "--reference", "model", "--output", "x"), "--reference: --format csv combines no labels"),
        (("--format", "csv", "--limit", "3", "--output", "x"), "--limit: --format csv writes every answer"),
    ):
        done = bench("export", *options, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: {line}")
