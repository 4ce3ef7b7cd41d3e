"""From a judge's reply to a prediction: whatever is not exactly a prediction is an abstention that says why."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from benchmark.codebook import CONFIDENCE_DIRECTIONS, DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.files import parse_json
from benchmark.records import Answer
from benchmark.schemas import schema_problems
from scorers.llm.prompt import LETTERS

_LONGEST_RAW = 20_000


def _yes_no(labels: tuple[str, ...]) -> dict[str, Any]:
    """Each label asked for: a list would let a model leave out, or repeat."""
    return {
        "type": "object",
        "properties": {label: {"type": "boolean"} for label in labels},
        "required": list(labels),
        "additionalProperties": False,
    }


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "evidence": {
            "type": "array",
            "maxItems": 12,
            "items": {
                "type": "object",
                "properties": {
                    "pattern": {"type": "string", "enum": list(PATTERNS)},
                    "segment": {"type": "integer"},
                    "quote": {"type": "string", "maxLength": 300},
                },
                "required": ["pattern", "segment", "quote"],
                "additionalProperties": False,
            },
        },
        "patterns": _yes_no(PATTERNS),
        "confidence_direction": {"type": ["string", "null"], "enum": [*CONFIDENCE_DIRECTIONS, None]},
        "signals": _yes_no(SIGNALS),
        "pace": {"type": "integer", "enum": list(DEVIATIONS)},
        "depth": {"type": "integer", "enum": list(DEVIATIONS)},
        "rating": {"type": "integer", "enum": list(RATINGS)},
        "verdict": {"type": "string", "enum": list(VERDICTS)},
        "rationale": {"type": "string", "maxLength": 500},
    },
    "required": [
        "evidence", "patterns", "confidence_direction", "signals", "pace", "depth", "rating", "verdict", "rationale",
    ],
    "additionalProperties": False,
}  # fmt: skip
LABELS_ONLY: dict[str, Any] = {
    **SCHEMA,
    "properties": {k: v for k, v in SCHEMA["properties"].items() if k not in ("evidence", "rationale")},
    "required": [k for k in SCHEMA["required"] if k not in ("evidence", "rationale")],
}
"""For models too small to quote: they loop, and never come to the labels."""
_LABELS = ("verdict", "rating", "pace", "depth", "patterns", "confidence_direction", "signals", "rationale")


def raw(text: str) -> str:
    """A reply as it is kept: whole, unless it is gigantic."""
    return text if len(text) <= _LONGEST_RAW else f"{text[:_LONGEST_RAW]} ... ({len(text)} characters in all)"


def from_generated(reply: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """The prediction in a reply of ``mode=generate``, or its abstention; without ``answer_id``."""
    text = reply["text"] or ""
    kept = {"raw": raw(text)} if text else {}
    if reply["refusal"] or reply["finish_reason"] == "content_filter":
        return {"abstained": "refused", "raw": raw(reply["refusal"] or text or "(content filter)")}
    if reply["finish_reason"] == "length":
        return {"abstained": f"reply cut off at {reply['tokens_out']} tokens", **kept}
    if not text.strip():
        return {"abstained": "empty reply"}
    try:
        given = parse_json(_unfenced(text))
    except (ValueError, RecursionError) as error:
        return {"abstained": f"reply is not JSON: {str(error)[:100]}", **kept}
    if not isinstance(given, dict):
        return {"abstained": "reply is not a JSON object", **kept}
    missing = [name for name in ("verdict", "rating") if given.get(name) is None]
    if missing:
        return {"abstained": f"reply has no {missing[0]}", **kept}
    row = {name: given[name] for name in _LABELS if given.get(name) is not None}
    for name in ("patterns", "signals"):
        if isinstance(row.get(name), dict) and all(isinstance(v, bool) for v in row[name].values()):
            row[name] = [label for label, there in row[name].items() if there]
    if "evidence" in given:
        row["evidence"] = _spans(given["evidence"], row.get("patterns") or (), answer)
    problems = schema_problems("prediction", {"answer_id": answer.answer_id, **row})
    if problems:
        field, message = problems[0]
        return {"abstained": f"reply is not valid: {field}: {message}"[:200], **kept}
    return {**row, **kept}


def from_choice(reply: Mapping[str, Any], options: tuple[str, ...]) -> dict[str, float] | str:
    """Share of each option by the log-likelihoods of their letters, or why there is none."""
    if not reply["top_logprobs"]:
        return "the endpoint gives no log-probabilities"
    best: dict[str, float] = {}
    for token, value in reply["top_logprobs"]:
        letter = token.strip().upper()
        if letter in LETTERS[: len(options)] and letter:
            best[letter] = math.log(math.exp(best.get(letter, -math.inf)) + math.exp(value)) if letter in best else value
    if not best:
        return f"no option among the likely replies (first: {reply['text']!r})"[:120]
    odds = {option: math.exp(best.get(letter, -math.inf)) for letter, option in zip(LETTERS, options, strict=False)}
    return {option: value / sum(odds.values()) for option, value in odds.items()}


def from_choices(shares: Mapping[str, dict[str, float]]) -> dict[str, Any]:
    """The prediction that the shares of all questions make: most likely verdict, expected scales, patterns more likely than not."""
    verdicts = shares["verdict"]
    row: dict[str, Any] = {
        "verdict": max(VERDICTS, key=lambda v: verdicts[v]),
        "verdict_probs": {v: round(verdicts[v], 4) for v in VERDICTS},
        **{name: round(sum(float(v) * p for v, p in shares[name].items()), 4) for name in ("rating", "pace", "depth")},
        "patterns": {p: round(shares[p]["yes"], 4) for p in PATTERNS},
        "raw": json.dumps({name: {o: round(p, 4) for o, p in by.items()} for name, by in shares.items()}),
    }
    return row


def _unfenced(text: str) -> str:
    """The JSON inside a Markdown fence, which many models put around it."""
    stripped = text.strip()
    if stripped.startswith("```") and stripped.endswith("```"):
        return stripped.strip("`").removeprefix("json").strip()
    return stripped


def _spans(given: Any, patterns: Any, answer: Answer) -> list[dict[str, Any]]:
    """Quotes that stand verbatim in the candidate's words, as spans; one that does not is left out, never moved."""
    spans = []
    for one in given if isinstance(given, list) else ():
        if (
            not isinstance(one, dict)
            or one.get("pattern") not in patterns
            or not isinstance(one.get("quote"), str)
            or not one["quote"]
        ):
            continue
        order = sorted(range(len(answer.segments)), key=lambda i: i != one.get("segment"))
        for i in order:
            start = answer.segments[i].text.find(one["quote"])
            if start >= 0 and answer.segments[i].speaker == "candidate":
                spans.append({"label": one["pattern"], "segment": i, "start": start, "end": start + len(one["quote"])})
                break
    return spans
