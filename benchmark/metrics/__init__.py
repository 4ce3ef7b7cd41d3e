"""Metrics as functions of sums over clusters: arrays in, numbers out.  Nothing here knows of interviews.

Every metric is a :class:`~benchmark.metrics.statistic.Statistic`: per-cluster sums of what its items contribute, and a
function of those sums.  Resampling clusters is then one matrix product, whatever the metric.
"""
