"""Editing a timed transcript so that it stays one a clock could have recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from benchmark.records import Answer, Segment

_WPM = 150.0


def with_segments(answer: Answer, segments: list[Segment]) -> Answer:
    """The answer with other segments."""
    return replace(answer, segments=tuple(segments))


def said(answer: Answer) -> list[int]:
    """The candidate's segments of speech or writing, code left out."""
    return [
        i for i, s in enumerate(answer.segments) if s.speaker == "candidate" and s.kind in ("speech", "text") and s.text.strip()
    ]


def reworded(answer: Answer, change: Callable[[str], str], *, every: bool = True, keep_times: bool = False) -> Answer:
    """Each of the candidate's segments (code left out), or only the last, with its text changed.

    A segment that gets longer or shorter keeps its words a minute, and what comes after moves, unless ``keep_times``.
    """
    chosen = said(answer) if every else said(answer)[-1:]
    segments, shift = [], 0.0
    for i, s in enumerate(answer.segments):
        text, length = s.text, s.seconds
        if i in chosen:
            text = change(s.text)
            if not keep_times:
                length = s.seconds * max(len(text.split()), 1) / max(len(s.text.split()), 1)
        segments.append(Segment(s.speaker, s.kind, round(s.start_s + shift, 2), round(s.start_s + shift + length, 2), text))
        shift += length - s.seconds
    return with_segments(answer, segments)


def inserted(answer: Answer, place: int, text: str, speaker: str = "candidate") -> Answer:
    """A new segment of words before segment number ``place`` (at the end where there is none), at an ordinary rate."""
    kind = "text" if answer.medium == "written" else "speech"
    length = 60 * len(text.split()) / (_WPM / 5 if kind == "text" else _WPM)
    before, after = list(answer.segments[:place]), answer.segments[place:]
    start = before[-1].end_s if before else 0.0
    moved = [replace(s, start_s=round(s.start_s + length, 2), end_s=round(s.end_s + length, 2)) for s in after]
    return with_segments(answer, [*before, Segment(speaker, kind, start, round(start + length, 2), text), *moved])


def stretched(answer: Answer, factor: float) -> Answer:
    """Every time multiplied."""
    return with_segments(
        answer, [replace(s, start_s=round(s.start_s * factor, 2), end_s=round(s.end_s * factor, 2)) for s in answer.segments]
    )
