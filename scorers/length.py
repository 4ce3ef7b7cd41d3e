"""What can be told from length alone: every honest scorer should do better."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.records import Answer
from benchmark.scoring import LabelledAnswer

Floats = NDArray[np.float64]
_SCALES = {"rating": RATINGS, "pace": DEVIATIONS, "depth": DEVIATIONS}
_SHRINKAGE = 0.1


class Length:
    """Sees the number of words and the share of the time budget, nothing else.

    Scales by least squares; the verdict and each pattern and signal by linear discriminant analysis (Fisher 1936), classes
    weighted by their frequency in the training split.
    """

    name = "length"
    version = "1.0"

    def __init__(self) -> None:
        self.centre: Floats = np.zeros(2)
        self.spread: Floats = np.ones(2)
        self.lines: dict[str, Floats] = {}
        self.classes: dict[str, Discriminant] = {}

    def fit(self, examples: Sequence[LabelledAnswer]) -> None:
        x = np.array([_sizes(e.answer) for e in examples]).reshape(-1, 2)
        self.centre, self.spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
        x = self._features(x)
        for field in _SCALES:
            known = [i for i, e in enumerate(examples) if e.labels[field] is not None]
            if known:
                y = np.array([examples[i].labels[field] for i in known], dtype=np.float64)
                self.lines[field] = np.asarray(np.linalg.lstsq(_with_one(x[known]), y, rcond=None)[0], dtype=np.float64)
        verdicts = [e.labels["verdict"] for e in examples]
        known = [i for i, verdict in enumerate(verdicts) if verdict is not None]
        if known:
            self.classes["verdict"] = Discriminant(x[known], [VERDICTS.index(verdicts[i]) for i in known], len(VERDICTS))
        for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
            known = [i for i, e in enumerate(examples) if e.labels[field] is not None]
            for name in names if known else ():
                present = [int(name in examples[i].labels[field]) for i in known]
                self.classes[name] = Discriminant(x[known], present, 2)

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        x = self._features(np.array([_sizes(answer) for answer in answers]))
        scales = {field: _with_one(x) @ line for field, line in self.lines.items()}
        probabilities = {name: model.probabilities(x) for name, model in self.classes.items()}
        for i, answer in enumerate(answers):
            row: dict[str, Any] = {"answer_id": answer.answer_id}
            for field, values in scales.items():
                row[field] = float(np.clip(values[i], _SCALES[field][0], _SCALES[field][-1]))
            if "verdict" in probabilities:
                row["verdict"] = VERDICTS[int(probabilities["verdict"][i].argmax())]
                row["verdict_probs"] = dict(zip(VERDICTS, probabilities["verdict"][i].tolist(), strict=True))
            for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
                if names[0] in probabilities:
                    row[field] = {name: float(probabilities[name][i, 1]) for name in names}
            yield row

    def _features(self, sizes: Floats) -> Floats:
        return (sizes - self.centre) / self.spread


class Discriminant:
    """Linear discriminant analysis with a shared, slightly shrunken covariance."""

    def __init__(self, x: Floats, labels: Sequence[int], classes: int) -> None:
        y = np.array(labels)
        self.log_prior = np.full(classes, -np.inf)
        self.means = np.zeros((classes, x.shape[1]))
        centred = x.copy()
        for k in sorted(set(labels)):
            self.log_prior[k] = math.log((y == k).mean())
            self.means[k] = x[y == k].mean(axis=0)
            centred[y == k] -= self.means[k]
        covariance = centred.T @ centred / len(x) + _SHRINKAGE * np.eye(x.shape[1])
        self.precision = np.linalg.inv(covariance)

    def probabilities(self, x: Floats) -> Floats:
        """Probability of each class, shape (n, classes); 0 for one never seen."""
        offset = x[:, None, :] - self.means[None, :, :]
        score = self.log_prior - 0.5 * np.einsum("nkf,fg,nkg->nk", offset, self.precision, offset)
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        share: Floats = odds / odds.sum(axis=1, keepdims=True)
        return share


def _sizes(answer: Answer) -> tuple[float, float]:
    return math.log1p(answer.words), answer.budget_share


def _with_one(x: Floats) -> Floats:
    return np.column_stack([np.ones(len(x)), x])
