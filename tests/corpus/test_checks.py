"""Each content check finds the one thing that was broken, and nothing in a sound corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmark.corpus.checks import content_problems, structural_problems
from benchmark.corpus.load import read_rows
from benchmark.corpus.source import open_source
from tests.conftest import Tables, speech, write_corpus


def problems_of(folder: Path) -> list[tuple[str, int, str, str]]:
    rows, problems = read_rows(open_source(folder))
    found = [*problems, *structural_problems(rows), *content_problems(rows)]
    return [(Path(p.file).stem, p.line, p.field, p.message) for p in found]


def test_a_sound_corpus_has_none(corpus_dir: Path) -> None:
    assert problems_of(corpus_dir) == []


def segment(tables: Tables, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = tables["answers"][0]["segments"][number]
    return found


def too_fast(t: Tables) -> None:
    segment(t).update(end_s=2.0)


def too_slow(t: Tables) -> None:
    segment(t).update(end_s=55.0)


def ends_before_it_starts(t: Tables) -> None:
    segment(t).update(end_s=0.1)


def out_of_order(t: Tables) -> None:
    t["answers"][0]["segments"].reverse()


def overlapping(t: Tables) -> None:
    segment(t, 2).update(speech(segment(t, 2)["text"], 60.1))


def silent_words(t: Tables) -> None:
    segment(t, 1).update(kind="silence")


def empty_speech(t: Tables) -> None:
    segment(t, 1).update(text=" ")


def nothing_said(t: Tables) -> None:
    t["answers"][0]["segments"] = [segment(t, 1)]
    for annotation in t["annotations"]:
        if annotation["answer_id"] == "a-00":
            annotation.update(patterns=[], evidence=[])


def written_aloud(t: Tables) -> None:
    t["answers"][0]["medium"] = "written"


def span_outside(t: Tables) -> None:
    next(a for a in t["annotations"] if a["evidence"])["evidence"][0]["end"] = 5000


def span_nowhere(t: Tables) -> None:
    next(a for a in t["annotations"] if a["evidence"])["evidence"][0]["segment"] = 7


def span_empty(t: Tables) -> None:
    next(a for a in t["annotations"] if a["evidence"])["evidence"][0]["end"] = 0


def no_evidence(t: Tables) -> None:
    next(a for a in t["annotations"] if a["evidence"])["evidence"] = []


def evidence_for_unmarked(t: Tables) -> None:
    next(a for a in t["annotations"] if a["evidence"])["evidence"].append(
        {"label": "covers_everything", "segment": 0, "start": 0, "end": 3}
    )


def no_direction(t: Tables) -> None:
    next(a for a in t["annotations"] if a["evidence"]).update(
        patterns=["miscalibrated_confidence"],
        evidence=[{"label": "miscalibrated_confidence", "segment": 0, "start": 0, "end": 3}],
    )


def direction_alone(t: Tables) -> None:
    t["annotations"][0]["confidence_direction"] = "over"


def question_in_two_splits(t: Tables) -> None:
    t["answers"][1]["split"] = "test"


def twins_in_two_splits(t: Tables) -> None:
    for answer in t["answers"][:3]:
        answer["split"] = "test"


def stranger_in_loop(t: Tables) -> None:
    t["loops"].append({"loop_id": "l-1", "candidate_id": "c-1", "answer_ids": ["a-00"], "annotations": []})


def round_twice_in_loop(t: Tables) -> None:
    for answer in t["answers"][:2]:
        answer["candidate_id"] = "c-1"
    t["loops"].append({"loop_id": "l-1", "candidate_id": "c-1", "answer_ids": ["a-00", "a-01"], "annotations": []})


@pytest.mark.parametrize(
    ("breakage", "table", "field", "message"),
    [
        (too_fast, "answers", "segments[0]", "words a minute"),
        (too_slow, "answers", "segments[0]", "words a minute"),
        (ends_before_it_starts, "answers", "segments[0].end_s", "is before start_s"),
        (out_of_order, "answers", "segments[1].start_s", "before the previous segment's"),
        (overlapping, "answers", "segments[2].start_s", "overlaps the previous segment by"),
        (silent_words, "answers", "segments[1].text", "a silence has no text"),
        (empty_speech, "answers", "segments[1].text", "is empty"),
        (nothing_said, "answers", "segments", "the candidate says nothing"),
        (written_aloud, "answers", "segments[0].kind", "in a written answer"),
        (span_outside, "annotations", "evidence[0]", "is outside segment 0"),
        (span_nowhere, "annotations", "evidence[0].segment", "the answer has 3 segments"),
        (span_empty, "annotations", "evidence[0]", "an empty span"),
        (no_evidence, "annotations", "evidence", "no span for"),
        (evidence_for_unmarked, "annotations", "evidence[1].label", "not among the patterns"),
        (no_direction, "annotations", "confidence_direction", "is missing beside"),
        (direction_alone, "annotations", "confidence_direction", "stands without"),
        (question_in_two_splits, "answers", "split", "another answer to this question is in 'train'"),
        (twins_in_two_splits, "contrasts", "worse", "the twins are in different splits"),
        (stranger_in_loop, "loops", "answer_ids", "is not by 'c-1'"),
        (round_twice_in_loop, "loops", "answer_ids", "2 answers in round 'coding'"),
    ],
)
def test_each_check(
    tmp_path: Path, tables: Tables, breakage: Callable[[Tables], None], table: str, field: str, message: str
) -> None:
    breakage(tables)
    found = problems_of(write_corpus(tmp_path / "c", tables))
    assert any(t == table and f == field and message in m for t, _, f, m in found), found


def test_timing_twins_may_hurry(tmp_path: Path, tables: Tables) -> None:
    words = segment(tables)["text"]
    segment(tables).update(speech(words, 0.5, rate=235))
    assert [m for _, _, _, m in problems_of(write_corpus(tmp_path / "a", tables))] == [
        f"{60 * len(words.split()) / (segment(tables)['end_s'] - 0.5):.0f} words a minute; speech runs at 90 to 220"
    ]
    tables["contrasts"][0].update(dimension="timing")
    assert problems_of(write_corpus(tmp_path / "b", tables)) == []


def test_an_interruption_may_overlap(tmp_path: Path, tables: Tables) -> None:
    segment(tables, 2).update(speech(segment(tables, 2)["text"], round(segment(tables, 1)["end_s"] - 1.5, 1)))
    assert problems_of(write_corpus(tmp_path / "c", tables)) == []
