"""From predictions to the numbers of a result record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmark.codebook import LENGTH_BANDS, OVERALL_TRACKS, PATTERNS, ROUNDS, TRACK, TRACKS
from benchmark.evaluation.ceiling import annotators_row
from benchmark.evaluation.items import Items
from benchmark.evaluation.loops import loop_metrics, predicted_loops
from benchmark.evaluation.pairs import contrast_metrics, preference_metrics
from benchmark.evaluation.predicted import Predicted, from_rows
from benchmark.evaluation.resampling import Resampler
from benchmark.evaluation.spans import Shared, evidence_metrics, shared_words
from benchmark.evaluation.tracks import Bools, Metrics, label_metrics
from benchmark.metrics.bootstrap import Estimate
from benchmark.metrics.combine import average
from benchmark.metrics.statistic import Statistic
from benchmark.predictions import LABEL_FIELDS, NO_LABELS, NO_PREDICTION
from benchmark.reference import Reference, loop_reference

Record = dict[str, Any]


def evaluate(items: Items, reference: Reference, rows: Mapping[str, Mapping[str, Any]], seed: int) -> Record:
    """Measure predictions against a reference.

    ``rows`` are checked predictions by answer id, any of the items' answers may be missing.  Gives the blocks ``overall``,
    ``tracks``, ``slices``, ``annotators`` and ``coverage`` of the result record.
    """
    given = [rows.get(answer_id) for answer_id in items.ids]
    predicted = from_rows(given)
    counted = Coverage()
    for row in given:
        counted.add(row)
    return measure(items, reference, predicted, shared_words(items, reference, predicted), counted, seed)


def measure(items: Items, reference: Reference, predicted: Predicted, shared: Shared, counted: Coverage, seed: int) -> Record:
    """The same of predictions as arrays."""
    resampler = Resampler(seed)
    everything = np.ones(len(items), dtype=bool)
    tracks: dict[str, dict[str, Estimate]] = {}
    headlines: dict[str, Statistic] = {}
    for track in TRACKS:
        if track.field not in predicted.fields:
            tracks[track.name] = {track.headline: _absent(track.field)}
            continue
        metrics = track_metrics(track.name, items, reference, predicted, shared, everything)
        unit = "loop(s)" if track.name == "loops" else "question(s)"
        tracks[track.name] = {}
        for name, build in metrics.items():
            statistic = build()
            tracks[track.name][name] = resampler.estimate(statistic, unit)
            if name == track.headline:
                headlines[track.name] = statistic
    return {
        "overall": _overall(tracks, headlines, resampler).record(),
        "tracks": {track: _records(metrics) for track, metrics in tracks.items()},
        "slices": _slices(items, reference, predicted, resampler),
        "annotators": annotators_row(items, reference, predicted, resampler),
        "coverage": counted.record(),
    }


def track_metrics(name: str, items: Items, reference: Reference, predicted: Predicted, shared: Shared, rows: Bools) -> Metrics:
    """The metrics of any track, over the answers that ``rows`` (n,) selects."""
    if name == "preference":
        return preference_metrics(items, reference, predicted, rows)
    if name == "contrasts":
        return contrast_metrics(items, predicted, rows)
    if name == "evidence":
        return evidence_metrics(items, shared, rows)
    if name == "loops":
        loops = [loop for loop, _ in items.loops]
        return loop_metrics(items, loop_reference(loops, reference.annotators), predicted_loops(items, predicted))
    return label_metrics(name, items, reference, predicted, rows)


class Coverage:
    """How many answers were scored, abstained on or failed, and for which reasons (the harness' own included)."""

    def __init__(self) -> None:
        self.answers = self.abstained = self.failed = 0
        self._reasons: Counter[str] = Counter()

    def add(self, row: Mapping[str, Any] | None) -> None:
        """Count one answer's prediction, or that there is none."""
        self.answers += 1
        if row is not None and row.get("failed"):
            self.failed += 1
            self._reasons[row["failed"]] += 1
        elif row is None or row.get("abstained") or all(row.get(field) is None for field in LABEL_FIELDS):
            self.abstained += 1
            self._reasons[NO_PREDICTION if row is None else row.get("abstained") or NO_LABELS] += 1

    def record(self) -> Record:
        """The coverage block of a record."""
        return {
            "answers": self.answers,
            "scored": self.answers - self.abstained - self.failed,
            "abstained": self.abstained,
            "failed": self.failed,
            "reasons": dict(sorted(self._reasons.items(), key=lambda item: (-item[1], item[0]))),
        }


def _overall(
    tracks: Mapping[str, Mapping[str, Estimate]], headlines: Mapping[str, Statistic], resampler: Resampler
) -> Estimate:
    missing = [name for name in OVERALL_TRACKS if tracks[name][TRACK[name].headline].value is None]
    if missing:
        return Estimate(None, None, None, 0, f"no value for {', '.join(missing)}")
    return resampler.estimate(average([headlines[name] for name in OVERALL_TRACKS]))


def selections(items: Items, reference: Reference) -> dict[str, dict[str, Bools]]:
    """Which answers (n,) each slice holds: by round, by pattern that most annotators mark, by length."""
    return {
        "round": {name: items.rounds == i for i, name in enumerate(ROUNDS)},
        "pattern": {name: reference.patterns[:, i] > 0.5 for i, name in enumerate(PATTERNS)},
        "length": {name: items.bands == i for i, (name, _, _) in enumerate(LENGTH_BANDS)},
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
