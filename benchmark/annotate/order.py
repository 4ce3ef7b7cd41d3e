"""Who labels which answer, and in which order: drawn from a seed, twins far apart, some answers a second time."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

_TRIES = 40
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
    draw = random.Random(f"assign {seed}")
    load: Counter[str] = Counter()
    met: Counter[tuple[str, str]] = Counter()
    given: dict[str, list[str]] = {name: [] for name in annotators}
    for answer in draw.sample(sorted(answers), len(answers)):
        chosen: list[str] = []
        rest = draw.sample(sorted(annotators), len(annotators))
        while len(chosen) < min(overlap, len(annotators)):
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


def arrange(
    answers: Sequence[str], question_of: Mapping[str, str], twins: Sequence[tuple[str, str]], repeats: float, name: str, seed: int
) -> list[Turn]:
    """One annotator's order: answers to one question spread over the whole of it, direct twins furthest, then the repeats.

    ``repeats`` is the share of answers that come a second time, at least half the list after the first; none for short lists.
    """
    draw = random.Random(f"order {seed} {name}")
    apart = {frozenset(pair) for pair in twins}
    by_question: dict[str, list[str]] = defaultdict(list)
    for answer in sorted(answers):
        by_question[question_of[answer]].append(answer)
    spread = _spread({q: len(own) for q, own in by_question.items()}, draw)
    queues = {q: iter(_twins_apart(own, apart, draw)) for q, own in sorted(by_question.items())}
    order = [Turn(next(queues[q]), False) for q in spread]
    count = round(repeats * len(order)) if len(order) >= _LEAST_FOR_REPEATS else 0
    return _with_repeats(order, count, draw)


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _spread(counts: Mapping[str, int], draw: random.Random) -> list[str]:
    """Questions, each as often as it has answers, evenly over the list: answer i of n stands near (i + a phase) / n of it."""
    places = []
    for question in sorted(counts):
        phase = draw.random()
        places += [((i + phase) / counts[question], draw.random(), question) for i in range(counts[question])]
    return [question for _, _, question in sorted(places)]


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
