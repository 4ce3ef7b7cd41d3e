"""One annotator's labels of one answer: what is required, what contradicts itself, and the one way to write them down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.corpus.checks import annotation_problems
from benchmark.corpus.source import Row
from benchmark.schemas import schema_problems

SCALES = ("verdict", "rating", "pace", "depth")
FIELDS = (*SCALES, "patterns", "confidence_direction", "signals", "evidence", "rationale")
MOST_RATIONALE = 4000
MOST_SPANS = 200
Document = dict[str, Any]


def label_problems(labels: Document, segments: Sequence[Document]) -> list[tuple[str, str]]:
    """What stands in the way of saving, as ``(field, what to do)``; empty when the labels are complete and sound."""
    unknown = [name for name in labels if name not in FIELDS]
    if unknown:
        return [(unknown[0], "no such label")]
    wrong = schema_problems("annotation", {"annotation_id": "n", "answer_id": "a", "annotator_id": "h", **labels})
    if wrong:
        return wrong
    found = [(field, "choose one") for field in SCALES if labels.get(field) is None]
    found += [(field, "say which, or that there are none") for field in ("patterns", "signals") if labels.get(field) is None]
    rationale = labels.get("rationale") or ""
    if not rationale.strip():
        found.append(("rationale", "one or two sentences are needed"))
    elif len(rationale) > MOST_RATIONALE:
        found.append(("rationale", f"{len(rationale)} characters; at most {MOST_RATIONALE}"))
    if len(labels.get("evidence") or ()) > MOST_SPANS:
        found.append(("evidence", f"more than {MOST_SPANS} spans"))
    if found:
        return found
    row = Row("", 0, {**labels, "evidence": labels.get("evidence") or []})
    return [(problem.field, problem.message) for problem in annotation_problems(row, list(segments))]


def normal(labels: Document) -> Document:
    """The labels in one order: lists as the codebook has them, spans by place, the rationale without space around it."""
    given: Document = {field: labels.get(field) for field in FIELDS}
    for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
        given[field] = [name for name in names if name in (given[field] or ())]
    spans = {(e["segment"], e["start"], e["end"], PATTERNS.index(e["label"])) for e in given["evidence"] or ()}
    given["evidence"] = [
        {"label": PATTERNS[label], "segment": segment, "start": start, "end": end}
        for segment, start, end, label in sorted(spans)
    ]
    given["rationale"] = given["rationale"].strip()
    return given
