"""Labels into a corpus' folder: checked with everything in it first, then written as files of their own."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmark.annotate.sheet import make_sheet
from benchmark.corpus.checks import content_problems, structural_problems
from benchmark.corpus.load import read_rows
from benchmark.corpus.source import Row, open_source
from benchmark.errors import InputError, Problem
from benchmark.files import read_json, write_text
from benchmark.schemas import schema, schema_problems

Document = dict[str, Any]


def join_corpus(
    folder: Path,
    annotators: Sequence[Document],
    annotations: Sequence[Document],
    places: Mapping[str, str],
    sheets: Mapping[str, Document] | None = None,
) -> list[Path]:
    """Write ``annotators/ID.jsonl`` and ``annotations/ID/ROUND.jsonl`` for each annotator; files of these names are replaced.

    ``places`` says where each annotation came from (by annotation id), for messages; ``sheets`` what was shown of each answer, which
    the corpus must still hold word for word.  Everything is checked together with the corpus as ``bench corpus validate`` would, before
    anything is written.  Raises InputError with every problem that the new labels bring.
    """
    source = open_source(folder)
    ids = [d["annotator_id"] for d in annotators]
    wrong = [
        Problem(places.get(str(d.get("annotation_id")), ""), 0, field, text)
        for d in annotations
        for field, text in schema_problems("annotation", d)
    ]
    wrong += [Problem("", 0, field, text) for d in annotators for field, text in schema_problems("annotator", d)]
    if wrong:
        raise InputError(wrong)
    own = {
        path
        for name in ids
        for path in (folder / "annotators" / f"{name}.jsonl", *(folder / "annotations" / name).glob("*.jsonl"))
    }
    rows, problems = read_rows(source)
    replaced = {str(path.resolve()) for path in own}
    for table in ("annotators", "annotations"):
        rows[table] = [row for row in rows[table] if str(Path(row.file).resolve()) not in replaced]
    before = {str(p) for p in [*problems, *structural_problems(rows), *content_problems(rows)]}
    canary = _canary(folder)
    annotators, annotations = [{**d, **canary} for d in annotators], [{**d, **canary} for d in annotations]
    rows["annotators"] += [Row(d["annotator_id"], 0, d) for d in annotators]
    rows["annotations"] += [Row(places.get(d["annotation_id"], d["annotation_id"]), 0, d) for d in annotations]
    found = [*structural_problems(rows), *content_problems(rows)]
    found += _changed(rows["answers"], rows["questions"], annotations, sheets or {})
    new = [p for p in found if str(p) not in before]
    if new:
        raise InputError(new)
    return _write(
        folder, annotators, annotations, {row.document["answer_id"]: row.document["round"] for row in rows["answers"]}, own
    )


def json_lines(record: str, documents: Sequence[Document]) -> str:
    """Records as ``bench corpus format`` writes them."""
    order = {name: i for i, name in enumerate(schema(record)["properties"])}
    rows = sorted(documents, key=lambda d: str(d[f"{record}_id"]))
    return "".join(
        json.dumps({k: _whole(d[k]) for k in sorted(d, key=lambda k: order[k])}, ensure_ascii=False, allow_nan=False) + "\n"
        for d in rows
    )


def _write(
    folder: Path, annotators: Sequence[Document], annotations: Sequence[Document], rounds: Mapping[str, str], stale: set[Path]
) -> list[Path]:
    texts: dict[Path, str] = {}
    for name in (d["annotator_id"] for d in annotators):
        texts[folder / "annotators" / f"{name}.jsonl"] = json_lines(
            "annotator", [d for d in annotators if d["annotator_id"] == name]
        )
        by_round: dict[str, list[Document]] = defaultdict(list)
        for d in annotations:
            if d["annotator_id"] == name:
                by_round[rounds[d["answer_id"]]].append(d)
        texts.update(
            {folder / "annotations" / name / f"{r}.jsonl": json_lines("annotation", own) for r, own in sorted(by_round.items())}
        )
    for path, text in texts.items():
        write_text(path, text)
    for path in stale - set(texts):
        path.unlink(missing_ok=True)
    return sorted(texts)


def _changed(
    answers: Sequence[Row], questions: Sequence[Row], annotations: Sequence[Document], sheets: Mapping[str, Document]
) -> list[Problem]:
    asked = {row.document.get("question_id"): row.document for row in questions if not row.problems}
    now = {
        row.document["answer_id"]: make_sheet(asked[row.document["question_id"]], row.document)
        for row in answers
        if not row.problems and row.document["question_id"] in asked
    }
    labelled = sorted({d["answer_id"] for d in annotations})
    return [
        Problem(a, 0, "segments", "the corpus has another text than the one labelled")
        for a in labelled
        if a in sheets and a in now and sheets[a] != now[a]
    ]


def _canary(folder: Path) -> Document:
    about = read_json(folder / "corpus.json") if (folder / "corpus.json").is_file() else {}
    return {"canary": about["canary"]} if isinstance(about, dict) and isinstance(about.get("canary"), str) else {}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
