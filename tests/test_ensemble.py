"""Averages of predictions."""

from __future__ import annotations

import json
from pathlib import Path

from benchmark.ensemble import average
from benchmark.predictions import row_problems
from tests.conftest import bench


def test_probabilities_scales_and_marks_are_averaged() -> None:
    one = {
        "verdict": "balanced",
        "verdict_probs": {"balanced": 0.6, "too_fast": 0.4},
        "rating": 4,
        "patterns": ["ignored_cues"],
    }
    two = {"verdict": "too_fast", "rating": 3.0, "patterns": {"ignored_cues": 0.2, "speed_bias": 0.9}}
    three = {"verdict": "too_fast", "rating": 2, "patterns": ["speed_bias"], "pattern_probs": {"speed_bias": 0.4}}
    given = average([one, two, three])
    assert given["verdict"] == "too_fast"
    assert given["verdict_probs"] == {"balanced": 0.2, "too_fast": 0.8, "too_deep": 0.0, "unfocused": 0.0}
    assert given["rating"] == 3.0
    assert given["patterns"] == ["speed_bias"]
    assert given["pattern_probs"]["ignored_cues"] == 0.4
    assert given["pattern_probs"]["speed_bias"] == 0.433333
    assert row_problems({"answer_id": "a", **given}) == []


def test_abstentions_take_no_part() -> None:
    assert average([{"abstained": "no"}, {"rating": 2}])["rating"] == 2.0
    assert average([{"abstained": "no"}, {"failed": "x"}]) == {"abstained": "all members abstained"}


def test_files_and_records_become_one_file_that_can_be_scored(tmp_path: Path, corpus_dir: Path) -> None:
    for scorer in ("heuristic", "constant"):
        done = bench("run", "--scorer", scorer, "--corpus", corpus_dir, "--output", f"{scorer}.json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = bench(
        "ensemble",
        "heuristic.json",
        "constant.predictions.jsonl",
        "--corpus",
        corpus_dir,
        "--output",
        "both.jsonl",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "both.jsonl").read_text().splitlines()]
    assert len(rows) == 8
    assert bench("score", "both.jsonl", "--corpus", corpus_dir, cwd=tmp_path).returncode == 0
    alone = bench("ensemble", "heuristic.json", "--corpus", corpus_dir, "--output", "x.jsonl", cwd=tmp_path)
    assert (alone.returncode, alone.stderr) == (2, "error: bench ensemble averages two files or more\n")
