"""The evidence track: do the scorer's spans lie where the annotators' do?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Predicted
from benchmark.evaluation.tracks import Bools, Metrics
from benchmark.metrics.statistic import ratio
from benchmark.records import Answer, Span
from benchmark.reference import Reference

_TOKEN = re.compile(r"\S+")
Token = tuple[str, int, int]
"""Label, segment and number of a word in the segment; -1 stands for a segment without words, a silence."""


@dataclass(frozen=True)
class Shared:
    """Counts of words (n, 4): twice the shared ones, and those of both sides together, with the label and without; ``labelled``
    (n,) says where an annotator marked evidence or said that there is none."""

    counts: NDArray[np.int32]
    labelled: NDArray[np.bool_]


def no_shared(n: int) -> Shared:
    """Counts to be filled answer by answer with ``count_shared``."""
    return Shared(np.zeros((n, 4), dtype=np.int32), np.zeros(n, dtype=bool))


def count_shared(shared: Shared, i: int, answer: Answer, annotators: Sequence[Iterable[Span]], given: Iterable[Span]) -> None:
    """Compare the spans given for answer number ``i`` with those of each annotator in turn."""
    if not annotators:
        return
    shared.labelled[i] = True
    texts = tuple(segment.text for segment in answer.segments)
    found, places = _tokens(texts, tuple(given))
    same = marked = same_places = marked_places = 0
    for spans in annotators:
        wanted, wanted_places = _tokens(texts, tuple(spans))
        same += len(found & wanted)
        marked += len(found) + len(wanted)
        same_places += len(places & wanted_places)
        marked_places += len(places) + len(wanted_places)
    shared.counts[i] = 2 * same, marked, 2 * same_places, marked_places


def shared_words(items: Items, reference: Reference, predicted: Predicted) -> Shared:
    """The counts of all answers, where both sides' spans are in memory."""
    shared = no_shared(len(items))
    for i, answer in enumerate(items.answers):
        count_shared(shared, i, answer, (reference.evidence or ())[i], (predicted.evidence or ())[i] or ())
    return shared


def evidence_metrics(items: Items, shared: Shared, rows: Bools) -> Metrics:
    """Micro-averaged F1 of tokens (words split at white space) against each counted annotator in turn.

    ``token_f1``: 2 x shared tokens / (predicted + annotated), summed over answers and annotators; a token is shared when the
    label agrees as well.  ``token_f1_any_label`` leaves the label aside.  An abstention predicts no token.
    """
    chosen = np.flatnonzero(rows & shared.labelled)
    counts, clusters = shared.counts[chosen].astype(np.float64), items.clusters[chosen]
    none = "neither side marks a span"
    return {
        "token_f1": partial(ratio, counts[:, 0], counts[:, 1], clusters, items.n_clusters, none),
        "token_f1_any_label": partial(ratio, counts[:, 2], counts[:, 3], clusters, items.n_clusters, none),
    }


def tokens(answer: Answer, spans: Iterable[Span]) -> frozenset[Token]:
    """The words that the spans touch."""
    return _tokens(tuple(segment.text for segment in answer.segments), tuple(spans))[0]


@lru_cache(maxsize=4096)
def _tokens(texts: tuple[str, ...], spans: tuple[Span, ...]) -> tuple[frozenset[Token], frozenset[tuple[int, int]]]:
    """The words that spans touch in segments of these texts, with labels and without; kept, as annotators' spans meet many scorers."""
    found: set[Token] = set()
    for span in spans:
        words = _words(texts[span.segment])
        if not words:
            found.add((span.label, span.segment, -1))
        found.update(
            (span.label, span.segment, k) for k, (start, end) in enumerate(words) if start < span.end and end > span.start
        )
    return frozenset(found), frozenset((segment, k) for _, segment, k in found)


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each word."""
    return tuple(m.span() for m in _TOKEN.finditer(text))
