"""How fast annotators are aggregated, against crowd-kit in the same run: `python benchmarks/aggregation.py`.

100,000 items with five ratings on five categories, once by the same five annotators and once by five of two hundred, who
can't be folded into patterns.  Both sides get their arrays or their table ready made.  Medians of several runs, taken in
turn.  crowd-kit (`pip install crowd-kit`) stops by its own rule; ours runs on to convergence (``tolerance`` of the module)
and, in a line of its own, stops where crowd-kit does (1e-5 per rating).
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmark.agreement.aggregate.dawid_skene import dawid_skene
from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.mace import mace
from benchmark.agreement.aggregate.majority import majority

ITEMS, EACH, CATEGORIES = 100_000, 5, 5
RUNS = 7
MALLOC = {"MALLOC_TRIM_THRESHOLD_": "4294967296", "MALLOC_MMAP_THRESHOLD_": "4294967296"}


def simulate(annotators: int) -> tuple[np.ndarray, LongRatings]:
    """True categories, and ratings by annotators who know 50 to 90 % of them and guess the others."""
    draw = np.random.default_rng(1)
    truth = draw.integers(0, CATEGORIES, ITEMS)
    knows = draw.uniform(0.5, 0.9, annotators)
    items = np.repeat(np.arange(ITEMS), EACH)
    first = np.zeros(ITEMS, dtype=np.int64) if annotators == EACH else draw.integers(0, annotators, ITEMS)
    who = ((first[:, None] + np.arange(EACH)) % annotators).ravel()
    guess = draw.integers(0, CATEGORIES, ITEMS * EACH)
    labels = np.where(draw.random(ITEMS * EACH) < knows[who], truth[items], guess)
    return truth, LongRatings(items, who, labels, ITEMS, annotators, CATEGORIES)


def medians(tasks: dict[str, Callable[[], np.ndarray]], truth: np.ndarray) -> dict[str, float]:
    """Median seconds of each task, after one run to warm up; prints them with the share of right labels."""
    right = {name: float((task() == truth).mean()) for name, task in tasks.items()}
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(RUNS):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - start)
    found = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in found.items():
        print(f"  {name:<34} {median * 1000:8.1f} ms   {right[name]:.4f} right")
    return found


def ours(fit: Callable[[LongRatings], Any], ratings: LongRatings) -> Callable[[], np.ndarray]:
    """A task that also checks the ratings, as any use of them does."""
    fields = (ratings.items, ratings.annotators, ratings.labels, ratings.n_items, ratings.n_annotators, ratings.n_categories)
    return lambda: fit(LongRatings(*fields)).labels


def main() -> None:
    if not MALLOC.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **MALLOC, "PYTHONWARNINGS": "ignore"})
    for annotators in (EACH, 200):
        truth, ratings = simulate(annotators)
        print(f"{ITEMS:,} items x {EACH} ratings, {annotators} annotators, {CATEGORIES} categories")
        tasks: dict[str, Callable[[], np.ndarray]] = {
            "majority": ours(lambda r: majority(r, "first"), ratings),
            "Dawid-Skene": ours(dawid_skene, ratings),
            "Dawid-Skene, stopped at 1e-5": ours(lambda r: dawid_skene(r, tolerance=1e-5), ratings),
            "MACE, one start": ours(lambda r: mace(r, seed=0, restarts=0), ratings),
        }
        try:
            import pandas as pd
            from crowdkit.aggregation import DawidSkene
        except ImportError:
            print("  crowd-kit is not installed: no peer, no ratio")
            medians(tasks, truth)
            continue
        table = pd.DataFrame({"task": ratings.items, "worker": ratings.annotators, "label": ratings.labels})
        tasks["crowd-kit Dawid-Skene"] = lambda table=table: DawidSkene().fit_predict(table).sort_index().to_numpy()
        found = medians(tasks, truth)
        for name in ("Dawid-Skene", "Dawid-Skene, stopped at 1e-5"):
            print(f"  {name}: {found['crowd-kit Dawid-Skene'] / found[name]:.1f} times faster than crowd-kit")


if __name__ == "__main__":
    main()
