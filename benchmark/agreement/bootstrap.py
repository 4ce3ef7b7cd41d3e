"""Bootstrap intervals of coefficients, over items or over clusters of items, from sums instead of recomputation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement.coefficients import MOST_CATEGORIES, compute, registry
from benchmark.agreement.ratings import Floats, Ratings
from benchmark.agreement.result import Agreement
from benchmark.metrics.bootstrap import CONFIDENCE, MAX_UNDEFINED, bca_quantiles
from benchmark.metrics.statistic import Statistic, cluster_sums

TOO_LARGE = "no interval: too many distinct rows to resample"
METHODS = ("percentile", "bca")
_BLOCK_CELLS = 1 << 22
_MOST_DRAWS = 1 << 32


def bootstrap(
    ratings: Ratings,
    keys: Sequence[str],
    *,
    resamples: int,
    seed: int,
    clusters: NDArray[np.intp] | None = None,
    method: str = "percentile",
) -> dict[str, Agreement]:
    """Coefficients with the standard error and limits of a bootstrap (Efron 1979; ``bca``: Efron 1987).

    Items are resampled, or with ``clusters`` ``(n,)`` whole clusters.  Items that look alike are drawn together: n items on few
    patterns are one multinomial draw, whatever n.  The value is the plain one.  A key without a statistic of sums comes back
    as it is.  Deterministic by seed.
    """
    found: dict[str, Agreement] = {}
    chosen = [registry()[key] for key in keys]
    for ordered in (False, True):
        group = [c for c in chosen if c.ordered == ordered]
        rows = ratings
        if clusters is None and ratings.categories <= MOST_CATEGORIES:
            rows = ratings.folded() if ordered else ratings.unordered()
        plain = {c.key: compute(c, rows) for c in group}
        found.update(plain)
        built = {c.key: c.statistic(rows) for c in group if c.statistic and plain[c.key].value is not None}
        statistics = {key: statistic for key, statistic in built.items() if statistic is not None}
        found.update({key: replace(plain[key], reason=TOO_LARGE) for key, one in built.items() if one is None})
        if not statistics:
            continue
        statistics, weight = _units(statistics, rows.multiplicity, clusters)
        if len(weight) * resamples > _MOST_DRAWS or weight.sum() < 2:
            why = TOO_LARGE if weight.sum() >= 2 else "no interval from fewer than two clusters"
            found.update({key: replace(plain[key], reason=why) for key in statistics})
            continue
        drawn = _draw(statistics, weight, resamples, seed)
        found.update({key: _limits(plain[key], drawn[key], s, weight, method) for key, s in statistics.items()})
    return {key: found[key] for key in keys}


def resampled(
    plain: Agreement, statistic: Statistic, multiplicity: Floats, clusters: NDArray[np.intp] | None, resamples: int, seed: int
) -> Agreement:
    """A coefficient outside the registry (a set-valued alpha) with the limits of a percentile bootstrap."""
    statistics, weight = _units({"": statistic}, multiplicity, clusters)
    return _limits(plain, _draw(statistics, weight, resamples, seed)[""], statistics[""], weight, "percentile")


def _units(
    statistics: dict[str, Statistic], multiplicity: Floats, clusters: NDArray[np.intp] | None
) -> tuple[dict[str, Statistic], Floats]:
    """What is drawn, rows (with how many items each stands for) or clusters."""
    if clusters is None:
        return statistics, multiplicity
    count = int(clusters.max(initial=-1)) + 1
    return {k: replace(s, sums=cluster_sums(s.sums, clusters, count)) for k, s in statistics.items()}, np.ones(count)


def _draw(statistics: dict[str, Statistic], weight: Floats, resamples: int, seed: int) -> dict[str, Floats]:
    """Values of each statistic in the same resamples."""
    drawn: dict[str, list[Floats]] = {key: [] for key in statistics}
    for block in _draws(weight, resamples, seed):
        for key, statistic in statistics.items():
            drawn[key].append(statistic(block))
    return {key: np.concatenate(blocks) for key, blocks in drawn.items()}


def _draws(weight: Floats, resamples: int, seed: int) -> Iterator[Floats]:
    """Blocks of relative weights ``(resamples, rows)``: how often a row is drawn over how often it stands in the data."""
    generator = np.random.default_rng(seed)
    n, rows = int(weight.sum()), len(weight)
    size = max(1, _BLOCK_CELLS // max(rows, 1))
    for start in range(0, resamples, size):
        some = min(size, resamples - start)
        if n == rows:
            drawn = generator.integers(0, n, size=(some, n), dtype=np.int64) + n * np.arange(some)[:, None]
            yield np.bincount(drawn.ravel(), minlength=some * n).reshape(some, n).astype(np.float64)
        else:
            yield generator.multinomial(n, weight / n, size=some) / weight


def _limits(plain: Agreement, drawn: Floats, statistic: Statistic, weight: Floats, method: str) -> Agreement:
    missing = np.isnan(drawn)
    if missing.mean() > MAX_UNDEFINED:
        return replace(
            plain, se=None, low=None, high=None, reason=f"undefined in {int(missing.sum())} of {len(drawn)} resamples"
        )
    kept, tail = drawn[~missing], (1 - CONFIDENCE) / 2
    quantiles: tuple[float, float] | str = (tail, 1 - tail)
    if method == "bca" and plain.value is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            left = statistic.finish(statistic.sums.sum(axis=0) - statistic.sums / weight[:, None])
        quantiles = bca_quantiles(plain.value, kept, left, weight)
    se = float(kept.std(ddof=1))
    if isinstance(quantiles, str):
        return replace(plain, se=se, low=None, high=None, reason=quantiles)
    low, high = np.quantile(kept, quantiles)
    return replace(plain, se=se, low=float(low), high=float(high), reason=None)
