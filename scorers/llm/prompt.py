"""The judge's prompt: the rubric first and the same for all, the answer last, so that servers can keep the prefix."""

from __future__ import annotations

import hashlib
from pathlib import Path

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, VERDICTS
from benchmark.errors import InputError, Problem
from benchmark.records import Answer

SHIPPED = Path(__file__).parent / "judge-1.md"
Messages = list[dict[str, str]]

EVIDENCE = "`evidence` (a list of {pattern, segment, quote}, the quote verbatim from its segment, one or more for each pattern marked), "
GENERATE = (
    "Reply with one JSON object: {evidence}`patterns` and `signals` (true or false for each), `confidence_direction` "
    "(over, under or null), "
    "`pace`, `depth`, `rating`, `verdict`{rationale}."
)
RATIONALE = ", `rationale` (one or two sentences)"


def load_rubric(path: Path | None) -> tuple[str, str]:
    """The rubric's text and the first 16 digits of its SHA-256.  Raises InputError when it can't be read or is empty."""
    place = path or SHIPPED
    try:
        text = place.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Problem(str(place), 0, "", f"can't be read: {getattr(error, 'strerror', None) or error}")]) from None
    if not text:
        raise InputError([Problem(str(place), 0, "", "the prompt is empty")])
    return text, hashlib.sha256(text.encode()).hexdigest()[:16]


def transcript(answer: Answer) -> str:
    """The question and the timed transcript as the judge reads them."""
    q = answer.question
    lines = [
        f"Round: {answer.round} ({answer.medium}). Time budget: {q.time_budget_s:.0f} s; the answer ends at {answer.seconds:.0f} s.",
        f"Question: {q.prompt}",
        *(["What decides a good answer: " + "; ".join(q.critical_points)] if q.critical_points else []),
        *(["To be passed quickly: " + "; ".join(q.obvious_points)] if q.obvious_points else []),
        "Transcript:",
    ]
    for i, s in enumerate(answer.segments):
        lines.append(f"[{i}] {s.start_s:.0f}-{s.end_s:.0f} s, {s.speaker}, {s.kind}: {s.text or '(nothing)'}")
    return "\n".join(lines)


def generate_messages(rubric: str, answer: Answer, evidence: bool) -> Messages:
    """Ask for all labels in one JSON object, with or without evidence and a rationale."""
    order = GENERATE.format(evidence=EVIDENCE if evidence else "", rationale=RATIONALE if evidence else "")
    return [
        {"role": "system", "content": f"{rubric}\n\n{order}"},
        {"role": "user", "content": transcript(answer)},
    ]


LETTERS = "ABCDEFGH"


def choices() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The questions of ``mode=logprobs``: label, wording, and its options in the order of the letters."""
    scales = {"rating": RATINGS, "pace": DEVIATIONS, "depth": DEVIATIONS}
    asked: dict[str, tuple[str, tuple[str, ...]]] = {"verdict": ("Which verdict?", VERDICTS)}
    asked |= {name: (f"Which {name}?", tuple(map(str, scale))) for name, scale in scales.items()}
    asked |= {name: (f"Does the answer show {name}?", ("yes", "no")) for name in PATTERNS}
    return asked


def choice_messages(rubric: str, answer: Answer, wording: str, options: tuple[str, ...]) -> Messages:
    """Ask for the letter of one option; everything but the last line is the same for all questions on an answer."""
    listed = " ".join(f"{letter}) {option}" for letter, option in zip(LETTERS, options, strict=False))
    return [
        {"role": "system", "content": f"{rubric}\n\nReply with the letter of one option and nothing else."},
        {"role": "user", "content": f"{transcript(answer)}\n\n{wording} {listed}"},
    ]
