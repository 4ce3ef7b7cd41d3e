"""Whatever a scorer does, each answer gets one checked row and the others are not lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark import Corpus, load_corpus
from benchmark.records import Answer
from benchmark.scoring.run import run_scorer


@pytest.fixture
def corpus(corpus_dir: Path) -> Corpus:
    return load_corpus(corpus_dir)


class Awkward:
    """Does with answer ``a-01`` what it is told, and rates the others 3."""

    name = "awkward"
    version = "1"

    def __init__(self, manner: Any) -> None:
        self.manner = manner
        self.seen: list[Answer] = []

    def score(self, answers: Sequence[Answer]) -> Iterator[dict[str, Any]]:
        for answer in answers:
            self.seen.append(answer)
            row = {"answer_id": answer.answer_id, "rating": 3}
            if answer.answer_id != "a-01":
                yield row
            elif callable(self.manner):
                yield from self.manner(row)
            else:
                yield {**row, **self.manner}


def raises(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    raise ZeroDivisionError("by design")
    yield row


def says_nothing(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return iter(())


def says_it_twice(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield row
    yield row


def speaks_of_another(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**row, "answer_id": "a-99"}


@pytest.mark.parametrize(
    ("manner", "field", "message"),
    [
        (raises, "failed", "ZeroDivisionError: by design"),
        (says_nothing, "abstained", "the scorer gave no prediction"),
        (says_it_twice, "failed", "two predictions for 'a-01'"),
        (speaks_of_another, "failed", "which was not asked for"),
        ({"rating": 7}, "failed", "rating: 7 is greater than the maximum of 5"),
        ({"rating": float("nan")}, "failed", "rating: nan is not a number"),
        ({"patterns": {"speed_bias": float("inf")}}, "failed", "patterns.speed_bias: inf is not a number"),
        ({"mood": "good"}, "failed", "unknown field 'mood'"),
        ({"abstained": "unsure"}, "failed", "an abstention gives no labels"),
        ({"evidence": [{"label": "speed_bias", "segment": 9, "start": 0, "end": 1}]}, "failed", "the answer has 3 segments"),
        ({"evidence": [{"label": "speed_bias", "segment": 0, "start": 0, "end": 10**6}]}, "failed", "outside segment 0"),
    ],
)
def test_only_the_answer_at_fault_is_lost(corpus: Corpus, manner: Any, field: str, message: str) -> None:
    rows = list(run_scorer(Awkward(manner), corpus.split("all")))
    assert [row["answer_id"] for row in rows] == list(corpus.answers)
    for row in rows:
        if row["answer_id"] == "a-01":
            assert message in row[field]
            assert "rating" not in row
        else:
            assert row == {"answer_id": row["answer_id"], "rating": 3}


def test_numpy_numbers_are_numbers(corpus: Corpus) -> None:
    manner = {"rating": np.float32(2.5), "pace": np.int64(1), "patterns": {"speed_bias": np.float64(0.25)}}
    row = list(run_scorer(Awkward(manner), corpus.split("all")))[1]
    assert row == {"answer_id": "a-01", "rating": 2.5, "pace": 1, "patterns": {"speed_bias": 0.25}}
    assert type(row["pace"]) is int


def test_a_scorer_sees_no_label_and_no_origin(corpus: Corpus) -> None:
    scorer = Awkward({})
    list(run_scorer(scorer, corpus.split("all")))
    assert all(dict(answer.provenance) == {} and answer.candidate_id is None for answer in scorer.seen)
    assert not any(hasattr(scorer.seen[0], name) for name in ("rating", "verdict", "annotations"))
