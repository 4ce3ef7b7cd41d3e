"""What ``bench annotate status`` prints."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmark.cli.tables import interval, number

Document = dict[str, Any]
MOST_SHOWN = 8


def print_status(status: Document, terminal: Console) -> None:
    """Progress, agreement, pairs, the entries people part on, and what would settle it."""
    about, counts = status["project"], status["answers"]
    labelled = (
        f"{counts['labelled']} of {counts['in_project']} answers labelled, {counts['labelled_twice_or_more']} by two or more"
    )
    title = f"{escape(about['corpus_name'])}, {about['split']}: {labelled}"
    terminal.print(_progress(status["annotators"], title))
    if counts["labelled_twice_or_more"]:
        terminal.print(_agreement(status))
        terminal.print(_pairs(status["pairs"]))
        terminal.print(_entries(status["disagreements"]))
    again = status["self_agreement"]
    if again["answers"]:
        same = ", ".join(f"{field} {100 * share:.0f} %" for field, share in again["same"].items())
        near = f"rating within one step {100 * again['rating_within_one']:.0f} %"
        terminal.print(f"Own labels again, {again['answers']} answers that came back unmarked: same {same}; {near}")
    disputed = status["answers_in_dispute"]
    if disputed:
        shown = ", ".join([*(d["answer_id"] for d in disputed[:MOST_SHOWN]), *(["…"] if len(disputed) > MOST_SHOWN else [])])
        terminal.print(f"{len(disputed)} answers in dispute, widest first: {shown}  (bench annotate adjudicate --by NAME)")
    for flag in status["flags"]:
        terminal.print(f"For discussion: {escape(flag['answer_id'])}, {escape(flag['annotator'])}: {escape(flag['note'])}")
    for skip in status["skips"]:
        terminal.print(f"Skipped: {escape(skip['answer_id'])}, {escape(skip['annotator'])}: {escape(skip['reason'])}")


def _progress(annotators: list[Document], title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in ("annotator", "exported as", "done", "skipped", "flagged", "of", "median time", "hours", "training"):
        table.add_column(heading, justify="left" if heading in ("annotator", "exported as", "training") else "right")
    for one in annotators:
        seconds = one["median_seconds"]
        training = (
            "not started"
            if not one["consented"]
            else f"{one['training_steps']} steps" + (f", check in {one['check_attempts']}" if one["check_attempts"] else "")
        )
        table.add_row(escape(one["name"]), one["id"], str(one["done"]), str(one["skipped"]), str(one["flagged"]), str(one["assigned"]),
                      "–" if seconds is None else f"{seconds:.0f} s", f"{one['hours']:.1f}", training)  # fmt: skip
    return table


def _agreement(status: Document) -> Table:
    table = Table(
        title=f"Agreement so far, and annotations to come for an interval {status['wanted_width']:g} wide",
        title_justify="left",
        title_style="bold",
    )
    for heading in ("label", "coefficient", "value", "95 % interval", "answers", "more annotations"):
        table.add_column(heading, justify="left" if heading in ("label", "coefficient") else "right")
    for name, needed in status["needed"].items():
        one = status["agreement"][name]
        more = needed["reason"] if needed["more_annotations"] is None else str(needed["more_annotations"])
        table.add_row(
            name,
            one["coefficient"],
            number(one["value"]) if one["value"] is not None else one["reason"],
            interval(one),
            str(one["n"]),
            more,
        )
    return table


def _pairs(pairs: list[Document]) -> Table:
    table = Table(
        title="Pairs of annotators: Cohen's kappa (quadratic on scales) with its interval",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("pair")
    table.add_column("answers", justify="right")
    labels = list(dict.fromkeys(pair["label"] for pair in pairs))
    for label in labels:
        table.add_column(label, justify="right")
    for names in dict.fromkeys(tuple(pair["annotators"]) for pair in pairs):
        own = {pair["label"]: pair for pair in pairs if tuple(pair["annotators"]) == names}
        cells = [f"{number(own[label]['value'], 2)} {_short(own[label])}" if label in own else "–" for label in labels]
        table.add_row(escape(" – ".join(names)), str(next(iter(own.values()))["answers"]), *cells)
    return table


def _short(estimate: Document) -> str:
    return "–" if estimate["low"] is None else f"[{estimate['low']:.2f}, {estimate['high']:.2f}]"


def _entries(entries: list[Document]) -> Table:
    table = Table(title="Codebook entries people part on most", title_justify="left", title_style="bold")
    for heading in ("entry", "alpha", "answers apart", "in the codebook"):
        table.add_column(heading, justify="right" if heading in ("alpha", "answers apart") else "left")
    for one in [e for e in entries if e["alpha"] is not None][:MOST_SHOWN]:
        table.add_row(
            one["entry"],
            number(one["alpha"], 2),
            f"{100 * one['answers_apart']:.0f} % of {one['answers']}",
            f"docs/codebook.md:{one['line']}",
        )
    return table
