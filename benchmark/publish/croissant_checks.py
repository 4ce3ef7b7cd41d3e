"""Checks of a ``croissant.json`` that mlcroissant does not make: names, keys, checksums and columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmark.errors import Problem
from benchmark.publish.croissant import CONFORMS_TO, CONTEXT
from benchmark.publish.rai import FIELDS

REQUIRED = ("@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished", "version")
"""What Croissant 1.1 requires of a dataset, and the version."""
_NAMED = ("cr:FileObject", "cr:FileSet", "cr:RecordSet", "cr:Field")
_FILE = {"cr:FileObject": ("contentUrl", "encodingFormat", "sha256"), "cr:FileSet": ("includes", "encodingFormat")}
_PREFIXES = ("@", "prov:", "odrl:")
_PLAIN = {
    *("@type", "@id", "name", "description", "license", "url", "creator", "publisher", "datePublished", "version", "keywords"),
    *("inLanguage", "usageInfo", "distribution", "contentUrl", "contentSize", "encodingFormat", "sha256", "termCode"),
    *("inDefinedTermSet",),
}
"""Words of schema.org that a document may use; Croissant's own are in the context."""


def croissant_problems(document: Any, folder: Path | None = None, file: str = "croissant.json") -> list[Problem]:
    """Everything wrong with a document; with ``folder``, also whether files and columns are as it says."""

    def problem(field: str, message: str) -> Problem:
        return Problem(file, 0, field, message)

    if not isinstance(document, dict):
        return [problem("", "not a JSON object")]
    problems = [problem(name, "is missing") for name in REQUIRED if not document.get(name)]
    declared = document.get("conformsTo")
    problems += [
        problem("conformsTo", f"does not name {standard}")
        for standard in CONFORMS_TO
        if standard not in (declared if isinstance(declared, list) else [declared])
    ]
    context = document.get("@context")
    for term, meaning in CONTEXT.items():
        if not isinstance(context, dict) or context.get(term) != meaning:
            problems.append(problem(f"@context.{term}", "is not the standard's"))
    seen: dict[str, str] = {}
    for path, node in _nodes({key: value for key, value in document.items() if key != "@context"}, ""):
        problems += [problem(f"{path}.{key}".lstrip("."), reason) for key in node if (reason := _unknown(key))]
        kind = node.get("@type")
        if kind not in _NAMED:
            continue
        for name in ("@id", "name", *_FILE.get(kind, ())):
            if not node.get(name):
                problems.append(problem(f"{path}.{name}", "is missing"))
        if kind == "cr:Field" and "subField" not in node and not ("dataType" in node and "source" in node):
            problems.append(problem(path, "has neither a source with a type nor parts"))
        if identifier := node.get("@id"):
            if identifier in seen:
                problems.append(problem(f"{path}.@id", f"{identifier!r} is the id of {seen[identifier]} already"))
            seen.setdefault(identifier, path)
    if folder is not None and not problems:
        problems += _against_files(document, folder, file)
    return problems


def _unknown(key: str) -> str | None:
    """Why a key means nothing; None where it means something."""
    if key.startswith("rai:"):
        return None if key.removeprefix("rai:") in FIELDS else "is no property of Croissant's RAI vocabulary"
    if key in _PLAIN or key in CONTEXT or key.startswith(_PREFIXES):
        return None
    return "is neither Croissant's nor a word of schema.org that is used here"


def _nodes(value: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from _nodes(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _nodes(inner, f"{path}[{i}]")


def _against_files(document: Mapping[str, Any], folder: Path, file: str) -> Iterator[Problem]:
    import pyarrow.parquet as pq

    listed = set()
    for i, node in enumerate(document["distribution"]):
        if node["@type"] != "cr:FileObject":
            continue
        path = folder / node["contentUrl"]
        listed.add(node["contentUrl"])
        if not path.is_file():
            yield Problem(file, 0, f"distribution[{i}].contentUrl", f"no file {node['contentUrl']}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != node["sha256"]:
            yield Problem(file, 0, f"distribution[{i}].sha256", f"is not that of {node['contentUrl']}")
    for path in sorted(folder.rglob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        if name not in listed:
            yield Problem(file, 0, "distribution", f"does not list {name}")
    for i, records in enumerate(document["recordSet"]):
        columns = {node["name"].removeprefix(f"{records['name']}/") for node in records["field"]}
        for path in sorted((folder / records["name"]).glob("*.parquet")):
            wrong = columns ^ set(pq.read_schema(path).names)
            if wrong:
                yield Problem(
                    file, 0, f"recordSet[{i}].field", f"does not fit the columns of {path.name}: {', '.join(sorted(wrong))}"
                )
