"""How an answer is worded, as numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmark import load_corpus
from benchmark.records import Answer, Segment
from scorers.heuristic.lexicon import FILLERS
from scorers.heuristic.reading import read
from scorers.heuristic.words import tokens
from scorers.ml.style import CLASSES, style


def worded(*segments: Segment) -> dict[str, float]:
    answer = load_corpus().split("train")[0]
    return style(read(replace(answer, segments=segments)))


def spoken(text: str) -> Segment:
    return Segment("candidate", "speech", 0.0, 60.0, text)


def test_classes_are_counted_in_a_hundred_words() -> None:
    row = worded(spoken("if we divide the sum by two, we get the mean " * 20))
    assert row["words: if"] == pytest.approx(100 / 11)
    assert row["words: we"] == pytest.approx(200 / 11)
    assert row["words: calculation"] == pytest.approx(200 / 11)  # sum, mean
    assert row["words: you"] == 0
    assert row["words: letters"] == pytest.approx(sum(map(len, "if we divide the sum by two we get the mean".split())) / 11)


def test_code_is_counted_apart_and_remarks_are_passed_over() -> None:
    code = Segment(
        "candidate",
        "code",
        60.0,
        90.0,
        "def f(x):\n    # why\n    assert x\n    for y in x:\n        if y:\n            return y",
    )
    row = worded(spoken("the list is sorted before we scan it from the left side to the right"), code)
    assert {name: row[f"code: {name}"] for name in ("lines", "checks", "comments", "functions", "loops", "branches")} == {
        "lines": 5, "checks": 1, "comments": 1, "functions": 1, "loops": 1, "branches": 1,
    }  # fmt: skip
    assert (
        worded(
            spoken("the list is sorted before we scan it from the left side to the right"), code, spoken("you see, you, you")
        )
        == row
    )


def test_an_answer_without_words_has_a_row() -> None:
    assert set(worded(Segment("candidate", "silence", 0.0, 9.0, "")).values()) == {0.0}


def test_words_of_classes_are_looked_up_as_they_are_written() -> None:
    for words in CLASSES.values():
        assert [word for word in words.split() if tokens(word) != [word]] == []
        assert FILLERS.isdisjoint(words.split())


def test_no_class_is_of_one_question() -> None:
    """A class that few answers use would say which question it is."""
    answers: list[Answer] = load_corpus().split("train")
    rows = [style(read(answer.blind())) for answer in answers]
    for name in CLASSES:
        questions = {a.question_id for a, row in zip(answers, rows, strict=True) if row[f"words: {name}"]}
        assert len(questions) > 12, name
