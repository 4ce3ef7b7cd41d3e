"""The heuristic reads what the codebook names: small transcripts in which one thing is changed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmark import load_corpus
from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.predictions import LABEL_FIELDS, row_problems
from benchmark.records import Answer, Question, Segment
from benchmark.reference import build_reference, choose_annotators
from scorers.heuristic import SCALES, Heuristic, rules
from scorers.heuristic.lexicon import PHRASES
from scorers.heuristic.measures import measures
from scorers.heuristic.reading import read
from scorers.heuristic.words import forget, tokens
from scorers.ml.features import transcript_features

QUESTION = Question(
    "q-1",
    "system_design",
    "Design the alerts for a cold-storage warehouse.",
    120.0,
    ("a false alarm at night costs a driver's trip", "sensors drop out and the gap must not look like cold"),
    ("what a thermometer is",),
)
GOOD = (
    "I'd start from the cost of a false alarm, because every one at night is a driver's trip, and a tired driver stops coming. "
    "So I wouldn't alert on one reading but on two sensors in a row, which costs us four minutes and is worth it. "
    "When a sensor drops out, the gap must not look like cold, so silence is an alarm of its own rather than a zero. "
    "I'd check it in shadow for two weeks and measure how many trips were for nothing."
)


def answer(*parts: tuple[str, str, float], question: Question = QUESTION, rate: float = 150) -> Answer:
    """An answer from (speaker, text, pause before it); empty text is a silence of that many seconds."""
    segments, clock = [], 0.0
    for speaker, text, pause in parts:
        if not text:
            segments.append(Segment(speaker, "silence", clock, clock + pause, ""))
            clock += pause
            continue
        start = clock + pause
        clock = start + 60 * len(text.split()) / rate
        segments.append(Segment(speaker, "speech", start, clock, text))
    return Answer("a-1", question, "spoken", tuple(segments))


def label(given: Answer) -> dict[str, Any]:
    return next(iter(Heuristic().score([given])))


def test_every_label_field_with_evidence_and_rationale() -> None:
    for given in load_corpus().split("train"):
        row = label(given)
        assert row_problems(row, given) == []
        assert set(LABEL_FIELDS) <= set(row)
        assert set(row["pattern_probs"]) == set(PATTERNS)
        assert set(row["signal_probs"]) == set(SIGNALS)
        marked = row["patterns"]
        assert [span["label"] for span in row["evidence"]] == marked
        assert (row["confidence_direction"] is not None) == ("miscalibrated_confidence" in marked)
        assert all(name in row["rationale"] for name in marked)


def test_reasons_beat_the_same_answer_without_them() -> None:
    hollow = (
        "I'd use a threshold on the sensors. Then a model on top. Then a dashboard. Then we page somebody. That's it really."
    )
    good, thin = label(answer(("candidate", GOOD, 1.0))), label(answer(("candidate", hollow, 1.0)))
    assert good["rating"] > thin["rating"]
    assert thin["pattern_probs"]["speed_bias"] > good["pattern_probs"]["speed_bias"]


@pytest.mark.parametrize(
    ("spoilt", "pattern"),
    [
        (answer(("candidate", GOOD, 1.0), rate=30), "poor_time_awareness"),
        (
            answer(("candidate", GOOD[:200], 1.0), ("candidate", "", 70.0), ("candidate", GOOD[200:], 0.5)),
            "poor_time_awareness",
        ),
        (
            answer(
                ("candidate", f"{GOOD} It definitely never fails, there's no risk, I guarantee it, obviously, every time.", 1.0)
            ),
            "miscalibrated_confidence",
        ),
        (
            answer(
                (
                    "candidate",
                    f"Sorry, I guess, maybe. {GOOD} Does that make sense? Is that okay? Sorry, I could be wrong.",
                    1.0,
                )
            ),
            "miscalibrated_confidence",
        ),
    ],
)
def test_one_change_raises_the_pattern_and_not_the_rating(spoilt: Answer, pattern: str) -> None:
    base, worse = label(answer(("candidate", GOOD, 1.0))), label(spoilt)
    assert worse["pattern_probs"][pattern] > base["pattern_probs"][pattern]
    assert worse["rating"] <= base["rating"]


def test_direction_of_confidence() -> None:
    sure = answer(("candidate", f"{GOOD} It definitely never fails, no doubt, guaranteed, absolutely no risk.", 1.0))
    unsure = answer(
        ("candidate", f"Sorry, maybe, I guess. {GOOD} Does that make sense? Sorry, I could be wrong, up to you.", 1.0)
    )
    assert (label(sure)["confidence_direction"], label(unsure)["confidence_direction"]) == ("over", "under")


def test_the_evidence_of_confidence_is_of_its_direction() -> None:
    unsure = answer(("candidate", f"Sorry, maybe, I guess. {GOOD} Sorry, I could be wrong, up to you. Never.", 1.0))
    row = label(unsure)
    spans = [s for s in row["evidence"] if s["label"] == "miscalibrated_confidence"]
    assert row["confidence_direction"] == "under"
    assert len(spans) == 1
    assert "sorry" in unsure.segments[0].text[spans[0]["start"] : spans[0]["end"]].lower()


def test_a_cue_that_is_taken_up_is_told_from_one_that_is_not() -> None:
    cue = ("interviewer", "And who pays for a false alarm at night?", 0.5)
    taken = read(
        answer(
            ("candidate", GOOD, 1.0), cue, ("candidate", "Fair, the false alarm at night: the driver pays, so I'd cap it.", 0.5)
        )
    )
    ignored = read(
        answer(("candidate", GOOD, 1.0), cue, ("candidate", "The sensors are read over a radio mesh with eight channels.", 0.5))
    )
    assert taken.exchanges[0].taken_up > 0.5 > ignored.exchanges[0].taken_up
    assert taken.exchanges[0].turns
    assert not ignored.exchanges[0].turns


def test_a_question_without_points_is_judged_by_the_rest() -> None:
    bare = replace(QUESTION, critical_points=(), obvious_points=())
    rows = [label(answer(("candidate", text, 1.0), question=bare)) for text in (GOOD, "It definitely works. " * 30)]
    assert all(row_problems(row) == [] for row in rows)
    assert rows[0]["rating"] > rows[1]["rating"]
    found = measures(read(answer(("candidate", GOOD, 1.0), question=bare)))
    z = rules.deviations(found, rules.thresholds().middle["system_design"], rules.thresholds().spread)
    assert [name for name, value in found.items() if math.isnan(value)] == [name for name in z if "point" in name]
    assert all(z[name] == 0 for name in z if "point" in name)
    columns, x = transcript_features([answer(("candidate", GOOD, 1.0), question=bare)])
    assert np.isfinite(x).all()
    assert len(columns) == x.shape[1]


def test_an_answer_without_words_is_an_abstention() -> None:
    assert label(answer(("candidate", "", 5.0)))["abstained"] == "the candidate says nothing"


def test_order_and_company_do_not_matter() -> None:
    answers = load_corpus().split("train")[:12]
    together = {row["answer_id"]: row for row in Heuristic().score(answers)}
    assert all(label(given) == together[given.answer_id] for given in reversed(answers))


def test_words_met_before_change_nothing() -> None:
    answers = load_corpus().split("train")[:12]
    known = list(Heuristic().score(answers))
    forget()
    assert list(Heuristic().score(answers)) == known


def test_other_alphabets_and_emoji_are_read_without_failing() -> None:
    strange = answer(("candidate", "Ну, потому что 🙂 это дорого. 因为很贵。 لأن التكلفة. 100%!", 1.0), rate=100)
    assert row_problems(label(strange), strange) == []
    assert label(replace(strange, answer_id="a-2"))["rating"] == label(strange)["rating"]


def test_the_lexicon_holds_words_and_short_phrases_only() -> None:
    assert max(len(phrase.split()) for phrases in PHRASES.values() for phrase in phrases) <= 4


@pytest.mark.parametrize(("category", "phrase"), [(c, phrase) for c, phrases in PHRASES.items() for phrase in phrases])
def test_every_phrase_is_found_where_it_is_said(category: str, phrase: str) -> None:
    said = read(answer(("candidate", f"Quietly {phrase} quietly.", 1.0)))
    assert said.does[category] >= 1
    assert sum(stretch.does.get(category, 0) for stretch in said.stretches) == said.does[category]


def test_a_stretch_spans_its_words() -> None:
    text = 'He said: "Ünless it breaks, (sometimes) um we pay" - twice 🙂. ' * 4
    reading = read(answer(("candidate", text, 1.0)))
    spans = [reading.span(stretch) for stretch in reading.stretches]
    assert len(spans) > 1
    assert [word for _, start, end in spans for word in tokens(text[start:end])] == tokens(text)


def test_words_scattered_over_segments_make_no_point() -> None:
    together = read(answer(("candidate", "Sensors drop out. The gap must not look like cold.", 1.0)))
    scattered = read(
        answer(
            ("candidate", "Sensors first.", 1.0), ("candidate", "Then the gap.", 1.0), ("candidate", "It is cold there.", 1.0)
        )
    )
    assert together.critical[1] == 1.0
    assert scattered.critical[1] < 0.5


def test_rules_name_measures_and_labels_that_exist() -> None:
    found = measures(read(answer(("candidate", GOOD, 1.0))))
    assert set(rules.RULES) == {*VERDICTS, *SCALES, *PATTERNS, *SIGNALS}
    assert {name for rule in rules.RULES.values() for name in rule} == set(found)
    for middle in rules.thresholds().middle.values():
        assert set(middle) == set(found) == set(rules.thresholds().spread)


def test_a_rule_is_the_weighted_sum_of_its_measures_deviations() -> None:
    z = dict.fromkeys(measures(read(answer(("candidate", GOOD, 1.0)))), 0.0)
    assert set(rules.sums(z).values()) == {0.0}
    z |= {"says plead": 1.0, "says absolute": 2.0, "says you": -1.0}  # weigh 3, 3 and 1
    assert rules.sums(z)["miscalibrated_confidence"] == pytest.approx((3 + 6 - 1) / 20**0.5)


def test_no_measure_counts_for_more_than_its_limit() -> None:
    usual = rules.thresholds()
    far = dict.fromkeys(usual.spread, 1e9)
    assert set(rules.deviations(far, usual.middle["coding"], usual.spread).values()) == {2.5}


def test_probabilities_are_calibrated_on_the_split_they_were_set_on() -> None:
    corpus = load_corpus()
    answers = corpus.split("train")
    source, annotators = choose_annotators(corpus, None)
    reference = build_reference(corpus, source, annotators, [given.answer_id for given in answers])
    rows = list(Heuristic().score(answers))
    for i, name in enumerate(PATTERNS):
        assert np.mean([row["pattern_probs"][name] for row in rows]) == pytest.approx(
            reference.patterns[:, i].mean(), abs=0.002
        )
    for i, name in enumerate(VERDICTS):
        assert np.mean([row["verdict_probs"][name] for row in rows]) == pytest.approx(reference.verdict[:, i].mean(), abs=0.002)
        share = np.mean([row["verdict"] == name for row in rows])
        assert share == pytest.approx(reference.verdict[:, i].mean(), abs=0.02)
