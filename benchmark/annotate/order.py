"""Who labels which answer, and in which order: drawn from a seed, twins far apart, some answers a second time."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

_TRIES = 40
_MOVED = 0.5
_LEAST_FOR_REPEATS = 8
_REPEAT_AFTER = 0.5
"""A repeat comes back after at least this share of the annotator's answers."""


class Turn(NamedTuple):
    """One place in an annotator's order; ``repeat`` marks the second sight of an answer (the annotator isn't told)."""

    answer_id: str
    repeat: bool


def assign(answers: Sequence[str], annotators: Sequence[str], overlap: int, seed: int) -> dict[str, list[str]]:
    """The answers of each annotator, so that each answer has ``overlap`` of them.

    Loads differ by one at most, and pairs of annotators meet about equally often, so that every pair's agreement can be told.
    """
    if overlap >= len(annotators):
        return {name: sorted(answers) for name in annotators}
    draw = random.Random(f"assign {seed}")
    load: Counter[str] = Counter()
    met: Counter[tuple[str, str]] = Counter()
    given: dict[str, list[str]] = {name: [] for name in annotators}
    for answer in draw.sample(sorted(answers), len(answers)):
        chosen: list[str] = []
        rest = draw.sample(sorted(annotators), len(annotators))
        while len(chosen) < overlap:
            name = min(rest, key=lambda n: (load[n], sum(met[_pair(n, other)] for other in chosen)))
            rest.remove(name)
            chosen.append(name)
        for name in chosen:
            load[name] += 1
            given[name].append(answer)
        met.update(_pair(a, b) for a, b in combinations(chosen, 2))
    return given


def late(answers: Sequence[str], share: int, loads: Mapping[str, int], name: str, seed: int) -> list[str]:
    """The answers of an annotator who joins later: ``share`` of them, those that the fewest others have."""
    draw = random.Random(f"late {seed} {name}")
    shuffled = draw.sample(sorted(answers), len(answers))
    return sorted(shuffled, key=lambda a: loads.get(a, 0))[:share]


def common_places(
    answers: Sequence[str], question_of: Mapping[str, str], twins: Sequence[tuple[str, str]], seed: int
) -> dict[str, float]:
    """Where each answer stands in everybody's order, from 0 to 1 and a little over: answers to one question evenly spread over the whole.

    Answer i of the n to a question stands near (i + a phase of the question) / n, direct twins as far from each other as some tries find.
    """
    draw = random.Random(f"order {seed}")
    apart = {frozenset(pair) for pair in twins}
    by_question: dict[str, list[str]] = defaultdict(list)
    for answer in sorted(answers):
        by_question[question_of[answer]].append(answer)
    places = {}
    for question in sorted(by_question):
        own, phase = _twins_apart(by_question[question], apart, draw), draw.random()
        places.update({answer: (i + phase) / len(own) for i, answer in enumerate(own)})
    return places


def arrange(
    places: Mapping[str, float], question_of: Mapping[str, str], own: Sequence[str], repeats: float, name: str, seed: int
) -> list[Turn]:
    """One annotator's order of their ``own`` answers: the common places, each moved by up to half a question's distance, and repeats.

    Orders differ from person to person, and yet everybody is at about the same answers at the same time: an unfinished
    afternoon leaves answers that several people labelled.  ``repeats`` is the share of answers that come a second time, at
    least half the list after the first; none for short lists.
    """
    draw = random.Random(f"order {seed} {name}")
    most = max(Counter(question_of[answer] for answer in places).values(), default=1)
    moved = sorted((places[answer] + draw.uniform(0, _MOVED / most), answer) for answer in sorted(own))
    order = [Turn(answer, False) for _, answer in moved]
    count = round(repeats * len(order)) if len(order) >= _LEAST_FOR_REPEATS else 0
    return _with_repeats(order, count, draw)


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _twins_apart(answers: list[str], apart: set[frozenset[str]], draw: random.Random) -> list[str]:
    """A random order of one question's answers in which direct twins are as far from each other as some tries find."""

    def closest(order: list[str]) -> int:
        gaps = (j - i for (i, a), (j, b) in combinations(enumerate(order), 2) if frozenset((a, b)) in apart)
        return min(gaps, default=len(order))

    return max((draw.sample(answers, len(answers)) for _ in range(_TRIES)), key=closest)


def _with_repeats(order: list[Turn], count: int, draw: random.Random) -> list[Turn]:
    """The order with ``count`` answers of its first half again, each at least half the list later."""
    distance = int(len(order) * _REPEAT_AFTER)
    firsts = sorted(draw.sample(range(len(order) - distance), min(count, len(order) - distance)), reverse=True)
    for first in firsts:  # from the back, so that what was put in does not move what is still to come
        order.insert(draw.randint(first + distance, len(order)), Turn(order[first].answer_id, True))
    return order
