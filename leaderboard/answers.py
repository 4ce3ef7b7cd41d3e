"""The corpus for the answer browser: an index of all answers, and shards by question with everything about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmark.codebook import ANNOTATOR_KINDS, PATTERNS, VERDICTS
from benchmark.corpus import Corpus
from benchmark.evaluation.items import length_band
from benchmark.records import Annotation, Answer, Segment
from benchmark.reference import Reference, build_reference

Document = dict[str, Any]
_EXCERPT = 90
_LABELS = ("verdict", "rating", "pace", "depth", "patterns", "confidence_direction", "signals", "rationale")


def index(corpus: Corpus, reference: Reference) -> Document:
    """One short row per answer, what lists and filters need; the labels are the reference's over the whole corpus."""
    rows = []
    for i, answer in enumerate(corpus.answers.values()):
        verdicts = reference.verdict[i]
        top = np.flatnonzero((verdicts == verdicts.max()) & (verdicts > 0))
        rating = reference.rating[i]
        patterns = [k for k, share in enumerate(reference.patterns[i]) if share > 0.5]
        rows.append(
            [
                answer.answer_id,
                answer.question_id,
                answer.split,
                answer.medium,
                round(answer.seconds),
                answer.words,
                length_band(answer),
                [int(k) for k in top],
                None if np.isnan(rating) else int(rating),
                patterns,
                _excerpt(answer),
            ]
        )
    questions = {
        q.question_id: [q.round, q.time_budget_s, q.prompt if len(q.prompt) <= _EXCERPT else q.prompt[:_EXCERPT].rstrip() + "…"]
        for q in corpus.questions.values()
    }
    return {"verdicts": VERDICTS, "patterns": PATTERNS, "questions": questions, "answers": rows}


def texts(corpus: Corpus) -> Document:
    """Everything that can be searched, in lower case, by answer."""
    return {a.answer_id: "\n".join(s.text for s in a.segments if s.text).lower() for a in corpus.answers.values()}


def question_shards(corpus: Corpus) -> dict[str, Document]:
    """By question: the question, its answers with segments, every annotation of them, and the twins."""
    annotations: dict[str, list[Annotation]] = {}
    kinds = {a.annotator_id: ANNOTATOR_KINDS.index(a.kind) for a in corpus.annotators.values()}
    for annotation in sorted(corpus.annotations, key=lambda a: (kinds[a.annotator_id], a.annotator_id)):
        annotations.setdefault(annotation.answer_id, []).append(annotation)
    twins: dict[str, list[Document]] = {}
    for contrast in corpus.contrasts:
        about = {"dimension": contrast.dimension, "expect": contrast.expect_patterns, "id": contrast.contrast_id}
        twins.setdefault(contrast.better, []).append({"with": contrast.worse, "role": "better", **about})
        twins.setdefault(contrast.worse, []).append({"with": contrast.better, "role": "worse", **about})
    shards: dict[str, Document] = {
        question.question_id: {
            "id": question.question_id,
            "round": question.round,
            "prompt": question.prompt,
            "budget": question.time_budget_s,
            "critical": question.critical_points,
            "obvious": question.obvious_points,
            "answers": {},
        }
        for question in corpus.questions.values()
    }
    for answer in corpus.answers.values():
        shards[answer.question_id]["answers"][answer.answer_id] = {
            "split": answer.split,
            "medium": answer.medium,
            "words": answer.words,
            "segments": [_segment(segment) for segment in answer.segments],
            "annotations": [_annotation(a) for a in annotations.get(answer.answer_id, ())],
            "twins": twins.get(answer.answer_id, []),
        }
    return shards


def prediction_shards(details: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """By question, JSON text ``{run id: {answer: prediction}}``; ``details`` has each run's predictions by question as JSON text."""
    by_question: dict[str, list[str]] = {}
    for run_id, own in details.items():
        for question, text in own.items():
            by_question.setdefault(question, []).append(f'"{run_id}":{text}')
    return {question: "{" + ",".join(rows) + "}" for question, rows in by_question.items()}


def _excerpt(answer: Answer) -> str:
    text = " ".join(answer.text.split())
    return text if len(text) <= _EXCERPT else text[:_EXCERPT].rstrip() + "…"


def _segment(segment: Segment) -> Document:
    return {
        "who": segment.speaker,
        "kind": segment.kind,
        "from": segment.start_s,
        "to": segment.end_s,
        "text": segment.text,
    }


def _annotation(annotation: Annotation) -> Document:
    shown: Document = {"by": annotation.annotator_id}
    shown.update({name: value for name in _LABELS if (value := getattr(annotation, name)) is not None})
    if annotation.evidence is not None:
        shown["evidence"] = [
            {"label": s.label, "segment": s.segment, "start": s.start, "end": s.end} for s in annotation.evidence
        ]
    return shown


def whole_reference(corpus: Corpus, measured_against: Mapping[str, Any]) -> Reference:
    """The labels of a board's annotators over all answers of the corpus."""
    return build_reference(corpus, measured_against["source"], measured_against["annotators"], list(corpus.answers))
