"""Typed records: questions, answers and annotations as Python sees them.

The shapes are those of ``schemas/`` and ``docs/records.md``; times are seconds from the start of the answer, offsets count
Unicode code points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one speaker: ``speech``, ``code``, ``silence`` (empty text) or written ``text``."""

    speaker: str
    kind: str
    start_s: float
    end_s: float
    text: str

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked.  ``critical_points`` decide a good answer, ``obvious_points`` should be passed quickly."""

    question_id: str
    round: str
    prompt: str
    time_budget_s: float
    critical_points: tuple[str, ...] = ()
    obvious_points: tuple[str, ...] = ()
    domain: str | None = None


@dataclass(frozen=True)
class Answer:
    """One timed answer together with its question.  It holds no label of any kind."""

    answer_id: str
    question: Question
    medium: str
    segments: tuple[Segment, ...]
    split: str = "test"
    candidate_id: str | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def question_id(self) -> str:
        return self.question.question_id

    @property
    def round(self) -> str:
        return self.question.round

    @cached_property
    def text(self) -> str:
        """What the candidate said or wrote, code included, segments joined by newlines."""
        return "\n".join(s.text for s in self.segments if s.speaker == "candidate" and s.text)

    @cached_property
    def words(self) -> int:
        """Words (split at white space) that the candidate said or wrote, code left out."""
        return sum(len(s.text.split()) for s in self.segments if s.speaker == "candidate" and s.kind != "code")

    @cached_property
    def seconds(self) -> float:
        """When the answer ends, in seconds from its start."""
        return max((s.end_s for s in self.segments), default=0.0)

    @property
    def budget_share(self) -> float:
        """Share of the question's time budget used (1.0 is all of it)."""
        return self.seconds / self.question.time_budget_s

    def blind(self) -> Answer:
        """The answer as a scorer sees it: where it comes from and who gave it are left out."""
        return Answer(self.answer_id, self.question, self.medium, self.segments)


@dataclass(frozen=True, slots=True)
class Span:
    """Evidence for a label: code points ``start`` to ``end`` (exclusive) of the text of segment number ``segment``."""

    label: str
    segment: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotator's labels of one answer; a label that is None was not given."""

    annotation_id: str
    answer_id: str
    annotator_id: str
    verdict: str | None = None
    rating: int | None = None
    pace: int | None = None
    depth: int | None = None
    patterns: tuple[str, ...] | None = None
    confidence_direction: str | None = None
    signals: tuple[str, ...] | None = None
    evidence: tuple[Span, ...] | None = None
    rationale: str | None = None
    seconds_spent: float | None = None
    codebook_version: str | None = None
    created_at: str | None = None


@dataclass(frozen=True, slots=True)
class Annotator:
    """Who labelled: ``kind`` is ``human``, ``model``, ``author`` or ``adjudicator``."""

    annotator_id: str
    kind: str
    description: str
    consent_version: str | None = None


@dataclass(frozen=True, slots=True)
class Loop:
    """One candidate's answers across the rounds; ``annotations`` are ``(annotator_id, loop_verdict)``."""

    loop_id: str
    candidate_id: str
    answer_ids: tuple[str, ...]
    annotations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two answers to one question that differ in one thing, the ``dimension``."""

    contrast_id: str
    better: str
    worse: str
    dimension: str
    expect_patterns: tuple[str, ...] = ()
