"""A run that was stopped, by whatever, goes on; what is finished is not done again; nothing mixes."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_run import without_timing
from tests.conftest import ROOT, Tables, bench, small_tables, write_corpus
from tests.scoring.scorers import trial

KILLS = 5
COPIES = 24
PAUSE = ("-S", "pause=0.002")


def many(folder: Path) -> Path:
    """A corpus of several batches: the small one over and over."""
    tables: Tables = {name: [] for name in small_tables()}
    for copy in range(COPIES):
        for name, rows in small_tables().items():
            for row in rows if name != "annotators" or copy == 0 else ():
                ids = ("question_id", "answer_id", "annotation_id", "contrast_id", "better", "worse")
                tables[name].append({k: f"c{copy:02d}-{v}" if k in ids else v for k, v in row.items()})
    return write_corpus(folder, tables)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many(tmp_path_factory.mktemp("many") / "corpus")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trial.py").write_text(trial("well"), encoding="utf-8")
    return tmp_path


def arguments(corpus: Path, *more: str) -> list[str]:
    common = ("run", "--scorer", "trial.py", *PAUSE, "--corpus", str(corpus), "--split", "all", "--output", "r.json")
    return [*common, *more]


def start(folder: Path, *command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", "from benchmark.cli.main import main; main()", *command],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # a shell's background job ignores it, and so would this
    )


def result(folder: Path) -> tuple[str, bytes]:
    record: dict[str, Any] = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    return without_timing(record), (folder / "r.predictions.jsonl").read_bytes()


def stopped(folder: Path, corpus: Path) -> None:
    """A run that was stopped after its first batch."""
    done = bench(*arguments(corpus, "--max-seconds", "0.01"), cwd=folder)
    assert done.returncode == 1, done.stderr
    assert "stopped: 0.01 seconds are over (--max-seconds); 64 of 384 answers are scored and kept in r.run" in done.stderr
    assert "the same command goes on" in done.stderr
    assert not (folder / "r.json").exists()


@pytest.mark.parametrize("where", [(), ("--executor", "processes", "--workers", "2")])
def test_killed_at_random_moments_it_ends_as_if_it_was_not(folder: Path, corpus: Path, where: tuple[str, ...]) -> None:
    begin = time.perf_counter()
    assert bench(*arguments(corpus, *where), cwd=folder).returncode == 0
    whole, undisturbed = time.perf_counter() - begin, result(folder)
    (folder / "r.json").unlink()
    draw, kept = random.Random(7), [0]
    for _ in range(KILLS):
        process = start(folder, *arguments(corpus, *where))
        time.sleep(whole * draw.uniform(0.3, 0.8))
        process.send_signal(signal.SIGKILL)
        process.wait()
        shards = len(list((folder / "r.run").glob("shards/*.jsonl"))) if (folder / "r.run").exists() else 0
        assert shards >= kept[-1] or (folder / "r.json").exists()
        kept.append(shards)
    assert bench(*arguments(corpus, *where), cwd=folder).returncode == 0
    assert result(folder) == undisturbed
    assert not (folder / "r.run").exists()


def test_it_goes_on_where_it_was(folder: Path, corpus: Path) -> None:
    stopped(folder, corpus)
    done = bench(*arguments(corpus, "--executor", "processes", "--workers", "2"), cwd=folder)
    assert done.returncode == 0
    assert "note: going on; 64 of 384 answers are scored already" in done.stderr
    assert "record       r.json" in done.stdout


def test_a_finished_run_is_not_run_again(folder: Path, corpus: Path) -> None:
    assert bench(*arguments(corpus), cwd=folder).returncode == 0
    before = (folder / "r.json").read_bytes(), (folder / "r.predictions.jsonl").stat().st_mtime_ns
    again = bench(*arguments(corpus, "--json"), cwd=folder)
    assert (again.returncode, json.loads(again.stdout)) == (0, json.loads(before[0]))
    assert "nothing is scored again (--fresh does)" in again.stderr
    assert before == ((folder / "r.json").read_bytes(), (folder / "r.predictions.jsonl").stat().st_mtime_ns)
    fresh = bench(*arguments(corpus, "--fresh"), cwd=folder)
    assert "nothing is scored again" not in fresh.stderr
    assert (folder / "r.predictions.jsonl").stat().st_mtime_ns != before[1]
    (folder / "trial.py").write_text(trial("well").replace("% 5", "% 4"), encoding="utf-8")
    assert "nothing is scored again" not in bench(*arguments(corpus), cwd=folder).stderr


def test_what_was_changed_is_noticed_and_refused(folder: Path, corpus: Path, tmp_path: Path) -> None:
    stopped(folder, corpus)
    other = many(tmp_path / "other")
    questions = (other / "questions.jsonl").read_text(encoding="utf-8")
    (other / "questions.jsonl").write_text(questions.replace("problem 0", "problem 9"), encoding="utf-8")
    for command, what in (
        (arguments(corpus, "-S", "pause=0.003"), "parameters"),
        (arguments(other), "corpus"),
        (arguments(corpus, "--limit", "100"), "limit"),
    ):
        done = bench(*command, cwd=folder)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert f"r.run: holds an unfinished run with another {what} (--fresh throws it away" in done.stderr
    (folder / "trial.py").write_text(trial("well") + "# another\n", encoding="utf-8")
    assert "another code of the scorer" in bench(*arguments(corpus), cwd=folder).stderr
    assert bench(*arguments(corpus, "--fresh"), cwd=folder).returncode == 0


def test_two_runs_do_not_mix(folder: Path, corpus: Path) -> None:
    (folder / "r.run").mkdir()
    with (folder / "r.run" / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = bench(*arguments(corpus), cwd=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "r.run: another run is writing here" in done.stderr


def test_a_budget_of_dollars_stops_and_a_higher_one_goes_on(folder: Path, corpus: Path) -> None:
    text = trial("well").replace('"patterns": []', '"usd": 0.01')
    (folder / "trial.py").write_text(text, encoding="utf-8")
    for usd, scored in (("0.5", 64), ("0.6", 64), ("1", 128)):
        done = bench(*arguments(corpus, "--max-usd", usd), cwd=folder)
        assert done.returncode == 1
        assert f"stopped: {usd} dollars are spent (--max-usd); {scored} of 384 answers" in done.stderr
    assert bench(*arguments(corpus, "--max-usd", "9"), cwd=folder).returncode == 0
    record = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    assert record["cost"]["usd"] == pytest.approx(3.84)


def test_an_interrupt_keeps_what_is_finished(folder: Path, corpus: Path) -> None:
    process = start(folder, *arguments(corpus, "-S", "pause=0.02"))
    for _ in range(600):
        time.sleep(0.05)
        if list((folder / "r.run").glob("shards/*.jsonl")):
            break
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 1
    assert not (folder / "r.json").exists()
    assert bench(*arguments(corpus, "-S", "pause=0.02", "--max-seconds", "0.01"), cwd=folder).returncode == 1


def test_a_full_disk_keeps_what_is_finished(folder: Path, corpus: Path) -> None:
    stopped(folder, corpus)
    limited = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); from benchmark.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", limited, *arguments(corpus)],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert bench(*arguments(corpus), cwd=folder).returncode == 0
