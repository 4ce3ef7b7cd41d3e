"""One answer to read: question, timed transcript, labels with their evidence."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from benchmark.corpus.load import Corpus

Document = dict[str, Any]


def answer_document(corpus: Corpus, answer_id: str, labels: bool) -> Document:
    """The documents that belong to one answer: ``question``, ``answer``, and with ``labels`` its ``annotations`` and ``contrasts``."""

    def of(table: str, key: str, value: str) -> list[Document]:
        return [document for document in corpus.documents[table] if document.get(key) == value]

    answer = of("answers", "answer_id", answer_id)[0]
    document: Document = {"question": of("questions", "question_id", answer["question_id"])[0], "answer": answer}
    if labels:
        document["annotations"] = of("annotations", "answer_id", answer_id)
        document["contrasts"] = of("contrasts", "better", answer_id) + of("contrasts", "worse", answer_id)
    return document


def print_answer(document: Document, terminal: Console) -> None:
    """Print such a document for reading."""
    question, answer = document["question"], document["answer"]
    end = answer["segments"][-1]["end_s"]
    budget = question["time_budget_s"]
    terminal.print(
        f"[bold]{escape(answer['answer_id'])}[/bold]  {answer['round']} · {answer['medium']} · {answer.get('split', 'test')}"
    )
    terminal.print(f"{end:.0f} s of {budget:.0f} s used ({100 * end / budget:.0f} %)")
    terminal.print(f"\n[bold]Question[/bold]  {escape(question['prompt'])}")
    for name, field in (("decides", "critical_points"), ("obvious", "obvious_points")):
        for point in question.get(field, []):
            terminal.print(f"  [dim]{name}[/dim]  {escape(point)}")
    terminal.print()
    for number, segment in enumerate(answer["segments"]):
        who = "[cyan]interviewer[/cyan]" if segment["speaker"] == "interviewer" else "candidate"
        terminal.print(
            f"[dim]{number:>2}  {segment['start_s']:6.1f}–{segment['end_s']:.1f} s[/dim]  {who} [dim]{segment['kind']}[/dim]"
        )
        if segment["kind"] == "code":
            terminal.print(Padding(Syntax(segment["text"], "python", background_color="default"), (0, 0, 0, 4)))
        elif segment["text"]:
            terminal.print(Padding(Text(segment["text"]), (0, 0, 0, 4)))
    for annotation in document.get("annotations", []):
        _print_labels(annotation, answer["segments"], terminal)
    for contrast in document.get("contrasts", []):
        other, role = (
            (contrast["worse"], "better") if contrast["better"] == answer["answer_id"] else (contrast["better"], "worse")
        )
        terminal.print(
            f"\n[bold]twin[/bold]  the {role} one of a pair with {escape(other)}, which differs in {contrast['dimension']}"
        )


def _print_labels(annotation: Document, segments: list[Document], terminal: Console) -> None:
    fields = "  ".join(f"{name} {annotation.get(name, '–')}" for name in ("verdict", "rating", "pace", "depth"))
    terminal.print(f"\n[bold]{escape(annotation['annotator_id'])}[/bold]  {escape(fields)}")
    for name in ("patterns", "signals"):
        if annotation.get(name):
            terminal.print(f"  {name}: {', '.join(annotation[name])}")
    for span in annotation.get("evidence") or []:
        quote = segments[span["segment"]]["text"][span["start"] : span["end"]] if span["segment"] < len(segments) else ""
        terminal.print(f"  [dim]{span['label']}[/dim]  “{escape(quote)}” [dim](segment {span['segment']})[/dim]")
    if annotation.get("rationale"):
        terminal.print(f"  {escape(annotation['rationale'])}")
