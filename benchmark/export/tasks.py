"""Inspect and lm-evaluation-harness tasks: our judge prompt on our corpus, in a folder that needs nothing of ours to run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmark.corpus.load import Corpus
from benchmark.files import write_text
from benchmark.publish.configs import reference_labels
from benchmark.records import Answer
from benchmark.reference import build_reference
from scorers.llm.prompt import generate_messages, load_rubric

TEMPLATES = Path(__file__).parent / "templates"
FILES = {
    "inspect": {"inspect_task.py": "task.py", "labels.py": "labels.py"},
    "lm-eval": {"lm_eval.yaml": "speed_depth_bench.yaml", "lm_eval_utils.py": "utils.py", "labels.py": "labels.py"},
}
"""Template to file, by format."""


def write_task(
    kind: str,
    corpus: Corpus,
    answers: Sequence[Answer],
    source: str,
    annotators: Sequence[str],
    canary: str | None,
    folder: Path,
) -> list[Path]:
    """Write a task folder of a ``kind`` in FILES over ``answers``; gives the files.

    ``dataset.jsonl`` has the prompt of the scorer ``llm`` and, for scoring alone, the reference of the given annotators.
    """
    reference = build_reference(corpus, source, annotators, [answer.answer_id for answer in answers])
    rubric, _ = load_rubric(None)
    lines = []
    for i, answer in enumerate(answers):
        system, user = generate_messages(rubric, answer.blind(), evidence=True)
        row = {
            "answer_id": answer.answer_id,
            "question_id": answer.question_id,
            "round": answer.round,
            "system": system["content"],
            "user": user["content"],
            "reference": reference_labels(reference, i),
            "reference_source": source,
            "canary": canary,
        }
        lines.append(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
    write_text(folder / "dataset.jsonl", "".join(lines))
    for template, name in FILES[kind].items():
        write_text(folder / name, (TEMPLATES / template).read_text(encoding="utf-8"))
    return [folder / "dataset.jsonl", *(folder / name for name in FILES[kind].values())]
