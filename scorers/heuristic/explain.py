"""Why the heuristic says what it says: each label with the measures that weigh most, and the words it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS
from scorers.heuristic import lexicon as lex
from scorers.heuristic import rules
from scorers.heuristic.measures import measures
from scorers.heuristic.places import WHERE, most
from scorers.heuristic.reading import Reading

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """A label, what was decided, why, and the span it rests on (segment, start, end), if it rests on one."""

    label: str
    value: str
    why: str
    place: tuple[int, int, int] | None = None


def explain(r: Reading, prediction: Mapping[str, Any]) -> Iterator[Reason]:
    """The reasons of a prediction that the heuristic made for this reading."""
    if "abstained" in prediction:
        yield Reason("abstained", "", prediction["abstained"])
        return
    usual = rules.thresholds()
    z = rules.deviations(measures(r), usual.middle[r.answer.round], usual.spread)
    shares = ", ".join(f"{name} {share:.2f}" for name, share in prediction["verdict_probs"].items())
    yield Reason("verdict", prediction["verdict"], f"{shares}; {_weighed(prediction['verdict'], z)}")
    reasoned = most(r, lex.REASON, lex.COST, lex.REJECT)
    yield Reason("rating", f"{prediction['rating']:.1f}", _weighed("rating", z), r.span(reasoned) if reasoned else None)
    for name in ("pace", "depth"):
        yield Reason(name, f"{prediction[name]:+.1f}", _weighed(name, z))
    for labels, field, probabilities, word in (
        (PATTERNS, "patterns", "pattern_probs", "marked"),
        (SIGNALS, "signals", "signal_probs", "shown"),
    ):
        for name in labels:
            if name in prediction[field]:
                where, why = WHERE[name]
                place = where(r, z)
                value = f"{word} ({prediction[probabilities][name]:.2f})"
                yield Reason(name, value, f"{why}; {_weighed(name, z)}", r.span(place) if place else None)


def _weighed(label: str, z: Mapping[str, float]) -> str:
    """The measures that move a label most, each with its distance from what is usual in the round, in standard deviations."""
    rule = rules.RULES[label]
    heaviest = sorted(rule, key=lambda name: -abs(rule[name] * z[name]))[:_SHOWN]
    parts = []
    for word, sign in (("raised by", 1), ("lowered by", -1)):
        if moved := [f"{name} {z[name]:+.1f} sd" for name in heaviest if sign * rule[name] * z[name] > 0]:
            parts.append(f"{word} {', '.join(moved)}")
    return "; ".join(parts) or "all as usual"
