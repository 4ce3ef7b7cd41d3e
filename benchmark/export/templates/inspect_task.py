"""An Inspect task: the benchmark's judge prompt on its corpus.  Written by `bench export --format inspect`.

inspect eval task.py --model openai/NAME          # or any other provider
inspect eval task.py --model openai/NAME --limit 5
"""

import sys
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig
from inspect_ai.scorer import CORRECT, INCORRECT, Metric, SampleScore, Score, Scorer, Target, accuracy, metric, scorer
from inspect_ai.solver import TaskState, generate

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from labels import headline, load_rows, parse_reply  # noqa: E402


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


def _kappa_of(name: str) -> Metric:
    def compute(scores: list[SampleScore]) -> float:
        told = [one.score.metadata or {} for one in scores]
        return headline([(one.get("given", {}).get(name), one.get("reference", {}).get(name)) for one in told], name)

    return compute


@metric
def verdict_kappa() -> Metric:
    """Cohen's kappa of the verdict, over replies that could be read."""
    return _kappa_of("verdict")


@metric
def rating_kappa() -> Metric:
    """Quadratic weighted kappa of the rating."""
    return _kappa_of("rating")


@metric
def pace_kappa() -> Metric:
    """Quadratic weighted kappa of the pace."""
    return _kappa_of("pace")


@metric
def depth_kappa() -> Metric:
    """Quadratic weighted kappa of the depth."""
    return _kappa_of("depth")


@metric
def readable() -> Metric:
    """Share of replies that could be read."""

    def compute(scores: list[SampleScore]) -> float:
        return sum(bool((one.score.metadata or {}).get("given")) for one in scores) / len(scores) if scores else 0.0

    return compute


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
