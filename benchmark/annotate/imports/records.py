"""Records as ``bench annotate export`` writes them: a folder, or a file of annotations with the annotators beside it."""

from __future__ import annotations

from pathlib import Path

from benchmark.annotate.imports import Document, Found, refuse
from benchmark.errors import Problem
from benchmark.files import read_jsonl
from benchmark.schemas import schema_problems


def read_records(path: Path) -> Found:
    """Annotations and their annotators.  Raises InputError for every line that is no such record."""
    folder, name = (path, "annotations.jsonl") if path.is_dir() else (path.parent, path.name)
    found = Found()
    annotations, problems = _read(folder / name, "annotation")
    annotators, more = _read(folder / "annotators.jsonl", "annotator")
    refuse([*problems, *more])
    used = {document["annotator_id"] for document, _ in annotations}
    for document, line in annotations:
        found.annotations.append(document)
        found.places[document["annotation_id"]] = f"{folder / name}:{line}"
    found.annotators = [document for document, _ in annotators if document["annotator_id"] in used]
    return found


def _read(path: Path, record: str) -> tuple[list[tuple[Document, int]], list[Problem]]:
    rows: list[tuple[Document, int]] = []
    problems: list[Problem] = []
    for line, document in read_jsonl(path):
        if isinstance(document, Problem):
            problems.append(document)
            continue
        wrong = schema_problems(record, document)
        problems += [Problem(str(path), line, field, message) for field, message in wrong]
        if not wrong:
            rows.append((document, line))
    return rows, problems
