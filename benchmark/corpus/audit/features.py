"""What can be counted in an answer without reading it: the numbers that must not give its quality away."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from benchmark.metrics.statistic import Floats
from benchmark.records import Answer

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NUMERALS = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion half third quarter dozen
    percent""".split()
)
HEDGES = frozenset(
    """maybe perhaps possibly probably presumably might could somewhat roughly kind sort think guess suppose seems seem likely
    apparently usually generally fairly honestly hopefully should would""".split()
)
FILLERS = frozenset("um uh er erm uhm hmm like well so okay ok right yeah actually basically".split())
MARKERS = frozenset(
    """first firstly second secondly third thirdly then next finally lastly because therefore thus hence however although though
    instead otherwise whereas while since also moreover but unless""".split()
)
ABSOLUTES = frozenset(
    "always never certainly definitely obviously clearly guaranteed impossible every all must exactly".split()
)
_TOOL = re.compile(r"\b(?:[A-Z][a-z]+[A-Z]\w*|[A-Z]{2,}[a-z]?\w*|[a-z]+[A-Z]\w*|\w+_\w+)\b")
"""Names of tools and methods as they are spelt: inner capitals, acronyms, identifiers."""
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)")

COUNTS = ("numbers", "named_tools", "hedges", "fillers", "discourse_markers", "absolutes")
LENGTH = ("words", "code_characters", "budget_share")
TIMING = (
    "seconds", "budget_share", "first_word_s", "first_code_share", "silence_share", "longest_silence_s", "longest_gap_s",
    "mean_rate", "slowest_rate", "fastest_rate", "longest_segment_share", "last_segment_share", "candidate_turns", "interviewer_turns",
)  # fmt: skip
READABILITY = ("words_per_sentence", "letters_per_word", "distinct_words")


def candidate_words(answer: Answer) -> list[str]:
    """The candidate's words, lower case, code left out."""
    return [word.lower() for segment in _said(answer) for word in WORD.findall(segment)]


def _said(answer: Answer) -> list[str]:
    return [s.text for s in answer.segments if s.speaker == "candidate" and s.kind != "code" and s.text]


def lexical_counts(answer: Answer) -> dict[str, float]:
    """``COUNTS`` of one answer: numbers in digits and words, tools and methods by their spelling, and words of four lists."""
    words, text = candidate_words(answer), " ".join(_said(answer))
    return {
        "numbers": len(NUMBER.findall(text)) + sum(w in NUMERALS for w in words),
        "named_tools": len(_TOOL.findall(text)) + len(_NAME.findall(text)),
        "hedges": sum(w in HEDGES for w in words),
        "fillers": sum(w in FILLERS for w in words),
        "discourse_markers": sum(w in MARKERS for w in words),
        "absolutes": sum(w in ABSOLUTES for w in words),
    }


def length_counts(answer: Answer) -> dict[str, float]:
    """``LENGTH`` of one answer: words, characters of code, and the share of the budget."""
    code = sum(len(s.text) for s in answer.segments if s.speaker == "candidate" and s.kind == "code")
    return {"words": answer.words, "code_characters": code, "budget_share": answer.budget_share}


def timing_counts(answer: Answer) -> dict[str, float]:
    """``TIMING`` of one answer: when things start, silences, gaps, rates in words a minute, shares of time, turns."""
    own = [s for s in answer.segments if s.speaker == "candidate" and s.kind != "silence"]
    total = max(answer.seconds, 1e-9)
    silences = [s.seconds for s in answer.segments if s.kind == "silence"]
    rates = [60 * len(s.text.split()) / s.seconds for s in own if s.kind in ("speech", "text") and s.seconds > 1]
    code = [s.start_s for s in own if s.kind == "code"]
    gaps = [max(0.0, after.start_s - before.end_s) for before, after in zip(answer.segments, answer.segments[1:], strict=False)]
    longest = max((s.seconds for s in own), default=0.0)
    return {
        "seconds": answer.seconds,
        "budget_share": answer.budget_share,
        "first_word_s": own[0].start_s if own else total,
        "first_code_share": code[0] / answer.question.time_budget_s if code else 0.0,
        "silence_share": sum(silences) / total,
        "longest_silence_s": max(silences, default=0.0),
        "longest_gap_s": max(gaps, default=0.0),
        "mean_rate": float(np.mean(rates)) if rates else 0.0,
        "slowest_rate": min(rates, default=0.0),
        "fastest_rate": max(rates, default=0.0),
        "longest_segment_share": longest / total,
        "last_segment_share": own[-1].seconds / total if own else 0.0,
        "candidate_turns": len(own),
        "interviewer_turns": sum(s.speaker == "interviewer" for s in answer.segments),
    }


def readability_counts(answer: Answer) -> dict[str, float]:
    """``READABILITY``: words a sentence, letters a word (the parts of Coleman and Liau's index, 1975), share of distinct words
    among the first hundred."""
    words, text = candidate_words(answer), " ".join(_said(answer))
    sentences = max(1, len(_SENTENCE.findall(text)))
    start = words[:100]
    return {
        "words_per_sentence": len(words) / sentences,
        "letters_per_word": sum(map(len, words)) / max(1, len(words)),
        "distinct_words": len(set(start)) / max(1, len(start)),
    }


def matrix(rows: Iterable[dict[str, float]]) -> Floats:
    """Rows of counts as an array, columns in the order of the keys."""
    return np.array([list(row.values()) for row in rows], dtype=np.float64)
