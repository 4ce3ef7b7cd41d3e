"""Wherever a scorer runs, the predictions and the record are the same, and what it does wrong costs its own answers."""

from __future__ import annotations

import json
import os
from array import array
from pathlib import Path
from typing import Any

import pytest

from benchmark.corpus.scan import scan_corpus
from benchmark.scoring.isolation import Child
from benchmark.scoring.job import Job, Recipe
from tests.cli.test_run import without_timing
from tests.conftest import bench
from tests.scoring.scorers import trial

ELSEWHERE = [("--executor", "processes", "--workers", "2"), ("--timeout", "30")]


def run(folder: Path, corpus: Path, scorer: str, *more: str) -> tuple[int, dict[str, Any], bytes]:
    done = bench(
        "run", "--scorer", scorer, "--corpus", corpus, "--split", "all", "--json", "--output", "r.json", *more, cwd=folder
    )
    assert "Traceback" not in done.stderr
    assert done.stdout, done.stderr
    assert not (folder / "r.run").exists()
    return done.returncode, json.loads(done.stdout), (folder / "r.predictions.jsonl").read_bytes()


@pytest.mark.parametrize("scorer", ["heuristic", "length"])
def test_processes_give_what_local_gives(tmp_path: Path, corpus_dir: Path, scorer: str) -> None:
    _, record, predictions = run(tmp_path, corpus_dir, scorer)
    for where in ELSEWHERE:
        status, other, others = run(tmp_path, corpus_dir, scorer, *where, "--fresh")
        assert (status, without_timing(other), others) == (0, without_timing(record), predictions)


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("hangs", "timeout: nothing came from the scorer for 1 s"),
        ("dies", "the scorer's process ended by SIGKILL"),
        ("leaves", "the scorer's process ended with exit status 3"),
        ("rubbish", "ValueError: rubbish"),
    ],
)
def test_a_scorer_that_misbehaves_costs_its_own_answer(tmp_path: Path, corpus_dir: Path, manner: str, reason: str) -> None:
    (tmp_path / "trial.py").write_text(trial(manner), encoding="utf-8")
    status, record, predictions = run(tmp_path, corpus_dir, "trial.py", "--timeout", "1")
    assert status == 1
    assert record["coverage"] == {"answers": 16, "scored": 15, "abstained": 0, "failed": 1, "reasons": {reason: 1}}
    (tmp_path / "trial.py").write_text(trial("well"), encoding="utf-8")
    _, _, undisturbed = run(tmp_path, corpus_dir, "trial.py")
    theirs, ours = undisturbed.splitlines(), predictions.splitlines()
    assert [a for a, b in zip(theirs, ours, strict=True) if a != b] == [line for line in theirs if b"a-21" in line]


@pytest.mark.parametrize("where", [(), *ELSEWHERE])
def test_what_a_scorer_prints_is_not_in_the_json(tmp_path: Path, corpus_dir: Path, where: tuple[str, ...]) -> None:
    (tmp_path / "trial.py").write_text(trial("prints"), encoding="utf-8")
    status, record, _ = run(tmp_path, corpus_dir, "trial.py", *where)
    assert (status, record["coverage"]["scored"]) == (0, 16)


def job(folder: Path, corpus: Path, text: str, timeout: float | None = None) -> Job:
    (folder / "trial.py").write_text(text, encoding="utf-8")
    scan = scan_corpus(corpus, folder / "corpus.sqlite")
    rows = scan.rowids("all", None)
    scan.close()
    return Job(Recipe(str(folder / "trial.py"), (), 0), folder / "corpus.sqlite", rows, timeout)


def test_a_worker_killed_from_outside_loses_nothing(tmp_path: Path, corpus_dir: Path) -> None:
    child = Child(job(tmp_path, corpus_dir, trial("well")), memory=1 << 40)
    try:
        first = child.score(0)
        os.kill(child.pid, 9)
        assert child.score(0) == first
        assert first.failed == 0
    finally:
        child.close()


def test_a_scorer_that_leaks_gets_a_new_process(tmp_path: Path, corpus_dir: Path) -> None:
    leaking = trial("well").replace("        pass", "        KEPT.append(bytes(b'x') * (1 << 26))") + "KEPT = []\n"
    child = Child(job(tmp_path, corpus_dir, leaking), memory=512 << 20)
    try:
        pids = set()
        for _ in range(8):  # 64 MB each time: 512 MB in all, a process may have 0.4 x 512
            assert child.score(0).failed == 0
            pids.add(child.pid)
        assert len(pids - {None}) > 1 or None in pids
    finally:
        child.close()


def test_a_scorer_that_wants_too_much_at_once_loses_that_answer(tmp_path: Path, corpus_dir: Path) -> None:
    greedy = trial("well").replace("        pass", "        bytearray(1 << 34)")
    child = Child(job(tmp_path, corpus_dir, greedy), memory=2 << 30)
    try:
        done = child.score(0)
        assert (done.answers, done.failed) == (16, 1)
        failed = [row for row in map(json.loads, done.lines.splitlines()) if "failed" in row]
        assert [row["answer_id"] for row in failed] == ["a-21"]
        assert "MemoryError" in failed[0]["failed"]
    finally:
        child.close()


def test_one_answer_is_scored_like_a_batch(tmp_path: Path, corpus_dir: Path) -> None:
    made = job(tmp_path, corpus_dir, trial("well"))
    child = Child(made, memory=1 << 40)
    try:
        ones = b"".join(child._ask(0, array("q", [row])).lines for row in made.rows)
        assert ones == child.score(0).lines
    finally:
        child.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--workers", "2"), "--workers: --executor local has none"),
        (("--ray-address", "auto"), "--ray-address: only for --executor ray"),
        (("--max-usd", "1"), "--max-usd: the predictions of this scorer name no dollars"),
    ],
)
def test_options_that_do_not_go_together(tmp_path: Path, corpus_dir: Path, arguments: tuple[str, ...], message: str) -> None:
    done = bench("run", "--scorer", "random", "--corpus", corpus_dir, *arguments, "--output", "r.json", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
