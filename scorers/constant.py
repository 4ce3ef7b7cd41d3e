"""The floor: the same labels for every answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median_low
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.records import Answer
from benchmark.scoring import LabelledAnswer


class Constant:
    """Gives every answer the most frequent verdict, the median scales and the majority's patterns of the training split."""

    name = "constant"
    version = "1.0"

    def __init__(self) -> None:
        self.labels: dict[str, Any] = {}

    def fit(self, examples: Sequence[LabelledAnswer]) -> None:
        for field in ("verdict", "rating", "pace", "depth"):
            given = [e.labels[field] for e in examples if e.labels[field] is not None]
            if given:
                self.labels[field] = Counter(given).most_common(1)[0][0] if field == "verdict" else median_low(given)
        for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
            lists = [e.labels[field] for e in examples if e.labels[field] is not None]
            if lists:
                self.labels[field] = [n for n in names if 2 * sum(n in labels for labels in lists) > len(lists)]

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        for answer in answers:
            yield {"answer_id": answer.answer_id, **self.labels}
