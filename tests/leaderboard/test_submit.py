"""Filing a record: what follows from its predictions is taken, everything else refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.conftest import bench

Submit = Callable[[], "CompletedProcess[str]"]


@pytest.fixture
def record(tmp_path: Path, corpus_dir: Path) -> Path:
    done = bench("run", "--scorer", "heuristic", "--corpus", corpus_dir, "--output", "mine/r.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "mine" / "r.json"


@pytest.fixture
def submit(tmp_path: Path, corpus_dir: Path) -> Submit:
    return lambda: bench("leaderboard", "submit", "mine/r.json", "--results", "filed", "--corpus", corpus_dir, cwd=tmp_path)


def change(path: Path, *keys: str, to: Any) -> None:
    document = json.loads(path.read_text())
    inner = document
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    path.write_text(json.dumps(document))


def test_an_honest_record_is_filed_with_its_predictions(record: Path, submit: Submit, tmp_path: Path, corpus_dir: Path) -> None:
    done = submit()
    assert done.returncode == 0, done.stderr
    run = json.loads(record.read_text())["run_id"]
    assert done.stdout.split() == [f"filed/heuristic-{run}.json", f"filed/heuristic-{run}.predictions.jsonl"]
    assert json.loads((tmp_path / done.stdout.split()[0]).read_text()) == json.loads(record.read_text())
    board = bench("leaderboard", "--results", "filed", "--output", "board", "--corpus", corpus_dir, cwd=tmp_path)
    assert (board.returncode, board.stderr) == (0, "")
    again = submit()
    assert again.returncode == 2
    assert "is filed already" in again.stderr


@pytest.mark.parametrize(
    ("keys", "value", "said"),
    [
        (("overall", "high"), 0.99, "overall.high: says 0.99"),
        (("tracks", "rating", "mae", "value"), 0.01, "tracks.rating.mae.value: says 0.01"),
        (("slices", "round", "coding", "verdict", "low"), -0.5, "slices.round.coding.verdict.low"),
        (("annotators", "overall", "share", "value"), 1.2, "annotators.overall.share.value"),
        (("coverage", "scored"), 9, "coverage.scored: says 9"),
        (("scorer", "name"), "better", "run_id: says"),
        (("resampling", "resamples"), 5, "resampling.resamples: says 5"),
        (("predictions", "sha256"), "0" * 64, "not the predictions that r.json was made from"),
        (("corpus", "fingerprint"), "0" * 64, "fingerprint 000000000000"),
        (("overall", "value"), "high", "overall.value"),
    ],
)
def test_what_does_not_follow_is_refused(
    record: Path, submit: Submit, tmp_path: Path, keys: tuple[str, ...], value: Any, said: str
) -> None:
    change(record, *keys, to=value)
    done = submit()
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "filed").exists()


def test_a_changed_prediction_is_refused(record: Path, submit: Submit, tmp_path: Path) -> None:
    path = tmp_path / "mine" / "r.predictions.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0]["rating"] = 1 if rows[0]["rating"] > 2 else 5
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert submit().returncode == 2
    path.unlink()
    done = submit()
    assert done.returncode == 2
    assert "no such file" in done.stderr


def test_what_cannot_be_checked_is_said(record: Path, submit: Submit) -> None:
    change(record, "environment", "dirty", to=True)
    done = submit()
    assert done.returncode == 0
    assert "cost and environment are as reported" in done.stderr
    assert "checkout with changes" in done.stderr
