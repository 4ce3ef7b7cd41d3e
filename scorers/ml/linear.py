"""Linear models with calibrated probabilities, fitted with scikit-learn, kept as JSON, applied with NumPy alone.

A *head* is one question with a linear answer: which verdict (softmax over four), is this pattern there (sigmoid), is the rating
above 2 (sigmoid; an ordinal label of K values is K - 1 such questions, Frank and Hall 2001).  Regularisation is chosen by
cross-validation over questions; the held-out scores of that choice then calibrate each head (temperature or Platt scaling, Platt
1999, Guo et al. 2017) and set where a decision is taken, so that each label is given as often as the training split has it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Inverse regularisation strengths that are tried."""
FOLDS = 3
"""Few, so that the questions held out are far from those learnt from: of 6, 4 and 3, three calibrates best on the validation split."""
OPTIMISM = 0.8
"""What the scale of a verdict's logits is multiplied with: the held-out scores that set it are also those that chose the
regularisation, and flatter it.  Of 0.56, 0.64, ... 0.96 the least log loss on the validation split over all four feature sets
together; for the heuristic, whose rules were chosen on the answers that scale them, 0.7 and 0.8 are best."""
DIGITS = 6


@dataclass(frozen=True)
class Head:
    """``weights`` (K, columns) and ``bias`` (K,) give calibrated logits, K is 1 for yes or no; ``strength`` is the regularisation."""

    weights: Floats
    bias: Floats
    strength: float

    def logits(self, x: Floats) -> Floats:
        """Shape (n, K)."""
        return x @ self.weights.T + self.bias

    def document(self) -> dict[str, Any]:
        """As JSON, columns with no weight left out by rounding to zero."""
        return {"weights": _rounded(self.weights), "bias": _rounded(self.bias), "strength": self.strength}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Head:
        return cls(
            np.array(document["weights"], dtype=np.float64),
            np.array(document["bias"], dtype=np.float64),
            float(document["strength"]),
        )


def sigmoid(logits: Floats) -> Floats:
    """1 / (1 + exp(-z)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * logits))


def softmax(logits: Floats) -> Floats:
    """Shares of each row, shape (n, K)."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    share: Floats = odds / odds.sum(axis=1, keepdims=True)
    return share


@dataclass(frozen=True)
class Fitted:
    """A head, and its calibrated logits (n, K) for the training items, each from a model that never saw its question."""

    head: Head
    held_out: Floats


def fit_head(x: Floats, labels: Ints, classes: int, groups: Ints, seed: int, strengths: Sequence[float] = STRENGTHS) -> Fitted:
    """Fit a head to ``labels`` (n,) of 0 to ``classes`` - 1; two classes make a yes-or-no head.

    ``groups`` (n,) are kept whole by the cross-validation.  A label that never (or always) occurs gives a head that says its
    smoothed frequency.
    """
    binary = classes == 2
    present = np.unique(labels)
    if len(present) < 2:
        share = (np.bincount(labels, minlength=classes) + 0.5) / (len(labels) + 0.5 * classes)
        bias = np.array([np.log(share[1] / share[0])]) if binary else np.log(share)
        flat = Head(np.zeros((len(bias), x.shape[1])), bias, 0.0)
        return Fitted(flat, flat.logits(x))
    tried = [(strength, _held_out(x, labels, classes, groups, seed, strength)) for strength in strengths]
    strength, held_out = min(tried, key=lambda one: _log_loss(one[1], labels))
    weights, bias = _fit(x, labels, classes, strength)
    scale, shift = _calibration(held_out, labels)
    scale *= 1.0 if binary else OPTIMISM
    return Fitted(Head(weights * scale, bias * scale + shift, strength), held_out * scale + shift)


def _fit(x: Floats, labels: Ints, classes: int, strength: float) -> tuple[Floats, Floats]:
    """Weights (K, columns) and bias (K,) of logistic regression; a class that does not occur gets a logit of -30."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(C=strength, max_iter=500).fit(x, labels)
    if classes == 2:
        return model.coef_, model.intercept_
    weights, bias = np.zeros((classes, x.shape[1])), np.full(classes, -30.0)
    if len(model.classes_) == 2:
        weights[model.classes_[1]], bias[model.classes_] = model.coef_[0], [0.0, model.intercept_[0]]
    else:
        weights[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    return weights, bias


def _held_out(x: Floats, labels: Ints, classes: int, groups: Ints, seed: int, strength: float) -> Floats:
    logits = np.zeros((len(x), 1 if classes == 2 else classes))
    for train, test in folds(groups, seed):
        if len(np.unique(labels[train])) < 2:
            frequency = np.clip((labels[train] == classes - 1).mean(), 0.01, 0.99)
            logits[test] = np.log(frequency / (1 - frequency))
            continue
        weights, bias = _fit(x[train], labels[train], classes, strength)
        logits[test] = x[test] @ weights.T + bias
    return logits


def folds(groups: Ints, seed: int, count: int = FOLDS) -> Iterator[tuple[Ints, Ints]]:
    """Training and test rows of each fold; a group is in one test fold."""
    names, place = np.unique(groups, return_inverse=True)
    fold = np.empty(len(names), dtype=np.intp)
    fold[np.random.default_rng(seed).permutation(len(names))] = np.arange(len(names)) % min(count, len(names))
    for f in range(min(count, len(names))):
        yield np.flatnonzero(fold[place] != f), np.flatnonzero(fold[place] == f)


def _log_loss(logits: Floats, labels: Ints, scale: float = 1.0, shift: float = 0.0) -> float:
    z = logits * scale + shift
    if z.shape[1] == 1:
        z = np.column_stack([np.zeros(len(z)), z[:, 0]])
    z = z - z.max(axis=1, keepdims=True)
    return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]).mean())


def _calibration(held_out: Floats, labels: Ints) -> tuple[float, float]:
    """Scale and shift of the logits with the least log loss on held-out items (Platt); for several classes a scale alone, the
    temperature."""
    from scipy.optimize import minimize

    binary = held_out.shape[1] == 1
    loss: Callable[[Floats], float] = lambda p: _log_loss(held_out, labels, float(np.exp(p[0])), float(p[1]) if binary else 0.0)  # noqa: E731
    best = minimize(loss, np.zeros(2 if binary else 1), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7})
    return float(np.clip(np.exp(best.x[0]), 0.1, 5.0)), float(best.x[1]) if binary else 0.0


def balancing(probabilities: Floats, wanted: Floats) -> Floats:
    """What to multiply each class's probability (n, K) with so that the largest falls on each class as often as ``wanted`` (K,) says.

    The most probable class over-represents common ones: a scorer that is unsure of a rare verdict would never give it, and
    chance-corrected agreement would suffer for it.
    """
    factor = np.ones(probabilities.shape[1])
    for step in range(400):
        given = np.bincount((probabilities * factor).argmax(axis=1), minlength=len(factor)) / len(probabilities)
        factor *= ((wanted + 0.01) / (given + 0.01)) ** (0.5 / (1 + step / 40))
        factor /= factor[0]
    return factor


def threshold(scores: Floats, share: float) -> float:
    """The score from which as large a share of the items lies as ``share``."""
    return float(np.quantile(scores, 1 - share)) if 0 < share < 1 else (2.0 if share <= 0 else -1.0)


def knots(scores: Floats, labels: Ints, classes: int) -> Floats:
    """Points (classes + 1,) of a score: its least value, the cuts that give each class as often as ``labels`` have it, its greatest."""
    shares = np.array([(labels <= k).mean() for k in range(classes - 1)])
    cuts = np.quantile(scores, shares)
    return np.maximum.accumulate(np.concatenate([[scores.min()], cuts, [scores.max()]]) + 1e-4 * np.arange(classes + 1))


def onto_scale(scores: Floats, points: Floats, lowest: float) -> Floats:
    """Scores moved so that each cut falls on the border between two values of the scale, in between linearly: order is kept."""
    steps = len(points) - 1
    values = lowest - 0.5 + np.arange(steps + 1)
    out: Floats = np.clip(np.interp(scores, points, values), lowest, lowest + steps - 1)
    return out


def _rounded(values: Floats) -> Any:
    return np.round(values, DIGITS).tolist()
