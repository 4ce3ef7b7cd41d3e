"""The training round: worked answers that follow the rules they teach, and feedback that tells the truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmark.annotate import training
from benchmark.annotate.labels import label_problems, normal
from benchmark.codebook import PATTERNS, ROUNDS, VERDICTS
from benchmark.corpus import load_corpus
from benchmark.corpus.checks import content_problems, structural_problems
from benchmark.corpus.source import TABLES, Row
from benchmark.schemas import schema_problems
from tests.annotate.conftest import sample_labels
from tests.conftest import bench

EXAMPLES = training.material()["examples"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e["step"])
def test_worked_answers_are_sound(example: dict) -> None:  # type: ignore[type-arg]
    question = {"question_id": "q-1", **example["question"]}
    answer = {
        "answer_id": "a-1",
        "question_id": "q-1",
        "round": question["round"],
        "medium": example["medium"],
        "segments": example["segments"],
    }
    assert schema_problems("question", question) == []
    assert schema_problems("answer", answer) == []
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    rows["questions"], rows["answers"] = [Row("x", 1, question)], [Row("x", 1, answer)]
    assert [*structural_problems(rows), *content_problems(rows)] == []
    assert label_problems(example["labels"], example["segments"]) == []
    assert {**normal(example["labels"]), "signals": None} == {**example["labels"], "signals": None}
    assert set(example["why"]) <= set(example["labels"])


def test_the_round_shows_every_verdict_and_four_rounds() -> None:
    assert {e["labels"]["verdict"] for e in EXAMPLES} == set(VERDICTS)
    assert len({e["question"]["round"] for e in EXAMPLES} & set(ROUNDS)) == 4
    assert len({p for e in EXAMPLES for p in e["labels"]["patterns"]}) >= 6
    assert {p for e in EXAMPLES for p in e["labels"]["patterns"]} <= set(PATTERNS)


def test_worked_answers_are_in_no_corpus() -> None:
    texts = {segment.text for answer in load_corpus().answers.values() for segment in answer.segments}
    assert not texts & {s["text"] for e in EXAMPLES for s in e["segments"] if len(s["text"]) > 30}


def test_feedback_compares_field_by_field() -> None:
    own = EXAMPLES[0]["labels"]
    assert set(training.feedback("example-1", own)["compared"].values()) == {"same"}
    told = training.feedback("example-1", sample_labels(rating=own["rating"] - 1, pace=2, verdict="too_deep"))
    assert told["labels"] == own
    assert (told["compared"]["rating"], told["compared"]["pace"], told["compared"]["verdict"]) == ("near", "other", "other")


def test_the_check_is_passed_by_right_answers_only() -> None:
    right = {q["id"]: q["right"] for q in training.material()["check"]}
    assert training.marked(right)[0]
    for q in training.material()["check"]:
        assert 0 <= q["right"] < len(q["options"])
        passed, told = training.marked({**right, q["id"]: (q["right"] + 1) % len(q["options"])})
        assert not passed
        assert [one["id"] for one in told if not one["right"]] == [q["id"]]
    assert not training.marked({})[0]


def test_without_the_extra_one_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "uvicorn.py").write_text("raise ImportError('no')\n")
    code = bench(
        "annotate", "serve", "--annotators", "ana", cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"}
    )
    assert code.returncode == 2
    assert code.stderr.count("\n") == 1
    assert "speed-depth-bench[annotate]" in code.stderr
    assert not (tmp_path / "annotate.db").exists()
