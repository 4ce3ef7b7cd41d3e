"""Cluster bootstrap intervals by a resampling weight matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmark.metrics.statistic import Floats

RESAMPLES = 10_000
CONFIDENCE = 0.95
MAX_UNDEFINED = 0.05
"""An interval is given where at most this share of the resamples leaves the metric undefined."""
_DIGITS = 10


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
    generator = np.random.default_rng(seed)
    if n_clusters == 0:
        return np.zeros((resamples, 0))
    drawn = generator.integers(0, n_clusters, size=(resamples, n_clusters), dtype=np.int64)
    drawn += n_clusters * np.arange(resamples, dtype=np.int64)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=resamples * n_clusters)
    return counts.reshape(resamples, n_clusters).astype(np.float64)


def estimate(value: float, resampled: Floats, n: int, undefined: str, clusters: int, unit: str) -> Estimate:
    """Percentile interval (Efron 1979) around the plain value, from its values in the resamples.

    No interval with fewer than two clusters (named ``unit`` in the reason), nor where too many resamples are undefined.
    """
    if np.isnan(value):
        return Estimate(None, None, None, n, undefined)
    if clusters < 2:
        return Estimate(_rounded(value), None, None, n, f"no interval from {clusters} {unit}")
    missing = np.isnan(resampled)
    if missing.mean() > MAX_UNDEFINED:
        reason = f"no interval: undefined in {int(missing.sum())} of {len(resampled)} resamples ({undefined})"
        return Estimate(_rounded(value), None, None, n, reason)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled[~missing], [tail, 1 - tail])
    return Estimate(_rounded(value), _rounded(float(low)), _rounded(float(high)), n)


def _rounded(value: float) -> float:
    """Rounded below what thread counts and CPU kinds may change, and never minus zero."""
    return round(value, _DIGITS) + 0.0
