"""The answers under evaluation and the clusters (questions) they are resampled by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmark.codebook import DIMENSIONS, LENGTH_BANDS, PATTERNS, ROUNDS
from benchmark.corpus.load import Corpus
from benchmark.records import Annotator, Answer, Contrast, Loop

Ints = NDArray[np.intp]
MOST_CLUSTERS = 500
"""More questions than this are resampled in so many groups of questions: the interval of a sum over independent questions is the
same, and its cost does not grow with them."""


class About(Protocol):
    """What a record says of a corpus."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str | None: ...

    @property
    def revision(self) -> str | None: ...

    @property
    def repository(self) -> str | None: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def annotators(self) -> Mapping[str, Annotator]: ...


@dataclass(frozen=True)
class Twins:
    """Contrasts as arrays (m,): rows of the better and the worse answer, place of the dimension, bits of the expected patterns."""

    better: Ints
    worse: Ints
    dimension: Ints
    expected: Ints


@dataclass(frozen=True)
class Items:
    """n answers of a corpus, in the order of their ids.

    ``questions`` (n,) numbers their questions from 0, ``clusters`` (n,) what is resampled: questions, or groups of them.
    ``rounds`` and ``bands`` (n,) are places in ROUNDS and LENGTH_BANDS.  ``loops`` have the rows of their answers beside them.
    """

    corpus: About
    answers: Sequence[Answer]
    questions: Ints
    n_questions: int
    clusters: Ints
    n_clusters: int
    rounds: NDArray[np.int8]
    bands: NDArray[np.int8]
    loops: tuple[tuple[Loop, tuple[int, ...]], ...]
    twins: Twins

    def __len__(self) -> int:
        return len(self.clusters)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(answer.answer_id for answer in self.answers)

    def part(self, rows: slice) -> Items:
        """Some of the answers for a label track, without a copy: loops and twins stay those of the whole."""
        return replace(self, clusters=self.clusters[rows], rounds=self.rounds[rows], bands=self.bands[rows])


def length_band(answer: Answer) -> str:
    """The band of LENGTH_BANDS that an answer's words fall into."""
    return next(name for name, lowest, _ in reversed(LENGTH_BANDS) if answer.words >= lowest)


def build_items(corpus: Corpus, answers: Sequence[Answer]) -> Items:
    """The items of a corpus in memory; keeps the loops and contrasts that lie wholly among them."""
    index = {answer.answer_id: i for i, answer in enumerate(answers)}
    return assemble(
        corpus,
        answers,
        [answer.question_id for answer in answers],
        [answer.round for answer in answers],
        [answer.words for answer in answers],
        corpus.loops,
        corpus.contrasts,
        index,
    )


def assemble(
    corpus: About,
    answers: Sequence[Answer],
    question_ids: Sequence[str],
    rounds: Iterable[str],
    words: Sequence[int] | NDArray[np.int64],
    loops: Iterable[Loop],
    contrasts: Iterable[Contrast],
    index: Mapping[str, int],
) -> Items:
    """Number the questions and the rows of loops and contrasts; ``index`` gives the row of an answer id."""
    number = {q: i for i, q in enumerate(sorted(set(question_ids)))}
    questions = np.fromiter((number[q] for q in question_ids), dtype=np.intp, count=len(question_ids))
    grouped = len(number) > MOST_CLUSTERS
    place = {name: i for i, name in enumerate(ROUNDS)}
    edges = [lowest for _, lowest, _ in LENGTH_BANDS[1:]]
    return Items(
        corpus=corpus,
        answers=answers,
        questions=questions,
        n_questions=len(number),
        clusters=questions % MOST_CLUSTERS if grouped else questions,
        n_clusters=min(len(number), MOST_CLUSTERS),
        rounds=np.fromiter((place[name] for name in rounds), dtype=np.int8, count=len(questions)),
        bands=np.searchsorted(edges, words, side="right").astype(np.int8),
        loops=tuple(
            (loop, tuple(index[a] for a in loop.answer_ids)) for loop in loops if all(a in index for a in loop.answer_ids)
        ),
        twins=_twins(contrasts, index),
    )


def _twins(contrasts: Iterable[Contrast], index: Mapping[str, int]) -> Twins:
    rows = np.fromiter(
        chain.from_iterable(
            (
                index[c.better],
                index[c.worse],
                DIMENSIONS.index(c.dimension),
                sum(1 << PATTERNS.index(pattern) for pattern in set(c.expect_patterns)),
            )
            for c in contrasts
            if c.better in index and c.worse in index
        ),
        dtype=np.intp,
    ).reshape(-1, 4)
    return Twins(*rows.T)
