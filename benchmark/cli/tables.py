"""Tables for the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from typing import IO, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmark.codebook import OVERALL_TRACKS, TRACKS

FEW_CLUSTERS = 20
_PIPE_WIDTH = 110


def console(file: IO[str] | None = None) -> Console:
    """A console on stdout; wide enough for a table when the output is a pipe."""
    stream = file or sys.stdout
    return Console(
        file=stream, width=None if stream.isatty() else max(_PIPE_WIDTH, shutil.get_terminal_size().columns), highlight=False
    )


def number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def interval(estimate: Mapping[str, Any]) -> str:
    if estimate["low"] is None:
        return "–"
    return f"[{estimate['low']:.3f}, {estimate['high']:.3f}]"


def result_table(record: Mapping[str, Any]) -> Table:
    """Tracks with value, interval and share of the annotators' own agreement."""
    scorer, corpus, reference = record["scorer"], record["corpus"], record["reference"]
    title = (
        f"{escape(scorer['name'])} on {escape(corpus['name'])} {escape(corpus['version'] or '')} · {corpus['split']} · "
        f"{corpus['answers']} answers to {corpus['questions']} questions · against {escape(reference['source'])} labels"
    )
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("track")
    table.add_column("headline metric")
    table.add_column("value", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("annotators' own", justify="right")
    table.add_column("share of it", justify="right")
    table.add_column("n", justify="right")
    shares = record["annotators"]
    for track in TRACKS:
        estimate = record["tracks"][track.name][track.headline]
        own = shares["tracks"].get(track.name)
        table.add_row(
            track.name,
            track.meaning,
            number(estimate["value"]),
            interval(estimate),
            number(own["annotator"]["value"]) if own else "",
            _percent(own["share"]["value"]) if own else "",
            str(estimate["n"]),
            end_section=track.name == TRACKS[-1].name,
        )
    overall, own = record["overall"], shares["overall"]
    table.add_row(
        "overall",
        f"mean of the first {len(OVERALL_TRACKS)}",
        number(overall["value"]),
        interval(overall),
        number(own["annotator"]["value"]),
        _percent(own["share"]["value"]),
        str(overall["n"]),
        style="bold",
    )
    return table


def result_notes(record: Mapping[str, Any]) -> list[str]:
    """What a reader of the table has to know besides."""
    corpus, cover, reference = record["corpus"], record["coverage"], record["reference"]
    notes = []
    if reference["kinds"] == ["adjudicator"]:
        notes.append(f"The reference is {', '.join(reference['annotators'])}: decided by people who saw the others' labels.")
    elif reference["kinds"] != ["human"]:
        kinds = " and ".join(reference["kinds"])
        notes.append(f"The reference is {', '.join(reference['annotators'])}: {kinds} labels, not people's.")
    fitted_on = record["scorer"]["fitted_on"]
    if fitted_on and fitted_on.get("reference") and fitted_on["reference"]["source"] != reference["source"]:
        notes.append(
            f"The scorer was fitted on {fitted_on['reference']['source']} labels; the reference is {reference['source']}."
        )
    if fitted_on and fitted_on["fingerprint"] == corpus["fingerprint"] and corpus["split"] in ("train", "all"):
        notes.append(
            "The scorer was fitted on the train split, which is among these answers: no measure of how it carries over."
        )
    if 1 < corpus["questions"] < FEW_CLUSTERS:
        notes.append(f"Intervals resample only {corpus['questions']} questions: take them as rough, likely too narrow.")
    if cover["scored"] < cover["answers"]:
        reasons = "; ".join(f"{count} × {reason}" for reason, count in list(cover["reasons"].items())[:3])
        notes.append(
            f"Scored {cover['scored']} of {cover['answers']}: {cover['abstained']} abstained, {cover['failed']} failed ({reasons}). "
            "They count against the scorer."
        )
    missing: dict[str, list[str]] = {}
    for track in TRACKS:
        if reason := record["tracks"][track.name][track.headline]["reason"]:
            missing.setdefault(reason, []).append(track.name)
    if reason := record["overall"]["reason"]:
        missing.setdefault(reason, []).append("overall")
    return [*notes, *(f"{', '.join(names)}: {reason}." for reason, names in missing.items())]


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"
