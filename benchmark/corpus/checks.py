"""What can be wrong with a corpus beyond the shape of its records.

``structural_problems`` stand in the way of any use and are looked for at every load; ``content_problems`` are what
``bench corpus validate`` adds: a transcript that no clock could have recorded, labels that contradict themselves, splits
that leak.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from benchmark.corpus.source import TABLES, Row
from benchmark.errors import Problem

Rows = dict[str, list[Row]]

SPEECH_RATE = (90.0, 220.0)
"""Words a minute of human speech; a timing twin is allowed ``TIMING_TWIN_RATE``."""
TIMING_TWIN_RATE = (80.0, 240.0)
RATE_MIN_WORDS = 5
"""A shorter segment has no rate worth the name."""
MAX_OVERLAP_S = 2.0
_CLOCK_S = 0.05
"""Times are recorded to a tenth of a second."""


def structural_problems(rows: Rows) -> list[Problem]:
    """Duplicate ids, ids that lead nowhere, and evidence outside its answer."""
    problems = []
    ids: dict[str, dict[str, Row]] = {}
    for table, record in TABLES.items():
        ids[table], repeated = _index(rows[table], f"{record}_id")
        problems += repeated
    rows = _sound(rows)

    for row in rows["answers"]:
        question = ids["questions"].get(row.document["question_id"])
        if question is None:
            problems.append(row.problem("question_id", f"no question {row.document['question_id']!r}"))
        elif not question.problems and question.document["round"] != row.document["round"]:
            problems.append(row.problem("round", f"the question's round is {question.document['round']!r}"))
    labelled: dict[tuple[str, str], Row] = {}
    for row in rows["annotations"]:
        answer_id, annotator_id = row.document["answer_id"], row.document["annotator_id"]
        answer = ids["answers"].get(answer_id)
        if answer is None:
            problems.append(row.problem("answer_id", f"no answer {answer_id!r}"))
        elif not answer.problems:
            problems += _span_problems(row, answer.document["segments"])
        if annotator_id not in ids["annotators"]:
            problems.append(row.problem("annotator_id", f"no annotator {annotator_id!r}"))
        first = labelled.setdefault((answer_id, annotator_id), row)
        if first is not row:
            problems.append(
                row.problem("annotator_id", f"{annotator_id!r} labelled this answer at {first.file}:{first.line} already")
            )
    for row in rows["loops"]:
        problems += [
            row.problem(f"answer_ids[{i}]", f"no answer {answer_id!r}")
            for i, answer_id in enumerate(row.document["answer_ids"])
            if answer_id not in ids["answers"]
        ]
        seen: set[str] = set()
        for i, annotation in enumerate(row.document["annotations"]):
            name = annotation["annotator_id"]
            if name not in ids["annotators"]:
                problems.append(row.problem(f"annotations[{i}].annotator_id", f"no annotator {name!r}"))
            if name in seen:
                problems.append(row.problem(f"annotations[{i}].annotator_id", f"{name!r} labelled this loop already"))
            seen.add(name)
    for row in rows["contrasts"]:
        ends = [ids["answers"].get(row.document[end]) for end in ("better", "worse")]
        problems += [
            row.problem(end, f"no answer {row.document[end]!r}")
            for end, answer in zip(("better", "worse"), ends, strict=True)
            if answer is None
        ]
        if ends[0] and ends[1] and ends[0].document.get("question_id") != ends[1].document.get("question_id"):
            problems.append(row.problem("worse", "answers another question than `better`"))
        if row.document["better"] == row.document["worse"]:
            problems.append(row.problem("worse", "is the same answer as `better`"))
    return problems


def content_problems(rows: Rows) -> list[Problem]:
    """Everything else.  Rows that are not valid records, or point at none, are passed over."""
    rows = _sound(rows)
    answers = {row.document["answer_id"]: row for row in rows["answers"]}
    timing_twins = {
        row.document[end] for row in rows["contrasts"] if row.document["dimension"] == "timing" for end in ("better", "worse")
    }
    problems: list[Problem] = []
    for row in rows["answers"]:
        limits = TIMING_TWIN_RATE if row.document["answer_id"] in timing_twins else SPEECH_RATE
        problems += transcript_problems(row, limits)
    for row in rows["annotations"]:
        if row.document["answer_id"] in answers:
            segments = answers[row.document["answer_id"]].document["segments"]
            problems += label_problems(row, [segment["kind"] == "silence" for segment in segments])
    problems += _split_problems(rows, answers)
    by = {answer_id: (row.document["round"], row.document.get("candidate_id")) for answer_id, row in answers.items()}
    for row in rows["loops"]:
        problems += loop_problems(row, by)
    return problems


def _index(rows: list[Row], key: str) -> tuple[dict[str, Row], list[Problem]]:
    index: dict[str, Row] = {}
    problems = []
    for row in rows:
        identifier = row.document.get(key)
        if not isinstance(identifier, str):
            continue
        first = index.setdefault(identifier, row)
        if first is not row:
            problems.append(row.problem(key, f"{identifier!r} stands at {first.file}:{first.line} already"))
    return index, problems


def _sound(rows: Rows) -> Rows:
    return {table: [row for row in found if not row.problems] for table, found in rows.items()}


def transcript_problems(row: Row, limits: tuple[float, float]) -> Iterator[Problem]:
    """A transcript that no clock could have recorded; ``limits`` of its words a minute."""
    segments = row.document["segments"]
    if not any(s["speaker"] == "candidate" and s["text"].strip() for s in segments):
        yield row.problem("segments", "the candidate says nothing")
    for i, segment in enumerate(segments):
        place, seconds = f"segments[{i}]", segment["end_s"] - segment["start_s"]
        words = len(segment["text"].split())
        if seconds < 0:
            yield row.problem(f"{place}.end_s", f"{segment['end_s']} is before start_s {segment['start_s']}")
        elif segment["kind"] == "silence":
            if segment["text"]:
                yield row.problem(f"{place}.text", "a silence has no text")
        elif not segment["text"].strip():
            yield row.problem(f"{place}.text", f"a {segment['kind']} segment is empty")
        elif segment["kind"] == "speech" and words >= RATE_MIN_WORDS:
            slowest, fastest = (60 * words / max(seconds + margin, 1e-9) for margin in (_CLOCK_S, -_CLOCK_S))
            if fastest < limits[0] or slowest > limits[1]:
                rate = f"{60 * words / seconds:.0f}" if seconds else "infinitely many"
                yield row.problem(place, f"{rate} words a minute; speech runs at {limits[0]:.0f} to {limits[1]:.0f}")
        if (segment["kind"] == "text") != (row.document["medium"] == "written") and segment["kind"] in ("text", "speech"):
            yield row.problem(f"{place}.kind", f"{segment['kind']!r} in a {row.document['medium']} answer")
    for i, (one, two) in enumerate(pairwise(segments), start=1):
        if two["start_s"] < one["start_s"]:
            yield row.problem(f"segments[{i}].start_s", f"{two['start_s']} is before the previous segment's start_s")
        elif one["end_s"] - two["start_s"] > MAX_OVERLAP_S + _CLOCK_S:
            overlap = one["end_s"] - two["start_s"]
            yield row.problem(f"segments[{i}].start_s", f"overlaps the previous segment by {overlap:.1f} s")


def annotation_problems(row: Row, segments: list[dict[str, Any]]) -> list[Problem]:
    """What is wrong with one annotation (a valid record) of an answer with these segments: spans outside it, labels that
    contradict themselves."""
    return [*_span_problems(row, segments), *label_problems(row, [segment["kind"] == "silence" for segment in segments])]


def _span_problems(row: Row, segments: list[dict[str, Any]]) -> Iterator[Problem]:
    """Evidence that points outside its answer."""
    for i, span in enumerate(row.document.get("evidence") or ()):
        place = f"evidence[{i}]"
        if span["segment"] >= len(segments):
            yield row.problem(f"{place}.segment", f"{span['segment']}: the answer has {len(segments)} segments")
            continue
        length = len(segments[span["segment"]]["text"])
        if span["end"] > length or span["start"] > span["end"]:
            yield row.problem(place, f"{span['start']} to {span['end']} is outside segment {span['segment']} (0 to {length})")


def label_problems(row: Row, silent: Sequence[bool]) -> Iterator[Problem]:
    """Labels that contradict themselves; ``silent`` says which segments of the answer are silences."""
    labels = row.document
    patterns, evidence = labels.get("patterns"), labels.get("evidence")
    for i, span in enumerate(evidence or ()):
        in_silence = span["segment"] < len(silent) and silent[span["segment"]]
        if span["start"] == span["end"] and not in_silence:
            yield row.problem(f"evidence[{i}]", "an empty span")
        if patterns is not None and span["label"] not in patterns:
            yield row.problem(f"evidence[{i}].label", f"{span['label']!r} is not among the patterns marked")
    if patterns is not None and evidence is not None:
        shown = {span["label"] for span in evidence}
        yield from (row.problem("evidence", f"no span for {p!r}") for p in patterns if p not in shown)
    if patterns is not None:
        marked, direction = "miscalibrated_confidence" in patterns, labels.get("confidence_direction")
        if marked and direction is None:
            yield row.problem("confidence_direction", "is missing beside 'miscalibrated_confidence'")
        if direction is not None and not marked:
            yield row.problem("confidence_direction", "stands without 'miscalibrated_confidence'")


def _split_problems(rows: Rows, answers: dict[str, Row]) -> Iterator[Problem]:
    first: dict[str, Row] = {}
    for row in rows["answers"]:
        seen = first.setdefault(row.document["question_id"], row)
        if seen.document.get("split", "test") != row.document.get("split", "test"):
            yield row.problem(
                "split",
                f"another answer to this question is in {seen.document.get('split', 'test')!r} ({seen.file}:{seen.line})",
            )
    for row in rows["contrasts"]:
        ends = [answers[row.document[end]] for end in ("better", "worse") if row.document[end] in answers]
        splits = {end.document.get("split", "test") for end in ends}
        if len(splits) > 1:
            yield row.problem("worse", f"the twins are in different splits ({', '.join(sorted(splits))})")


def loop_problems(row: Row, answers: Mapping[str, tuple[str, str | None]]) -> Iterator[Problem]:
    """A loop that is no one candidate's, or has two answers in a round; ``answers`` gives the round and candidate of each."""
    by_round: dict[str, list[str]] = defaultdict(list)
    for answer_id in row.document["answer_ids"]:
        if answer_id not in answers:
            continue
        round_, candidate = answers[answer_id]
        by_round[round_].append(answer_id)
        if candidate != row.document["candidate_id"]:
            yield row.problem("answer_ids", f"{answer_id!r} is not by {row.document['candidate_id']!r}")
    yield from (
        row.problem("answer_ids", f"{len(ids)} answers in round {name!r}") for name, ids in by_round.items() if len(ids) > 1
    )
