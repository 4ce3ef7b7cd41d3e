"""The reference: what the counted annotators say together, computed when needed and never stored in their place.

Nominal labels are the majority, and a tie is *shared*: two verdicts with equal votes carry half the weight each, so no
order of labels or annotators decides.  Ordinal labels are the median; where it falls between two values the one nearer the
middle of the scale is taken (rule 4 of the codebook).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.majority import majority
from benchmark.agreement.aggregate.middle import median
from benchmark.agreement.ratings import MISSING
from benchmark.codebook import ANNOTATOR_KINDS, DEVIATIONS, LOOP_VERDICTS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.corpus.load import Corpus
from benchmark.errors import InputError
from benchmark.records import Annotation, Span

Floats = NDArray[np.float64]

METHOD = "majority, ties shared; median, towards the middle of the scale"


@dataclass(frozen=True)
class Reference:
    """Combined labels of ``answer_ids``, in that order (n answers).

    ``verdict`` has shape (n, 4): the weight of each verdict, a row of zeros where nobody gave one.  ``rating``, ``pace`` and
    ``depth`` have shape (n,), NaN where nobody gave one.  ``patterns`` (n, 8) and ``signals`` (n, 5) are 0, 0.5 (a tie) or
    1, NaN where nobody labelled.  ``evidence`` has, per answer, the spans of each annotator who gave any.
    """

    source: str
    annotators: tuple[str, ...]
    answer_ids: tuple[str, ...]
    verdict: Floats
    rating: Floats
    pace: Floats
    depth: Floats
    patterns: Floats
    signals: Floats
    evidence: tuple[tuple[tuple[Span, ...], ...], ...]


def default_source(corpus: Corpus) -> str:
    """People where there are any, else models, else authors.  Raises InputError for a corpus without annotations."""
    kinds = {corpus.annotators[a.annotator_id].kind for a in corpus.annotations}
    for kind in ANNOTATOR_KINDS:
        if kind in kinds:
            return kind
    raise InputError([f"corpus {corpus.name}: no annotations to measure against"])


def choose_annotators(corpus: Corpus, source: str | None) -> tuple[str, tuple[str, ...]]:
    """The source's name and the annotators it stands for: a kind, or annotator ids joined by commas.

    Raises InputError for a name that is neither, and for a kind that nobody in the corpus has.
    """
    name = source or default_source(corpus)
    active = {a.annotator_id for a in corpus.annotations}
    if name in ANNOTATOR_KINDS:
        chosen = [a for a in sorted(active) if corpus.annotators[a].kind == name]
    else:
        chosen = sorted({part.strip() for part in name.split(",")})
        unknown = [part for part in chosen if part not in active]
        if unknown:
            known = ", ".join([*ANNOTATOR_KINDS, *sorted(active)])
            raise InputError([f"--reference: {unknown[0]!r} labelled nothing in corpus {corpus.name} (known: {known})"])
    if not chosen:
        raise InputError([f"--reference: corpus {corpus.name} has no annotation of kind {name!r}"])
    return name, tuple(chosen)


def build_reference(corpus: Corpus, source: str, annotators: Sequence[str], answer_ids: Sequence[str]) -> Reference:
    """Combine the annotators' labels of the given answers."""
    row = {answer_id: i for i, answer_id in enumerate(answer_ids)}
    column = {name: j for j, name in enumerate(annotators)}
    counted = [a for a in corpus.annotations if a.answer_id in row and a.annotator_id in column]
    shape = len(answer_ids), len(annotators)

    def votes(code: Callable[[Annotation], int | None], categories: int) -> LongRatings:
        cells = [(row[a.answer_id], column[a.annotator_id], k) for a in counted if (k := code(a)) is not None]
        items, raters, labels = np.array(cells, dtype=np.intp).reshape(-1, 3).T
        return LongRatings(items, raters, labels, *shape, categories)

    def on_scale(field: str, scale: Sequence[int]) -> Floats:
        labels = median(votes(lambda a: _place(getattr(a, field), scale), len(scale)), np.array(scale, dtype=np.float64)).labels
        return np.where(labels == MISSING, np.nan, np.array(scale, dtype=np.float64)[labels])

    def present(field: str, names: Sequence[str]) -> Floats:
        marked = [
            votes(lambda a, name=name: None if getattr(a, field) is None else int(name in getattr(a, field)), 2)  # type: ignore[misc]
            for name in names
        ]
        return np.column_stack([majority(one, "shared").weights[:, 1] for one in marked])

    spans: list[list[tuple[Span, ...]]] = [[] for _ in answer_ids]
    for annotation in counted:
        if annotation.evidence is not None:
            spans[row[annotation.answer_id]].append(annotation.evidence)
    return Reference(
        source=source,
        annotators=tuple(annotators),
        answer_ids=tuple(answer_ids),
        verdict=np.nan_to_num(majority(votes(lambda a: _place(a.verdict, VERDICTS), len(VERDICTS)), "shared").weights),
        rating=on_scale("rating", RATINGS),
        pace=on_scale("pace", DEVIATIONS),
        depth=on_scale("depth", DEVIATIONS),
        patterns=present("patterns", PATTERNS),
        signals=present("signals", SIGNALS),
        evidence=tuple(tuple(given) for given in spans),
    )


def loop_reference(corpus: Corpus, annotators: Sequence[str]) -> Mapping[str, Floats]:
    """Weights (4,) of the loop verdicts of each loop that a counted annotator labelled."""
    cells = [
        (i, annotators.index(annotator), LOOP_VERDICTS.index(verdict))
        for i, loop in enumerate(corpus.loops)
        for annotator, verdict in loop.annotations
        if annotator in annotators
    ]
    items, raters, labels = np.array(cells, dtype=np.intp).reshape(-1, 3).T
    ratings = LongRatings(items, raters, labels, len(corpus.loops), len(annotators), len(LOOP_VERDICTS))
    weights = majority(ratings, "shared").weights
    return {loop.loop_id: own for loop, own in zip(corpus.loops, weights, strict=True) if not np.isnan(own).any()}


def towards_middle(values: Floats, scale: Sequence[int]) -> Floats:
    """Round to whole steps of the scale; a half goes towards its middle.  NaN stays NaN."""
    centre = (scale[0] + scale[-1]) / 2
    return np.where(values > centre, np.ceil(values - 0.5), np.floor(values + 0.5))


def _place(label: object, categories: Sequence[object]) -> int | None:
    """Where a label stands on its scale; None where it was not given."""
    return None if label is None else categories.index(label)
