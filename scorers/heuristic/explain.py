"""Why the heuristic says what it says: each label with a reason in one line and the words it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.records import Answer
from scorers.heuristic import lexicon as lex
from scorers.heuristic import rules
from scorers.heuristic.profile import PROFILES
from scorers.heuristic.reading import Reading, Stretch, read


@dataclass(frozen=True, slots=True)
class Reason:
    """A label, what was decided, why, and the span it rests on (segment, start, end), if it rests on one."""

    label: str
    value: str
    why: str
    place: tuple[int, int, int] | None = None


def explain(answer: Answer, prediction: Mapping[str, Any]) -> Iterator[Reason]:
    """The reasons of a prediction that the heuristic made for this answer."""
    if "abstained" in prediction:
        yield Reason("abstained", "", prediction["abstained"])
        return
    r = read(answer)
    p = PROFILES[answer.round]
    reached = sum(share >= 0.34 for share in r.critical)
    points = f"{reached} of {len(r.critical)} critical points reached" if r.critical else "no critical points to reach"
    shares = ", ".join(f"{name} {share:.2f}" for name, share in prediction["verdict_probs"].items())
    yield Reason("verdict", prediction["verdict"], shares)
    made = rules.substance(r, p)
    best = max(r.stretches, key=_reasoning, default=None)
    yield Reason(
        "rating", f"{prediction['rating']:.1f}", f"{points}; reasons, costs and rejections {made:.1f} times what the round asks for",
        r.span(best) if best else None,
    )  # fmt: skip
    rates = f", {min(r.rates):.0f} to {max(r.rates):.0f} words a minute" if r.rates else ""
    quiet = f", {r.silence_s:.0f} s silent" if r.silence_s >= 1 else ""
    code = f", code from {r.first_code_s:.0f} s" if r.first_code_s is not None else ""
    yield Reason(
        "pace", f"{prediction['pace']:+.1f}", f"{100 * answer.budget_share:.0f} % of the time used{rates}{quiet}{code}"
    )
    dwelt = f"talk of mechanisms {r.per_hundred(lex.EXPLAIN):.1f} times in a hundred words ({p.explain} is ordinary)"
    yield Reason("depth", f"{prediction['depth']:+.1f}", f"{r.words} words; {dwelt}")
    for name in PATTERNS:
        finding = rules.PATTERN_RULES[name](r, p)
        share = prediction["patterns"][name]
        if share >= 0.5:
            place = finding.where()
            yield Reason(name, f"marked ({share:.2f})", finding.why, r.span(place) if place else None)
    for name in SIGNALS:
        share = prediction["signals"][name]
        if share >= 0.5:
            why, place = _signal(name, r)
            yield Reason(name, f"shown ({share:.2f})", why, place)


def _reasoning(stretch: Stretch) -> float:
    return sum(stretch.does.get(c, 0) for c in (lex.REASON, lex.COST, lex.REJECT))


def _signal(name: str, r: Reading) -> tuple[str, tuple[int, int, int] | None]:
    """What speaks for a signal, and the stretch where it shows most."""
    wanted = {
        "structured_thinking": (lex.PLAN, "says what comes, and reaches what decides"),
        "efficient_execution": (lex.CHOOSE, "reaches what decides without detours"),
        "deep_reasoning": (lex.REASON, "gives reasons, costs and rejected options"),
        "clear_communication": (lex.TURN, "chooses rather than lists, and turns to the interviewer"),
        "system_ownership": (lex.CLOSE, "says how it is checked, watched or answered for"),
    }
    category, why = wanted[name]
    most = max(r.stretches, key=lambda s: s.does.get(category, 0), default=None)
    return why, r.span(most) if most is not None and most.does.get(category) else None
