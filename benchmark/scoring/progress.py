"""How far a long run is: one bar on a terminal, plain lines now and then anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import click

FIRST_LINE_S, LINES_S = 5.0, 30.0
"""A run that takes less than the first says nothing where there is no terminal."""
BAR_S = 0.1


class Counted(Protocol):
    """What is told of a run."""

    answers: int
    abstained: int
    failed: int
    usd: float


@dataclass
class Counts:
    """Plain counts; those of UNCOUNTED stay at nothing, where it is known only that predictions come."""

    answers: int = 0
    abstained: int = 0
    failed: int = 0
    usd: float = 0.0


UNCOUNTED = Counts()


class Progress:
    """Tells how far a run is: ``total`` answers, of which ``counted`` says how many are scored; some may have been before."""

    def __init__(self, total: int, counted: Counted) -> None:
        self._total, self._counted, self._before = total, counted, counted.answers
        self._in_hand = 0  # predictions of a batch that is not finished yet
        self._start = self._told = time.monotonic()
        self._wait = FIRST_LINE_S

    def beat(self) -> None:
        """A prediction came: a slow scorer takes minutes for a batch."""
        self._in_hand += 1
        self._tell()

    def batch(self) -> None:
        """A batch is finished and counted."""
        self._in_hand = 0
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told >= self._wait:
            self._told, self._wait = now, LINES_S
            self._show(min(self._counted.answers + self._in_hand, self._total))

    def _show(self, answers: int) -> None:
        click.echo(f"scored {answers:,} of {self._total:,} ({self.told(answers)})", err=True)

    def told(self, answers: int) -> str:
        """Rate, remaining time, abstentions, failures and dollars."""
        counted = self._counted
        seconds, scored = time.monotonic() - self._start, answers - self._before
        rate = scored / seconds if seconds and scored else 0.0
        parts = [f"{rate:,.0f} answers/s" if rate >= 10 else f"{60 * rate:,.1f} answers/min"]
        if rate:
            parts.append(f"{_duration((self._total - answers) / rate)} left")
        if counted is not UNCOUNTED:
            parts.append(f"{counted.abstained:,} abstained")
        if counted.failed:
            parts.append(f"{counted.failed:,} failed")
        if counted.usd:
            parts.append(f"{counted.usd:.2f} dollars")
        return ", ".join(parts)


class Bar(Progress):
    """The same on a terminal."""

    def __init__(self, total: int, counted: Counted) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Rich

        super().__init__(total, counted)
        self._wait = BAR_S
        columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
        self.rich = Rich(*columns, console=Console(stderr=True), transient=True)
        self._task = self.rich.add_task("scoring", total=total, completed=self._before, told="")

    def _show(self, answers: int) -> None:
        self._wait = BAR_S
        self.rich.update(self._task, completed=answers, told=self.told(answers))


@contextmanager
def progress(total: int, counted: Counted = UNCOUNTED) -> Iterator[Progress]:
    """A bar while the block runs on a terminal, else plain lines."""
    if not sys.stderr.isatty():
        yield Progress(total, counted)
        return
    bar = Bar(total, counted)
    with bar.rich:
        yield bar


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"


@contextmanager
def steps() -> Iterator[Callable[[str, int], None]]:
    """Tells what is being read, and how much of it: a line that changes on a terminal, plain lines now and then elsewhere."""
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("reading the corpus") as status:
            yield lambda what, count: status.update(f"reading the corpus: {count:,} {what}")
        return
    told, wait = time.monotonic(), FIRST_LINE_S

    def tell(what: str, count: int) -> None:
        nonlocal told, wait
        if time.monotonic() - told >= wait:
            told, wait = time.monotonic(), LINES_S
            click.echo(f"reading the corpus: {count:,} {what}", err=True)

    yield tell
