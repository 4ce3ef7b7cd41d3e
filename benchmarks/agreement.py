"""How fast coefficients are, against the named peers in the same run: `python benchmarks/agreement.py`.

Both sides get their arrays ready made and give the same number, which is checked.  Ratings are on a scale from 1 to 5, 20 %
missing where the peer allows it.  Ours starts from the same matrix of numbers as the peer, so that reading it on the declared
scale is part of the time.  Medians of several runs, taken in turn; memory is the peak of what Python and NumPy allocate above
the input.  Peers: `pip install krippendorff interrater scikit-learn`.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmark.agreement import weights
from benchmark.agreement.bootstrap import bootstrap
from benchmark.agreement.coefficients import compute, registry
from benchmark.agreement.cohen import cohen_kappa
from benchmark.agreement.ratings import from_numbers

SCALE = (1, 2, 3, 4, 5)
RUNS = 7
MALLOC = {"MALLOC_TRIM_THRESHOLD_": "4294967296", "MALLOC_MMAP_THRESHOLD_": "4294967296"}

Task = Callable[[], float]


def simulate(items: int, raters: int, missing: float) -> np.ndarray:
    """Ratings one step around a true one, shape (items, raters), NaN where missing."""
    draw = np.random.default_rng(1)
    truth = draw.integers(1, 6, (items, 1))
    matrix = np.clip(truth + draw.integers(-1, 2, (items, raters)), 1, 5).astype(float)
    matrix[draw.random(matrix.shape) < missing] = np.nan
    return matrix


def compare(work: str, target: int, peer: str, theirs: Task, ours: Task) -> None:
    """Print both medians and their ratio; refuse to compare what is not the same number."""
    if abs(theirs() - ours()) > 1e-9:
        raise SystemExit(f"{work}: {peer} gives {theirs()}, ours {ours()}")
    seconds: dict[str, list[float]] = {"theirs": [], "ours": []}
    for _ in range(RUNS):
        for name, task in (("theirs", theirs), ("ours", ours)):
            start = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - start)
    them, us = statistics.median(seconds["theirs"]), statistics.median(seconds["ours"])
    tracemalloc.start()
    ours()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(
        f"{work:<52} {peer:<13} {them * 1000:8.1f} ms  ours {us * 1000:7.2f} ms  {them / us:6.1f} times (at least {target})"
        f"  {peak:5.1f} MB"
    )


def alpha(matrix: np.ndarray, level: str) -> float:
    found = compute(registry()[f"alpha_{level}"], from_numbers(matrix, SCALE).unordered())
    assert found.value is not None
    return found.value


def alpha_with_interval(matrix: np.ndarray) -> float:
    found = bootstrap(from_numbers(matrix, SCALE), ["alpha_nominal"], resamples=1000, seed=1)["alpha_nominal"]
    assert found.value is not None
    assert found.low is not None
    return found.value


def kappa(pair: np.ndarray) -> float:
    found = cohen_kappa(from_numbers(pair, SCALE), weights.nominal(5))
    assert found.value is not None
    return found.value


def alphas() -> None:
    try:
        import krippendorff
    except ImportError:
        print("krippendorff is not installed: no peer, no ratio")
        return
    matrix = simulate(1_000_000, 5, 0.2)
    by_rater = np.ascontiguousarray(matrix.T)
    for level in ("nominal", "ordinal", "interval"):

        def theirs(level: Any = level) -> float:
            return float(krippendorff.alpha(by_rater, value_domain=SCALE, level_of_measurement=level))

        work = f"alpha {level}, 1e6 items x 5 raters"
        compare(work, 5, "krippendorff", theirs, lambda level=level: alpha(matrix, level))  # type: ignore[misc]


def intervals() -> None:
    try:
        import interrater
    except ImportError:
        print("interrater is not installed: no peer, no ratio")
        return
    matrix = simulate(10_000, 5, 0.2)
    matrix = matrix[~np.isnan(matrix).all(axis=1)]  # the peer refuses items that nobody rated
    meaning = interrater.RatingsSemantics(raters=5, categories=interrater.UnorderedCategories([str(value) for value in SCALE]))
    places = np.where(np.isnan(matrix), interrater.EMPTY, np.nan_to_num(matrix) - 1).astype(np.int8)
    config = interrater.KrippendorffAlphaConfig(n_resamples=1000, random_state=1)
    ratings = interrater.Ratings(places, meaning)

    def theirs() -> float:
        return float(interrater.KrippendorffAlphaAnalyzer(ratings, config).estimate().point)

    compare("alpha nominal, 1,000 resamples of 1e4 items", 25, "interrater", theirs, lambda: alpha_with_interval(matrix))


def kappas() -> None:
    try:
        from sklearn.metrics import cohen_kappa_score
    except ImportError:
        print("scikit-learn is not installed: no peer, no ratio")
        return
    pair = simulate(1_000_000, 2, 0.0).astype(np.int64)
    one, two = np.ascontiguousarray(pair.T)
    compare("Cohen's kappa, 1e6 items", 50, "scikit-learn", lambda: float(cohen_kappa_score(one, two)), lambda: kappa(pair))


def main() -> None:
    if not MALLOC.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **MALLOC})
    alphas()
    intervals()
    kappas()


if __name__ == "__main__":
    main()
