"""What a worker needs to score, wherever it runs: how the scorer is made, and where the answers lie."""

from __future__ import annotations

import json
import pickle
import sys
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmark.corpus.scan import Scan
from benchmark.errors import InputError
from benchmark.scoring.protocol import Scorer
from benchmark.scoring.registry import find_scorer, make_scorer
from benchmark.scoring.run import BATCH, score_batch


@dataclass(frozen=True)
class Recipe:
    """How to make a scorer: its name and settings, or for one that was fitted here what it became."""

    name: str
    settings: tuple[str, ...]
    seed: int
    fitted: bytes | None = None
    path: tuple[str, ...] = field(default_factory=lambda: tuple(sys.path))

    def __post_init__(self) -> None:
        place, colon, attribute = self.name.partition(":")
        if place.endswith(".py"):  # a worker may have another working folder
            object.__setattr__(self, "name", f"{Path(place).absolute()}{colon}{attribute}")

    def make(self) -> Scorer:
        """The scorer, in this process."""
        sys.path += [place for place in self.path if place not in sys.path]
        if self.fitted is None:
            return make_scorer(self.name, self.settings, self.seed)[0]
        find_scorer(self.name)  # what pickle needs to know its class again
        scorer: Scorer = pickle.loads(self.fitted)
        return scorer


def fitted_recipe(recipe: Recipe, scorer: Scorer) -> Recipe:
    """The recipe of a scorer that was fitted in this process.  Raises InputError where it can't travel."""
    try:
        fitted = pickle.dumps(scorer)
    except Exception as error:  # whatever the scorer keeps: a socket, a lock, a closure
        raise InputError(
            [f"scorer {recipe.name} was fitted and can't be sent to another process ({error}): use --executor local"]
        ) from None
    return Recipe(recipe.name, recipe.settings, recipe.seed, fitted, recipe.path)


@dataclass(frozen=True)
class Job:
    """A run's work: ``rows`` are the places of its answers in the scan, batch ``k`` those from ``k * BATCH`` on.

    ``timeout`` is how long nothing may come from the scorer, in seconds, None for ever.
    """

    recipe: Recipe
    scan: Path
    rows: array[int]
    timeout: float | None

    @property
    def batches(self) -> int:
        return -(-len(self.rows) // BATCH)

    def rows_of(self, batch: int) -> array[int]:
        """The places of a batch's answers."""
        return self.rows[batch * BATCH : (batch + 1) * BATCH]


@dataclass(frozen=True, slots=True)
class Done:
    """A finished batch: its predictions as lines of JSON, in the answers' order, and what the progress bar says of them."""

    batch: int
    lines: bytes
    answers: int
    abstained: int
    failed: int
    usd: float
    priced: bool
    """Does any of them name dollars?"""


def score_rows(scorer: Scorer, scan: Scan, batch: int, rows: array[int], beat: Callable[[], None] = lambda: None) -> Done:
    """Score some answers of a scan; ``beat`` is called whenever something came from the scorer."""
    answers = [answer.blind() for answer in scan.answers(rows)]
    return done(batch, score_batch(scorer, answers, beat))


def done(batch: int, rows: list[dict[str, Any]]) -> Done:
    """A batch's predictions as they are kept."""
    return Done(
        batch=batch,
        lines=b"".join(json.dumps(row, ensure_ascii=False, allow_nan=False).encode() + b"\n" for row in rows),
        answers=len(rows),
        abstained=sum("abstained" in row for row in rows),
        failed=sum("failed" in row for row in rows),
        usd=sum(row.get("usd") or 0.0 for row in rows),
        priced=any(row.get("usd") is not None for row in rows),
    )
