"""Yes/no labels against scikit-learn and the two-class kappa."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, cohen_kappa_score, f1_score

from benchmark.agreement import weights
from benchmark.metrics import categorical, multilabel


@pytest.fixture
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(7)
    reference = (draw.random((80, 3)) < [0.2, 0.5, 0.1]).astype(float)
    scores = np.clip(reference * 0.3 + draw.random((80, 3)) * 0.7, 0, 1).round(1)
    return reference, scores, np.arange(80) % 7


def test_means_agree_with_sklearn(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    reference, scores, clusters = data
    marked = (scores >= 0.5).astype(int)
    kappas = [cohen_kappa_score(reference[:, i], marked[:, i]) for i in range(3)]
    f1s = [f1_score(reference[:, i], marked[:, i]) for i in range(3)]
    precisions = [average_precision_score(reference[:, i], scores[:, i]) for i in range(3)]
    assert multilabel.kappas(reference, scores, clusters, 7).value() == pytest.approx(np.mean(kappas), abs=1e-12)
    assert multilabel.f1(reference, scores, clusters, 7).value() == pytest.approx(np.mean(f1s), abs=1e-12)
    assert multilabel.average_precision(reference, scores, clusters, 7).value() == pytest.approx(np.mean(precisions))


def test_abstentions_count_as_in_the_two_class_kappa(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    reference, scores, clusters = (part[:, :1] if part.ndim == 2 else part for part in data)
    scores = scores.copy()
    scores[::3] = np.nan
    codes = np.where(np.isnan(scores[:, 0]), categorical.ABSTAINED, scores[:, 0] >= 0.5).astype(int)
    two_class = categorical.kappa(np.column_stack([1 - reference, reference]), codes, weights.nominal(2), clusters, 7)
    assert multilabel.kappas(reference, scores, clusters, 7).value() == pytest.approx(two_class.value())


def test_a_label_that_does_not_vary_in_the_reference_is_left_out(data: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    reference, scores, clusters = data
    widened = np.column_stack([reference, np.zeros(80)])
    for marks in (np.zeros(80), np.ones(80)):
        given = np.column_stack([scores, marks])
        for metric in (multilabel.kappas, multilabel.f1, multilabel.average_precision):
            assert metric(widened, given, clusters, 7).value() == pytest.approx(metric(reference, scores, clusters, 7).value())


def test_abstained_ranks_last_in_average_precision() -> None:
    reference, clusters = np.array([[1.0], [0.0], [1.0]]), np.zeros(3, dtype=int)
    first = multilabel.average_precision(reference, np.array([[0.9], [0.5], [0.8]]), clusters, 1).value()
    missing = multilabel.average_precision(reference, np.array([[0.9], [0.5], [np.nan]]), clusters, 1).value()
    assert first == pytest.approx(1.0)
    assert missing == pytest.approx((1 + 2 / 3) / 2)
