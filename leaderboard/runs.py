"""What the pages need of a run's predictions: measured anew, checked against its record, and packed for the browser."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmark.codebook import OVERALL_TRACKS, PATTERNS, TRACK
from benchmark.comparison import OVERALL, headline_statistics, recorded_predictions
from benchmark.corpus import Corpus
from benchmark.corpus_alt_test import LABELS, annotators_labels, stand_in
from benchmark.errors import InputError, Problem
from benchmark.evaluation.items import Items, build_items
from benchmark.evaluation.predicted import Predicted, from_rows
from benchmark.metrics.alt_test import EPSILON
from benchmark.metrics.bootstrap import resampling_weights
from benchmark.metrics.calibration import reliability_curve
from benchmark.metrics.categorical import ABSTAINED
from benchmark.metrics.multilabel import THRESHOLD
from benchmark.metrics.statistic import Statistic
from benchmark.reference import Reference, build_reference, towards_middle
from leaderboard.board import yardstick
from leaderboard.shards import dump

Record = Mapping[str, Any]
Floats = NDArray[np.float64]
RESAMPLES = 1000
"""Common resamples behind ranks and differences: enough for a standard deviation and for the limits of a rank."""
SEED = 0
_DOUBT = 1e-6
_SHOWN = ("verdict", "rating", "pace", "depth", "patterns", "pattern_probs", "signals", "signal_probs", "confidence_direction",
          "verdict_probs", "evidence", "rationale", "abstained", "failed")  # fmt: skip


class Yardstick:
    """Answers and labels that the runs of one board are measured against."""

    def __init__(self, corpus: Corpus, record: Record):
        measured, reference = record["corpus"], record["reference"]
        self.corpus = corpus
        self.items: Items = build_items(corpus, corpus.split(measured["split"])[: measured["limit"]])
        self.reference: Reference = build_reference(corpus, reference["source"], reference["annotators"], self.items.ids)
        self._weights: dict[int, Floats] = {}

    @cached_property
    def labels(self) -> dict[str, Floats]:
        """The annotators' labels for the alternative annotator test."""
        return annotators_labels(self.corpus, self.reference.annotators, self.items.ids)

    def drawn(self, statistic: Statistic) -> Floats:
        """Values on the common resamples, (RESAMPLES,)."""
        clusters = len(statistic.sums)
        if clusters not in self._weights:
            self._weights[clusters] = resampling_weights(clusters, SEED, RESAMPLES)
        return statistic(self._weights[clusters])


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: ``drawn`` its headlines on the common resamples (with ``clusters`` of each), ``stand_in`` omega and rho by label,
    ``charts`` the data of its page's figures, ``details`` its predictions by question as JSON text, ``compact`` the labels alone."""

    drawn: dict[str, Floats]
    clusters: dict[str, int]
    stand_in: dict[str, tuple[float | None, float | None]]
    charts: dict[str, Any]
    details: dict[str, str]
    compact: str


def measure(path: Path, record: Record, against: Yardstick) -> Measured:
    """Measure the predictions beside a record.  Raises InputError where they are missing, broken, others, or give other headlines."""
    items = against.items
    rows = recorded_predictions(path, dict(record), items, against.corpus).rows
    given = [rows.get(answer_id) for answer_id in items.ids]
    predicted = from_rows(given)
    headlines = headline_statistics(items, against.reference, predicted)
    _check(path, record, headlines)
    tested = {}
    if len(against.reference.annotators) > 1:
        for field, alignment in LABELS.items():
            if field in predicted.fields:
                found = stand_in(against.labels, predicted, field, alignment, EPSILON)
                tested[field] = (found.winning_rate, found.advantage_probability)
    return Measured(
        drawn=_drawn(headlines, against),
        clusters={name: len(statistic.sums) for name, statistic in headlines.items()},
        stand_in=tested,
        charts=_charts(against.reference, predicted),
        details=_details(items, rows),
        compact=_compact(predicted),
    )


def _drawn(headlines: Mapping[str, Statistic], against: Yardstick) -> dict[str, Floats]:
    """Every headline on the common resamples; the overall score is the mean of five of them, and is not drawn a second time."""
    drawn = {name: against.drawn(statistic) for name, statistic in headlines.items() if name != OVERALL}
    if OVERALL in headlines:
        drawn[OVERALL] = np.mean([drawn[name] for name in OVERALL_TRACKS], axis=0)
    return drawn


class Workers:
    """As many processes as there are cores, each with the corpus: runs and what concerns the corpus are measured side by side."""

    def __init__(self, corpus: Corpus):
        self._pool = ProcessPoolExecutor(os.cpu_count() or 1, initializer=_start, initargs=(corpus,))

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Call ``work(corpus, *arguments)`` in another process."""
        return self._pool.submit(_with_corpus, work, *arguments)

    def measure(self, records: Mapping[Path, Record]) -> tuple[dict[Path, Measured], list[Problem | str]]:
        """Measure runs; also the problems of those that can't be."""
        measured: dict[Path, Measured] = {}
        problems: list[Problem | str] = []
        outcomes = self._pool.map(_measured, records.items(), chunksize=max(1, min(8, len(records) // 8)))
        for path, outcome in zip(records, outcomes, strict=True):
            if isinstance(outcome, Measured):
                measured[path] = outcome
            else:
                problems += outcome
        return measured, problems


_yardsticks: dict[Any, Yardstick] = {}
_corpus: list[Corpus] = []


def _start(corpus: Corpus) -> None:
    threadpool_limits(1, user_api="blas")  # many small products: threads would wait for each other
    _corpus[:] = [corpus]


def _with_corpus(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(_corpus[0], *arguments)


def _measured(work: tuple[Path, Record]) -> Measured | Sequence[Problem | str]:
    path, record = work
    try:
        key = yardstick(record)
        if key not in _yardsticks:
            _yardsticks[key] = Yardstick(_corpus[0], record)
        return measure(path, record, _yardsticks[key])
    except InputError as error:
        return error.problems
    except (UnicodeEncodeError, OverflowError, RecursionError) as error:
        return [Problem(str(path), 0, "", f"its predictions hold what can't be written again: {error}")]


def _check(path: Path, record: Record, headlines: Mapping[str, Statistic]) -> None:
    """Every headline of the record must be what its predictions give."""
    problems = []
    for name in (OVERALL, *TRACK):
        told = record["overall"] if name == OVERALL else record["tracks"][name][TRACK[name].headline]
        value = headlines[name].value() if name in headlines else math.nan
        same = math.isnan(value) if told["value"] is None else abs(value - told["value"]) <= _DOUBT
        if not same:
            field = OVERALL if name == OVERALL else f"tracks.{name}.{TRACK[name].headline}"
            given = "nothing" if math.isnan(value) else f"{value:.6f}"
            problems.append(Problem(str(path), 0, f"{field}.value", f"says {told['value']}, its predictions give {given}"))
    if problems:
        raise InputError(problems)


def _charts(reference: Reference, predicted: Predicted) -> dict[str, Any]:
    """Confusion of every scale (rows the reference, the last column abstentions), rating pairs, and reliability curves."""
    confusion: dict[str, list[list[float]]] = {}
    if "verdict" in predicted.fields:
        confusion["verdict"] = _confusion(reference.verdict, predicted.verdict)
    for field in ("rating", "pace", "depth"):
        if field not in predicted.fields:
            continue
        scale = tuple(int(category) for category in TRACK[field].categories)
        truth: Floats = getattr(reference, field)
        whole = towards_middle(getattr(predicted, field), scale)
        codes = np.where(np.isnan(whole), ABSTAINED, np.nan_to_num(whole) - scale[0]).astype(np.intp)
        confusion[field] = _confusion(np.equal.outer(truth, np.array(scale)).astype(np.float64), codes)
    both = ~np.isnan(reference.rating) & ~np.isnan(predicted.rating)
    scatter = [[float(a), round(float(b), 2)] for a, b in zip(reference.rating[both], predicted.rating[both], strict=True)]
    curves = {}
    shares = predicted.probabilities["verdict"]
    known = np.flatnonzero(~np.isnan(shares.sum(axis=1)) & (reference.verdict.sum(axis=1) > 0))
    if len(known):
        top = shares[known].argmax(axis=1)
        curves["verdict"] = _curve(shares[known, top], reference.verdict[known, top])
    shares = predicted.probabilities["patterns"]
    known = np.flatnonzero(~np.isnan(shares.sum(axis=1)) & ~np.isnan(reference.patterns).any(axis=1))
    if len(known):
        curves["patterns"] = _curve(shares[known].ravel(), reference.patterns[known].ravel())
    return {"confusion": confusion, "scatter": scatter, "calibration": curves}


def _confusion(truth: Floats, codes: NDArray[np.intp]) -> list[list[float]]:
    columns = np.zeros((len(codes), truth.shape[1] + 1))
    columns[np.arange(len(codes)), np.where(codes == ABSTAINED, truth.shape[1], codes)] = 1
    table: list[list[float]] = (truth.T @ columns).tolist()
    return table


def _curve(probabilities: Floats, outcomes: Floats) -> list[list[float]]:
    points = reliability_curve(probabilities, outcomes)
    return [[round(point.probability, 4), round(point.outcome, 4), point.n] for point in points]


def _details(items: Items, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What the browser shows of the predictions for each question, ``{answer: prediction}``."""
    by_question: dict[str, dict[str, Any]] = {}
    for answer in items.answers:
        row = rows.get(answer.answer_id)
        if row is not None:
            shown = {key: row[key] for key in _SHOWN if row.get(key) is not None}
            by_question.setdefault(answer.question_id, {})[answer.answer_id] = shown
    return {question: dump(own) for question, own in by_question.items()}


def _compact(predicted: Predicted) -> str:
    """Per answer [verdict, rating, pace, depth, patterns as bits], null where not given, as JSON text."""
    verdicts: list[int | None] = [None if code == ABSTAINED else int(code) for code in predicted.verdict]
    numbers = [
        [None if math.isnan(value) else round(value, 2) for value in column.tolist()]
        for column in (predicted.rating, predicted.pace, predicted.depth)
    ]
    bits = np.nan_to_num(predicted.patterns) >= THRESHOLD
    patterns = bits.astype(np.intp) @ (1 << np.arange(len(PATTERNS)))
    marked = [None if np.isnan(row).any() else int(code) for row, code in zip(predicted.patterns, patterns, strict=True)]
    return json.dumps([list(row) for row in zip(verdicts, *numbers, marked, strict=True)], separators=(",", ":"))
