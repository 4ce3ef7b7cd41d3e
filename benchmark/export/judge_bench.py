"""A corpus as a JUDGE-BENCH dataset: one JSON file that its scripts can put before any model.

The shape is that of ``llm_metaeval/data/dataclasses.py`` in https://github.com/dmg-illc/JUDGE-BENCH (the ``schema.json`` that its
documentation names is not in the repository).  Its fields for scores are called *human*: what is put there says in
``annotators`` who gave it, and labels of anybody but people only go there when asked for by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import mean
from typing import Any

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.corpus.load import Corpus
from benchmark.errors import InputError
from benchmark.records import Annotation
from benchmark.reference import choose_annotators
from scorers.llm.prompt import load_rubric, transcript

YES_NO = ("yes", "no")
Read = Callable[[Annotation], "str | int | None"]


def metrics() -> dict[str, tuple[dict[str, Any], Read]]:
    """What is annotated: JUDGE-BENCH's declaration of each metric, and how to read it from an annotation.

    Deviations are categories, not grades: the best of ``pace`` and ``depth`` lies in the middle, and a grade runs from worst to best.
    """

    def categorical(question: str, labels: Sequence[str]) -> dict[str, Any]:
        return {"category": "categorical", "prompt": _prompt(question, labels), "labels_list": list(labels)}

    def marked(field: str, label: str) -> Read:
        return lambda a: None if getattr(a, field) is None else YES_NO[label not in getattr(a, field)]

    def written(field: str) -> Read:
        return lambda a: None if getattr(a, field) is None else str(getattr(a, field))

    found: dict[str, tuple[dict[str, Any], Read]] = {
        "verdict": (categorical("Which verdict?", VERDICTS), lambda a: a.verdict),
        "rating": (
            {
                "category": "graded",
                "prompt": _prompt("Which rating?", [str(r) for r in RATINGS]),
                "worst": RATINGS[0],
                "best": RATINGS[-1],
            },
            lambda a: a.rating,
        ),
    }
    for field in ("pace", "depth"):
        found[field] = categorical(f"Which {field}?", [str(d) for d in DEVIATIONS]), written(field)
    for field, labels in (("patterns", PATTERNS), ("signals", SIGNALS)):
        for label in labels:
            found[label] = categorical(f"Does the answer show {label}?", YES_NO), marked(field, label)
    return found


def to_judge_bench(corpus: Corpus, split: str, source: str | None) -> tuple[dict[str, Any], int]:
    """The dataset, and how many labels have no majority (they stand under ``without_majority``, as the format has no ties).

    Raises InputError where ``source`` is left open and nobody who counts is a person.
    """
    chosen, annotators = choose_annotators(corpus, source)
    kinds = sorted({corpus.annotators[name].kind for name in annotators})
    if source is None and kinds != ["human"]:
        message = (
            f"judge-bench: its fields are called human scores, and no person labelled this corpus: --reference {chosen} exports the "
            f"labels of {chosen} annotators all the same, named as such"
        )
        raise InputError([message])
    declared = metrics()
    by_answer: dict[str, list[Annotation]] = {}
    for annotation in corpus.annotations:
        if annotation.annotator_id in annotators:
            by_answer.setdefault(annotation.answer_id, []).append(annotation)
    documents = {row["answer_id"]: row for row in corpus.documents["answers"]}
    questions = {row["question_id"]: row for row in corpus.documents["questions"]}
    instances, ties = [], 0
    for answer in corpus.split(split):
        scores: dict[str, Any] = {}
        tied: dict[str, Any] = {}
        for metric, (_, read) in declared.items():
            given = [(a.annotator_id, value) for a in by_answer.get(answer.answer_id, ()) if (value := read(a)) is not None]
            if given:
                score = _score(metric, [value for _, value in given])
                (tied if score["majority_human"] is None and metric != "rating" else scores)[metric] = {
                    **score,
                    "annotator_ids": [name for name, _ in given],
                }
        ties += len(tied)
        instances.append(
            {
                "id": answer.answer_id,
                "instance": transcript(answer),
                "annotations": scores,
                **({"without_majority": tied} if tied else {}),
                "answer": documents[answer.answer_id],
                "question": questions[answer.question_id],
            }
        )
    whose = "" if kinds == ["human"] else f" (labels by {' and '.join(kinds)} annotators, not by people)"
    document = {
        "dataset": f"{corpus.name} {corpus.version or ''}".strip() + whose,
        "dataset_url": f"https://huggingface.co/datasets/{corpus.repository}" if corpus.repository else f"urn:{corpus.name}",
        "expert_annotator": "unknown" if kinds == ["human"] else "false",
        "original_prompt": False,
        "annotators": [row for row in corpus.documents["annotators"] if row["annotator_id"] in annotators],
        "annotations": [{"metric": metric, **declaration} for metric, (declaration, _) in declared.items()],
        "instances": instances,
    }
    return document, ties


def _score(metric: str, values: Sequence[Any]) -> dict[str, Any]:
    counted = Counter(values).most_common()
    majority = counted[0][0] if len(counted) == 1 or counted[0][1] > counted[1][1] else None
    graded: Mapping[str, Any] = {"mean_human": mean(values)} if metric == "rating" else {}
    return {**graded, "majority_human": majority, "individual_human_scores": list(values)}


def _prompt(question: str, labels: Sequence[str]) -> str:
    rubric, _ = load_rubric(None)
    text = f"{rubric}\n\n".replace("{{", "{ {")
    return f"{text}{{{{ instance }}}}\n\n{question} Answer with one of: {', '.join(labels)}."
