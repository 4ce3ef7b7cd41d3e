"""``bench compare`` and ``bench alt-test``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Tables, bench, write_corpus


@pytest.fixture
def results(tmp_path: Path, corpus_dir: Path) -> Path:
    for scorer in ("heuristic", "constant", "random"):
        bench("run", "--scorer", scorer, "--corpus", corpus_dir, "--output", f"r/{scorer}.json", cwd=tmp_path)
    return tmp_path / "r"


def test_values_are_the_records_own(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    paths = sorted(results.glob("*.json"))
    done = bench("compare", *paths, "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for path, run in zip(paths, found["tracks"]["overall"]["runs"], strict=True):
        record = json.loads(path.read_text())["overall"]
        assert {key: run[key] for key in ("value", "low", "high")} == {key: record[key] for key in ("value", "low", "high")}
    assert len(found["tracks"]["rating"]["pairs"]) == 3
    for pair in found["tracks"]["overall"]["pairs"]:
        assert 0 < pair["p"] <= pair["p_holm"] <= 1
    assert bench("compare", *paths, "--corpus", corpus_dir, "--json", cwd=tmp_path).stdout == done.stdout


def test_prints_table_markdown_and_latex(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    paths = sorted(results.glob("*.json"))
    table = bench("compare", *paths, "--corpus", corpus_dir, cwd=tmp_path).stdout
    assert "no difference can be significant" in table
    markdown = bench("compare", *paths, "--corpus", corpus_dir, "--format", "markdown", cwd=tmp_path).stdout
    assert {line.count("|") for line in markdown.splitlines()} == {markdown.splitlines()[0].count("|")}
    latex = bench("compare", *paths, "--corpus", corpus_dir, "--format", "latex", cwd=tmp_path).stdout
    assert latex.startswith("\\begin{tabular}")
    assert all("heuristic" in text for text in (table, markdown, latex))


def test_what_cannot_be_compared_is_refused(results: Path, tmp_path: Path, corpus_dir: Path, tables: Tables) -> None:
    def refused(*arguments: str | Path) -> str:
        done = bench("compare", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
        return done.stderr

    one, two = results / "heuristic.json", results / "constant.json"
    assert "two result records or more" in refused(one, "--corpus", corpus_dir)
    assert "measured on another corpus" in refused(one, two)
    bench("run", "--scorer", "random", "--corpus", corpus_dir, "--reference", "author", "--output", "r/a.json", cwd=tmp_path)
    assert "a.json: reference.annotators: ['author'], not" in refused(one, results / "a.json", "--corpus", corpus_dir)
    beside = results / "constant.predictions.jsonl"
    beside.write_text(beside.read_text().replace('"rating": ', '"rating": 1.5, "depth": -'))
    refused(one, two, "--corpus", corpus_dir)
    beside.unlink()
    assert "constant.predictions.jsonl: no such file" in refused(one, two, "--corpus", corpus_dir)
    tables["annotations"][0]["rating"] = 5 if tables["annotations"][0]["rating"] != 5 else 4
    other = write_corpus(tmp_path / "other", tables)
    assert "corpus.fingerprint" in refused(one, results / "random.json", "--corpus", other)


def test_alt_test_on_a_corpus(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    predictions = results / "heuristic.predictions.jsonl"
    done = bench("alt-test", predictions, "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["label"], found["alignment"]) == ("verdict", "accuracy")
    assert set(found["labels"]) == {"verdict", "rating", "pace", "depth", "patterns", "signals"}
    assert set(found["annotators"]) == {"m1", "m2", "m3"}
    assert 0 <= found["winning_rate"] <= 1
    one = bench(
        "alt-test", predictions, "--corpus", corpus_dir, "--label", "patterns", "--epsilon", "0.1", "--json", cwd=tmp_path
    )
    assert (json.loads(one.stdout)["alignment"], json.loads(one.stdout)["epsilon"]) == ("set", 0.1)
    assert "could not stand in" in bench("alt-test", predictions, "--corpus", corpus_dir, cwd=tmp_path).stdout


def test_alt_test_on_a_table(tmp_path: Path) -> None:
    rows = [
        f"d{i},{who},{score}"
        for i in range(40)
        for who, score in (("x", i % 3), ("y", i % 3), ("gpt", i % 3), ("z", (i + i // 20) % 3))
    ]
    (tmp_path / "t.csv").write_text("doc,who,score\n" + "\n".join(rows) + "\n")
    columns = ("--table", "t.csv", "--item", "doc", "--annotator", "who", "--label", "score")
    for alignment in ("accuracy", "rmse"):
        done = bench("alt-test", *columns, "--candidate", "gpt", "--alignment", alignment, "--json", cwd=tmp_path)
        found = json.loads(done.stdout)
        assert (found["winning_rate"], found["advantage_probability"]) == (1.0, 1.0)
        assert found["annotators"]["z"]["annotator_probability"] == 0.5
        assert found["annotators"]["x"]["difference"] == 0.0
    for more, message in (
        (("--candidate", "nobody"), "'nobody' rated nothing"),
        ((), "--table needs --item, --annotator, --label and --candidate"),
    ):
        done = bench("alt-test", *columns, *more, cwd=tmp_path)
        assert done.returncode == 2
        assert message in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give a predictions file, or --table"),
        (("p.jsonl", "--label", "mood"), "no label 'mood'"),
        (("p.jsonl", "--label", "verdict"), "it gives no verdict"),
        (("p.jsonl", "--label", "rating", "--alignment", "set"), "does not suit rating"),
        (("p.jsonl", "--reference", "author"), "the test needs two annotators"),
        (("none.jsonl",), "none.jsonl: no such file"),
    ],
)
def test_alt_test_refuses(tmp_path: Path, corpus_dir: Path, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "p.jsonl").write_text('{"answer_id": "a-20", "rating": 3}\n')
    done = bench("alt-test", *arguments, "--corpus", corpus_dir, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
