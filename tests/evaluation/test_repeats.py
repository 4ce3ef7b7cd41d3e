"""Self-agreement of a scorer that gives several replies."""

from __future__ import annotations

from benchmark.evaluation.repeats import self_agreement


def rows(*repeats: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{"answer_id": f"a-{i}", "repeats": one} for i, one in enumerate(repeats)]


def test_a_scorer_of_one_mind_and_one_of_two() -> None:
    same = rows([{"verdict": "balanced", "rating": 4}] * 2, [{"verdict": "too_fast", "rating": 2}] * 2)
    found = self_agreement(same)
    assert found is not None
    assert (found["verdict"]["value"], found["rating"]["value"], found["verdict"]["n"]) == (1.0, 1.0, 2)
    assert found["pace"]["value"] is None
    assert found["pace"]["reason"]
    torn = rows([{"verdict": "balanced"}, {"verdict": "too_fast"}], [{"verdict": "too_fast"}, {"verdict": "balanced"}])
    other = self_agreement(torn)
    assert other is not None
    assert other["verdict"]["value"] < 0


def test_an_abstention_rates_nothing() -> None:
    found = self_agreement(rows([{"rating": 4}, {}, {"rating": 4.2}], [{"rating": 1}, {"rating": 1}, {}]))
    assert found is not None
    assert found["rating"]["value"] == 1.0


def test_without_repeats_there_is_none() -> None:
    assert self_agreement([{"answer_id": "a", "verdict": "balanced"}]) is None
