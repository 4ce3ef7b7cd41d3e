"""From a reading to labels: one function per pattern, then signals, scales, verdict and rating.

Every pattern has a strength between 0 and 1 (marked from one half on), the span that shows it, and the reason in a few words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from benchmark.codebook import VERDICTS
from scorers.heuristic import lexicon as lex
from scorers.heuristic.profile import PROFILES, Profile
from scorers.heuristic.reading import Exchange, Reading, Stretch

WRITTEN_RATE = 0.2
"""Writing runs at about a fifth of the words a minute of speech."""
Place = tuple[int, int, int]
"""Segment, start and end of a span."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How strongly a pattern shows (0 to 1), where (a stretch, or a span; looked for only where it is asked for), and why."""

    strength: float
    where: Callable[[], Stretch | Place | None]
    why: str


def soft(value: float, half: float, width: float) -> float:
    """0.5 where ``value`` reaches ``half``, towards 1 beyond it; ``width`` is how gradual that is (negative: the other way)."""
    return 1 / (1 + math.exp(-4 * (value - half) / width))


def substance(r: Reading, profile: Profile) -> float:
    """Reasoning made, 1.0 being what the round asks for: reasons, costs, rejected options and risks, per hundred words."""
    made = (
        r.per_hundred(lex.REASON)
        + 0.8 * r.per_hundred(lex.COST)
        + 1.2 * r.per_hundred(lex.REJECT)
        + 0.5 * r.per_hundred(lex.RISK)
    )
    return made / (1.6 * profile.reasons)


def decided(r: Reading) -> float:
    """How far the answer is about what decides, 0 to 1: critical points touched on (each counts whole from half of its content
    words), words spent near them, and how soon the first is reached.  0.5 for a question that names none."""
    if not r.critical:
        return 0.5
    touched = sum(min(1.0, share / 0.5) for share in r.critical) / len(r.critical)
    return 0.6 * touched + 0.2 * min(1.0, r.on_critical / 0.5) + 0.2 * (1 - r.before_critical)


def speed_bias(r: Reading, p: Profile) -> Finding:
    thin = (
        0.4 * soft(substance(r, p), 0.55, -0.9)
        + 0.4 * soft(decided(r), 0.4, -0.5)
        + 0.2 * soft(r.per_hundred(lex.RISK), 0.4, -0.8)
    )
    short = soft(r.words / p.enough, 0.8, -0.8)
    strength = 0.8 * thin + 0.2 * short - 0.15 * soft(r.per_hundred(lex.EXPLAIN) / p.explain, 1.6, 1.0)
    if r.answer.round == "coding" and r.code_s:
        strength -= 0.2
    return Finding(_clip(strength), lambda: _least(r, (lex.REASON, lex.COST, lex.REJECT)), "methods named, few reasons given")


def depth_bias(r: Reading, p: Profile) -> Finding:
    heavy = soft(r.per_hundred(lex.EXPLAIN) / p.explain, 1.5, 1.0)
    dwells = soft(linked(r), 0.09, 0.08)
    long = soft(r.words / p.enough, 1.8, 1.5)
    undecided = soft(r.per_hundred(lex.CHOOSE) + r.per_hundred(lex.CLOSE), 2.0, -2.0)
    strength = 0.35 * heavy + 0.3 * dwells + 0.3 * long + 0.15 * undecided - 0.1
    return Finding(_clip(strength), lambda: _most(r, lex.EXPLAIN), "mechanisms explained beyond what decides")


def misplaced_depth(r: Reading, p: Profile) -> Finding:
    passed_over = soft(decided(r), 0.45, -0.45)
    reasons = soft(substance(r, p), 0.6, 0.8)
    breadth = soft(r.per_hundred(lex.ADD), 2.0, -2.0)
    elsewhere = soft(r.on_obvious - r.on_critical, -0.2, 0.4)
    dwells = soft(linked(r), 0.08, 0.08)
    strength = passed_over * (0.2 + 0.25 * reasons + 0.15 * breadth + 0.2 * elsewhere + 0.2 * dwells)
    return Finding(_clip(strength), lambda: _most(r, lex.EXPLAIN), "depth on parts that do not decide")


def no_structure(r: Reading, p: Profile) -> Finding:
    scattered = soft(r.scatter, 0.68, 0.08)
    unlinked = soft(_jumps(r), 0.85, 0.15)
    strength = 0.5 * scattered + 0.4 * unlinked - 0.2 * soft(r.per_hundred(lex.PLAN), 1.0, 1.0)
    return Finding(_clip(strength), lambda: _middle(r), "topics left and come back to, no plan to follow")


def ignored_cues(r: Reading, p: Profile) -> Finding:
    worst, place = 0.0, None
    for exchange in r.exchanges:
        carried_on = soft(exchange.taken_up - 0.7 * exchange.repeated, 0.06, -0.2) * (0.7 if exchange.turns else 1.0)
        strength = 0.75 * carried_on + 0.35 * soft(exchange.same_as_before, 0.25, 0.25) - 0.1
        if exchange.reply is None:
            strength = 0.4
        if strength > worst:
            worst, place = strength, _reply(r, exchange)
    if place is not None:  # more cues, more to ignore; points never reached are what cues point at
        worst += 0.12 * (min(len(r.exchanges), 4) / 4 - 0.5) + 0.15 * (0.5 - decided(r))
    return Finding(_clip(worst), lambda: place, "the reply does not turn to the interviewer's question")


def covers_everything(r: Reading, p: Profile) -> Finding:
    breadth = soft(r.per_hundred(lex.ADD), 3.0, 2.0)
    choice = soft(r.per_hundred(lex.CHOOSE) + r.per_hundred(lex.REJECT), 1.2, -1.5)
    return Finding(_clip(breadth * (0.35 + 0.65 * choice)), lambda: _most(r, lex.ADD), "options listed, none chosen")


def poor_time_awareness(r: Reading, p: Profile) -> Finding:
    overrun = soft(r.answer.budget_share, 1.03, 0.08)
    silent = soft(r.silence_s / max(r.answer.seconds, 1.0), 0.18, 0.12)
    raced = 0.5 * soft(r.rates[-1] / max(r.rate, 1.0), 1.25, 0.2) if len(r.rates) > 1 else 0.0
    late_code = _late_code(r, p)
    stuck = 0.5 * soft(r.longest_share, 0.6, 0.15) * soft(r.words / p.enough, 1.4, 1.0) if len(r.stretches) > 6 else 0.0
    strength = 1 - (1 - overrun) * (1 - silent) * (1 - raced) * (1 - 0.8 * late_code) * (1 - stuck)
    last = r.stretches[-1] if r.stretches else None
    place = (r.longest_silence, 0, 0) if silent > max(overrun, raced) and r.longest_silence is not None else last
    return Finding(_clip(strength), lambda: place, "time runs out, or goes where it should not")


def miscalibrated_confidence(r: Reading, p: Profile) -> Finding:
    over, under = _over(r), _under(r)
    if over >= under:
        return Finding(over, lambda: _most(r, lex.ABSOLUTE), "absolute claims")
    return Finding(under, lambda: _most(r, lex.PLEAD) or _most(r, lex.HEDGE), "hedges and pleas instead of a position")


def confidence_direction(r: Reading) -> str:
    return "over" if _over(r) >= _under(r) else "under"


PATTERN_RULES: dict[str, Callable[[Reading, Profile], Finding]] = {
    "speed_bias": speed_bias,
    "depth_bias": depth_bias,
    "no_structure": no_structure,
    "misplaced_depth": misplaced_depth,
    "ignored_cues": ignored_cues,
    "covers_everything": covers_everything,
    "poor_time_awareness": poor_time_awareness,
    "miscalibrated_confidence": miscalibrated_confidence,
}


def signals(r: Reading, patterns: dict[str, Finding]) -> dict[str, float]:
    """Strength of each senior signal."""
    p = PROFILES[r.answer.round]
    s = {name: finding.strength for name, finding in patterns.items()}
    early = sum(x.does.get(lex.PLAN, 0) for x in r.stretches[:4])
    closing = r.stretches[-max(2, len(r.stretches) // 4) :]
    closes = sum(x.does.get(lex.CLOSE, 0) for x in closing)
    own = r.per_hundred(lex.OWN) / p.own if p.own else 1.0
    turned = sum(e.turns or e.taken_up > 0.2 for e in r.exchanges) / max(len(r.exchanges), 1)
    chosen = r.does[lex.CHOOSE] / max(r.does[lex.ADD] + r.does[lex.CHOOSE], 1)
    reached = decided(r)
    return {
        "structured_thinking": _clip(
            0.3 * soft(early, 1.5, 1.5) + 0.5 * reached + 0.2 * chosen - 0.3 * s["no_structure"] - 0.3 * s["covers_everything"]
        ),
        "efficient_execution": _clip(
            0.5 + 0.4 * reached - 0.4 * s["depth_bias"] - 0.5 * s["poor_time_awareness"] - 0.3 * s["misplaced_depth"]
        ),
        "deep_reasoning": _clip(soft(0.6 * substance(r, p) + 0.8 * reached, 1.05, 0.6) - 0.2 * s["speed_bias"]),
        "clear_communication": _clip(
            0.4 * chosen + 0.3 * min(substance(r, p), 1.0) + 0.3 * reached + 0.15 * turned
            - 0.3 * s["no_structure"] - 0.3 * s["ignored_cues"] - 0.3 * s["covers_everything"]
        ),
        "system_ownership": _clip(
            0.35 * soft(closes, 1.5, 1.5) + 0.15 * soft(own, 0.9, 0.6) + 0.4 * reached + 0.2 * chosen - 0.2 * s["covers_everything"]
        ),
    }  # fmt: skip


def scales(r: Reading, patterns: dict[str, Finding]) -> tuple[float, float]:
    """Pace and depth, each about -2 to +2, fractions included."""
    p = PROFILES[r.answer.round]
    s = {name: finding.strength for name, finding in patterns.items()}
    share = r.answer.budget_share
    usual = WRITTEN_RATE if r.answer.medium == "written" else 1.0
    fastest, slowest = max(r.rates, default=140 * usual) / usual, min(r.rates, default=140 * usual) / usual
    rushed = (
        1.2 * soft(share, 0.35, -0.25) * (0.4 + s["speed_bias"])
        + 1.6 * soft(fastest, 215, 12) * soft(slowest, 150, 40)
        + 0.4 * soft(r.rate / usual, 190, 25)
    )
    slow = (
        1.0 * soft(share, 0.98, 0.15)
        + 0.9 * soft(slowest, 97, -10)
        + 0.9 * soft(r.silence_s / max(r.answer.seconds, 1.0), 0.2, 0.15)
        + 0.6 * s["depth_bias"]
    )
    late = _late_code(r, p)
    deep = 2.2 * s["depth_bias"] + 0.8 * s["misplaced_depth"] + 0.3 * soft(r.words / p.enough, 2.5, 1.0)
    shallow = 2.4 * s["speed_bias"] + 0.6 * s["covers_everything"]
    return rushed - slow - 0.8 * late, deep - shallow + 0.1


def rating(r: Reading, patterns: dict[str, Finding]) -> float:
    """Hiring signal, about 1 to 5: what was reasoned and decided, less what went wrong."""
    p = PROFILES[r.answer.round]
    s = {name: finding.strength for name, finding in patterns.items()}
    good = 1.0 * min(substance(r, p), 1.3) + 3.0 * decided(r) + 0.25 * min(r.per_hundred(lex.CLOSE), 3)
    amiss = (
        1.1 * s["speed_bias"] + 0.9 * s["depth_bias"] + 0.8 * s["misplaced_depth"] + 0.8 * s["ignored_cues"] + 0.8 * s["no_structure"]
        + 0.7 * s["covers_everything"] + 0.8 * s["poor_time_awareness"] + 0.8 * s["miscalibrated_confidence"]
    )  # fmt: skip
    return 2.4 + good - 1.25 * amiss


def verdict(
    score: float, depth: float, pace: float, patterns: dict[str, Finding], offsets: Mapping[str, float]
) -> dict[str, float]:
    """Probability of each verdict; ``offsets`` are added to their log odds."""
    s = {name: finding.strength for name, finding in patterns.items()}
    other = max(
        s["no_structure"], s["ignored_cues"], s["covers_everything"], s["poor_time_awareness"], s["miscalibrated_confidence"]
    )
    weight = {
        "balanced": 1.7 * (score - 2.9),
        "too_fast": 2.4 * s["speed_bias"] - 1.1 * depth - 0.6,
        "too_deep": 2.0 * max(s["depth_bias"], s["misplaced_depth"]) + 1.1 * depth - 0.3 * pace - 0.6,
        "unfocused": 2.6 * other - 0.5 * abs(depth) - 0.9,
    }
    odds = {name: math.exp(weight[name] + offsets.get(name, 0.0)) for name in VERDICTS}
    return {name: odds[name] / sum(odds.values()) for name in VERDICTS}


def _over(r: Reading) -> float:
    return soft(r.per_hundred(lex.ABSOLUTE) - 0.3 * r.per_hundred(lex.HEDGE), 1.3, 1.2)


def _under(r: Reading) -> float:
    unsure = r.per_hundred(lex.HEDGE) + 3 * r.per_hundred(lex.PLEAD) - 0.5 * r.per_hundred(lex.REASON)
    return soft(unsure, 6.0, 4.0)


def linked(r: Reading) -> float:
    """Mean share of content words that neighbouring stretches have in common."""
    pairs = len(r.stretches) - 1
    return sum(s.linked for s in r.stretches) / pairs if pairs > 0 else 0.0


def _late_code(r: Reading, p: Profile) -> float:
    """How much too late the first code is (0 to 1); 0 where none is asked for or none comes."""
    if p.code_by is None or r.first_code_s is None:
        return 0.0
    return soft(r.first_code_s / r.answer.question.time_budget_s, p.code_by + 0.15, 0.15)


def _jumps(r: Reading) -> float:
    """Share of neighbouring stretches without a content word in common."""
    pairs = [a for a, b in pairwise(r.stretches) if len(a.stems) > 2 and len(b.stems) > 2]
    return sum(not a.linked for a in pairs) / len(pairs) if len(pairs) > 3 else 0.0


def _most(r: Reading, category: str) -> Stretch | None:
    if not r.does[category]:
        return r.stretches[0] if r.stretches else None
    return max(r.stretches, key=lambda s: s.does.get(category, 0))


def _least(r: Reading, categories: tuple[str, ...]) -> Stretch | None:
    long = [s for s in r.stretches if s.words >= 8] or r.stretches
    return min(long, key=lambda s: sum(s.does.get(c, 0) for c in categories), default=None)


def _middle(r: Reading) -> Stretch | None:
    return r.stretches[len(r.stretches) // 2] if r.stretches else None


def _reply(r: Reading, exchange: Exchange) -> Stretch | Place | None:
    """Where the reply begins: in words, or in code; what was said last where none comes."""
    if exchange.reply is None:
        return r.stretches[-1] if r.stretches else None
    in_words = next((s for s in r.stretches if s.segment == exchange.reply), None)
    return in_words or (exchange.reply, 0, len(r.answer.segments[exchange.reply].text.split("\n")[0]))


def _clip(value: float, low: float = 0.0, high: float = 1.0) -> float:
    return min(high, max(low, value))
