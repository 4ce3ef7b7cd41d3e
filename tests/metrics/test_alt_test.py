"""The alternative annotator test against its definition, worked out item by item, and where a t test has no answer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp, wilcoxon

from benchmark.metrics.alt_test import alt_test


def simulated(items: int, accuracy: tuple[float, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 4, items).astype(float)
    noisy = [np.where(draw.random(items) < a, truth, draw.integers(0, 4, items)) for a in accuracy]
    return truth, np.column_stack(noisy)


def by_definition(labels: np.ndarray, candidate: np.ndarray, j: int, kind: str) -> np.ndarray:
    """Differences W^h - W^f of annotator j, in a plain loop."""
    found = []
    for row, f in zip(labels, candidate, strict=True):
        others = [row[k] for k in range(len(row)) if k != j and not np.isnan(row[k])]
        if np.isnan(row[j]) or not others:
            continue
        if kind == "accuracy":
            sf, sh = (np.mean([x == o for o in others]) for x in (f, row[j]))
        else:
            sf, sh = (-np.sqrt(np.mean([(x - o) ** 2 for o in others])) for x in (f, row[j]))
        found.append(float(sh >= sf) - float(sf >= sh))
    return np.array(found)


@pytest.mark.parametrize("kind", ["accuracy", "rmse"])
@pytest.mark.parametrize("items", [20, 80])
def test_agrees_with_the_definition(kind: str, items: int) -> None:
    _, labels = simulated(items, (0.8, 0.7, 0.6), 1)
    labels[::7, 1] = np.nan
    _, other = simulated(items, (0.75,), 1)
    found = alt_test(labels, other[:, 0], kind, 0.15)
    for j, one in enumerate(found.annotators):
        d = by_definition(labels, other[:, 0], j, kind)
        assert (one.n, one.difference) == (len(d), pytest.approx(d.mean()))
        if len(d) < 30:
            assert one.test == "wilcoxon"
            assert one.p == pytest.approx(wilcoxon(d - 0.15, alternative="less").pvalue)
        else:
            assert one.test == "t"
            assert one.p == pytest.approx(ttest_1samp(d, 0.15, alternative="less").pvalue)
    assert found.advantage_probability == pytest.approx(np.mean([one.candidate for one in found.annotators]))


def test_a_good_candidate_passes_and_a_bad_one_does_not() -> None:
    truth, labels = simulated(300, (0.7, 0.7, 0.7), 2)
    good, bad = alt_test(labels, truth, "accuracy", 0.1), alt_test(labels, (truth + 1) % 4, "accuracy", 0.1)
    assert (good.winning_rate, bad.winning_rate) == (1.0, 0.0)
    assert good.advantage_probability > 0.8 > 0.6 > bad.advantage_probability  # type: ignore[operator]


def test_benjamini_yekutieli_decides() -> None:
    _, labels = simulated(60, (0.9, 0.6, 0.6, 0.3), 5)
    _, other = simulated(60, (0.65,), 5)
    found = alt_test(labels, other[:, 0], "accuracy", 0.2)
    p = sorted(one.p for one in found.annotators)  # type: ignore[type-var]
    factor = sum(1 / k for k in range(1, 5))
    passed = max((k for k in range(1, 5) if p[k - 1] <= k * 0.05 / (4 * factor)), default=0)  # type: ignore[operator]
    assert found.winning_rate == passed / 4


def test_equal_differences_are_decided_by_comparison_with_epsilon() -> None:
    labels = np.array([[0.0, 0.0, 0.0]] * 40)
    same = alt_test(labels, np.zeros(40), "accuracy", 0.1)
    assert same.winning_rate == 1.0
    assert [one.test for one in same.annotators] == ["comparison"] * 3
    assert same.annotators[0].difference == 0.0
    assert alt_test(labels, np.zeros(40), "accuracy", 0.0).winning_rate == 0.0
    worse = alt_test(labels, np.ones(40), "accuracy", 0.2)
    assert (worse.winning_rate, worse.advantage_probability) == (0.0, 0.0)


def test_sets_by_jaccard_and_two_empty_ones_are_equal() -> None:
    sets = np.zeros((32, 3, 2))
    sets[:16, :, 0] = 1
    sets[0, 0, 1] = 1
    candidate = sets[:, 1].copy()
    found = alt_test(sets, candidate, "set", 0.1)
    assert found.annotators[0].candidate == 1.0
    assert found.annotators[0].annotator == pytest.approx(31 / 32)
    assert found.annotators[1].candidate == 1.0


def test_abstentions_are_left_out_or_lost() -> None:
    _, labels = simulated(100, (0.8, 0.8), 3)
    candidate = labels[:, 0].copy()
    candidate[:50] = np.nan
    out, lost = (alt_test(labels, candidate, "accuracy", 0.2, abstentions_lose=lose) for lose in (False, True))
    assert (out.annotators[1].n, lost.annotators[1].n) == (50, 100)
    assert lost.advantage_probability < out.advantage_probability  # type: ignore[operator]


def test_nobody_to_compare_with() -> None:
    labels = np.array([[1.0, np.nan], [np.nan, 2.0]])
    found = alt_test(labels, np.array([1.0, 2.0]), "accuracy", 0.2)
    assert (found.winning_rate, found.advantage_probability) == (None, None)
    assert found.reason
    assert all(one.reason for one in found.annotators)
