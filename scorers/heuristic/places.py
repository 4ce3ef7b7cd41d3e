"""Where a label shows, and why it was given in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scorers.heuristic import lexicon as lex
from scorers.heuristic.reading import Exchange, Reading, Stretch
from scorers.heuristic.rules import confidence_direction

_REASONING = (lex.REASON, lex.COST, lex.REJECT)
Span = tuple[int, int, int]
"""Segment, start and end (code points)."""
Place = Stretch | Span | None
Deviations = Mapping[str, float]
"""Of an answer's measures, as ``rules.deviations`` gives them."""


def most(r: Reading, *categories: str) -> Place:
    """The stretch that does these things most; the first where none does."""
    found, best = None, -1
    for stretch in r.stretches:
        does = stretch.does
        if does or best < 0:
            count = sum([does.get(c, 0) for c in categories])
            if count > best:
                found, best = stretch, count
    return found


def _least_reasoned(r: Reading, _: Deviations) -> Place:
    """The first stretch of at least eight words without a reason, a cost or a rejection; the first of all where each has one."""
    bare = (s for s in r.stretches if s.words >= 8 and s.does.keys().isdisjoint(_REASONING))
    return next(bare, r.stretches[0] if r.stretches else None)


def _middle(r: Reading, _: Deviations) -> Place:
    return r.stretches[len(r.stretches) // 2] if r.stretches else None


def _missed_reply(r: Reading, _: Deviations) -> Place:
    """The reply that takes up least of its cue: where it begins, in words or in code; what was said last where none comes."""
    exchange = min(r.exchanges, key=_taken_up, default=None)
    if exchange is None or exchange.reply is None:
        return r.stretches[-1] if r.stretches else None
    in_words = next((s for s in r.stretches if s.segment == exchange.reply), None)
    return in_words or (exchange.reply, 0, len(r.answer.segments[exchange.reply].text.split("\n")[0]))


def _taken_up(exchange: Exchange) -> float:
    return exchange.taken_up - 0.7 * exchange.same_as_before


def _lost_time(r: Reading, _: Deviations) -> Place:
    """The longest silence, if it is long; else the end."""
    if r.longest_silence is not None and r.longest_silence_s > 0.1 * r.answer.seconds:
        return r.longest_silence, 0, 0
    return r.stretches[-1] if r.stretches else None


def _confidence(r: Reading, z: Deviations) -> Place:
    return most(r, lex.ABSOLUTE) if confidence_direction(z) == "over" else most(r, lex.PLEAD, lex.HEDGE)


WHERE: dict[str, tuple[Callable[[Reading, Deviations], Place], str]] = {
    "speed_bias": (_least_reasoned, "methods named, few reasons given"),
    "depth_bias": (lambda r, _: most(r, lex.EXPLAIN), "mechanisms explained beyond what decides"),
    "no_structure": (_middle, "topics left and come back to, no plan to follow"),
    "misplaced_depth": (lambda r, _: most(r, lex.EXPLAIN, lex.REASON), "depth on parts that do not decide"),
    "ignored_cues": (_missed_reply, "the reply does not turn to the interviewer's question"),
    "covers_everything": (lambda r, _: most(r, lex.ADD), "options listed, none chosen"),
    "poor_time_awareness": (_lost_time, "time runs out, or goes where it should not"),
    "miscalibrated_confidence": (_confidence, "absolute claims, or pleas instead of a position"),
    "structured_thinking": (lambda r, _: most(r, lex.PLAN), "reaches what decides, and keeps to it"),
    "efficient_execution": (lambda r, _: most(r, lex.CHOOSE), "reaches what decides without detours"),
    "deep_reasoning": (lambda r, _: most(r, *_REASONING), "gives reasons, costs and rejected options"),
    "clear_communication": (lambda r, _: most(r, lex.CHOOSE, lex.TURN), "chooses rather than lists"),
    "system_ownership": (lambda r, _: most(r, lex.OWN, lex.CLOSE), "answers for it"),
}
"""For each pattern and signal, where it shows and what it means."""
