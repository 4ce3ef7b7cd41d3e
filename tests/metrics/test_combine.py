"""Means and differences of statistics, and what is lost from annotators to a scorer."""

from __future__ import annotations

import numpy as np
import pytest

from benchmark.agreement import weights
from benchmark.metrics.bootstrap import resampling_weights
from benchmark.metrics.categorical import kappa
from benchmark.metrics.combine import average, degradation, difference
from benchmark.metrics.statistic import Statistic, mean


def kappas(seed: int, accuracies: list[float]) -> list[Statistic]:
    """Kappas of all pairs of annotators who are right as often as given."""
    draw, n = np.random.default_rng(seed), 120
    truth = draw.integers(0, 3, n)
    given = [np.where(draw.random(n) < accuracy, truth, draw.integers(0, 3, n)) for accuracy in accuracies]
    pairs = [(a, b) for i, a in enumerate(given) for b in given[:i]]
    return [kappa(np.eye(3)[a], b, weights.nominal(3), np.arange(n) % 10, 10) for a, b in pairs]


def test_combinations_are_those_of_the_values_also_in_resamples() -> None:
    one, two, three = kappas(0, [0.9, 0.8, 0.3])
    drawn = resampling_weights(10, 3, 50)
    assert difference(one, two).value() == pytest.approx(one.value() - two.value())
    assert difference(one, two)(drawn) == pytest.approx(one(drawn) - two(drawn))
    assert average([one, two, three])(drawn) == pytest.approx((one(drawn) + two(drawn) + three(drawn)) / 3)
    assert average([one]).value() == pytest.approx(one.value())


def test_degradation_is_human_agreement_less_the_machines() -> None:
    good, near, poor = kappas(1, [0.95, 0.9, 0.4])
    lost = degradation([good], [near, poor])
    assert lost.value() == pytest.approx(good.value() - (near.value() + poor.value()) / 2)
    assert lost.value() > 0.1
    assert degradation([good], [good]).value() == 0.0


def test_undefined_where_a_part_is() -> None:
    fine = mean(np.ones(2), np.zeros(2, dtype=int), 1)
    empty = mean(np.empty(0), np.empty(0, dtype=int), 1, "nobody")
    assert np.isnan(average([fine, empty]).value())
    assert np.isnan(difference(fine, empty).value())
    assert "nobody" in difference(fine, empty).undefined
