"""Agreement between the annotators of a corpus: every label field, over all rounds and in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement.coefficients import compute, registry
from benchmark.agreement.krippendorff import alpha_by_distance, masi_distance
from benchmark.agreement.ratings import MISSING, Ratings
from benchmark.agreement_report import Table, main_coefficient, report, values_of
from benchmark.codebook import ANNOTATOR_KINDS, DEVIATIONS, LOOP_VERDICTS, PATTERNS, RATINGS, ROUNDS, SIGNALS, VERDICTS
from benchmark.corpus import Corpus, load_corpus
from benchmark.corpus.load import chosen_split
from benchmark.errors import InputError
from benchmark.reference import choose_annotators

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
    corpus = load_corpus(location)
    split = chosen_split(corpus, split)
    source, annotators = choose_annotators(corpus, source)
    if len(annotators) < 2:
        raise InputError([f"corpus {corpus.name}: only {annotators[0]!r} counts as {source!r}: agreement needs two annotators"])
    tables = label_tables(corpus, split, annotators)
    if label is not None:
        if label not in tables:
            raise InputError([f"--label: no label {label!r} (there are: {', '.join(tables)})"])
        tables = {label: tables[label]}
    return agreement_document(corpus, split, annotators, tables, resamples=resamples, seed=seed, method=method)


def agreement_document(
    corpus: Corpus,
    split: str,
    annotators: Sequence[str],
    tables: Mapping[str, Table],
    *,
    resamples: int,
    seed: int,
    method: str = "percentile",
    shown_only: bool = False,
) -> Document:
    """What ``bench agreement --json`` says of the ``label_tables`` of a corpus."""
    rounds = np.array([answer.round for answer in corpus.split(split)])
    return {
        "corpus": {"name": corpus.name, "version": corpus.version, "fingerprint": corpus.fingerprint, "split": split},
        "annotators": list(annotators),
        "kinds": {name: corpus.annotators[name].kind for name in annotators},
        "labels": {
            name: report(table, resamples=resamples, seed=seed, method=method, shown_only=shown_only)
            for name, table in tables.items()
        },
        "rounds": {
            round_: {
                name: _main(table, rounds == round_)
                for name, table in tables.items()
                if len(table.ratings.codes) == len(rounds)
            }
            for round_ in ROUNDS
            if (rounds == round_).any()
        },
        "by_kind": _by_kind(corpus, split, list(tables)),
    }


def _by_kind(corpus: Corpus, split: str, labels: Sequence[str]) -> Document:
    """The main coefficient of each label among the people, the models and the authors, of whom there are two or more."""
    active = {a.annotator_id for a in corpus.annotations}
    found: Document = {}
    for kind in ANNOTATOR_KINDS:
        annotators = sorted(name for name in active if corpus.annotators[name].kind == kind)
        if len(annotators) > 1:
            tables = label_tables(corpus, split, annotators)
            found[kind] = {
                name: _main(tables[name], np.ones(len(tables[name].ratings.codes), dtype=bool))
                for name in labels
                if name in tables
            }
    return found


def label_tables(corpus: Corpus, split: str, annotators: Sequence[str]) -> dict[str, Table]:
    """A table of ratings for each label field: answers by annotators, clustered by question."""
    answers = corpus.split(split)
    row = {answer.answer_id: i for i, answer in enumerate(answers)}
    column = {name: j for j, name in enumerate(annotators)}
    questions = {q: i for i, q in enumerate(sorted({answer.question_id for answer in answers}))}
    clusters = np.array([questions[answer.question_id] for answer in answers], dtype=np.intp)
    given = [a for a in corpus.annotations if a.answer_id in row and a.annotator_id in column]
    tables: dict[str, Table] = {}

    def add(name: str, level: str, categories: tuple[Any, ...], labels: Mapping[tuple[int, int], Any]) -> None:
        place = {category: k for k, category in enumerate(categories)}
        codes = np.full((len(answers), len(annotators)), MISSING, dtype=np.int16)
        for cell, value in labels.items():
            codes[cell] = place[value]
        values = None if level == "set" else values_of(categories)
        tables[name] = Table(Ratings(codes, len(categories), values), level, categories, tuple(annotators), clusters)

    for field, level, categories in (
        ("verdict", "nominal", VERDICTS),
        ("rating", "ordinal", RATINGS),
        ("pace", "ordinal", DEVIATIONS),
        ("depth", "ordinal", DEVIATIONS),
    ):
        cells = {(row[a.answer_id], column[a.annotator_id]): getattr(a, field) for a in given if getattr(a, field) is not None}
        add(field, level, categories, cells)
    for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
        sets = {
            (row[a.answer_id], column[a.annotator_id]): frozenset(getattr(a, field))
            for a in given
            if getattr(a, field) is not None
        }
        add(field, "set", tuple(sorted(set(sets.values()), key=lambda s: (len(s), sorted(s)))), sets)
        for name in names:
            add(name, "nominal", YES_NO, {cell: YES_NO[name in labels] for cell, labels in sets.items()})
    _add_loops(tables, corpus, row, annotators)
    return tables


def _add_loops(tables: dict[str, Table], corpus: Corpus, row: Mapping[str, int], annotators: Sequence[str]) -> None:
    loops = [loop for loop in corpus.loops if all(answer_id in row for answer_id in loop.answer_ids)]
    if not loops:
        return
    codes = np.full((len(loops), len(annotators)), MISSING, dtype=np.int16)
    for i, loop in enumerate(loops):
        for annotator, verdict in loop.annotations:
            if annotator in annotators:
                codes[i, annotators.index(annotator)] = LOOP_VERDICTS.index(verdict)
    ratings = Ratings(codes, len(LOOP_VERDICTS))
    tables["loop_verdict"] = Table(ratings, "nominal", LOOP_VERDICTS, tuple(annotators))


def _main(table: Table, rows: NDArray[np.bool_]) -> Document:
    """The main coefficient of some of the items."""
    ratings = Ratings(table.ratings.codes[rows], table.ratings.categories, table.ratings.values)
    if table.level == "set":
        return alpha_by_distance(ratings, masi_distance(table.categories)).record()
    return compute(registry()[main_coefficient(table.level)], ratings).record()
