"""A Label Studio project for teams that already run it: the labelling configuration and the tasks.

The segments of an answer are the paragraphs of a dialogue, so that a span is told by its paragraph and its offsets there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from benchmark.codebook import CONFIDENCE_DIRECTIONS, DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS

Document = dict[str, Any]
SILENCE = "(silence)"
BLIND = (
    "Label Studio's community edition is not blind: everybody who has an account in the project can see everybody's annotations. "
    "Give each annotator a project of their own, or use `bench annotate serve`."
)


def labeling_config() -> str:
    """The XML of the project's labelling interface; its names are those that ``bench annotate import`` reads."""
    colours = ("#c2410c", "#1d4ed8", "#6d28d9", "#0f766e", "#be185d", "#a16207", "#4d7c0f", "#334155")
    lines = [
        "<View>",
        '  <Style>[data-testid^="phrase"] { white-space: pre-wrap; }</Style>',
        '  <Header value="$question"/>',
        '  <Text name="about" value="$about"/>',
        '  <ParagraphLabels name="evidence" toName="transcript">',
    ]
    lines += [
        f'    <Label value="{name}" background="{colour}" hotkey="{i}"/>'
        for i, (name, colour) in enumerate(zip(PATTERNS, colours, strict=True), start=1)
    ]
    lines += [
        "  </ParagraphLabels>",
        '  <Paragraphs name="transcript" value="$transcript" nameKey="speaker" textKey="text" layout="dialogue"/>',
    ]
    for name, title, values, many in (
        ("confidence_direction", "Direction, where miscalibrated_confidence is marked", CONFIDENCE_DIRECTIONS, False),
        ("pace", "Pace: -2 far too slow to +2 far too rushed", DEVIATIONS, False),
        ("depth", "Depth: -2 far too shallow to +2 far too deep", DEVIATIONS, False),
        ("signals", "Senior signals", SIGNALS, True),
        ("rating", "Rating: 1 clear no to 5 clear yes", RATINGS, False),
        ("verdict", "Verdict", VERDICTS, False),
    ):
        required = "" if many or name == "confidence_direction" else ' required="true"'
        lines += [
            f'  <Header value={quoteattr(title)} size="5"/>',
            f'  <Choices name="{name}" toName="transcript" choice="{"multiple" if many else "single"}" showInline="true"{required}>',
        ]
        lines += [f'    <Choice value="{value}"/>' for value in values]
        lines.append("  </Choices>")
    lines += [
        '  <Header value="Rationale: one or two sentences" size="5"/>',
        '  <TextArea name="rationale" toName="transcript" rows="3" maxSubmissions="1" required="true"/>',
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def tasks(sheets: Mapping[str, Document]) -> list[Document]:
    """A task for each answer, with what an annotator may see and the answer's id, by which labels come back."""
    found = []
    for answer_id, sheet in sheets.items():
        question = sheet["question"]
        dialogue = [
            {
                "speaker": f"{_clock(s['start_s'])}–{_clock(s['end_s'])} {s['speaker']}, {s['kind']}",
                "text": s["text"] or SILENCE,
            }
            for s in sheet["segments"]
        ]
        about = f"{question['round']} · {sheet['medium']} · budget {_clock(question['time_budget_s'])}"
        found.append({"data": {"answer_id": answer_id, "question": question["prompt"], "about": about, "transcript": dialogue}})
    return found


def _clock(seconds: float) -> str:
    return f"{round(seconds) // 60}:{round(seconds) % 60:02d}"
