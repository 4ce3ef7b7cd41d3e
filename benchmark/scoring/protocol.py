"""What a scorer is.

A scorer is any class with a ``name``, a ``version`` and a ``score`` method; its parameters are the keyword arguments of its
constructor.  It is handed answers with their questions and never a label.  A complete one is ``examples/my_scorer.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from benchmark.files import canonical
from benchmark.records import Answer


@runtime_checkable
class Scorer(Protocol):
    """Turns answers into predictions.

    One that depends on files may have ``fingerprints``, a mapping of names to hashes that is recorded among its parameters.
    """

    name: str
    version: str

    def score(self, answers: Sequence[Answer]) -> Iterable[Mapping[str, Any]]:
        """Give one prediction per answer, in any order; the shape is ``schemas/prediction.schema.json``.

        A prediction is ``{"answer_id": ...}`` with any subset of the label fields, or with ``"abstained": reason``.  An
        answer without one counts as abstained; one whose scoring raises is counted as failed, with the error as the reason.
        """
        ...


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """A training example: an answer and its reference labels, shaped like a prediction; a tied or missing label is None."""

    answer: Answer
    labels: Mapping[str, Any]


@runtime_checkable
class Fittable(Scorer, Protocol):
    """A scorer that is fitted before it scores."""

    def fit(self, examples: Sequence[LabelledAnswer]) -> None:
        """Learn from the training split, the only labels a scorer ever sees."""
        ...


@dataclass(frozen=True, slots=True)
class ScorerSpec:
    """What identifies a scorer in a result: its name, its version and every parameter, defaults included."""

    name: str
    version: str
    params: Mapping[str, Any]

    @property
    def spec_hash(self) -> str:
        """SHA-256 of name, version and parameters."""
        return hashlib.sha256(
            canonical({"name": self.name, "version": self.version, "params": dict(self.params)}).encode()
        ).hexdigest()

    def record(self, fitted_on: Mapping[str, Any] | None) -> dict[str, Any]:
        """The scorer block of a result record."""
        return {
            "name": self.name,
            "version": self.version,
            "params": dict(self.params),
            "spec_hash": self.spec_hash,
            "fitted_on": None if fitted_on is None else dict(fitted_on),
        }
