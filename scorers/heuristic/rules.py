"""From measures to labels: what the codebook says of each label, as measures that speak for it and against it.

Every measure is taken in spreads from what is usual in its round, and every rule is the sum of some, with small whole weights
set by hand: such a sum does nearly as well as a fitted one (Dawes 1979, The robust beauty of improper linear models) and can be
read.  What is usual, and where a label begins, comes from the training split (``thresholds.json``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter, mul
from pathlib import Path

from benchmark.files import read_json

THRESHOLDS = Path(__file__).with_name("thresholds.json")
_FARTHEST = 2.5
"""No measure counts for more than so many spreads."""

RULES: dict[str, dict[str, int]] = {
    "balanced": {
        "points reached": 2, "best point": 1, "words on points": 1, "before the first point": -1, "choices at the end": 1,
        "distinct words": 2, "says choose": 1, "says risk": 1, "says condition": 1, "says tool": -1, "says plead": -1, "says add": -1,
        "longest silence": -1,
    },
    "too_fast": {
        "points reached": -2, "reasoning": -1, "says risk": -1, "words": -1, "distinct words": -2, "says vague": 1, "says tool": 2,
        "says plead": -1,
    },
    "too_deep": {
        "scatter": -2, "says explain": 1, "says figure": 1, "says vague": -1, "words": 1, "words on points": -1, "reply as before": -1,
        "longest silence": 1, "code from": 1,
    },
    "unfocused": {
        "says plead": 2, "says add": 1, "says absolute": 1, "says you": 1, "cue missed": 1, "reply as before": 1,
        "choices at the end": -1, "says explain": -1, "says figure": -1, "points reached": -1,
    },
    "rating": {
        "points reached": 2, "best point": 1, "words on points": 1, "before the first point": -1, "distinct words": 2,
        "letters a word": -1, "says own": 1, "says risk": 1, "says condition": 1, "choices at the end": 1, "says plead": -1,
        "says you": -1, "says absolute": -1, "says hedge": -1, "says add": -1, "says tool": -1, "longest silence": -1,
        "cues taken up": 1,
    },
    "pace": {
        "share of the budget": -2, "overrun": -1, "longest silence": -2, "silent share": -1, "code from": -1, "words": -1,
        "words too fast": 1, "words too slow": -1,
    },
    "depth": {
        "points reached": 2, "reasoning": 1, "distinct words": 2, "says explain": 1, "says figure": 1, "says own": 1, "words": 1,
        "says tool": -2, "says vague": -2, "says you": -1, "says hedge": -1, "says add": -1, "stretches unlinked": -1, "code from": 1,
    },
    "speed_bias": {
        "points reached": -2, "reasoning": -2, "says risk": -1, "before the first point": 1, "distinct words": -2, "says vague": 1,
        "says tool": 2, "says plead": -1,
    },
    "depth_bias": {
        "says explain": 2, "says figure": 1, "says vague": -1, "says tool": -1, "scatter": -1, "stretches unlinked": -1, "words": 1,
    },
    "no_structure": {"stretches unlinked": 2, "choices at the end": -1, "says reason": -1, "says explain": -1, "says hedge": 1},
    "misplaced_depth": {
        "points reached": -2, "words on points": -1, "before the first point": 1, "says reason": 1, "says figure": 1,
        "distinct words": -1, "scatter": -1, "says add": -1, "says own": -1,
    },
    "ignored_cues": {
        "cue missed": 2, "cues taken up": -1, "reply as before": 1, "cues": 1, "words on points": -1, "points reached": -1,
        "says choose": -1,
    },
    "covers_everything": {
        "says add": 3, "words": 1, "letters a word": 1, "says choose": -1, "says reason": -1, "says plead": -1, "points reached": -1,
    },
    "poor_time_awareness": {
        "longest silence": 2, "silent share": 1, "overrun": 1, "words too slow": 1, "faster at the end": 1, "code from": 1,
    },
    "miscalibrated_confidence": {"says plead": 3, "says absolute": 3, "says you": 1, "says vague": 1},
    "structured_thinking": {
        "points reached": 2, "words": 1, "scatter": 1, "stretches unlinked": -1, "says cost": 1, "says condition": 1, "says plead": -1,
        "longest silence": -1,
    },
    "efficient_execution": {
        "points reached": 2, "words on points": 1, "distinct words": 1, "says reject": 1, "words": -1, "letters a word": -1,
        "share of the budget": -1, "longest silence": -1, "says add": -1,
    },
    "deep_reasoning": {
        "points reached": 2, "best point": 1, "words on points": 1, "before the first point": -1, "distinct words": 1,
        "letters a word": -1, "says cost": 1, "says reject": 1, "says risk": 1, "says condition": 1, "says tool": -1, "says add": -1,
    },
    "clear_communication": {
        "points reached": 2, "words on points": 1, "choices at the end": 1, "distinct words": 1, "says condition": 1, "says add": -1,
        "says plead": -1,
    },
    "system_ownership": {
        "points reached": 2, "words on points": 1, "says own": 2, "before the first point": -1, "choices at the end": 1,
        "distinct words": 1, "says condition": 1, "says you": -1, "says plead": -1, "says hedge": -1,
    },
}  # fmt: skip
"""What speaks for a label (positive) and against it.  Weights are set by hand, no optimiser saw them; which measures stand where was
chosen by how much of the annotators' labels they explain on the train and validation splits, where the codebook can be read so."""

_TERMS = [
    (label, itemgetter(*rule), [weight / math.hypot(*rule.values()) for weight in rule.values()])
    for label, rule in RULES.items()
]
"""The rules in units of the length of their weights."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What the training split says is usual, and where labels begin.

    ``middle`` (by round and measure) and ``spread`` (by measure) are means and standard deviations.  ``scales`` have an offset and
    a gain for each scale; ``verdicts`` for each verdict an offset and a gain (its log odds), and the factor by which its
    probability counts; ``marks`` for each pattern and signal an offset and a gain (its log odds), and the sum from which it is marked.
    """

    middle: Mapping[str, Mapping[str, float]]
    spread: Mapping[str, float]
    scales: Mapping[str, tuple[float, float]]
    verdicts: Mapping[str, tuple[float, float, float]]
    marks: Mapping[str, tuple[float, float, float]]


@cache
def thresholds() -> Thresholds:
    """Those of the shipped corpus, as ``tools/heuristic_thresholds.py`` wrote them."""
    return Thresholds(**read_json(THRESHOLDS))


def deviations(found: Mapping[str, float], middle: Mapping[str, float], spread: Mapping[str, float]) -> dict[str, float]:
    """Each measure's distance from what is usual in the round, in spreads, at most 2.5; 0 for what could not be measured (NaN)."""
    return {
        name: z if -_FARTHEST < (z := (value - middle[name]) / spread[name]) < _FARTHEST else _far(z)
        for name, value in found.items()
    }


def _far(z: float) -> float:
    return 0.0 if math.isnan(z) else math.copysign(_FARTHEST, z)


def sums(z: Mapping[str, float]) -> dict[str, float]:
    """What speaks for each label less what speaks against it, 0 for a usual answer, from the deviations of its measures."""
    return {label: sum(map(mul, weights, measured(z))) for label, measured, weights in _TERMS}


def on_scale(total: float, offset: float, gain: float, low: float, high: float) -> float:
    """A sum moved to where the training reference has it, between ``low`` and ``high``.

    The ends bend (a logistic curve, as steep as the straight line at its middle), so that two extreme answers still differ.
    """
    width, middle = high - low, (high + low) / 2
    return low + width / (1 + math.exp(-4 * (offset + gain * total - middle) / width))


def probability(total: float, offset: float, gain: float) -> float:
    """Of a pattern or a signal, from its sum: logistic, calibrated on the training split."""
    return 1 / (1 + math.exp(-(offset + gain * total)))


def verdict_probabilities(total: Mapping[str, float], usual: Thresholds) -> dict[str, float]:
    """Of each verdict, from the rules' sums: softmax, calibrated on the training split."""
    odds = {name: math.exp(offset + gain * total[name]) for name, (offset, gain, _) in usual.verdicts.items()}
    whole = sum(odds.values())
    return {name: value / whole for name, value in odds.items()}


def confidence_direction(z: Mapping[str, float]) -> str:
    """``over`` or ``under``: absolute claims against pleas and hedges."""
    return "over" if z["says absolute"] >= max(z["says plead"], z["says hedge"]) else "under"
