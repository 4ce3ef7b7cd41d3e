"""A bag of words, fillers left out: what ``features=words`` sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmark.records import Answer
from scorers.heuristic.lexicon import FILLERS
from scorers.heuristic.reading import read

Floats = NDArray[np.float64]
_WORD = re.compile(r"\b\w\w+\b")
LEAST_ANSWERS = 5
MOST_COLUMNS = 1500


def vocabulary(answers: Sequence[Answer]) -> list[str]:
    """The words and pairs of words that the most answers use, sorted."""
    counts = Counter(gram for answer in answers for gram in set(_grams(answer)))
    common = sorted((g for g, n in counts.items() if n >= LEAST_ANSWERS), key=lambda g: (-counts[g], g))
    return sorted(common[:MOST_COLUMNS])


def word_features(answers: Sequence[Answer], columns: Sequence[str]) -> Floats:
    """Shape (answers, columns): 1 + log of the count, each row to length 1."""
    place = {gram: j for j, gram in enumerate(columns)}
    x = np.zeros((len(answers), len(columns)))
    for i, answer in enumerate(answers):
        for gram, count in Counter(_grams(answer)).items():
            j = place.get(gram)
            if j is not None:
                x[i, j] = 1 + np.log(count)
    unit: Floats = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    return unit


def _grams(answer: Answer) -> list[str]:
    words = [word for word in _WORD.findall(read(answer).answer.text.lower()) if word not in FILLERS]
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]
