"""A reading as numbers: what the rules weigh, and the learnt scorer too."""

from __future__ import annotations

import math

from scorers.heuristic import lexicon as lex
from scorers.heuristic.reading import Reading

WRITTEN_RATE = 0.2
"""Writing runs at about a fifth of the words a minute of speech."""
_UNTAKEN = 0.05
"""A cue of whose content words the reply takes up a smaller share is missed."""
_TOGETHER = 1.5
"""A point of which half the words are said is made by less than half: one word in common may be chance."""
_USUAL_REPLY = 0.2
"""Where there is no cue to reply to."""
_SHORT = 150
"""In an answer of fewer words a few uses say less than their share would."""
_FEW = 60
_GROWTH = 0.8
"""A text's distinct words grow with its length, but slower (Heaps 1978): about as this power of it."""
_MOST_SAID = 6.0
"""A word used oftener in a hundred says no more than one used as often as this."""
_UNMEASURED = (lex.PLAN, lex.CLOSE, lex.TURN, lex.JUDGE)
_SAYS = tuple((f"says {category}", category) for category in lex.CATEGORIES if category not in _UNMEASURED)
"""Announced plans are left out, as anybody can announce one, and what does not speak for or against any label."""


def per_hundred(r: Reading, category: str) -> float:
    """How often the candidate does it, in a hundred words."""
    return min(r.does[category] / (max(r.words, _SHORT) / 100), _MOST_SAID)


def measures(r: Reading) -> dict[str, float]:
    """The measures of an answer, by name, always in the same order.

    ``says ...`` are uses in a hundred words; ``points`` are those of the question that decide; rates are words a minute of
    speech; shares run from 0 to 1, that of the budget to 1.5.  What an answer gives no occasion for (a cue, code) measures 0;
    what a question without points says nothing of is NaN.
    """
    answer, does, critical, exchanges = r.answer, r.does, r.critical, r.exchanges
    hundred = max(r.words, _SHORT) / 100
    usual = WRITTEN_RATE if answer.medium == "written" else 1.0
    rates = r.rates
    fastest, slowest = (max(rates) / usual, min(rates) / usual) if rates else (140.0, 140.0)
    budget = answer.question.time_budget_s
    share = answer.budget_share
    late = r.stretches[-max(1, -(-len(r.stretches) // 3)) :]
    pairs = len(r.stretches) - 1
    found = {name: min(does[category] / hundred, _MOST_SAID) for name, category in _SAYS}
    return found | {
        "points reached": sum([share**_TOGETHER for share in critical]) / len(critical) if critical else math.nan,
        "best point": max(critical) if critical else math.nan,
        "before the first point": r.before_critical if critical else math.nan,
        "words on points": r.on_critical if critical else math.nan,
        "reasoning": min((does[lex.REASON] + does[lex.COST] + does[lex.REJECT] + does[lex.RISK]) / hundred, 10.0),
        "choices at the end": min(100 * sum([s.does.get(lex.CHOOSE, 0) for s in late]) / max(sum([s.words for s in late]), 20), 12.0),
        "words": math.log1p(r.words),
        "distinct words": r.distinct / max(r.words, _FEW) ** _GROWTH,
        "letters a word": r.letters,
        "share of the budget": min(share, 1.5),
        "overrun": min(max(0.0, share - 1), 0.5),
        "longest silence": min(r.longest_silence_s, 120.0),
        "silent share": r.silence_s / max(answer.seconds, 1.0),
        "words too fast": max(0.0, fastest - 205),
        "words too slow": max(0.0, 100 - slowest),
        "faster at the end": (rates[-1] - rates[0]) / usual if len(rates) > 1 else 0.0,
        "code from": min(r.first_code_s / budget, 1.0) if r.first_code_s is not None else 0.0,
        "stretches unlinked": sum([not s.linked for s in r.stretches[:-1]]) / pairs if pairs > 0 else 0.0,
        "scatter": r.scatter,
        "cues": min(len(exchanges), 4),
        "cues taken up": sum([e.taken_up for e in exchanges]) / len(exchanges) if exchanges else _USUAL_REPLY,
        "cue missed": float(any(e.taken_up < _UNTAKEN for e in exchanges)),
        "reply as before": max([e.same_as_before for e in exchanges], default=0.1),
    }  # fmt: skip
