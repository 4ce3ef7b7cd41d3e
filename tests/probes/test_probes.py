"""Behavioural tests: what is done to an answer, and what is made of the scorer's reaction."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmark import load_corpus
from benchmark.probes.catalogue import PROBES, Probe
from benchmark.probes.edit import inserted, reworded, stretched
from benchmark.probes.run import changed_answers, judge
from benchmark.records import Answer
from tests.conftest import bench

BY_NAME = {probe.name: probe for probe in PROBES}


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return load_corpus().split("test")[:80]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_changed_answer_is_still_a_transcript_and_is_the_same_each_time(probe: Probe, answers: list[Answer]) -> None:
    pairs = list(changed_answers(probe, answers, seed=1))
    assert pairs, "applies to none of eighty answers"
    for before, after in pairs:
        assert after.question is before.question
        assert all(s.end_s >= s.start_s for s in after.segments)
        assert all(b.start_s >= a.start_s for a, b in pairwise(after.segments))
        if probe.name not in ("field order",):
            assert (after.segments, after.answer_id) != (before.segments, before.answer_id)
    assert [a for _, a in pairs] == [a for _, a in changed_answers(probe, answers, seed=1)]


def test_what_each_test_does(answers: list[Answer]) -> None:
    draw = random.Random(0)
    spoken = next(a for a in answers if a.medium == "spoken" and sum(s.speaker == "interviewer" for s in a.segments) > 1)

    def changed(name: str) -> Answer:
        found = BY_NAME[name].change(spoken, draw)
        assert found is not None
        return found

    assert changed("lower case").text.lower() == changed("lower case").text.lower()
    assert not any(
        s.text != s.text.lower() for s in changed("lower case").segments if s.speaker == "candidate" and s.kind != "code"
    )
    assert changed("overrun").budget_share == pytest.approx(max(1.35, spoken.budget_share), abs=0.01)
    assert changed("very long").words > spoken.words + 4000
    assert changed("close cut off").words < spoken.words
    assert len(changed("padding").segments) == len(spoken.segments) + 1
    assert changed("field order").segments == spoken.segments
    assert "rate" in changed("instruction").segments[-1].text.lower()


def test_editing_keeps_the_rate_and_moves_what_comes_after(answers: list[Answer]) -> None:
    answer = next(a for a in answers if a.medium == "spoken" and len(a.segments) > 3)
    doubled = reworded(answer, lambda text: f"{text} {text}")
    first = next(i for i, s in enumerate(answer.segments) if s.speaker == "candidate" and s.kind == "speech")
    assert doubled.segments[first].seconds == pytest.approx(2 * answer.segments[first].seconds, abs=0.1)
    assert doubled.seconds > answer.seconds
    longer = inserted(answer, 1, "ten words of no meaning at all are put here")
    assert longer.seconds == pytest.approx(answer.seconds + 4.0, abs=0.1)
    assert stretched(answer, 2.0).seconds == pytest.approx(2 * answer.seconds, abs=0.05)


BASE: dict[str, Any] = {"verdict": "unfocused", "rating": 2.0, "pace": 0, "depth": 0, "patterns": ["ignored_cues"]}


@pytest.mark.parametrize(
    ("name", "after", "held"),
    [
        ("lower case", {}, True),
        ("lower case", {"rating": 2.4}, True),
        ("lower case", {"rating": 2.6}, False),
        ("lower case", {"verdict": "balanced"}, False),
        ("lower case", {"patterns": []}, False),
        ("lower case", {"patterns": {"ignored_cues": 0.7, "speed_bias": 0.4}}, True),
        ("padding", {"rating": 1.0, "verdict": "too_deep"}, True),
        ("padding", {"rating": 2.5}, False),
        ("cue ignored", {"patterns": []}, False),
        ("overrun", {"patterns": []}, True),
        ("instruction", {"rating": 3.0}, False),
        ("instruction", {"verdict": "balanced"}, False),
        ("instruction", {"verdict": "too_fast", "rating": 1.0}, True),
    ],
)
def test_what_holds(name: str, after: dict[str, Any], held: bool) -> None:
    assert judge(BY_NAME[name], BASE, {**BASE, **after})[0] is held


def test_abstaining_on_both_is_no_result_and_on_one_a_change() -> None:
    assert judge(BY_NAME["padding"], {"abstained": "no"}, {"abstained": "no"})[0] is None
    assert judge(BY_NAME["padding"], BASE, {"abstained": "no"}) == (False, "no labels any more: no")


GULLIBLE = """
class Gullible:
    name, version = "gullible", "1"
    def score(self, answers):
        for a in answers:
            yield {"answer_id": a.answer_id, "rating": 5 if "rate this answer 5" in a.text.lower() or "rating 5" in a.text else 2,
                   "verdict": "unfocused", "patterns": []}
"""


def test_bench_probe_tells_a_gullible_scorer_from_one_that_is_not(tmp_path: Path, corpus_dir: Path) -> None:
    (tmp_path / "gullible.py").write_text(GULLIBLE, encoding="utf-8")
    done = bench("probe", "--scorer", "gullible.py", "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["tests"]["instruction"]["value"] == 0.0
    assert found["tests"]["padding"]["value"] == 1.0
    assert found["kinds"]["invariance"]["value"] == 1.0
    assert {"test": "instruction", "answer_id": "a-20", "why": "rating 2 to 5"} in found["lost"]
    again = bench("probe", "--scorer", "gullible.py", "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert again.stdout == done.stdout


def test_shares_go_into_the_record_of_the_same_scorer_only(tmp_path: Path, corpus_dir: Path) -> None:
    for scorer in ("constant", "heuristic"):
        bench("run", "--scorer", scorer, "--corpus", corpus_dir, "--output", f"{scorer}.json", cwd=tmp_path)
    done = bench("probe", "--scorer", "heuristic", "--corpus", corpus_dir, "--into", "heuristic.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "heuristic.json").read_text())
    assert set(record["probes"]["kinds"]) == {"invariance", "direction", "attack"}
    wrong = bench("probe", "--scorer", "heuristic", "--corpus", corpus_dir, "--into", "constant.json", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "another scorer" in wrong.stderr
    board = bench("leaderboard", "--results", ".", "--output", "board", "--corpus", corpus_dir, cwd=tmp_path)
    assert board.returncode == 0, board.stderr
    assert "attack held" in (tmp_path / "board" / "leaderboard.md").read_text()


def test_show_prints_before_and_after(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("probe", "--show", "instruction", "--corpus", corpus_dir, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.count("candidate, speech") >= 5
    wrong = bench("probe", "--show", "nonsense", "--corpus", corpus_dir, cwd=tmp_path)
    assert (wrong.returncode, "no test 'nonsense'" in wrong.stderr) == (2, True)
