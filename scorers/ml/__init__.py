"""The learnt scorer: linear models with calibrated probabilities on readings of the transcript."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from benchmark.errors import InputError
from benchmark.records import Answer
from benchmark.scoring import LabelledAnswer
from scorers.ml import features as read
from scorers.ml.model import Model, fit_model, load_model

Features = Literal["words", "transcript", "embedding", "all"]
SHIPPED = Path(__file__).parent / "models"


class Ml:
    """Linear models on what the transcript does, when and for how long; shipped fitted on the train split of the shipped corpus.

    ``features``: ``transcript`` (readings of the timed transcript), ``words`` (a bag of words: a warning, not a competitor),
    ``embedding`` (a sentence model's view of points and cues), ``all``.  ``model``: a file that ``bench fit ml`` wrote.
    """

    name = "ml"
    version = "1.1"

    def __init__(self, features: Features = "transcript", model: str | None = None, seed: int = 0) -> None:
        self.features, self.seed = features, seed
        path = Path(model) if model else SHIPPED / f"{features}.json"
        self._model: Model | None = load_model(path) if model or path.is_file() else None
        self.fingerprints = {"model_sha256": hashlib.sha256(path.read_bytes()).hexdigest()[:16]} if self._model else {}
        if self._model and self._model.features != features:
            raise ValueError(f"{path} was fitted with features={self._model.features}: say -S features={self._model.features}")

    @property
    def fitted_on(self) -> Mapping[str, Any] | None:
        """What the loaded model learnt from; None where there is no model yet."""
        return self._model.fitted_on if self._model and self._model.fitted_on else None

    def fit(self, examples: Sequence[LabelledAnswer]) -> None:
        """Fit on labelled answers; needs the extra ``ml`` (scikit-learn)."""
        try:
            import sklearn  # noqa: F401
            from threadpoolctl import threadpool_limits
        except ImportError:
            raise InputError(["fitting needs scikit-learn: pip install 'speed-depth-bench[ml]'"]) from None
        columns, x = read.extract(self.features, [e.answer for e in examples])
        with threadpool_limits(1, user_api="blas"):  # many small fits: threads make them slower
            self._model = fit_model(self.features, columns, x, examples, self.seed)

    def save(self, path: Path, fitted_on: Mapping[str, Any]) -> None:
        """Write the fitted model, with what it was fitted on."""
        if self._model is None:
            raise InputError(["nothing fitted to save"])
        self._model = replace(self._model, fitted_on=fitted_on)
        self._model.save(path)

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        if self._model is None:
            raise InputError([f"no model for features={self.features}: bench fit ml -S features={self.features}"])
        _, x = read.extract(self.features, answers, self._model.columns)
        for answer, labels in zip(answers, self._model.predict(x), strict=True):
            yield {"answer_id": answer.answer_id, **labels}
