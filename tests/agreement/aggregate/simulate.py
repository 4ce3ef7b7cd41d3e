"""Simulated annotators, and another way to fit Dawid and Skene's model."""

from __future__ import annotations

import numpy as np

from benchmark.agreement.aggregate.long import LongRatings


def long(rows: list[tuple[int, int, int]], n_items: int, n_annotators: int, n_categories: int) -> LongRatings:
    """From triples of item, annotator and label."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return LongRatings(*columns, n_items, n_annotators, n_categories)


def annotate(draw: np.random.Generator, truth: np.ndarray, confusion: np.ndarray, missing: float = 0.0) -> LongRatings:
    """Ratings of items of category ``truth`` ``(n,)`` by annotators with ``confusion`` ``(r, K, K)``, some of them missing."""
    n, (r, k, _) = len(truth), confusion.shape
    limits = np.cumsum(confusion, axis=2)[:, truth, :]
    labels = (draw.random((r, n, 1)) > limits).sum(axis=2).clip(max=k - 1).T
    items, annotators = np.nonzero(draw.random((n, r)) >= missing)
    return LongRatings(items, annotators, labels[items, annotators], n, r, k)


def mostly_right(k: int, accuracies: list[float]) -> np.ndarray:
    """Confusion matrices of annotators who are right this often and else give any other category alike."""
    return np.array([np.full((k, k), (1 - a) / (k - 1)) + np.eye(k) * (a - (1 - a) / (k - 1)) for a in accuracies])


def dense_dawid_skene(ratings: LongRatings, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Posterior, shares, error rates and log-likelihood after some steps, from products over a dense table, without logarithms.

    Every item must have a rating.
    """
    table = np.zeros((ratings.n_items, ratings.n_annotators, ratings.n_categories))
    np.add.at(table, (ratings.items, ratings.annotators, ratings.labels), 1)
    posterior = table.sum(axis=1) / table.sum(axis=(1, 2))[:, None]
    for _ in range(steps):
        shares = posterior.mean(axis=0)
        counts = np.einsum("ik,ijl->jkl", posterior, table)
        rates = counts / np.maximum(counts.sum(axis=2, keepdims=True), 1e-300)
        joint = shares * np.prod(rates[None] ** table[:, :, None, :], axis=(1, 3))
        posterior = joint / joint.sum(axis=1, keepdims=True)
    return posterior, shares, rates, float(np.log(joint.sum(axis=1)).sum())
