"""``bench scorers``: what there is to run."""

from __future__ import annotations

import inspect
import json

import click
from rich.markup import escape
from rich.table import Table

from benchmark.cli import options
from benchmark.cli.tables import console
from benchmark.scoring.registry import find_scorer, list_scorers, parameters


@click.command()
@click.argument("name", required=False)
@options.as_json
def command(name: str | None, as_json: bool) -> None:
    """List the scorers, or show one with its parameters."""
    if name is None:
        _list(as_json)
    else:
        _show(name, as_json)


def _list(as_json: bool) -> None:
    listings = list(list_scorers())
    for listing in listings:
        if listing.broken:
            click.echo(f"warning: scorer {listing.name} ({listing.origin}) can't be loaded: {listing.broken}", err=True)
    if as_json:
        fields = ("name", "origin", "version", "summary", "fitted", "broken")
        click.echo(json.dumps([{field: getattr(one, field) for field in fields} for one in listings], indent=2))
        return
    table = Table("scorer", "version", "fitted on train", "from", "what it does")
    for one in listings:
        table.add_row(
            escape(one.name),
            escape(one.version or "broken"),
            "yes" if one.fitted else "no",
            escape(one.origin),
            escape(one.broken or one.summary),
        )
    console().print(table)


def _show(name: str, as_json: bool) -> None:
    scorer = find_scorer(name)
    known = parameters(scorer)
    about = inspect.getdoc(scorer) or ""
    version = str(getattr(scorer, "version", "?"))
    if as_json:
        shown = [{"name": p.name, "type": p.type, "default": p.default, "required": p.required} for p in known]
        click.echo(json.dumps({"name": name, "version": version, "description": about, "parameters": shown}, indent=2))
        return
    terminal = console()
    terminal.print(f"[bold]{escape(name)}[/bold] {escape(version)}\n{escape(about)}\n")
    if not known:
        terminal.print("It has no parameters.")
        return
    table = Table("parameter (-S name=value)", "type", "default")
    for p in known:
        table.add_row(escape(p.name), escape(p.type), "required" if p.required else escape(repr(p.default)))
    terminal.print(table)
