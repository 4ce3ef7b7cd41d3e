"""How fast bootstrap intervals are, against scikit-learn and scipy in the same run: `python benchmarks/metrics.py`.

1,200 items, 10,000 resamples: of items, and of 100 questions that hold them.  scikit-learn is called in a loop; one
call costs the same whatever was drawn, so a few hundred calls are timed and the time is scaled to 10,000.  scipy.stats.bootstrap
gets a vectorised function, and its time for 1,000 resamples is scaled likewise; it knows no clusters, so its time over items is
compared with ours over questions too.  Ours is timed whole: from arrays to the values in all resamples.  Medians of several
runs.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import scipy.stats
from sklearn.metrics import cohen_kappa_score, f1_score

from benchmark.agreement import weights
from benchmark.metrics import categorical, multilabel, rank
from benchmark.metrics.bootstrap import RESAMPLES, resample
from benchmark.metrics.statistic import Statistic

ITEMS, QUESTIONS, LABELS, LEVELS = 1_200, 100, 8, 5
RUNS, CALLS, SCIPY_RESAMPLES = 7, 60, 200
MALLOC = {"MALLOC_TRIM_THRESHOLD_": "4294967296", "MALLOC_MMAP_THRESHOLD_": "4294967296"}

Build = Callable[[np.ndarray, int], Statistic]
Task = Callable[[], object]


def main() -> None:
    draw = np.random.default_rng(0)
    marks = (draw.random((ITEMS, LABELS)) < 0.3).astype(np.float64)
    given_marks = np.where(draw.random((ITEMS, LABELS)) < 0.2, 1 - marks, marks)
    classes = draw.integers(0, LABELS, ITEMS)
    given_classes = np.where(draw.random(ITEMS) < 0.5, classes, draw.integers(0, LABELS, ITEMS))
    levels = draw.integers(0, LEVELS, ITEMS)
    given_levels = np.clip(levels + draw.integers(-1, 2, ITEMS), 0, LEVELS - 1)
    quarters = given_levels + draw.integers(0, 4, ITEMS) / 4
    numbers = levels.astype(np.float64)

    def labels_f1(rows: np.ndarray) -> float:
        return float(f1_score(marks[rows], given_marks[rows], average="macro", zero_division=0))

    def classes_f1(rows: np.ndarray) -> float:
        return float(f1_score(classes[rows], given_classes[rows], average="macro", zero_division=0))

    def kappa(rows: np.ndarray) -> float:
        return float(cohen_kappa_score(levels[rows], given_levels[rows], weights="quadratic", labels=range(LEVELS)))

    def scipy_spearman() -> object:
        sides = (numbers, quarters)
        return scipy.stats.bootstrap(
            sides, spearman_rows, n_resamples=SCIPY_RESAMPLES, paired=True, vectorized=True, method="percentile", rng=draw
        )

    one_hot, one_hot_levels = np.eye(LABELS)[classes], np.eye(LEVELS)[levels]
    cases: list[tuple[str, Build, Callable[[np.ndarray], float] | None, int]] = [
        ("macro F1 of 8 yes/no labels", lambda c, k: multilabel.f1(marks, given_marks, c, k), labels_f1, 300),
        ("macro F1 of 8 classes", lambda c, k: categorical.macro_f1(one_hot, given_classes, c, k), classes_f1, 300),
        (
            "quadratic kappa of 5 levels",
            lambda c, k: categorical.kappa(one_hot_levels, given_levels, weights.quadratic(LEVELS), c, k),
            kappa,
            200,
        ),
        ("Spearman with ties", lambda c, k: rank.spearman(numbers, quarters, c, k), None, 20),
    ]
    print(f"{ITEMS} items, {RESAMPLES} resamples, medians of {RUNS} runs (peers scaled up)")
    for unit, clusters in (("items", np.arange(ITEMS)), (f"{QUESTIONS} questions", np.arange(ITEMS) % QUESTIONS)):
        n_clusters = int(clusters.max()) + 1
        members = [np.flatnonzero(clusters == k) for k in range(n_clusters)]
        print(f"resampling {unit}")
        for name, build, metric, wanted in cases:
            peer, scale = (scipy_spearman, RESAMPLES / SCIPY_RESAMPLES)
            if metric is not None:
                peer, scale = looped(metric, members), RESAMPLES / CALLS
            ours = timed(bootstrapped(build, clusters, n_clusters))
            theirs = timed(peer) * scale
            print(
                f"  {name:<28} {ours * 1000:7.1f} ms   {'scipy' if metric is None else 'scikit-learn':<12}"
                f" {theirs:6.2f} s   {theirs / ours:6.0f} times (at least {wanted})"
            )


def bootstrapped(build: Build, clusters: np.ndarray, n_clusters: int) -> Task:
    """Ours, from arrays to the values in all resamples."""
    return lambda: resample([build(clusters, n_clusters)], 0)


def looped(metric: Callable[[np.ndarray], float], members: list[np.ndarray]) -> Task:
    """The usual loop: draw clusters, put their items together, call the metric."""

    def task() -> object:
        draw = np.random.default_rng(0)
        chosen = (draw.integers(0, len(members), len(members)) for _ in range(CALLS))
        return [metric(np.concatenate([members[k] for k in drawn]) if len(members) < ITEMS else drawn) for drawn in chosen]

    return task


def spearman_rows(x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
    """Spearman's rho along an axis, for scipy's vectorised bootstrap."""
    one, two = (scipy.stats.rankdata(side, axis=axis) - (side.shape[axis] + 1) / 2 for side in (x, y))
    return np.asarray((one * two).sum(axis) / np.sqrt((one**2).sum(axis) * (two**2).sum(axis)))


def timed(task: Task) -> float:
    """Median seconds, after one run to warm up."""
    task()
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    if MALLOC.keys() - os.environ.keys():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **MALLOC})
    main()
