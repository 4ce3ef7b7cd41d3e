"""The reference: what the counted annotators say together, computed when needed and never stored in their place.

Nominal labels are the majority, and a tie is *shared*: two verdicts with equal votes carry half the weight each, so no
order of labels or annotators decides.  Ordinal labels are the median; where it falls between two values the one nearer the
middle of the scale is taken (rule 4 of the codebook).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmark.agreement.aggregate.long import LongRatings
from benchmark.agreement.aggregate.majority import majority
from benchmark.agreement.aggregate.middle import median
from benchmark.agreement.ratings import MISSING
from benchmark.ballots import MARKS, SCALES, Ballots, Codes, corpus_ballots
from benchmark.codebook import ANNOTATOR_KINDS, LOOP_VERDICTS, VERDICTS
from benchmark.corpus.load import Corpus
from benchmark.errors import InputError
from benchmark.records import Annotator, Loop, Span

Floats = NDArray[np.float64]

_BLOCK = 1 << 16
_FIELDS = ("verdict", "rating", "pace", "depth", "patterns", "signals")
METHOD = "majority, ties shared; median, towards the middle of the scale"


class Surveyed(Protocol):
    """A corpus, in memory or scanned, as far as it says who labelled it."""

    @property
    def name(self) -> str: ...

    @property
    def annotators(self) -> Mapping[str, Annotator]: ...

    def active(self) -> set[str]: ...


@dataclass(frozen=True)
class Reference:
    """Combined labels of n answers, and the ``ballots`` they were made from.

    ``verdict`` has shape (n, 4): the weight of each verdict, a row of zeros where nobody gave one.  ``rating``, ``pace`` and
    ``depth`` have shape (n,), NaN where nobody gave one.  ``patterns`` (n, 8) and ``signals`` (n, 5) are 0, 0.5 (a tie) or
    1, NaN where nobody labelled.  ``evidence`` has, per answer, the spans of each annotator who gave any; None where they are
    left on disk.
    """

    source: str
    ballots: Ballots
    verdict: Floats
    rating: Floats
    pace: Floats
    depth: Floats
    patterns: Floats
    signals: Floats
    evidence: tuple[tuple[tuple[Span, ...], ...], ...] | None
    answer_ids: tuple[str, ...] = ()
    """Empty where they are left on disk, as the evidence is."""

    @property
    def annotators(self) -> tuple[str, ...]:
        return self.ballots.annotators

    def part(self, rows: slice) -> Reference:
        """The reference of some of the answers, without a copy."""
        cut = {field: getattr(self, field)[rows] for field in _FIELDS}
        return replace(self, ballots=self.ballots.part(rows), **cut)


def default_source(corpus: Surveyed) -> str:
    """People where there are any, else models, else authors.  Raises InputError for a corpus without annotations."""
    kinds = {corpus.annotators[name].kind for name in corpus.active()}
    for kind in ANNOTATOR_KINDS:
        if kind in kinds:
            return kind
    raise InputError([f"corpus {corpus.name}: no annotations to measure against"])


def choose_annotators(corpus: Surveyed, source: str | None) -> tuple[str, tuple[str, ...]]:
    """The source's name and the annotators it stands for: a kind, or annotator ids joined by commas.

    Raises InputError for a name that is neither, and for a kind that nobody in the corpus has.
    """
    name = source or default_source(corpus)
    active = corpus.active()
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
    spans: list[list[tuple[Span, ...]]] = [[] for _ in answer_ids]
    for annotation in corpus.annotations:
        if annotation.evidence is not None and annotation.answer_id in row and annotation.annotator_id in annotators:
            spans[row[annotation.answer_id]].append(annotation.evidence)
    reference = combine(source, corpus_ballots(corpus, annotators, answer_ids), tuple(tuple(given) for given in spans))
    return replace(reference, answer_ids=tuple(answer_ids))


def combine(source: str, ballots: Ballots, evidence: tuple[tuple[tuple[Span, ...], ...], ...] | None) -> Reference:
    """Combine what annotators said, column by column, block by block."""
    n = len(ballots.labelled)
    combined: dict[str, Floats] = {"verdict": np.empty((n, len(VERDICTS)))}
    combined |= {field: np.empty(n) for field in ("rating", "pace", "depth")}
    combined |= {field: np.empty((n, len(names))) for field, names in MARKS.items()}
    for start in range(0, n, _BLOCK):
        block = slice(start, start + _BLOCK)
        for field, labels in _combined(ballots.part(block)):
            combined[field][block] = labels
    return Reference(
        source=source,
        ballots=ballots,
        verdict=combined["verdict"],
        rating=combined["rating"],
        pace=combined["pace"],
        depth=combined["depth"],
        patterns=combined["patterns"],
        signals=combined["signals"],
        evidence=evidence,
    )


def _combined(ballots: Ballots) -> Iterator[tuple[str, Floats]]:
    n, annotators = ballots.labelled.shape

    def votes(codes: Codes, categories: int) -> LongRatings:
        items, raters = np.nonzero(codes != MISSING)
        return LongRatings(items, raters, codes[items, raters], n, annotators, categories)

    yield "verdict", np.nan_to_num(majority(votes(ballots.labels["verdict"], len(VERDICTS)), "shared").weights)
    for field in ("rating", "pace", "depth"):
        scale = np.array(SCALES[field], dtype=np.float64)
        labels = median(votes(ballots.labels[field], len(scale)), scale).labels
        yield field, np.where(labels == MISSING, np.nan, scale[labels])
    for field in MARKS:
        marks = ballots.marks(field)
        present = [majority(votes(marks[:, :, k], 2), "shared").weights[:, 1] for k in range(marks.shape[2])]
        yield field, np.column_stack(present)


def loop_reference(loops: Sequence[Loop], annotators: Sequence[str]) -> Mapping[str, Floats]:
    """Weights (4,) of the loop verdicts of each loop that a counted annotator labelled."""
    cells = [
        (i, annotators.index(annotator), LOOP_VERDICTS.index(verdict))
        for i, loop in enumerate(loops)
        for annotator, verdict in loop.annotations
        if annotator in annotators
    ]
    items, raters, labels = np.array(cells, dtype=np.intp).reshape(-1, 3).T
    ratings = LongRatings(items, raters, labels, len(loops), len(annotators), len(LOOP_VERDICTS))
    weights = majority(ratings, "shared").weights
    return {loop.loop_id: own for loop, own in zip(loops, weights, strict=True) if not np.isnan(own).any()}


def towards_middle(values: Floats, scale: Sequence[int]) -> Floats:
    """Round to whole steps of the scale; a half goes towards its middle.  NaN stays NaN."""
    centre = (scale[0] + scale[-1]) / 2
    return np.where(values > centre, np.ceil(values - 0.5), np.floor(values + 0.5))
