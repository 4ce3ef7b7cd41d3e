"""Do weak and strong answers have the same spread of what must not matter?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.codebook import STRONG_RATING, WEAK_RATING
from benchmark.corpus.audit import features
from benchmark.corpus.audit.check import Check
from benchmark.evaluation.resampling import Resampler
from benchmark.metrics.statistic import Floats, Ints, Statistic, cluster_sums
from benchmark.records import Answer

Bools = NDArray[np.bool_]

MOST_SEPARATION = 0.65
"""Most that one count alone may tell strong from weak, as an area under the ROC curve (0.5 is not at all)."""


def spread_checks(answers: Sequence[Answer], rating: Floats, seed: int) -> Iterator[Check]:
    """For each count: how often a strong answer has more of it than a weak one, and whether either side spreads wider."""
    weak, strong = rating <= WEAK_RATING, rating >= STRONG_RATING
    columns = _columns(answers)
    _, groups = np.unique([a.question_id for a in answers], return_inverse=True)
    resampler = Resampler(seed)
    for name, values in columns.items():
        if not weak.any() or not strong.any():
            yield Check("spread", name, None, most=MOST_SEPARATION, detail="no weak or no strong answers")
            continue
        estimate = resampler.estimate(_separation(values, weak, strong, groups))
        direction = estimate.value or 0.5
        quartiles = " against ".join(_quartiles(values[side]) for side in (weak, strong))
        yield Check(
            "spread",
            f"{name}: AUC, strong above weak",
            direction,
            most=MOST_SEPARATION,
            least=1 - MOST_SEPARATION,
            low=estimate.low,
            high=estimate.high,
            n=int(weak.sum() + strong.sum()),
            detail=f"quartiles weak {quartiles}",
        )


def _columns(answers: Sequence[Answer]) -> dict[str, Floats]:
    counted = [
        features.length_counts(a) | features.timing_counts(a) | features.lexical_counts(a) | features.readability_counts(a)
        for a in answers
    ]
    shown = (
        "words", "budget_share", "mean_rate", "silence_share", "candidate_turns", "interviewer_turns",
        *features.COUNTS, *features.READABILITY,
    )  # fmt: skip
    values = {name: np.array([row[name] for row in counted]) for name in shown}
    per_hundred = 100 / np.maximum(values["words"], 1)
    return {
        (f"{name} per 100 words" if name in features.COUNTS else name): column * per_hundred
        if name in features.COUNTS
        else column
        for name, column in values.items()
    }


def _separation(values: Floats, weak: Bools, strong: Bools, groups: Ints) -> Statistic:
    """Area under the ROC curve within questions (ties half): strong and weak answers to one question are compared, since
    questions differ in length and time."""
    wins = np.zeros(len(values))
    pairs = np.zeros(len(values))
    for group in np.unique(groups):
        own_weak = values[(groups == group) & weak]
        for i in np.flatnonzero((groups == group) & strong):
            wins[i] = (own_weak < values[i]).sum() + 0.5 * (own_weak == values[i]).sum()
            pairs[i] = len(own_weak)
    sums = cluster_sums(np.column_stack([wins, pairs]), groups, int(groups.max()) + 1)
    return Statistic(
        sums, lambda t: np.where(t[:, 1] > 0, t[:, 0] / t[:, 1], np.nan), len(values), "no pair of strong and weak"
    )


def _quartiles(values: Floats) -> str:
    return " ".join(f"{q:.3g}" for q in np.quantile(values, [0.25, 0.5, 0.75]))
