"""Orders: everybody's share, twins apart, repeats, the same from the same seed."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from benchmark.annotate.order import arrange, assign, common_places, late

QUESTIONS = {f"a-{q:02d}-{i:02d}": f"q-{q:02d}" for q in range(30) for i in range(12)}
TWINS = [(f"a-{q:02d}-00", f"a-{q:02d}-{i:02d}") for q in range(30) for i in range(1, 6)]
NAMES = ["ana", "ben", "cho", "dee", "eli"]


@pytest.mark.parametrize("overlap", [1, 2, 3, 5])
def test_each_answer_has_its_annotators_and_loads_are_even(overlap: int) -> None:
    given = assign(list(QUESTIONS), NAMES, overlap, seed=3)
    seen = Counter(answer for own in given.values() for answer in own)
    assert set(seen.values()) == {overlap}
    assert len(seen) == len(QUESTIONS)
    loads = [len(own) for own in given.values()]
    assert max(loads) - min(loads) <= 1
    if 1 < overlap < 5:
        met = [len(set(given[a]) & set(given[b])) for a, b in combinations(NAMES, 2)]
        assert max(met) - min(met) <= 0.1 * max(met)
    assert given == assign(list(QUESTIONS), NAMES, overlap, seed=3)
    assert overlap == 5 or given != assign(list(QUESTIONS), NAMES, overlap, seed=4)


def test_twins_and_answers_to_one_question_are_far_apart() -> None:
    places = common_places(list(QUESTIONS), QUESTIONS, TWINS, seed=0)
    orders = [arrange(places, QUESTIONS, list(QUESTIONS), 0, name, 0) for name in NAMES]
    for order in orders:
        assert sorted(turn.answer_id for turn in order) == sorted(QUESTIONS)
        at = {turn.answer_id: i for i, turn in enumerate(order)}
        assert min(abs(at[a] - at[b]) for a, b in combinations(QUESTIONS, 2) if QUESTIONS[a] == QUESTIONS[b]) >= 10
        assert min(abs(at[a] - at[b]) for a, b in TWINS) >= 10
    assert len({tuple(order) for order in orders}) == len(NAMES)
    assert orders[0] == arrange(places, QUESTIONS, list(QUESTIONS), 0, "ana", 0)


def test_an_unfinished_afternoon_leaves_answers_that_all_have_labelled() -> None:
    places = common_places(list(QUESTIONS), QUESTIONS, TWINS, seed=0)
    firsts = [{turn.answer_id for turn in arrange(places, QUESTIONS, list(QUESTIONS), 0, name, 0)[:60]} for name in NAMES]
    assert len(set.intersection(*firsts)) >= 40


def test_repeats_come_late_and_once() -> None:
    places = common_places(list(QUESTIONS), QUESTIONS, TWINS, seed=0)
    order = arrange(places, QUESTIONS, list(QUESTIONS), 0.05, "ana", 0)
    again = [i for i, turn in enumerate(order) if turn.repeat]
    assert len(again) == 18
    first = {turn.answer_id: i for i, turn in enumerate(order) if not turn.repeat}
    assert min(i - first[order[i].answer_id] for i in again) >= 180
    assert len({order[i].answer_id for i in again}) == 18
    few = list(QUESTIONS)[:5]
    assert not any(turn.repeat for turn in arrange(places, QUESTIONS, few, 0.5, "ana", 0))


def test_a_late_annotator_gets_what_the_fewest_have() -> None:
    loads = {answer: i % 2 + 1 for i, answer in enumerate(QUESTIONS)}
    own = late(list(QUESTIONS), 100, loads, "fay", 0)
    assert len(set(own)) == 100
    assert {loads[answer] for answer in own} == {1}
