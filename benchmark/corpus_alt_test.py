"""The alternative annotator test of predictions on a corpus, for each label field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.corpus import Corpus, load_corpus
from benchmark.corpus.load import chosen_split
from benchmark.errors import InputError
from benchmark.evaluation.predicted import Floats, Predicted, from_annotations, from_rows
from benchmark.metrics.alt_test import AltTest, alt_test
from benchmark.metrics.multilabel import THRESHOLD
from benchmark.predictions import read_predictions
from benchmark.reference import build_reference, choose_annotators, towards_middle

LABELS = {"verdict": "accuracy", "rating": "rmse", "pace": "rmse", "depth": "rmse", "patterns": "set", "signals": "set"}
"""Label fields and the closeness each is compared by unless told otherwise."""


def corpus_alt_test(
    predictions: Path | None,
    panel: str | None,
    location: str | None,
    split: str | None,
    source: str | None,
    label: str | None,
    alignment: str | None,
    epsilon: float,
) -> tuple[dict[str, AltTest], list[str]]:
    """Test predictions, or what a ``panel`` of other annotators says together, against the counted annotators; also their names.

    An answer without a prediction is lost, and one that the panel ties on.  Raises InputError where fewer than two annotators count,
    where the predictions lack the label, for an alignment that does not suit it, and for a panel that is among the annotators.
    """
    corpus = load_corpus(location)
    answers = corpus.split(chosen_split(corpus, split))
    source, annotators = choose_annotators(corpus, source)
    if len(annotators) < 2:
        raise InputError([f"corpus {corpus.name}: only {annotators[0]!r} counts as {source!r}: the test needs two annotators"])
    if predictions is None:
        candidate = _panel(corpus, str(panel), annotators, [answer.answer_id for answer in answers])
    else:
        rows: Mapping[str, Any] = read_predictions(predictions, answers, corpus.answers.keys()).rows
        candidate = from_rows([rows.get(answer.answer_id) for answer in answers])
    fields = [label] if label else [field for field in LABELS if field in candidate.fields]
    missing = [field for field in fields if field not in candidate.fields]
    if missing or not fields:
        raise InputError([f"{predictions or panel}: it gives no {missing[0] if missing else 'label that can be tested'}"])
    labels = annotators_labels(corpus, annotators, [answer.answer_id for answer in answers])
    for field in fields:
        kind = alignment or LABELS[field]
        if (kind == "set") != (field in ("patterns", "signals")) or (kind == "rmse" and field == "verdict"):
            raise InputError([f"--alignment {kind} does not suit {field}"])
    return {field: stand_in(labels, candidate, field, alignment or LABELS[field], epsilon) for field in fields}, list(
        annotators
    )


def annotators_labels(corpus: Corpus, annotators: Sequence[str], answer_ids: Sequence[str]) -> dict[str, Floats]:
    """Each label field as numbers, ``(answers, annotators)`` or for sets ``(answers, annotators, members)``, NaN where not given."""
    sides = []
    for name in annotators:
        own = {a.answer_id: a for a in corpus.annotations if a.annotator_id == name}
        sides.append(from_annotations([own.get(answer_id) for answer_id in answer_ids]))
    return {field: np.stack([_numbers(side, field) for side in sides], axis=1) for field in LABELS}


def stand_in(labels: Mapping[str, Floats], candidate: Predicted, field: str, alignment: str, epsilon: float) -> AltTest:
    """The test of one label field; an answer without a prediction is lost."""
    return alt_test(labels[field], _numbers(candidate, field), alignment, epsilon, abstentions_lose=True)


def _panel(corpus: Corpus, name: str, against: Sequence[str], answer_ids: Sequence[str]) -> Predicted:
    """What other annotators (a kind, or ids) say together, as a scorer's predictions: their reference, no verdict where it is tied."""
    source, members = choose_annotators(corpus, name)
    both = sorted(set(members) & set(against))
    if both:
        raise InputError([f"--candidate {name}: {both[0]!r} is among those it is tested against"])
    reference = build_reference(corpus, source, members, answer_ids)
    rows: list[dict[str, Any]] = []
    for i in range(len(answer_ids)):
        row: dict[str, Any] = {}
        for field in ("rating", "pace", "depth"):
            value = float(getattr(reference, field)[i])
            row[field] = None if np.isnan(value) else value
        best = np.flatnonzero(reference.verdict[i] == reference.verdict[i].max())
        row["verdict"] = VERDICTS[int(best[0])] if len(best) == 1 else None
        for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
            shares = getattr(reference, field)[i]
            row[field] = None if np.isnan(shares).any() else dict(zip(names, shares.tolist(), strict=True))
        rows.append(row)
    return from_rows(rows)


def _numbers(side: Predicted, field: str) -> Floats:
    """One side's labels: codes, membership, or whole steps of the scale, so that a fraction can tie with an annotator."""
    if field == "verdict":
        return np.where(side.verdict < 0, np.nan, side.verdict.astype(np.float64))
    values: Floats = getattr(side, field)
    if field in ("patterns", "signals"):
        return np.where(np.isnan(values), np.nan, (values >= THRESHOLD).astype(np.float64))
    return towards_middle(values, RATINGS if field == "rating" else DEVIATIONS)
