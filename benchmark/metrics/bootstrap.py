"""Cluster bootstrap: common draws of any statistics, percentile and BCa intervals, and the jackknife."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.metrics.multinomial import multinomial_counts
from benchmark.metrics.statistic import Floats, Statistic

RESAMPLES = 10_000
CONFIDENCE = 0.95
MAX_UNDEFINED = 0.05
"""An interval is given where at most this share of the resamples leaves the metric undefined."""
_DIGITS = 10
_BLOCK_BYTES = 8 << 20
_CLUSTERS_PER_PATTERN = 3
"""A pattern's count in a resample costs as much as drawing about this many clusters one by one."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval, the number of items behind it, and the reason for whatever is missing."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None

    def record(self) -> dict[str, float | int | str | None]:
        """The shape it has in a result record."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n, "reason": self.reason}


def resampling_weights(n_clusters: int, seed: int, resamples: int = RESAMPLES) -> Floats:
    """How often each cluster is drawn in each resample with replacement: shape ``(resamples, n_clusters)``.

    Depends on nothing but the arguments: two statistics over the same clusters can be compared draw by draw.
    """
    weights = np.zeros((resamples, n_clusters))
    first = 0
    for drawn in _draws(n_clusters, seed, resamples) if n_clusters else ():
        _counted(drawn, weights[first : first + len(drawn)])
        first += len(drawn)
    return weights


def resample(statistics: Sequence[Statistic], seed: int, resamples: int = RESAMPLES) -> Floats:
    """Values of statistics over the same clusters, on common draws: shape ``(resamples, len(statistics))``.

    What ``statistic(resampling_weights(...))`` gives, without the matrix of weights: it is made in blocks.  Where there are
    far fewer distinct rows of sums than clusters (one item per cluster, and few labels), the draws are a multinomial over
    the distinct rows instead: another random stream of the same distribution, whose cost does not grow with the clusters.
    """
    sums = np.concatenate([statistic.sums for statistic in statistics], axis=1)
    edges = np.cumsum([0, *(statistic.sums.shape[1] for statistic in statistics)])
    values = np.empty((resamples, len(statistics)))
    first = 0
    with np.errstate(divide="ignore", invalid="ignore"):
        for totals in _totals(sums, seed, resamples):
            for i, statistic in enumerate(statistics):
                values[first : first + len(totals), i] = statistic.finish(totals[:, edges[i] : edges[i + 1]])
            first += len(totals)
    return values


def jackknife(statistic: Statistic) -> Floats:
    """Values of a statistic with each cluster left out in turn (Quenouille 1956): shape ``(clusters,)``, NaN where undefined."""
    clusters = len(statistic.sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        return statistic.finish(statistic.sums.sum(axis=0) - statistic.sums) if clusters else np.empty(0)


def jackknife_error(left_out: Floats) -> float:
    """Standard error from the jackknife values, ``sqrt((C - 1) / C sum (t_i - mean)^2)`` (Tukey 1958).

    NaN with fewer than two clusters, or where leaving one out makes the statistic undefined.
    """
    clusters = len(left_out)
    if clusters < 2:
        return float("nan")
    return float(np.sqrt((clusters - 1) * np.mean((left_out - left_out.mean()) ** 2)))


def bootstrap_error(resampled: Floats) -> float:
    """Standard deviation of the defined resamples (Efron 1979); NaN under the same rule as an interval."""
    defined = resampled[~np.isnan(resampled)]
    if len(defined) < 2 or len(defined) < (1 - MAX_UNDEFINED) * len(resampled):
        return float("nan")
    return float(defined.std(ddof=1))


def bca_quantiles(
    value: float, resampled: Floats, jackknifed: Floats, weight: Floats | None = None
) -> tuple[float, float] | str:
    """The two quantiles of the resamples that bound a bias-corrected and accelerated interval (Efron 1987, section 3).

    ``weight`` is how many units each jackknifed value stands for.  Where there is no correction, the reason instead.
    """
    from scipy.special import ndtr, ndtri

    tail = (1 - CONFIDENCE) / 2
    below = float(((resampled < value).mean() + (resampled <= value).mean()) / 2)
    weight = np.ones(len(jackknifed)) if weight is None else weight
    pull = weight @ jackknifed / weight.sum() - jackknifed
    spread = float(weight @ pull**2)
    if np.isnan(jackknifed).any():
        return "no BCa interval: undefined without one of the units resampled"
    # differences that rounding alone makes are no influence
    if np.ptp(jackknifed) <= 1e-14 * max(1.0, abs(value)):
        return "no BCa interval: leaving any unit out changes nothing"
    if not 0 < below < 1:
        return "no BCa interval: all resamples lie on one side of the value"
    acceleration = float(weight @ pull**3) / (6 * spread**1.5)
    bias = float(ndtri(below))
    shifted = [bias + float(ndtri(p)) for p in (tail, 1 - tail)]
    low, high = (float(ndtr(bias + z / (1 - acceleration * z))) for z in shifted)
    return low, high


def estimate(value: float, resampled: Floats, n: int, undefined: str, clusters: int, unit: str) -> Estimate:
    """Percentile interval (Efron 1979) around the plain value, from its values in the resamples.

    No interval with fewer than two clusters (named ``unit`` in the reason), nor where too many resamples are undefined.
    """
    missing = _no_interval(value, resampled, n, undefined, clusters, unit)
    if missing is not None:
        return missing
    tail = (1 - CONFIDENCE) / 2
    return _with_quantiles(value, resampled, n, (tail, 1 - tail))


def estimate_bca(value: float, resampled: Floats, left_out: Floats, n: int, undefined: str, unit: str) -> Estimate:
    """Bias-corrected and accelerated interval (Efron 1987; Efron and Tibshirani 1993, eq. 14.9 to 14.15).

    ``left_out`` are the :func:`jackknife` values.  Resamples equal to the value count half into the bias correction.
    Besides the cases of :func:`estimate`, there is no such interval where all resamples lie on one side of the value, where
    leaving a cluster out makes the statistic undefined, or where it changes nothing.
    """
    missing = _no_interval(value, resampled, n, undefined, len(left_out), unit)
    if missing is not None:
        return missing

    quantiles = bca_quantiles(value, resampled[~np.isnan(resampled)], left_out)
    if isinstance(quantiles, str):
        return Estimate(_rounded(value), None, None, n, quantiles)
    return _with_quantiles(value, resampled, n, quantiles)


def _no_interval(value: float, resampled: Floats, n: int, undefined: str, clusters: int, unit: str) -> Estimate | None:
    """The estimate where there is no value, or no interval around it; None where there is one."""
    if np.isnan(value):
        return Estimate(None, None, None, n, undefined)
    if clusters < 2:
        return Estimate(_rounded(value), None, None, n, f"no interval from {clusters} {unit}")
    missing = np.isnan(resampled)
    if missing.mean() > MAX_UNDEFINED:
        reason = f"no interval: undefined in {int(missing.sum())} of {len(resampled)} resamples ({undefined})"
        return Estimate(_rounded(value), None, None, n, reason)
    return None


def _with_quantiles(value: float, resampled: Floats, n: int, levels: tuple[float, float]) -> Estimate:
    low, high = np.quantile(resampled[~np.isnan(resampled)], levels)
    return Estimate(_rounded(value), _rounded(float(low)), _rounded(float(high)), n)


def _rounded(value: float) -> float:
    """Rounded below what thread counts and CPU kinds may change, and never minus zero."""
    return round(value, _DIGITS) + 0.0


def _totals(sums: Floats, seed: int, resamples: int) -> Iterator[Floats]:
    """Totals of resampled clusters, in blocks of shape ``(some, S)``, ``resamples`` rows in all; each good until the next."""
    clusters, width = sums.shape
    if clusters == 0 or width == 0:
        yield np.zeros((resamples, width))
        return
    patterns, members = np.unique(sums, axis=0, return_counts=True)
    if len(patterns) * _CLUSTERS_PER_PATTERN < clusters:
        own = _cells(patterns)
        place = None if own is None or len(own) != width else np.argsort(own)
        for counts in multinomial_counts(members, seed, _block_sizes(resamples, max(len(patterns), width))):
            yield counts @ patterns if place is None else counts[:, place]
        return
    cell = _cells(sums)
    # one buffer for all blocks: touching fresh memory costs as much as the counting
    buffer = np.empty((max(_block_sizes(resamples, clusters), default=0), clusters))
    for drawn in _draws(clusters, seed, resamples):
        if cell is None:
            yield _counted(drawn, buffer[: len(drawn)]) @ sums
        else:
            yield _counted(cell[drawn], buffer[: len(drawn), :width])


def _cells(sums: Floats) -> NDArray[np.int64] | None:
    """The column of each row's only entry, where every row is a single 1 (items in the cells of a table); else None."""
    columns = sums.argmax(axis=1)
    single = np.count_nonzero(sums) == len(sums) and (sums[np.arange(len(sums)), columns] == 1).all()
    return columns if single else None


def _block_sizes(rows: int, width: int) -> list[int]:
    """How many rows of ``width`` numbers to take at a time."""
    block = max(1, _BLOCK_BYTES // (8 * width))
    return [min(block, rows - first) for first in range(0, rows, block)]


def _draws(clusters: int, seed: int, resamples: int) -> Iterator[NDArray[np.int32]]:
    """Drawn cluster indices in blocks of shape ``(some, clusters)``; what is drawn does not depend on the size of a block."""
    generator = np.random.default_rng(seed)
    for size in _block_sizes(resamples, clusters):
        yield generator.integers(0, clusters, size=(size, clusters), dtype=np.int32)


def _counted(drawn: NDArray[np.integer], counts: Floats) -> Floats:
    """``counts``, overwritten with how often each of its columns occurs in each row of ``drawn``."""
    width, once = counts.shape[1], np.ones(drawn.shape[1])  # weights of 1 give floats at once, which saves a conversion
    for row, found in zip(counts, drawn, strict=True):
        row[:] = np.bincount(found, once, width)
    return counts
