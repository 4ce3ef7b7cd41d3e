"""Comparing runs: who beats whom, on the same resampled questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.codebook import OVERALL_TRACKS, TRACK, TRACKS
from benchmark.corpus import Corpus
from benchmark.errors import InputError, Problem
from benchmark.evaluation.evaluate import track_metrics
from benchmark.evaluation.items import Items, build_items
from benchmark.evaluation.predicted import Predicted, from_rows
from benchmark.evaluation.resampling import NOTHING
from benchmark.evaluation.spans import shared_words
from benchmark.metrics.bootstrap import Estimate, estimate, resampling_weights
from benchmark.metrics.combine import average
from benchmark.metrics.multiplicity import holm
from benchmark.metrics.paired import difference, permutation_p
from benchmark.metrics.ranking import letters, rank_intervals, tie_groups
from benchmark.metrics.statistic import Floats, Statistic
from benchmark.predictions import Predictions, read_predictions
from benchmark.reference import Reference, build_reference
from benchmark.result import predictions_path, read_record

SIGNIFICANT = 0.05
OVERALL = "overall"
Record = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """A record with the statistics of its headlines (and of the overall score), made anew from its predictions."""

    name: str
    record: Record
    headlines: dict[str, Statistic]


@dataclass(frozen=True)
class Pair:
    """One scorer less another on one track: difference with interval, permutation p, and p adjusted over the track's pairs."""

    one: int
    two: int
    difference: Estimate
    p: float
    adjusted: float


@dataclass(frozen=True)
class TrackComparison:
    """All runs on one track: values, letters, tie groups, rank intervals, and every pair.  Runs keep the order they were given."""

    track: str
    estimates: list[Estimate]
    letters: list[str]
    groups: list[int]
    ranks: list[tuple[int, int]]
    pairs: list[Pair]
    clusters: int


def load_runs(paths: Sequence[Path], corpus: Corpus) -> list[Run]:
    """Read records with the predictions beside them, and check that they measured the same thing.

    Raises InputError for records of another corpus, split or reference, and for predictions that are missing or not the ones
    the record was made from.
    """
    records = [read_record(path) for path in paths]
    first = records[0]
    problems = []
    for path, record in zip(paths, records, strict=True):
        if record["corpus"]["fingerprint"] != corpus.fingerprint:
            problems.append(
                Problem(str(path), 0, "corpus.fingerprint", f"measured on another corpus than {corpus.name} (--corpus)")
            )
        for block, fields in (("corpus", ("split", "limit")), ("reference", ("annotators", "method"))):
            for field in fields:
                if record[block][field] != first[block][field]:
                    problems.append(
                        Problem(str(path), 0, f"{block}.{field}", f"{record[block][field]}, not {first[block][field]}")
                    )
    if problems:
        raise InputError(problems)
    items = build_items(corpus, corpus.split(first["corpus"]["split"])[: first["corpus"]["limit"]])
    reference = build_reference(corpus, first["reference"]["source"], first["reference"]["annotators"], items.ids)
    runs = []
    for path, record in zip(paths, records, strict=True):
        rows = recorded_predictions(path, record, items, corpus).rows
        predicted = from_rows([rows.get(answer_id) for answer_id in items.ids])
        runs.append(Run(_name(record, records), record, headline_statistics(items, reference, predicted)))
    return runs


def headline_statistics(items: Items, reference: Reference, predicted: Predicted) -> dict[str, Statistic]:
    """The headline of every track that was predicted, and the overall score where all its tracks were."""
    shared = shared_words(items, reference, predicted)
    everything = np.ones(len(items), dtype=bool)
    headlines = {
        track.name: track_metrics(track.name, items, reference, predicted, shared, everything)[track.headline]()
        for track in TRACKS
        if track.field in predicted.fields
    }
    if all(name in headlines for name in OVERALL_TRACKS):
        headlines[OVERALL] = average([headlines[name] for name in OVERALL_TRACKS])
    return headlines


def compare(runs: Sequence[Run], seed: int) -> list[TrackComparison]:
    """Compare runs on the overall score and on every track that all of them have; Holm's correction over the pairs of a track."""
    shared = [t for t in (OVERALL, *TRACK) if all(t in run.headlines for run in runs)]
    return [_compare_track(track, [run.headlines[track] for run in runs], seed) for track in shared]


def _compare_track(track: str, runs: list[Statistic], seed: int) -> TrackComparison:
    clusters = len(runs[0].sums)
    unit = "loop(s)" if track == "loops" else "question(s)"
    weights = resampling_weights(clusters, seed)
    values = np.array([run.value() for run in runs])
    drawn = np.column_stack([run(weights) for run in runs])
    estimates = [
        estimate(value, column, run.n, run.undefined if run.n else NOTHING, clusters, unit)
        for value, column, run in zip(values, drawn.T, runs, strict=True)
    ]
    couples = list(combinations(range(len(runs)), 2))
    p = np.array([permutation_p(runs[i], runs[j], seed) if clusters else np.nan for i, j in couples])
    adjusted = holm(p)
    different = np.zeros((len(runs), len(runs)), dtype=bool)
    for (i, j), one in zip(couples, adjusted, strict=True):
        different[i, j] = different[j, i] = bool(one <= SIGNIFICANT)
    ranked: Floats = np.where(np.isnan(values), -np.inf, values)
    pairs = [
        Pair(i, j, difference(runs[i], runs[j], weights, unit), float(one), float(two))
        for (i, j), one, two in zip(couples, p, adjusted, strict=True)
    ]
    return TrackComparison(
        track, estimates, letters(ranked, different), tie_groups(ranked, different), rank_intervals(drawn), pairs, clusters
    )


def recorded_predictions(path: Path, record: Record, items: Items, corpus: Corpus) -> Predictions:
    """The predictions beside a record.  Raises InputError where they are missing, or not the ones it was made from."""
    beside = predictions_path(path)
    read = read_predictions(beside, items.answers, corpus.answers.keys())
    if read.fingerprint() != record["predictions"]["sha256"]:
        raise InputError([Problem(str(beside), 0, "", f"not the predictions that {path.name} was made from")])
    return read


def _name(record: Record, records: Sequence[Record]) -> str:
    """The scorer's name, with version, parameters or run id where two runs would share it."""
    scorer = record["scorer"]
    twins = [r["scorer"] for r in records if r["scorer"]["name"] == scorer["name"]]
    if len(twins) == 1:
        return str(scorer["name"])
    params = " ".join(f"{k}={v}" for k, v in scorer["params"].items())
    told = [(r["version"], str(r["params"])) for r in twins]
    unique = told.count((scorer["version"], str(scorer["params"]))) == 1
    return " ".join(part for part in (scorer["name"], scorer["version"], params, "" if unique else record["run_id"]) if part)
