"""The answers under evaluation and the clusters (questions) they are resampled by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.corpus.load import Corpus
from benchmark.records import Answer, Contrast, Loop

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class Items:
    """n answers of a corpus, in the order of their ids; ``clusters`` (n,) numbers their questions from 0."""

    corpus: Corpus
    answers: tuple[Answer, ...]
    index: dict[str, int]
    clusters: Ints
    n_clusters: int
    loops: tuple[Loop, ...]
    contrasts: tuple[Contrast, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(answer.answer_id for answer in self.answers)


def build_items(corpus: Corpus, answers: list[Answer]) -> Items:
    """Number the answers and their questions; keep the loops and contrasts that lie wholly among them."""
    index = {answer.answer_id: i for i, answer in enumerate(answers)}
    questions = {q: i for i, q in enumerate(sorted({answer.question_id for answer in answers}))}
    return Items(
        corpus=corpus,
        answers=tuple(answers),
        index=index,
        clusters=np.array([questions[answer.question_id] for answer in answers], dtype=np.intp),
        n_clusters=len(questions),
        loops=tuple(loop for loop in corpus.loops if all(a in index for a in loop.answer_ids)),
        contrasts=tuple(c for c in corpus.contrasts if c.better in index and c.worse in index),
    )
