"""``bench corpus format``."""

from __future__ import annotations

import json
from pathlib import Path

from benchmark import load_corpus
from tests.conftest import bench


def test_format_sorts_rows_and_fields_and_changes_no_record(tmp_path: Path, corpus_dir: Path) -> None:
    before = load_corpus(corpus_dir).fingerprint
    path = corpus_dir / "answers.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    shuffled = [dict(reversed(row.items())) for row in reversed(rows)]
    path.write_text("".join(json.dumps(row) + "\n" for row in shuffled), encoding="utf-8")

    checked = bench("corpus", "format", "--check", "--corpus", corpus_dir, cwd=tmp_path)
    assert checked.returncode == 1
    assert str(path) in checked.stdout
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0]) == shuffled[0]  # nothing written yet

    assert bench("corpus", "format", "--corpus", corpus_dir, cwd=tmp_path).returncode == 0
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert list(json.loads(first))[:2] == ["answer_id", "question_id"]
    assert json.loads(first)["answer_id"] == min(row["answer_id"] for row in rows)
    assert "🙂" in first
    assert load_corpus(corpus_dir).fingerprint == before
    assert bench("corpus", "format", "--check", "--corpus", corpus_dir, cwd=tmp_path).returncode == 0


def test_a_line_that_is_no_record_is_named_and_nothing_is_lost(tmp_path: Path, corpus_dir: Path) -> None:
    path = corpus_dir / "contrasts.jsonl"
    text = path.read_text(encoding="utf-8") + "[1]\n"
    path.write_text(text, encoding="utf-8")
    done = bench("corpus", "format", "--corpus", corpus_dir, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith("contrasts.jsonl:5: not a JSON object\n")
    assert path.read_text(encoding="utf-8") == text
