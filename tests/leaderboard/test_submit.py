"""Filing a record: what follows from its predictions is taken, everything else refused with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmark.errors import InputError
from leaderboard.build import build_leaderboard
from leaderboard.submit import submit_record
from tests.conftest import bench


@pytest.fixture
def record(results: Path) -> Path:
    return results / "heuristic.json"


@pytest.fixture
def submit(record: Path, tmp_path: Path, corpus_dir: Path) -> Callable[[], str]:
    """Submits the record; gives what is said of it, the reasons where it is refused."""

    def submitted() -> str:
        try:
            return "\n".join(["filed", *submit_record(record, tmp_path / "filed", str(corpus_dir))[1]])
        except InputError as error:
            return str(error)

    return submitted


def change(path: Path, *keys: str, to: Any) -> None:
    document = json.loads(path.read_text())
    inner = document
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    path.write_text(json.dumps(document))


def test_an_honest_record_is_filed_with_its_predictions(record: Path, tmp_path: Path, corpus_dir: Path) -> None:
    arguments = ("leaderboard", "submit", record, "--results", "filed", "--corpus", corpus_dir)
    done = bench(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run = json.loads(record.read_text())["run_id"]
    assert done.stdout.split() == [f"filed/heuristic-{run}.json", f"filed/heuristic-{run}.predictions.jsonl"]
    assert json.loads((tmp_path / done.stdout.split()[0]).read_text()) == json.loads(record.read_text())
    assert "cost and environment are as reported" in done.stderr
    built = build_leaderboard(tmp_path / "filed", tmp_path / "board", str(corpus_dir))
    assert (built.problems, built.apart) == ([], [])
    again = bench(*arguments, cwd=tmp_path)
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
        (("predictions", "sha256"), "0" * 64, "not the predictions that heuristic.json was made from"),
        (("corpus", "fingerprint"), "0" * 64, "fingerprint 000000000000"),
        (("overall", "value"), "high", "overall.value"),
    ],
)
def test_what_does_not_follow_is_refused(
    record: Path, submit: Callable[[], str], tmp_path: Path, keys: tuple[str, ...], value: Any, said: str
) -> None:
    change(record, *keys, to=value)
    assert said in submit()
    assert not (tmp_path / "filed").exists()


def test_a_changed_prediction_is_refused(record: Path, submit: Callable[[], str]) -> None:
    path = record.with_name("heuristic.predictions.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0]["rating"] = 1 if rows[0]["rating"] > 2 else 5
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert "not the predictions" in submit()
    path.unlink()
    assert "no such file" in submit()


def test_what_cannot_be_checked_is_said(record: Path, submit: Callable[[], str]) -> None:
    change(record, "environment", "dirty", to=True)
    assert "checkout with changes" in submit()
