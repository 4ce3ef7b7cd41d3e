"""Numbers and text as the pages and tables show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from leaderboard.figures import interval_bar


def number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"  # never minus zero


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def interval(estimate: Mapping[str, Any]) -> str:
    if estimate["value"] is None:
        return "–"
    if estimate["low"] is None:
        return number(estimate["value"])
    return f"{number(estimate['value'])} [{number(estimate['low'])}, {number(estimate['high'])}]"


def quantity(value: float | None) -> str:
    """A time or a price: three digits where it is small."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cell(text: Any) -> str:
    """Text of a Markdown table cell: what would end the cell or start markup is escaped."""
    escaped = str(text).replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    return "".join("\\" + c if c in "\\`*_[]|~" else c for c in escaped)


def latex(text: Any) -> str:
    """Text in a LaTeX document."""
    return "".join(_LATEX.get(c, c) for c in " ".join(str(text).split()))


def csv_text(text: Any) -> Any:
    """Text of a CSV cell that a spreadsheet would run as a formula gets a quote before it."""
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def words(name: str) -> str:
    """A label's id in words."""
    return name.replace("_", " ")


_LATEX = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
          "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "–": "--"}  # fmt: skip


def environment() -> Environment:
    """Templates: HTML and SVG escape everything that comes from data."""
    made = Environment(
        loader=PackageLoader("leaderboard"),
        autoescape=select_autoescape(["html", "svg"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["bar_of"] = interval_bar
    made.filters.update(
        number=number, interval=interval, percent=percent, quantity=quantity, cell=cell, latex=latex, words=words
    )
    return made
