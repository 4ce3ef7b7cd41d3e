"""What a long run says of itself where there is no terminal."""

from __future__ import annotations

import threading

import pytest

from benchmark.corpus.scan import scanned
from benchmark.scoring import progress
from benchmark.scoring.executors import local
from benchmark.scoring.job import Job, Recipe
from benchmark.scoring.progress import Counts, Progress


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "time", made)
    return made


def test_a_slow_scorer_is_heard_of_before_its_batch_is_finished(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    told = Progress(100, Counts())
    for _ in range(3):
        clock.now += 2
        told.beat()
    assert capsys.readouterr().err == "scored 3 of 100 (30.0 answers/min, 3 min left, 0 abstained)\n"


def test_a_finished_batch_is_not_counted_twice(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    counts = Counts(answers=10)  # from an earlier run
    told = Progress(100, counts)
    for _ in range(20):
        told.beat()
    counts.answers, counts.abstained, counts.usd = 30, 1, 0.5
    clock.now = 10
    told.batch()
    assert capsys.readouterr().err == "scored 30 of 100 (120.0 answers/min, 35 s left, 1 abstained, 0.50 dollars)\n"


def test_where_nothing_is_counted_nothing_is_said_of_it(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress(4) as told:
        for _ in range(2):
            clock.now += 5
            told.beat()
    assert capsys.readouterr().err == "scored 1 of 4 (12.0 answers/min, 15 s left)\n"


def test_lines_come_now_and_then(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    told = Progress(1000, Counts())
    for _ in range(100):
        clock.now += 1
        told.beat()
    assert len(capsys.readouterr().err.splitlines()) == 1 + 95 // 30


def test_a_run_here_beats_for_every_prediction() -> None:
    beats: list[None] = []
    recipe = Recipe("heuristic", (), 0)
    with scanned(None) as scan:
        rows = scan.rowids("test", 70)
        job = Job(recipe, scan.path, rows, None)
        done = list(local(job, recipe.make(), range(job.batches), threading.Event(), lambda: beats.append(None)))
    assert sum(d.answers for d in done) == len(beats) == 70
