"""Labels made elsewhere, as annotations: one module a format, each giving ``Found``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmark.annotate.labels import FIELDS
from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.errors import InputError, Problem

Document = dict[str, Any]
FORMATS = ("records", "label-studio", "prodigy", "table")


@dataclass
class Found:
    """What a file holds: ``annotations`` as records, where each came from (``places`` by annotation id), the ``annotators`` that a file of
    records brings along, and what was passed over and why (``left_out``)."""

    annotations: list[Document] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    annotators: list[Document] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, answer_id: str, annotator_id: str, labels: Mapping[str, Any], place: str, **more: Any) -> None:
        """Add one annotation; patterns with evidence count as marked, lists get the codebook's order."""
        given: Document = {key: labels.get(key) for key in FIELDS}
        if given["evidence"]:
            shown = [span["label"] for span in given["evidence"]]
            given["patterns"] = [*(given["patterns"] or ()), *shown]
        for name, order in (("patterns", PATTERNS), ("signals", SIGNALS)):
            if given[name] is not None:
                unique = set(given[name])
                given[name] = [label for label in order if label in unique] + sorted(unique - set(order))
        identifier = f"n-{answer_id}-{annotator_id}"
        kept = {key: value for key, value in {**given, **more}.items() if value is not None}
        self.annotations.append({"annotation_id": identifier, "answer_id": answer_id, "annotator_id": annotator_id, **kept})
        self.places[identifier] = place


def slug(text: object, prefix: str = "") -> str:
    """An identifier made of whatever another tool calls somebody.

    Raises ValueError where nothing is left, and for an e-mail address: none is kept, nor anything it could be known by.
    """
    if "@" in str(text):
        raise ValueError("an annotator is named by an e-mail address, which is not kept: put a pseudonym in its place")
    made = re.sub(r"[^a-z0-9._-]+", "-", f"{prefix}{text}".lower()).strip("-._")
    if not made:
        raise ValueError(f"{text!r} gives no annotator's id")
    return made[:60]


def label(value: object) -> str:
    """A label as the codebook spells it: ``Too fast`` is ``too_fast``."""
    return str(value).strip().lower().replace(" ", "_").replace("-", "_")


def number(value: object) -> int | None:
    """A scale's value, also as text with a sign; None where it is no whole number."""
    try:
        found = float(str(value).strip().replace("\u2212", "-").partition(" ")[0])
    except ValueError:
        return None
    return int(found) if found.is_integer() else None


def refuse(problems: list[Problem]) -> None:
    """Raise InputError when there is a problem."""
    if problems:
        raise InputError(problems)
