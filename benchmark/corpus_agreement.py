"""Agreement between the annotators of a corpus: every label field, over all rounds and in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement.coefficients import compute, registry
from benchmark.agreement.krippendorff import alpha_by_distance, masi_distance
from benchmark.agreement.ratings import MISSING, Ratings
from benchmark.agreement_report import Table, main_coefficient, report, values_of
from benchmark.ballots import MARKS, SCALES, Ballots, Codes
from benchmark.codebook import ANNOTATOR_KINDS, LOOP_VERDICTS, ROUNDS
from benchmark.corpus.scan import Scan, scanned
from benchmark.errors import InputError
from benchmark.evaluation.items import Items
from benchmark.evaluation.stored import scan_selection
from benchmark.metrics.statistic import MANY
from benchmark.records import Loop
from benchmark.reference import choose_annotators

Ints = NDArray[np.intp]
YES_NO = ("no", "yes")
Document = dict[str, Any]


def corpus_agreement(
    location: str | None,
    split: str,
    source: str | None,
    label: str | None,
    *,
    resamples: int,
    seed: int,
    method: str = "percentile",
) -> Document:
    """The agreement of a corpus' annotators on every label (or on ``label`` alone), resampling questions."""
    with scanned(location) as scan:
        split = scan.chosen_split(split)
        source, annotators = choose_annotators(scan, source)
        if len(annotators) < 2:
            raise InputError(
                [f"corpus {scan.name}: only {annotators[0]!r} counts as {source!r}: agreement needs two annotators"]
            )
        rows = scan.rowids(split, None)
        items, labels = scan_selection(scan, rows, source)
        kinds = {kind: _of_kind(scan, kind) for kind in ANNOTATOR_KINDS}
        by_kind = {
            kind: scan_selection(scan, rows, ",".join(names))[1].ballots for kind, names in kinds.items() if len(names) > 1
        }
    tables = items_tables(items, labels.ballots)
    if label is not None:
        if label not in tables:
            raise InputError([f"--label: no label {label!r} (there are: {', '.join(tables)})"])
        tables = {label: tables[label]}
    return agreement_document(items, split, tables, by_kind, resamples=resamples, seed=seed, method=method)


def agreement_document(
    items: Items,
    split: str,
    tables: Mapping[str, Table],
    by_kind: Mapping[str, Ballots],
    *,
    resamples: int,
    seed: int,
    method: str = "percentile",
    shown_only: bool = False,
) -> Document:
    """What ``bench agreement --json`` says of the ``items_tables`` of a corpus; ``shown_only`` leaves out coefficients not in SHOWN."""
    corpus = items.corpus
    annotators = next(iter(tables.values())).annotators or ()
    return {
        "corpus": {"name": corpus.name, "version": corpus.version, "fingerprint": corpus.fingerprint, "split": split},
        "annotators": list(annotators),
        "kinds": {name: corpus.annotators[name].kind for name in annotators},
        "labels": {
            name: report(_folded(table), resamples=resamples, seed=seed, method=method, shown_only=shown_only)
            for name, table in tables.items()
        },
        "rounds": {
            round_: {
                name: _main(table, items.rounds == i)
                for name, table in tables.items()
                if len(table.ratings.codes) == len(items)
            }
            for i, round_ in enumerate(ROUNDS)
            if (items.rounds == i).any()
        },
        "by_kind": {kind: _all_main(items_tables(items, ballots), list(tables)) for kind, ballots in by_kind.items()},
    }


def _of_kind(scan: Scan, kind: str) -> list[str]:
    return sorted(name for name in scan.active() if scan.annotators[name].kind == kind)


def _all_main(tables: Mapping[str, Table], labels: Sequence[str]) -> Document:
    """The main coefficient of each label among the people, the models or the authors."""
    return {
        name: _main(tables[name], np.ones(len(tables[name].ratings.codes), dtype=bool)) for name in labels if name in tables
    }


def items_tables(items: Items, ballots: Ballots) -> dict[str, Table]:
    """The ``label_tables`` of what annotators said of some answers and of the loops among them."""
    return label_tables(ballots, items.clusters, [loop for loop, _ in items.loops])


def label_tables(ballots: Ballots, clusters: Ints, loops: Sequence[Loop]) -> dict[str, Table]:
    """A table of ratings for each label field: answers by annotators, clustered by question; ``clusters`` has shape (answers,)."""
    tables: dict[str, Table] = {}

    def add(name: str, level: str, categories: tuple[Any, ...], codes: Codes) -> None:
        values = None if level == "set" else values_of(categories)
        tables[name] = Table(Ratings(codes, len(categories), values), level, categories, ballots.annotators, clusters)

    for field, scale in SCALES.items():
        add(field, "nominal" if field == "verdict" else "ordinal", scale, ballots.labels[field])
    for field, names in MARKS.items():
        bits = ballots.labels[field]
        sets = [
            (code, frozenset(n for i, n in enumerate(names) if code >> i & 1)) for code in np.unique(bits) if code != MISSING
        ]
        sets.sort(key=lambda one: (len(one[1]), sorted(one[1])))
        place = np.full(1 << len(names), MISSING, dtype=np.int16)
        place[[code for code, _ in sets]] = np.arange(len(sets))
        add(field, "set", tuple(own for _, own in sets), np.where(bits == MISSING, np.int16(MISSING), place[bits]))
        marks = ballots.marks(field)
        for i, name in enumerate(names):
            add(name, "nominal", YES_NO, marks[:, :, i])
    _add_loops(tables, loops, ballots.annotators)
    return tables


def _add_loops(tables: dict[str, Table], loops: Sequence[Loop], annotators: Sequence[str]) -> None:
    if not loops:
        return
    codes = np.full((len(loops), len(annotators)), MISSING, dtype=np.int16)
    for i, loop in enumerate(loops):
        for annotator, verdict in loop.annotations:
            if annotator in annotators:
                codes[i, annotators.index(annotator)] = LOOP_VERDICTS.index(verdict)
    ratings = Ratings(codes, len(LOOP_VERDICTS))
    tables["loop_verdict"] = Table(ratings, "nominal", LOOP_VERDICTS, annotators=tuple(annotators))


def _folded(table: Table) -> Table:
    """Of many answers, those that look alike within what is resampled as one row that stands for all of them."""
    if table.clusters is None or len(table.clusters) <= MANY:
        return table
    keys = np.column_stack([table.clusters, table.ratings.codes])
    alike, count = np.unique(keys, axis=0, return_counts=True)
    codes, weight = alike[:, 1:].astype(np.int16), count.astype(np.float64)
    ratings = Ratings(codes, table.ratings.categories, table.ratings.values, weight)
    return replace(table, ratings=ratings, clusters=alike[:, 0])


def _main(table: Table, rows: NDArray[np.bool_]) -> Document:
    """The main coefficient of some of the items."""
    ratings = Ratings(table.ratings.codes[rows], table.ratings.categories, table.ratings.values)
    if len(ratings.codes) > MANY:
        ratings = ratings.folded()
    if table.level == "set":
        return alpha_by_distance(ratings, masi_distance(table.categories)).record()
    return compute(registry()[main_coefficient(table.level)], ratings).record()
