"""Combining annotators: ties, missing labels, and who is counted."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmark import load_corpus
from benchmark.codebook import RATINGS
from benchmark.errors import InputError
from benchmark.reference import Reference, build_reference, choose_annotators, towards_middle
from tests.conftest import Tables, small_tables, write_corpus


def labelled(tmp_path: Path, **labels: list[object]) -> Reference:
    """The reference of one answer that as many annotators gave these labels, None for none."""
    names = [f"m{k}" for k in range(len(next(iter(labels.values()))))]
    tables = small_tables(dict.fromkeys(names, "model"))
    for annotation in tables["annotations"]:
        if annotation["answer_id"] == "a-00":
            place = names.index(annotation["annotator_id"])
            annotation.update({field: values[place] for field, values in labels.items()})
    corpus = load_corpus(write_corpus(tmp_path / "c", tables))
    return build_reference(corpus, "model", names, ["a-00"])


@pytest.mark.parametrize(
    ("votes", "weights"),
    [
        (["too_fast", "too_fast", "balanced"], [0, 1, 0, 0]),
        (["too_fast", "balanced", None], [0.5, 0.5, 0, 0]),
        ([None, None, None], [0, 0, 0, 0]),
    ],
)
def test_majority_shares_ties(tmp_path: Path, votes: list[object], weights: list[float]) -> None:
    assert labelled(tmp_path, verdict=votes).verdict.tolist() == [weights]


@pytest.mark.parametrize(
    ("field", "votes", "expected"),
    [
        ("rating", [1, 2], 2),
        ("rating", [4, 5], 4),
        ("rating", [2, 3], 3),
        ("rating", [1, 5], 3),
        ("rating", [1, 4], 3),
        ("pace", [-2, -1], -1),
        ("depth", [1, 2, None], 1),
        ("depth", [2, 2, -2], 2),
    ],
)
def test_a_median_between_two_goes_to_the_middle(tmp_path: Path, field: str, votes: list[object], expected: int) -> None:
    assert getattr(labelled(tmp_path, **{field: votes}), field).tolist() == [expected]


def test_no_votes_is_nan_and_fractions_round(tmp_path: Path) -> None:
    assert math.isnan(labelled(tmp_path, rating=[None, None]).rating[0])
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
