"""The evidence track: do the scorer's spans lie where the annotators' do?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, partial

import numpy as np

from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Predicted
from benchmark.evaluation.tracks import Bools, Metrics
from benchmark.metrics.statistic import ratio
from benchmark.records import Answer, Span
from benchmark.reference import Reference

_TOKEN = re.compile(r"\S+")
Token = tuple[str, int, int]
"""Label, segment and number of a word in the segment; -1 stands for a segment without words, a silence."""


def evidence_metrics(items: Items, reference: Reference, predicted: Predicted, rows: Bools) -> Metrics:
    """Micro-averaged F1 of tokens (words split at white space) against each counted annotator in turn.

    ``token_f1``: 2 x shared tokens / (predicted + annotated), summed over answers and annotators; a token is shared when the
    label agrees as well.  ``token_f1_any_label`` leaves the label aside.  An abstention predicts no token.
    """
    counts = np.zeros((len(items.answers), 4))
    labelled = np.zeros(len(items.answers), dtype=bool)
    for i, answer in enumerate(items.answers):
        annotators = reference.evidence[i]
        if not annotators or not rows[i]:
            continue
        labelled[i] = True
        texts = tuple(segment.text for segment in answer.segments)
        given, places = _tokens(texts, predicted.evidence[i] or ())
        shared = marked = shared_places = marked_places = 0
        for spans in annotators:
            wanted, wanted_places = _tokens(texts, spans)
            shared += len(given & wanted)
            marked += len(given) + len(wanted)
            shared_places += len(places & wanted_places)
            marked_places += len(places) + len(wanted_places)
        counts[i] = 2 * shared, marked, 2 * shared_places, marked_places
    chosen = np.flatnonzero(labelled)
    clusters = items.clusters[chosen]
    none = "neither side marks a span"
    return {
        "token_f1": partial(ratio, counts[chosen, 0], counts[chosen, 1], clusters, items.n_clusters, none),
        "token_f1_any_label": partial(ratio, counts[chosen, 2], counts[chosen, 3], clusters, items.n_clusters, none),
    }


def tokens(answer: Answer, spans: Iterable[Span]) -> frozenset[Token]:
    """The words that the spans touch."""
    return _tokens(tuple(segment.text for segment in answer.segments), tuple(spans))[0]


@lru_cache(maxsize=65536)
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


@lru_cache(maxsize=65536)
def _words(text: str) -> tuple[tuple[int, int], ...]:
    """Start and end of each word."""
    return tuple(m.span() for m in _TOKEN.finditer(text))
