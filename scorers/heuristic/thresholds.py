"""Thresholds and scales of the rules, set on the training split of the shipped corpus.

``tools/heuristic_thresholds.py`` prints this file's values: a pattern or signal is marked as often as the training reference
marks it, a scale has its mean and spread, a verdict is given as often as there.  Nothing else in the heuristic is fitted.
"""

from __future__ import annotations

import math

MARK_FROM: dict[str, float] = {
    "speed_bias": 0.522,
    "depth_bias": 0.412,
    "no_structure": 0.73,
    "misplaced_depth": 0.325,
    "ignored_cues": 0.741,
    "covers_everything": 0.054,
    "poor_time_awareness": 0.908,
    "miscalibrated_confidence": 0.142,
    "structured_thinking": 0.329,
    "efficient_execution": 0.606,
    "deep_reasoning": 0.0,
    "clear_communication": 0.392,
    "system_ownership": 0.492,
}
"""Raw strength from which a pattern or signal is marked."""

SCALES: dict[str, tuple[float, float]] = {"rating": (-0.162, 1.123), "pace": (0.154, 1.222), "depth": (-0.548, 1.609)}
"""Offset and gain of rating, pace and depth."""

VERDICTS: dict[str, float] = {"balanced": 0.0, "too_fast": -0.627, "too_deep": -0.203, "unfocused": -0.339}
"""Added to the log odds of each verdict."""


def marked_share(name: str, strength: float) -> float:
    """A raw strength (0 to 1) as a probability-like score that reaches 0.5 at the threshold."""
    threshold = MARK_FROM.get(name, 0.5)
    if strength < threshold:
        return 0.5 * strength / threshold
    return 0.5 + 0.5 * (strength - threshold) / max(1 - threshold, 1e-9)


def on_scale(name: str, raw: float, low: float, high: float) -> float:
    """A raw scale value moved to where the training reference has it, between ``low`` and ``high``.

    The ends bend (a logistic curve, as steep as the straight line at its middle), so that two extreme answers still differ.
    """
    offset, gain = SCALES.get(name, (0.0, 1.0))
    width, middle = high - low, (high + low) / 2
    return low + width / (1 + math.exp(-4 * (offset + gain * raw - middle) / width))
