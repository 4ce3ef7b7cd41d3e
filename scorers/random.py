"""The other floor: labels drawn at random, as often as the training split has them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.records import Answer
from benchmark.scoring import LabelledAnswer


class Random:
    """Draws every label with its frequency in the training split; the same seed and answer give the same labels."""

    name = "random"
    version = "1.0"

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.choices: dict[str, list[Any]] = {}
        self.shares: dict[str, dict[str, float]] = {}

    def fit(self, examples: Sequence[LabelledAnswer]) -> None:
        for field in ("verdict", "rating", "pace", "depth"):
            if given := [e.labels[field] for e in examples if e.labels[field] is not None]:
                self.choices[field] = given
        for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
            if lists := [e.labels[field] for e in examples if e.labels[field] is not None]:
                self.shares[field] = {n: sum(n in labels for labels in lists) / len(lists) for n in names}

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        for answer in answers:
            draw = random.Random(f"{self.seed}|{answer.answer_id}")
            row: dict[str, Any] = {"answer_id": answer.answer_id}
            row.update({field: draw.choice(given) for field, given in self.choices.items()})
            for field, shares in self.shares.items():
                row[field] = [label for label, share in shares.items() if draw.random() < share]
            yield row
