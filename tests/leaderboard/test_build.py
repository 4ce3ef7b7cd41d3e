"""The leaderboard from records: complete, deterministic, safe, and never mixing what does not belong together."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from leaderboard.board import make_boards
from leaderboard.build import Built, build_leaderboard
from tests.conftest import bench

HOSTILE = '<script>alert(1)</script> "quoted" | pipe 🙂 שלום'


def load(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def build(results: Path, output: Path, corpus_dir: Path) -> Built:
    return build_leaderboard(results, output, str(corpus_dir))


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_all_files_with_every_scorer(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("leaderboard", "--results", "results", "--output", "board", "--corpus", corpus_dir, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    names = ["site/index.html", "leaderboard.csv", "leaderboard.md", "leaderboard.tex", "overall.svg", "tracks.svg"]
    assert done.stdout.split() == [f"board/{name}" for name in names]
    overall = load(results / "heuristic.json")["overall"]
    rows = {row["scorer"]: row for row in csv.DictReader((tmp_path / "board/leaderboard.csv").read_text().splitlines())}
    assert set(rows) == {"heuristic", "constant", "length", "annotators, leave one out"}
    assert float(rows["heuristic"]["overall"]) == overall["value"]
    assert float(rows["heuristic"]["overall_low"]) == overall["low"]
    assert (rows["heuristic"]["tie_group"], rows["heuristic"]["rank_low"], rows["constant"]["tie_group"]) == ("1", "1", "")
    for name in names[2:]:
        text = (tmp_path / "board" / name).read_text(encoding="utf-8")
        assert all(scorer in text for scorer in rows), name
    assert "No label here is a person's" in (tmp_path / "board/leaderboard.md").read_text()
    site = tmp_path / "board" / "site"
    for name in rows:
        if rows[name]["run_id"]:
            page = (site / "scorers" / f"{rows[name]['run_id']}.html").read_text(encoding="utf-8")
            assert f"bench run --scorer {name}" in html.unescape(page)
            badge = ElementTree.parse(site / "files/badges" / f"{name}-{rows[name]['run_id']}.svg")
            assert name in "".join(badge.getroot().itertext())
    for path in site.rglob("*.svg"):
        ElementTree.parse(path)


def test_latex_compiles_in_shape(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    rename(results / "heuristic.json", r"a_b & 100 % $x$ #1 {~^} \end")
    build(results, tmp_path / "board", corpus_dir)
    text = (tmp_path / "board/leaderboard.tex").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.endswith(r"\\")]
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {9}
    assert r"a\_b \& 100 \% \$x\$ \#1 \{\textasciitilde{}\textasciicircum{}\} \textbackslash{}end" in text


def test_the_same_records_give_the_same_bytes(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    build(results, tmp_path / "one", corpus_dir)
    build(results, tmp_path / "two", corpus_dir)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def rename(path: Path, name: str) -> None:
    """Give a record another scorer's name; its numbers still follow from its predictions."""
    record = load(path)
    record["scorer"].update(name=name, params={"prompt": name})
    path.write_text(json.dumps(record), encoding="utf-8")


def test_hostile_text_is_shown_as_text(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    rename(results / "heuristic.json", HOSTILE)
    rename(results / "length.json", "=HYPERLINK(1)")
    assert build(results, tmp_path / "board", corpus_dir).problems == []
    board = tmp_path / "board"
    markdown = (board / "leaderboard.md").read_text(encoding="utf-8")
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in markdown.splitlines() if line.startswith("|")}) == 1
    for path in board.rglob("*"):
        if path.suffix in (".html", ".js", ".svg", ".md") and path.name not in ("base.js", "diff.js"):
            assert "<script>alert" not in path.read_text(encoding="utf-8"), path
    named = [row["scorer"] for row in csv.DictReader((board / "leaderboard.csv").read_text(encoding="utf-8").splitlines())]
    assert HOSTILE in named
    assert "'=HYPERLINK(1)" in named
    for path in board.rglob("*.svg"):
        ElementTree.parse(path)


def test_what_measured_something_else_stands_apart(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    for name, block, field, value in (
        ("elsewhere", "corpus", "fingerprint", "0" * 64),
        ("unknown", "reference", "annotators", ["nobody"]),
        ("otherwise", "reference", "method", "a coin"),
    ):
        record = load(results / "heuristic.json")
        record[block][field] = value
        (results / f"{name}.json").write_text(json.dumps(record))
    record = load(results / "heuristic.json")
    (results / "older.json").write_text(json.dumps({**record, "schema_version": "0.9", "tracks": None}))
    built = build(results, tmp_path / "board", corpus_dir)
    assert built.problems == []
    reasons = {one.file: one.reason for one in built.apart}
    assert set(reasons) == {"elsewhere.json", "unknown.json", "otherwise.json", "older.json"}
    assert "fingerprint 000000000000" in reasons["elsewhere.json"]
    assert "nobody" in reasons["unknown.json"]
    assert "a coin" in reasons["otherwise.json"]
    assert "schema version 0.9" in reasons["older.json"]
    page = html.unescape((tmp_path / "board/site/index.html").read_text(encoding="utf-8"))
    assert all(reason in page for reason in reasons.values())
    rows = list(csv.DictReader((tmp_path / "board/leaderboard.csv").read_text().splitlines()))
    assert len(rows) == 4


def test_another_reference_or_split_is_another_board(results: Path) -> None:
    records = [load(path) for path in sorted(results.glob("*.json"))]
    for change in (("corpus", "split", "all"), ("corpus", "limit", 3), ("reference", "annotators", ["author"])):
        other = load(results / "heuristic.json")
        other[change[0]][change[1]] = change[2]
        boards = make_boards([*records, other])
        assert [len([row for row in board.rows if row.kind != "annotators"]) for board in boards] == [3, 1]


def test_floors_and_warnings_have_no_rank(results: Path, tmp_path: Path) -> None:
    record = load(results / "heuristic.json")
    words = {**record, "run_id": "a" * 12, "scorer": {**record["scorer"], "name": "ml", "params": {"features": "words"}}}
    plumbing = {**record, "run_id": "b" * 12, "scorer": {**record["scorer"], "name": "llm", "params": {"model": "smollm2"}}}
    rows = {row.run_id: row for row in make_boards([record, words, plumbing, load(results / "constant.json")])[0].rows}
    assert (rows["a" * 12].kind, rows["b" * 12].kind) == ("warning", "warning")
    assert rows["b" * 12].label == "plumbing judge (llm model=smollm2)"
    assert "what words alone give away" in rows["a" * 12].note
    assert rows[load(results / "constant.json")["run_id"]].kind == "floor"


def test_broken_records_are_named_and_left_out_and_the_rest_is_built(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    good = load(results / "heuristic.json")
    (results / "truncated.json").write_text('{"schema_version": "1.0", ')
    (results / "foreign.json").write_text("{}")
    (results / "nested.json").write_text("[" * 100_000)
    (results / "binary.json").write_bytes(b"\xff\xfe\x00")
    (results / "half.json").write_text(json.dumps({**good, "scorer": {**good["scorer"], "name": "\ud800"}}))
    (results / "endless.json").write_text(json.dumps(good).replace('"usd": null', '"usd": 1e999'))
    (results / "alone.json").write_text(json.dumps(good))  # no predictions beside it
    (results / "liar.json").write_text(json.dumps({**good, "overall": {**good["overall"], "value": 0.99}}))
    predictions = (results / "heuristic.predictions.jsonl").read_text()
    (results / "liar.predictions.jsonl").write_text(predictions)
    (results / "swapped.json").write_text(json.dumps(good))
    (results / "swapped.predictions.jsonl").write_text("\n".join(predictions.splitlines()[1:]) + "\n")
    done = bench("leaderboard", "--results", "results", "--output", "board", "--corpus", corpus_dir, cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for name in ("truncated.json", "foreign.json", "nested.json", "binary.json", "half.json", "endless.json",
                 "alone.predictions.jsonl", "liar.json", "swapped.predictions.jsonl"):  # fmt: skip
        assert f"left out: results/{name}" in done.stderr, name
    assert "overall.value: says 0.99, its predictions give" in done.stderr
    assert "heuristic" in (tmp_path / "board/leaderboard.csv").read_text()
    assert (tmp_path / "board/site/index.html").is_file()


def test_a_folder_of_something_else_is_not_replaced(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    (tmp_path / "mine" / "site").mkdir(parents=True)
    (tmp_path / "mine" / "site" / "thesis.txt").write_text("years of work")
    done = bench("leaderboard", "--results", "results", "--output", "mine", "--corpus", corpus_dir, cwd=tmp_path)
    assert done.returncode == 2
    assert "holds something else than a leaderboard" in done.stderr
    assert files(tmp_path / "mine") == {"site/thesis.txt": b"years of work"}


def test_a_site_is_replaced_as_a_whole(results: Path, tmp_path: Path, corpus_dir: Path) -> None:
    build(results, tmp_path / "board", corpus_dir)
    run = load(results / "length.json")["run_id"]
    assert (tmp_path / "board/site/scorers" / f"{run}.html").is_file()
    (results / "length.json").unlink()
    build(results, tmp_path / "board", corpus_dir)
    assert not (tmp_path / "board/site/scorers" / f"{run}.html").exists()
    assert sorted(path.name for path in (tmp_path / "board").iterdir() if path.name.startswith(".")) == []


def test_no_records_at_all(tmp_path: Path) -> None:
    done = bench("leaderboard", "--results", "empty", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no result records" in done.stderr


def test_records_of_another_corpus_alone_make_no_board(results: Path, tmp_path: Path) -> None:
    done = bench("leaderboard", "--results", "results", "--output", "board", cwd=tmp_path)  # the package's corpus
    assert done.returncode == 1
    assert "stands apart: results/heuristic.json: measured on corpus" in done.stderr
    assert "--corpus" in done.stderr
    assert not (tmp_path / "board").exists()
