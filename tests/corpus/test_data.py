"""The corpus in the package."""

from __future__ import annotations

import itertools
import json
from collections import Counter

import pytest

from benchmark import Corpus, load_corpus
from benchmark.codebook import DIMENSIONS, PATTERNS, ROUNDS, VERDICTS
from benchmark.corpus.audit.hygiene import hygiene_checks
from benchmark.corpus.audit.overlap import overlap_checks
from benchmark.corpus.checks import content_problems
from benchmark.corpus.load import read_rows
from benchmark.corpus.source import open_source
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


def test_no_problem_at_all() -> None:
    rows, problems = read_rows(open_source(None))
    assert [*problems, *content_problems(rows)] == []


def test_design(corpus: Corpus) -> None:
    per_question = Counter(answer.question_id for answer in corpus.answers.values())
    assert set(per_question.values()) == {12}
    assert Counter(question.round for question in corpus.questions.values()) == dict.fromkeys(ROUNDS, 20)
    assert all(len(q.critical_points) >= 4 and len(q.obvious_points) >= 3 for q in corpus.questions.values())
    dimensions = Counter(contrast.dimension for contrast in corpus.contrasts)
    assert set(dimensions) == set(DIMENSIONS)
    assert sum(dimensions.values()) >= 400
    assert min(dimensions.values()) >= 25
    assert len(corpus.loops) >= 40
    assert all({corpus.answers[a].round for a in loop.answer_ids} == set(ROUNDS) for loop in corpus.loops)


def test_splits_and_domains(corpus: Corpus) -> None:
    questions = {split: {a.question_id for a in corpus.split(split)} for split in ("train", "validation", "test")}
    assert {split: len(ids) for split, ids in questions.items()} == {"train": 60, "validation": 10, "test": 30}
    domains: dict[str, set[str]] = {}
    for split, ids in questions.items():
        for question_id in ids:
            domains.setdefault(str(corpus.questions[question_id].domain), set()).add(split)
    assert len(domains) >= 25
    assert sum(splits == {"test"} for splits in domains.values()) == 5


def test_every_answer_is_labelled_by_the_author_and_the_whole_panel(corpus: Corpus) -> None:
    by_annotator = Counter(annotation.annotator_id for annotation in corpus.annotations)
    assert dict(by_annotator) == dict.fromkeys(corpus.annotators, len(corpus.answers))
    assert Counter(annotator.kind for annotator in corpus.annotators.values()) == {"author": 1, "model": 3}
    assert all(len(loop.annotations) == len(corpus.annotators) for loop in corpus.loops)


def test_every_label_occurs(corpus: Corpus) -> None:
    for annotator in corpus.annotators:
        own = [a for a in corpus.annotations if a.annotator_id == annotator]
        assert {a.verdict for a in own} == set(VERDICTS)
        assert {a.rating for a in own} == {1, 2, 3, 4, 5}
        assert {p for a in own for p in a.patterns or ()} == set(PATTERNS)


def test_no_loop_and_no_twins_cross_splits(corpus: Corpus) -> None:
    groups = [loop.answer_ids for loop in corpus.loops] + [(c.better, c.worse) for c in corpus.contrasts]
    assert all(len({corpus.answers[answer_id].split for answer_id in group}) == 1 for group in groups)


def test_the_parts_of_the_audit_that_need_no_whole_corpus_hold(corpus: Corpus) -> None:
    rows, _ = read_rows(open_source(None))
    checks = [*overlap_checks(list(corpus.answers.values()), corpus.contrasts, seed=0), *hygiene_checks(corpus, rows)]
    assert len(checks) > 10
    assert [f"{check.name}: {check.value} {check.detail}" for check in checks if check.passed is False] == []


def test_the_committed_audit_is_of_this_corpus(corpus: Corpus) -> None:
    audit = json.loads((ROOT / "data" / "audit.json").read_text(encoding="utf-8"))
    assert audit["corpus"]["fingerprint"] == corpus.fingerprint
    assert audit["reference"]["source"] == "model"


def test_canary_in_every_row_and_ids_without_meaning() -> None:
    canary = json.loads((ROOT / "data" / "corpus.json").read_text(encoding="utf-8"))["canary"]
    files = list((ROOT / "data").rglob("*.jsonl"))
    rows = list(itertools.chain.from_iterable(path.read_text(encoding="utf-8").splitlines() for path in files))
    assert len(rows) > 600
    assert all(json.loads(row)["canary"] == canary for row in rows)
