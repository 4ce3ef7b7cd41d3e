"""The evaluation on a small corpus, checked against numbers worked out another way."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from benchmark import Corpus, load_corpus
from benchmark.codebook import LOOP_VERDICTS, OVERALL_TRACKS, PATTERNS, TRACK, TRACKS, VERDICTS
from benchmark.evaluation.evaluate import evaluate
from benchmark.evaluation.items import Items, build_items
from benchmark.evaluation.loops import loop_verdict
from benchmark.evaluation.spans import tokens
from benchmark.records import Span
from benchmark.reference import build_reference, choose_annotators
from tests.conftest import Tables, write_corpus

Rows = dict[str, dict[str, Any]]


def run(corpus: Corpus, rows: Mapping[str, Any], source: str = "author", split: str = "all") -> dict[str, Any]:
    items = build_items(corpus, corpus.split(split))
    name, annotators = choose_annotators(corpus, source)
    return evaluate(items, build_reference(corpus, name, annotators, items.ids), rows, seed=0)


def copied(corpus: Corpus, annotator: str = "author") -> Rows:
    """Predictions that repeat one annotator's labels."""
    return {
        a.answer_id: {
            "answer_id": a.answer_id,
            "verdict": a.verdict,
            "rating": a.rating,
            "pace": a.pace,
            "depth": a.depth,
            "patterns": list(a.patterns or ()),
            "signals": list(a.signals or ()),
            "evidence": [{"label": s.label, "segment": s.segment, "start": s.start, "end": s.end} for s in a.evidence or ()],
        }
        for a in corpus.annotations
        if a.annotator_id == annotator
    }


@pytest.fixture
def corpus(corpus_dir: Path) -> Corpus:
    return load_corpus(corpus_dir)


def test_a_perfect_scorer_has_one_everywhere(corpus: Corpus) -> None:
    found = run(corpus, copied(corpus))
    assert found["overall"]["value"] == 1.0
    for track in TRACKS:
        if track.name not in ("loops", "contrasts"):
            assert found["tracks"][track.name][track.headline]["value"] == pytest.approx(1.0), track.name
    assert found["tracks"]["rating"]["mae"]["value"] == 0.0
    assert found["tracks"]["rating"]["spearman"]["value"] == pytest.approx(1.0)
    assert found["coverage"] == {"answers": 16, "scored": 16, "abstained": 0, "failed": 0, "reasons": {}}


def test_headlines_agree_with_sklearn(corpus: Corpus) -> None:
    """One annotator in the scorer's place, another as the reference."""
    rows, truth = copied(corpus, "m2"), copied(corpus, "author")
    found = run(corpus, rows)["tracks"]
    ids = sorted(truth)

    def both(field: str) -> tuple[list[Any], list[Any]]:
        return [truth[i][field] for i in ids], [rows[i][field] for i in ids]

    assert found["verdict"]["kappa"]["value"] == pytest.approx(cohen_kappa_score(*both("verdict")))
    for field, scale in (("rating", range(1, 6)), ("pace", range(-2, 3)), ("depth", range(-2, 3))):
        expected = cohen_kappa_score(*both(field), labels=list(scale), weights="quadratic")
        assert found[field]["quadratic_kappa"]["value"] == pytest.approx(expected)
    kappas = []
    for pattern in PATTERNS:
        one, two = ([pattern in labels for labels in side] for side in both("patterns"))
        if any(one) and not all(one):
            kappas.append(cohen_kappa_score(one, two))
            assert found["patterns"][f"kappa_{pattern}"]["value"] == pytest.approx(kappas[-1])
        else:
            assert found["patterns"][f"kappa_{pattern}"]["value"] is None
    assert found["patterns"]["mean_kappa"]["value"] == pytest.approx(np.mean(kappas))


def test_overall_is_the_mean_of_the_headlines(corpus: Corpus) -> None:
    found = run(corpus, copied(corpus, "m3"))
    headlines = [found["tracks"][name][TRACK[name].headline]["value"] for name in OVERALL_TRACKS]
    assert found["overall"]["value"] == pytest.approx(np.mean(headlines))
    assert found["overall"]["low"] <= found["overall"]["value"] <= found["overall"]["high"]


def test_preference_counts_pairs_within_questions_ties_half(corpus: Corpus) -> None:
    truth = {a.answer_id: a.rating for a in corpus.annotations if a.annotator_id == "author"}
    given = {answer_id: float(int(answer_id[-1]) // 2 + 1) for answer_id in truth}
    wins = []
    for strong, weak in product(truth, truth):
        if strong[:3] == weak[:3] and (truth[strong] or 0) >= 4 and (truth[weak] or 9) <= 2:
            wins.append(1.0 if given[strong] > given[weak] else 0.5 if given[strong] == given[weak] else 0.0)
    found = run(corpus, {i: {"answer_id": i, "rating": r} for i, r in given.items()})["tracks"]["preference"]
    assert found["accuracy"]["n"] == len(wins) > 0
    assert found["accuracy"]["value"] == pytest.approx(np.mean(wins))


def test_contrasts_are_strict_and_an_abstention_loses(corpus: Corpus) -> None:
    ratings = {"a-03": 4, "a-00": 2, "a-13": 3, "a-10": 3, "a-23": 1, "a-20": 2, "a-33": 5}
    rows: Rows = {i: {"answer_id": i, "rating": r, "patterns": []} for i, r in ratings.items()}
    rows["a-00"]["patterns"] = ["speed_bias"]
    found = run(corpus, rows)["tracks"]["contrasts"]
    assert (found["above"]["value"], found["accuracy"]["value"], found["tied"]["value"]) == (0.25, 0.375, 0.25)
    assert (found["above_depth"]["value"], found["above_depth"]["n"]) == (0.5, 2)
    assert found["expected_patterns"]["value"] == 0.25


def test_missing_answers_lower_the_headline_and_stand_apart(corpus: Corpus) -> None:
    rows = copied(corpus)
    half = {i: row for k, (i, row) in enumerate(sorted(rows.items())) if k % 2}
    found = run(corpus, half)
    for name in OVERALL_TRACKS:
        whole = found["tracks"][name][TRACK[name].headline]
        apart = found["tracks"][name][f"{TRACK[name].headline}_scored"]
        assert whole["value"] < apart["value"] == 1.0
        assert (whole["n"], apart["n"]) == (16, 8)
    assert found["coverage"]["reasons"] == {"no prediction": 8}


def test_failures_and_abstentions_are_told_apart(corpus: Corpus) -> None:
    rows: Rows = {
        "a-00": {"answer_id": "a-00", "failed": "ValueError: no"},
        "a-01": {"answer_id": "a-01", "abstained": "too long"},
        "a-02": {"answer_id": "a-02"},
        "a-03": {"answer_id": "a-03", "rating": 3},
    }
    cover = run(corpus, rows)["coverage"]
    assert (cover["scored"], cover["abstained"], cover["failed"]) == (1, 14, 1)
    assert cover["reasons"]["no labels given"] == 1


def test_a_track_that_is_not_given_is_null_with_its_reason(corpus: Corpus) -> None:
    found = run(corpus, {i: {"answer_id": i, "rating": 3} for i in corpus.answers})
    assert found["tracks"]["verdict"] == {
        "kappa": {"value": None, "low": None, "high": None, "n": 0, "reason": "the scorer gives no verdict"}
    }
    assert found["overall"]["reason"] == "no value for verdict, pace, depth, patterns"


def test_slices_are_the_metric_on_the_slice(corpus: Corpus) -> None:
    rows, truth = copied(corpus, "m2"), copied(corpus, "author")
    found = run(corpus, rows)["slices"]
    ids = [i for i in sorted(truth) if corpus.answers[i].round == "coding"]
    expected = cohen_kappa_score([truth[i]["verdict"] for i in ids], [rows[i]["verdict"] for i in ids])
    assert found["round"]["coding"]["verdict"]["value"] == pytest.approx(expected)
    assert found["round"]["coding"]["verdict"]["n"] == len(ids)
    assert set(found["round"]) == {"coding", "behavioral"}
    assert sum(band["rating"]["n"] for band in found["length"].values()) == 16


def test_fractions_round_towards_the_middle(corpus: Corpus) -> None:
    truth = copied(corpus)
    rows = {
        i: {"answer_id": i, "rating": min(5, max(1, row["rating"] + (0.5 if row["rating"] > 3 else -0.5)))}
        for i, row in truth.items()
    }
    assert run(corpus, rows)["tracks"]["rating"]["quadratic_kappa"]["value"] == 1.0


def test_annotators_row_puts_each_annotator_in_the_scorers_place(corpus: Corpus) -> None:
    found = run(corpus, copied(corpus, "m1"), source="m1,m2")["annotators"]
    one, two = copied(corpus, "m1"), copied(corpus, "m2")
    pair = cohen_kappa_score([one[i]["verdict"] for i in sorted(one)], [two[i]["verdict"] for i in sorted(one)])
    verdict = found["tracks"]["verdict"]
    assert verdict["annotator"]["value"] == pytest.approx(pair)
    assert verdict["scorer"]["value"] == pytest.approx((1 + pair) / 2)
    assert verdict["share"]["value"] == pytest.approx((1 + pair) / 2 / pair)
    alone = run(corpus, one, source="m1")["annotators"]["overall"]["annotator"]
    assert (alone["value"], alone["reason"]) == (None, "the reference is a single annotator")


def test_partial_annotators_are_measured_on_what_they_labelled(tmp_path: Path, tables: Tables) -> None:
    tables["annotations"] = [a for a in tables["annotations"] if a["annotator_id"] != "m3" or a["answer_id"] < "a-2"]
    corpus = load_corpus(write_corpus(tmp_path / "c", tables))
    items = build_items(corpus, corpus.split("all"))
    reference = build_reference(corpus, "model", ("m1", "m2", "m3"), items.ids)
    found = evaluate(items, reference, copied(corpus), 0)
    assert found["annotators"]["overall"]["annotator"]["value"] is not None


def test_one_answer(tmp_path: Path, tables: Tables) -> None:
    tables["answers"] = tables["answers"][:1]
    tables["annotations"] = [a for a in tables["annotations"] if a["answer_id"] == "a-00"]
    tables["contrasts"] = []
    corpus = load_corpus(write_corpus(tmp_path / "c", tables))
    found = run(corpus, copied(corpus))
    assert found["tracks"]["verdict"]["kappa"]["value"] is None
    assert found["tracks"]["verdict"]["kappa"]["reason"] == "no variation: expected disagreement is zero"
    assert found["tracks"]["verdict"]["accuracy"]["value"] == 1.0
    assert found["tracks"]["contrasts"]["above"]["reason"] == "nothing to measure it on"
    assert found["tracks"]["rating"]["mae"]["reason"] == "no interval from 1 question(s)"


def test_evidence_f1_counts_words_against_every_annotator(corpus: Corpus) -> None:
    items: Items = build_items(corpus, corpus.split("all"))
    reference = build_reference(corpus, "author", ("author",), items.ids)
    rows = copied(corpus)
    marked = next(row for row in rows.values() if row["evidence"])
    first = corpus.answers[marked["answer_id"]]
    assert tokens(first, [Span("speed_bias", 0, 0, 11)]) == {("speed_bias", 0, 0), ("speed_bias", 0, 1)}
    total = sum(len(tokens(a, s)) for a, spans in zip(items.answers, reference.evidence, strict=True) for s in spans)
    lost = len(tokens(first, [Span(e["label"], e["segment"], e["start"], e["end"]) for e in marked["evidence"]]))
    marked["evidence"] = []
    value = evaluate(items, reference, rows, 0)["tracks"]["evidence"]["token_f1"]["value"]
    assert value == pytest.approx(2 * (total - lost) / (2 * total - lost))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ("balanced balanced balanced too_fast too_deep", "adapts"),
        ("balanced too_fast too_fast too_fast unfocused", "uniform_fast"),
        ("too_deep too_deep too_deep balanced unfocused", "uniform_deep"),
        ("too_deep too_fast unfocused balanced balanced", "erratic"),
        ("unfocused unfocused unfocused unfocused unfocused", "erratic"),
    ],
)
def test_loop_verdict_follows_from_the_answers(verdicts: str, expected: str) -> None:
    assert set(verdicts.split()) <= set(VERDICTS)
    assert expected in LOOP_VERDICTS
    assert loop_verdict(verdicts.split()) == expected


def test_loops_are_measured_against_their_own_annotations(tmp_path: Path, tables: Tables) -> None:
    for number in range(4):
        members = [f"a-0{number}", f"a-1{number}"]
        for answer in tables["answers"]:
            if answer["answer_id"] in members:
                answer["candidate_id"] = f"c-{number}"
        verdict = ("adapts", "uniform_fast", "uniform_deep", "erratic")[number]
        loop = {"loop_id": f"l-{number}", "candidate_id": f"c-{number}", "answer_ids": members}
        tables["loops"].append({**loop, "annotations": [{"annotator_id": "author", "loop_verdict": verdict}]})
    corpus = load_corpus(write_corpus(tmp_path / "c", tables))
    style = ("balanced", "too_fast", "too_deep", "unfocused")
    rows = {i: {"answer_id": i, "verdict": style[int(i[-1])]} for i in corpus.answers}
    found = run(corpus, rows)["tracks"]["loops"]
    assert (found["kappa"]["value"], found["kappa"]["n"], found["accuracy"]["value"]) == (1.0, 4, 1.0)
