"""From predictions to the numbers of a result record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmark.codebook import LENGTH_BANDS, OVERALL_TRACKS, PATTERNS, ROUNDS, TRACK, TRACKS
from benchmark.evaluation.ceiling import annotators_row
from benchmark.evaluation.items import Items
from benchmark.evaluation.loops import loop_metrics, predicted_loops
from benchmark.evaluation.pairs import contrast_metrics, preference_metrics
from benchmark.evaluation.predicted import Predicted, from_rows
from benchmark.evaluation.resampling import Resampler
from benchmark.evaluation.spans import evidence_metrics
from benchmark.evaluation.tracks import Bools, Metrics, label_metrics
from benchmark.metrics.bootstrap import Estimate
from benchmark.metrics.combine import average
from benchmark.metrics.statistic import Statistic
from benchmark.predictions import LABEL_FIELDS, NO_LABELS, NO_PREDICTION
from benchmark.records import Answer
from benchmark.reference import Reference, loop_reference

Record = dict[str, Any]


def evaluate(items: Items, reference: Reference, rows: Mapping[str, Mapping[str, Any]], seed: int) -> Record:
    """Measure predictions against a reference.

    ``rows`` are checked predictions by answer id, any of the items' answers may be missing.  Gives the blocks ``overall``,
    ``tracks``, ``slices``, ``annotators`` and ``coverage`` of the result record.
    """
    given = [rows.get(answer_id) for answer_id in items.ids]
    predicted = from_rows(given)
    resampler = Resampler(seed)
    everything = np.ones(len(items.answers), dtype=bool)
    tracks: dict[str, dict[str, Estimate]] = {}
    headlines: dict[str, Statistic] = {}
    for track in TRACKS:
        if track.field not in predicted.fields:
            tracks[track.name] = {track.headline: _absent(track.field)}
            continue
        metrics = track_metrics(track.name, items, reference, predicted, everything)
        unit = "loop(s)" if track.name == "loops" else "question(s)"
        statistics = {name: build() for name, build in metrics.items()}
        tracks[track.name] = {name: resampler.estimate(statistic, unit) for name, statistic in statistics.items()}
        headlines[track.name] = statistics[track.headline]
    return {
        "overall": _overall(tracks, headlines, resampler).record(),
        "tracks": {track: _records(metrics) for track, metrics in tracks.items()},
        "slices": _slices(items, reference, predicted, resampler),
        "annotators": annotators_row(items, reference, predicted, resampler),
        "coverage": coverage(given),
    }


def track_metrics(name: str, items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    """The metrics of any track, over the answers that ``rows`` (n,) selects."""
    if name == "preference":
        return preference_metrics(items, reference, predicted, rows)
    if name == "contrasts":
        return contrast_metrics(items, predicted, rows)
    if name == "evidence":
        return evidence_metrics(items, reference, predicted, rows)
    if name == "loops":
        return loop_metrics(items, loop_reference(items.corpus, reference.annotators), predicted_loops(items, predicted))
    return label_metrics(name, items, reference, predicted, rows)


def coverage(given: Sequence[Mapping[str, Any] | None]) -> Record:
    """How many answers were scored, abstained on or failed, and for which reasons (the harness' own included)."""
    reasons: Counter[str] = Counter()
    abstained = failed = 0
    for row in given:
        if row is not None and row.get("failed"):
            failed += 1
            reasons[row["failed"]] += 1
        elif row is None or row.get("abstained") or all(row.get(field) is None for field in LABEL_FIELDS):
            abstained += 1
            reasons[NO_PREDICTION if row is None else row.get("abstained") or NO_LABELS] += 1
    return {
        "answers": len(given),
        "scored": len(given) - abstained - failed,
        "abstained": abstained,
        "failed": failed,
        "reasons": dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    }


def length_band(answer: Answer) -> str:
    """Which band of LENGTH_BANDS the candidate's words fall into."""
    return next(name for name, _, beyond in LENGTH_BANDS if beyond is None or answer.words < beyond)


def _overall(
    tracks: Mapping[str, Mapping[str, Estimate]], headlines: Mapping[str, Statistic], resampler: Resampler
) -> Estimate:
    missing = [name for name in OVERALL_TRACKS if tracks[name][TRACK[name].headline].value is None]
    if missing:
        return Estimate(None, None, None, 0, f"no value for {', '.join(missing)}")
    return resampler.estimate(average([headlines[name] for name in OVERALL_TRACKS]))


def selections(items: Items, reference: Reference) -> dict[str, dict[str, Bools]]:
    """Which answers (n,) each slice holds: by round, by pattern that most annotators mark, by length."""
    rounds = np.array([answer.round for answer in items.answers])
    bands = np.array([length_band(answer) for answer in items.answers])
    return {
        "round": {name: rounds == name for name in ROUNDS},
        "pattern": {name: reference.patterns[:, i] > 0.5 for i, name in enumerate(PATTERNS)},
        "length": {name: bands == name for name, _, _ in LENGTH_BANDS},
    }


def _slices(items: Items, reference: Reference, predicted: Predicted, resampler: Resampler) -> Record:
    return {
        by: {
            value: _records({name: _headline(name, items, reference, predicted, rows, resampler) for name in OVERALL_TRACKS})
            for value, rows in values.items()
            if rows.any()
        }
        for by, values in selections(items, reference).items()
    }


def _headline(
    name: str, items: Items, reference: Reference, predicted: Predicted, rows: Bools, resampler: Resampler
) -> Estimate:
    track = TRACK[name]
    if track.field not in predicted.fields:
        return _absent(track.field)
    return resampler.estimate(label_metrics(name, items, reference, predicted, rows)[track.headline]())


def _absent(field: str) -> Estimate:
    return Estimate(None, None, None, 0, f"the scorer gives no {field}")


def _records(estimates: Mapping[str, Estimate]) -> Record:
    return {name: estimate.record() for name, estimate in estimates.items()}
