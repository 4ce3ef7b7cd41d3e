"""The JSON Schemas of ``schemas/``, compiled once and asked in the project's own words."""

from __future__ import annotations

import functools
import re
from typing import Any

import jsonschema_rs

from benchmark.files import bundled, read_json

RECORDS = ("question", "answer", "annotation", "annotator", "loop", "contrast", "prediction", "result")
_LONGEST = 160


@functools.cache
def schema(record: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record, as a document."""
    document: dict[str, Any] = read_json(bundled("schemas") / f"{record}.schema.json")
    return document


@functools.cache
def _validator(record: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(record))


def schema_problems(record: str, document: Any) -> list[tuple[str, str]]:
    """Everything in ``document`` that the schema of ``record`` refuses, as ``(field, what is wrong)``; empty when it is valid."""
    validator = _validator(record)
    if validator.is_valid(document):
        return []
    return [_in_words(error) for error in validator.iter_errors(document)]


def _in_words(error: jsonschema_rs.ValidationError) -> tuple[str, str]:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path).lstrip(".")
    message = error.message
    if missing := re.match(r'"(.+)" is a required property', message):
        path = f"{path}.{missing[1]}".lstrip(".")
        message = "is missing"
    elif unknown := re.match(r"Additional properties are not allowed \((.+) w(?:as|ere) unexpected\)", message):
        message = f"unknown field {unknown[1]}"
    return path, message if len(message) <= _LONGEST else message[: _LONGEST - 1] + "…"
