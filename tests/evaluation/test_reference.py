"""Combining annotators: ties, missing labels, and who is counted."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmark import load_corpus
from benchmark.codebook import DEVIATIONS, RATINGS, VERDICTS
from benchmark.errors import InputError
from benchmark.reference import build_reference, choose_annotators, majority, middle, towards_middle
from tests.conftest import Tables, small_tables, write_corpus


def test_majority_shares_ties() -> None:
    assert majority(["too_fast", "too_fast", "balanced"], VERDICTS) == [0, 1, 0, 0]
    assert majority(["too_fast", "balanced", None], VERDICTS) == [0.5, 0.5, 0, 0]
    assert majority([None], VERDICTS) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("votes", "scale", "expected"),
    [([1, 2], RATINGS, 2), ([4, 5], RATINGS, 4), ([2, 3], RATINGS, 3), ([1, 5], RATINGS, 3), ([-2, -1], DEVIATIONS, -1)],
)
def test_a_median_between_two_goes_to_the_middle(votes: list[int], scale: tuple[int, ...], expected: int) -> None:
    assert middle(votes, scale) == expected


def test_no_votes_is_nan_and_fractions_round() -> None:
    assert math.isnan(middle([None], RATINGS))
    assert towards_middle(np.array([1.4, 1.5, 3.5, 3.6, 4.5, 3.0]), RATINGS).tolist() == [1, 2, 3, 4, 4, 3]


def test_patterns_by_majority_and_evidence_kept_apart(corpus_dir: Path) -> None:
    corpus = load_corpus(corpus_dir)
    ids = list(corpus.answers)
    three = build_reference(corpus, "model", ("m1", "m2", "m3"), ids)
    two = build_reference(corpus, "m1,m2", ("m1", "m2"), ids)
    assert set(np.unique(three.patterns)) <= {0.0, 1.0}
    assert 0.5 in np.unique(two.patterns)
    assert all(len(spans) == 3 for spans in three.evidence)


def test_default_reference_prefers_people_then_models(tmp_path: Path) -> None:
    for kinds, expected in (
        ({"a": "author"}, ("author", ("a",))),
        ({"a": "author", "m": "model"}, ("model", ("m",))),
        ({"a": "author", "m": "model", "h2": "human", "h1": "human"}, ("human", ("h1", "h2"))),
    ):
        corpus = load_corpus(write_corpus(tmp_path / expected[0], small_tables(kinds)))
        assert choose_annotators(corpus, None) == expected
    assert choose_annotators(corpus, "m, h1") == ("m, h1", ("h1", "m"))


@pytest.mark.parametrize("source", ["human", "somebody", "m1,somebody"])
def test_unknown_reference_is_refused(corpus_dir: Path, source: str) -> None:
    with pytest.raises(InputError, match="--reference"):
        choose_annotators(load_corpus(corpus_dir), source)


def test_unlabelled_answers_have_no_reference(tmp_path: Path, tables: Tables) -> None:
    for annotation in tables["annotations"]:
        if annotation["answer_id"] == "a-00":
            annotation.update(verdict=None, rating=None, patterns=None, evidence=None)
    corpus = load_corpus(write_corpus(tmp_path / "c", tables))
    reference = build_reference(corpus, "author", ("author",), ["a-00", "a-01"])
    assert reference.verdict.sum(axis=1).tolist() == [0.0, 1.0]
    assert np.isnan(reference.rating).tolist() == [True, False]
    assert np.isnan(reference.patterns).all(axis=1).tolist() == [True, False]
    assert [len(spans) for spans in reference.evidence] == [0, 1]
