"""An Inspect task: the benchmark's judge prompt on its corpus.  Written by `bench export --format inspect`.

inspect eval task.py --model openai/NAME          # or any other provider
inspect eval task.py --model openai/NAME --limit 5
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig
from inspect_ai.scorer import CORRECT, INCORRECT, Metric, SampleScore, Score, Scorer, Target, accuracy, metric, scorer
from inspect_ai.solver import TaskState, generate

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from labels import SCALES, headline, load_rows, parse_reply  # noqa: E402

LABELS = ("verdict", *SCALES)


@task
def speed_depth_bench(max_tokens: int = 900) -> Task:
    """Every label in one JSON reply, against the annotators' reference."""
    samples = [
        Sample(
            id=row["answer_id"],
            input=[ChatMessageSystem(content=row["system"]), ChatMessageUser(content=row["user"])],
            target=row["reference"]["verdict"] or "",
            metadata={"question_id": row["question_id"], "round": row["round"], "reference": row["reference"]},
        )
        for row in load_rows(HERE)
    ]
    return Task(
        dataset=MemoryDataset(samples, name="speed-depth-bench"),
        solver=generate(),
        scorer=labels_of_reply(),
        config=GenerateConfig(temperature=0.0, max_tokens=max_tokens),
    )


def _pairs(scores: list[SampleScore], name: str) -> list[tuple[Any, Any]]:
    return [
        ((one.score.metadata or {}).get("given", {}).get(name), (one.score.metadata or {}).get("reference", {}).get(name))
        for one in scores
    ]


@metric
def verdict_kappa() -> Metric:
    """Cohen's kappa of the verdict, over replies that could be read."""
    return lambda scores: headline(_pairs(scores, "verdict"), "verdict")


@metric
def rating_kappa() -> Metric:
    """Quadratic weighted kappa of the rating."""
    return lambda scores: headline(_pairs(scores, "rating"), "rating")


@metric
def pace_kappa() -> Metric:
    """Quadratic weighted kappa of the pace."""
    return lambda scores: headline(_pairs(scores, "pace"), "pace")


@metric
def depth_kappa() -> Metric:
    """Quadratic weighted kappa of the depth."""
    return lambda scores: headline(_pairs(scores, "depth"), "depth")


@metric
def readable() -> Metric:
    """Share of replies that could be read."""
    return lambda scores: sum(bool((s.score.metadata or {}).get("given")) for s in scores) / len(scores) if scores else 0.0


@scorer(metrics=[accuracy(), verdict_kappa(), rating_kappa(), pace_kappa(), depth_kappa(), readable()])
def labels_of_reply() -> Scorer:
    """The verdict is right or not; the other labels go along.  What can't be read is wrong, and says so."""

    async def score(state: TaskState, target: Target) -> Score:
        given = parse_reply(state.output.completion)
        right = given is not None and given["verdict"] == target.text
        return Score(
            value=CORRECT if right else INCORRECT,
            answer=given["verdict"] if given else None,
            explanation=None if given else "the reply is not the JSON that was asked for",
            metadata={"given": given or {}, "reference": state.metadata["reference"]},
        )

    return score
