"""The leaderboard from records: complete, deterministic, safe, and never mixing what does not belong together."""

from __future__ import annotations

import csv
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from leaderboard.board import make_boards
from leaderboard.build import build_leaderboard
from tests.conftest import bench

HOSTILE = '<script>alert(1)</script> "quoted" | pipe 🙂 שלום'


@pytest.fixture
def results(tmp_path: Path, corpus_dir: Path) -> Path:
    for scorer in ("heuristic", "constant", "length"):
        done = bench("run", "--scorer", scorer, "--corpus", corpus_dir, "--output", f"results/{scorer}.json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    return tmp_path / "results"


def load(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


class Page(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_all_files_with_every_scorer(results: Path, tmp_path: Path) -> None:
    done = bench("leaderboard", "--results", "results", "--output", "board", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["board/site/index.html", "board/README.md", "board/overall.svg", "board/leaderboard.csv"]
    overall = load(results / "heuristic.json")["overall"]
    rows = {row["scorer"]: row for row in csv.DictReader((tmp_path / "board/leaderboard.csv").read_text().splitlines())}
    assert set(rows) == {"heuristic", "constant", "length", "annotators, leave one out"}
    assert float(rows["heuristic"]["overall"]) == overall["value"]
    assert float(rows["heuristic"]["overall_low"]) == overall["low"]
    for name in ("board/site/index.html", "board/README.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert all(scorer in text for scorer in rows)
        assert "not people's" in html.unescape(text)


def test_the_page_asks_nobody_for_anything(results: Path, tmp_path: Path) -> None:
    build_leaderboard(results, tmp_path / "board")
    text = (tmp_path / "board/site/index.html").read_text(encoding="utf-8")
    page = Page(text)
    links = [value for _, attrs in page.tags for key, value in attrs.items() if key in ("src", "href", "action", "srcset")]
    assert links == ["data:,"]
    assert not re.search(r"@import|url\(", text)
    assert "script" not in {tag for tag, _ in page.tags}


def test_the_same_records_give_the_same_bytes(results: Path, tmp_path: Path) -> None:
    one, _ = build_leaderboard(results, tmp_path / "one")
    two, _ = build_leaderboard(results, tmp_path / "two")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_hostile_text_is_shown_as_text(results: Path, tmp_path: Path) -> None:
    record = load(results / "heuristic.json")
    record["scorer"].update(name=HOSTILE, params={"prompt": HOSTILE})
    record["corpus"]["name"] = HOSTILE
    (results / "heuristic.json").write_text(json.dumps(record), encoding="utf-8")
    written, problems = build_leaderboard(results, tmp_path / "board")
    assert problems == []
    page = Page(written[0].read_text(encoding="utf-8"))
    assert "script" not in {tag for tag, _ in page.tags}
    assert HOSTILE in page.text
    table = [line for line in written[1].read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in table}
    assert len(columns) == 1
    assert "<script" not in written[1].read_text(encoding="utf-8")


def test_what_measured_something_else_stands_apart(results: Path) -> None:
    records = [load(path) for path in sorted(results.glob("*.json"))]
    for change in (("corpus", "fingerprint", "0" * 64), ("corpus", "split", "all"), ("reference", "annotators", ["author"])):
        other = load(results / "heuristic.json")
        other[change[0]][change[1]] = change[2]
        boards = make_boards([*records, other])
        assert [len([row for row in board.rows if row.kind != "annotators"]) for board in boards] == [3, 1]


def test_a_broken_record_is_named_and_left_out(results: Path, tmp_path: Path) -> None:
    (results / "broken.json").write_text('{"schema_version": "1.0", ')
    (results / "foreign.json").write_text("{}")
    done = bench("leaderboard", "--results", "results", "--output", "board", cwd=tmp_path)
    assert done.returncode == 1
    assert "left out: results/broken.json" in done.stderr
    assert "left out: results/foreign.json" in done.stderr
    assert "heuristic" in (tmp_path / "board/leaderboard.csv").read_text()


def test_no_records_at_all(tmp_path: Path) -> None:
    done = bench("leaderboard", "--results", "empty", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no result records" in done.stderr
