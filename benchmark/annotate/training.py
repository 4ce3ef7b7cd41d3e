"""The training round: four worked answers with feedback, then a check of what was understood.

The answers were written for this page and are in no corpus.  What the worked labels are is told after one's own are given.
"""

from __future__ import annotations

import functools
from importlib.resources import as_file, files
from typing import Any

from benchmark.annotate.labels import SCALES
from benchmark.files import read_json

CHECK = "check"
NEAR = 1
Document = dict[str, Any]


@functools.cache
def material() -> Document:
    """``examples`` (sheet, ``labels``, ``why``) and ``check`` (``ask``, ``options``, ``right``, ``why``)."""
    with as_file(files("benchmark.annotate") / "training.json") as path:
        document: Document = read_json(path)
    return document


def steps() -> list[str]:
    """The names of the steps, in order; the check is the last."""
    return [*(example["step"] for example in material()["examples"]), CHECK]


def shown(step: str) -> Document:
    """What the page gets before the step is answered: no labels, no right options."""
    if step == CHECK:
        return {"step": step, "questions": [{k: q[k] for k in ("id", "ask", "options")} for q in material()["check"]]}
    return {"step": step, **{field: example(step)[field] for field in ("question", "medium", "segments")}}


def example(step: str) -> Document:
    """A worked example.  Raises KeyError for a step that is none."""
    found: Document = {e["step"]: e for e in material()["examples"]}[step]
    return found


def feedback(step: str, labels: Document) -> Document:
    """The worked labels beside one's own: for each field ``same``, ``near`` (a step on a scale) or ``other``, and why."""
    worked = example(step)
    own = worked["labels"]
    compared = {}
    for field in (*SCALES, "patterns", "confidence_direction", "signals"):
        given, right = labels.get(field), own[field]
        same = set(given or ()) == set(right) if isinstance(right, list) else given == right
        near = field in SCALES[1:] and isinstance(given, int) and abs(given - right) <= NEAR
        compared[field] = "same" if same else "near" if near else "other"
    return {"labels": own, "why": worked["why"], "compared": compared}


def marked(given: Document) -> tuple[bool, list[Document]]:
    """Whether every question of the check was answered right, and for each one whether and why."""
    told = [
        {"id": q["id"], "right": given.get(q["id"]) == q["right"], "answer": q["options"][q["right"]], "why": q["why"]}
        for q in material()["check"]
    ]
    return all(one["right"] for one in told), told
