"""The audit as tables."""

from __future__ import annotations

from itertools import groupby

from rich.markup import escape
from rich.table import Table

from benchmark.corpus.audit import Audit
from benchmark.corpus.audit.check import Check

_VERDICT = {True: "pass", False: "[bold red]FAIL[/bold red]", None: ""}


def audit_tables(audit: Audit) -> list[Table]:
    """A table a section, and the words that speak loudest in the bag of words."""
    tables = []
    for section, checks in groupby(audit.checks, key=lambda check: check.section):
        table = Table("check", "value", "limit", "", "n", "detail", title=section, title_justify="left", title_style="bold")
        for check in checks:
            n = "" if check.n is None else str(check.n)
            table.add_row(
                escape(check.name), value_text(check), limit_text(check), _VERDICT[check.passed], n, escape(check.detail)
            )
        tables.append(table)
    if audit.strongest:
        table = Table(
            "verdict", "n-grams with the largest weights", title="bag of words, fitted to everything", title_justify="left"
        )
        for verdict, words in audit.strongest.items():
            table.add_row(verdict, escape(", ".join(words)))
        tables.append(table)
    return tables


def value_text(check: Check) -> str:
    """The value with its interval."""
    if check.value is None:
        return "–"
    if isinstance(check.value, int):
        return str(check.value)
    value = f"{check.value:.2f}" if not float(check.value).is_integer() or abs(check.value) < 2 else f"{check.value:.0f}"
    return value if check.low is None else f"{value} [{check.low:.2f}, {check.high:.2f}]"


def limit_text(check: Check) -> str:
    """The limits, as ``<= 0.10`` or ``0.08 to 0.30``."""
    if check.least is not None and check.most is not None:
        return f"{check.least:.2f} to {check.most:.2f}"
    if check.most is not None:
        return f"<= {check.most:g}"
    return f">= {check.least:g}" if check.least is not None else ""
