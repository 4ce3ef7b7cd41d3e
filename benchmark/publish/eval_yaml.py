"""``eval.yaml``: what makes a dataset a benchmark on the Hub (a beta feature; the Hub keeps a list of who may).

The framework is Inspect: ``inspect eval hf/OWNER/NAME`` runs what stands here.  Its fields are those of
https://huggingface.co/docs/hub/eval-results and of ``HFTask`` in inspect_ai, which forbids any other.
"""

from __future__ import annotations

from benchmark.codebook import VERDICTS
from benchmark.publish.about import About, to_yaml
from benchmark.publish.configs import Tables
from scorers.llm.prompt import load_rubric

TASK = "verdict"


def eval_yaml(about: About, tables: Tables) -> str:
    """One task: the majority's verdict from the transcript.  A corpus without labels or without a test split has none."""
    rubric, _ = load_rubric(None)
    asked = f"{rubric}\n\nReply with the verdict alone, one word of: {', '.join(VERDICTS)}."
    names = "|".join(VERDICTS)
    task = {
        "id": TASK,
        "config": "judge",
        "split": "test",
        "field_spec": {"input": "transcript", "target": "verdict", "metadata": ["answer_id", "question_id", "round"]},
        "solvers": [
            {"name": "system_message", "args": {"template": asked.replace("{", "{{").replace("}", "}}")}},
            {"name": "generate"},
        ],
        "scorers": [{"name": "pattern", "args": {"pattern": rf"\b({names})\b\W*$"}}],
    }
    document = {
        "name": about.name,
        "description": "Does a judge of senior interview answers see where a candidate should have spent speed and depth?",
        "evaluation_framework": "inspect-ai",
        "tasks": [task] if "test" in tables.get("judge", {}) else [],
    }
    return to_yaml(document)
