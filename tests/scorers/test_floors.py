"""The floors know what they are said to know, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmark import Corpus, load_corpus
from benchmark.codebook import VERDICTS
from benchmark.reference import build_reference
from benchmark.scoring import LabelledAnswer
from benchmark.scoring.run import run_scorer, training_examples
from scorers.constant import Constant
from scorers.length import Length
from scorers.random import Random


@pytest.fixture
def corpus(corpus_dir: Path) -> Corpus:
    return load_corpus(corpus_dir)


@pytest.fixture
def examples(corpus: Corpus) -> list[LabelledAnswer]:
    answers = corpus.split("train")
    return training_examples(answers, build_reference(corpus, "model", ("m1", "m2", "m3"), [a.answer_id for a in answers]))


def test_constant_repeats_majority_and_median(corpus: Corpus, examples: list[LabelledAnswer]) -> None:
    scorer = Constant()
    scorer.fit(examples)
    rows = [{k: v for k, v in row.items() if k != "answer_id"} for row in run_scorer(scorer, corpus.split("test"))]
    ratings = sorted(e.labels["rating"] for e in examples)
    assert all(row == rows[0] for row in rows)
    assert rows[0]["rating"] == ratings[(len(ratings) - 1) // 2]
    verdicts = [e.labels["verdict"] for e in examples]
    assert verdicts.count(rows[0]["verdict"]) == max(verdicts.count(v) for v in VERDICTS)


def test_random_depends_on_seed_and_answer_only(corpus: Corpus, examples: list[LabelledAnswer]) -> None:
    def rows(seed: int, split: str) -> dict[str, object]:
        scorer = Random(seed)
        scorer.fit(examples)
        return {row["answer_id"]: row for row in run_scorer(scorer, corpus.split(split))}

    everything = rows(1, "all")
    assert rows(1, "test").items() <= everything.items()
    assert rows(2, "all") != everything


def test_random_draws_as_often_as_train_has_them(corpus: Corpus, examples: list[LabelledAnswer]) -> None:
    scorer = Random(0)
    scorer.fit(examples)
    answer = corpus.split("test")[0]
    many = [replace(answer, answer_id=f"x-{i}") for i in range(2000)]
    drawn = list(scorer.score(many))
    for verdict in VERDICTS:
        wanted = sum(e.labels["verdict"] == verdict for e in examples) / len([e for e in examples if e.labels["verdict"]])
        assert sum(row["verdict"] == verdict for row in drawn) / 2000 == pytest.approx(wanted, abs=0.05)


def test_length_sees_nothing_but_length(corpus: Corpus, examples: list[LabelledAnswer]) -> None:
    scorer = Length()
    scorer.fit(examples)
    answer = corpus.split("test")[0]
    other = replace(answer, segments=tuple(replace(s, text=" ".join("x" for _ in s.text.split())) for s in answer.segments))
    one, two = scorer.score([answer, other])
    assert one == two
    longer = replace(answer, segments=answer.segments * 3)
    assert next(iter(scorer.score([longer]))) != one


def test_length_learns_what_length_tells(corpus: Corpus, examples: list[LabelledAnswer]) -> None:
    """Where the rating is the number of words, the scorer finds it."""
    told = [LabelledAnswer(e.answer, {**e.labels, "rating": 1 + int(e.answer.answer_id[-1])}) for e in examples]
    scorer = Length()
    scorer.fit(told)
    rows = list(run_scorer(scorer, corpus.split("test")))
    assert [round(row["rating"]) for row in rows] == [1 + int(row["answer_id"][-1]) for row in rows]
