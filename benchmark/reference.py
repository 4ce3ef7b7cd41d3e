"""The reference: what the counted annotators say together, computed when needed and never stored in their place.

Nominal labels are the majority, and a tie is *shared*: two verdicts with equal votes carry half the weight each, so no
order of labels or annotators decides.  Ordinal labels are the median; where it falls between two values the one nearer the
middle of the scale is taken (rule 4 of the codebook).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

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
    wanted, counted = set(answer_ids), set(annotators)
    by_answer: dict[str, list[Annotation]] = {answer_id: [] for answer_id in answer_ids}
    for annotation in corpus.annotations:
        if annotation.answer_id in wanted and annotation.annotator_id in counted:
            by_answer[annotation.answer_id].append(annotation)
    groups = [by_answer[answer_id] for answer_id in answer_ids]
    return Reference(
        source=source,
        annotators=tuple(annotators),
        answer_ids=tuple(answer_ids),
        verdict=np.array([majority((a.verdict for a in g), VERDICTS) for g in groups]).reshape(-1, len(VERDICTS)),
        rating=np.array([middle((a.rating for a in g), RATINGS) for g in groups], dtype=np.float64),
        pace=np.array([middle((a.pace for a in g), DEVIATIONS) for g in groups], dtype=np.float64),
        depth=np.array([middle((a.depth for a in g), DEVIATIONS) for g in groups], dtype=np.float64),
        patterns=np.array([_present((a.patterns for a in g), PATTERNS) for g in groups]).reshape(-1, len(PATTERNS)),
        signals=np.array([_present((a.signals for a in g), SIGNALS) for g in groups]).reshape(-1, len(SIGNALS)),
        evidence=tuple(tuple(a.evidence for a in g if a.evidence is not None) for g in groups),
    )


def loop_reference(corpus: Corpus, annotators: Sequence[str]) -> Mapping[str, Floats]:
    """Weights (4,) of the loop verdicts of each loop that a counted annotator labelled."""
    references = {}
    for loop in corpus.loops:
        votes = [verdict for annotator, verdict in loop.annotations if annotator in annotators]
        if votes:
            references[loop.loop_id] = np.array(majority(votes, LOOP_VERDICTS))
    return references


def majority(votes: Iterable[str | None], categories: Sequence[str]) -> list[float]:
    """Weight of each category: 1 for the most frequent, shared equally by a tie, all 0 without votes."""
    counts = Counter(vote for vote in votes if vote is not None)
    most = max(counts.values(), default=0)
    winners = [category for category in categories if most and counts[category] == most]
    return [1 / len(winners) if category in winners else 0.0 for category in categories]


def middle(votes: Iterable[int | None], scale: Sequence[int]) -> float:
    """The median vote; between two values the one nearer the middle of the scale.  NaN without votes."""
    given = [vote for vote in votes if vote is not None]
    return float(towards_middle(np.array(median(given)), scale)) if given else float("nan")


def towards_middle(values: Floats, scale: Sequence[int]) -> Floats:
    """Round to whole steps of the scale; a half goes towards its middle.  NaN stays NaN."""
    centre = (scale[0] + scale[-1]) / 2
    return np.where(values > centre, np.ceil(values - 0.5), np.floor(values + 0.5))


def _present(votes: Iterable[tuple[str, ...] | None], labels: Sequence[str]) -> list[float]:
    given = [vote for vote in votes if vote is not None]
    if not given:
        return [float("nan")] * len(labels)
    shares = [sum(label in vote for vote in given) / len(given) for label in labels]
    return [1.0 if share > 0.5 else 0.5 if share == 0.5 else 0.0 for share in shares]
