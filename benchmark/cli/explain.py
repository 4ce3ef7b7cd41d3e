"""``bench explain``: why a scorer labels an answer as it does."""

from __future__ import annotations

import json

import click
from rich.markup import escape
from rich.table import Table

from benchmark.cli import options
from benchmark.cli.tables import console
from benchmark.corpus import load_corpus
from benchmark.errors import InputError
from benchmark.scoring.registry import make_scorer

_LONGEST = 90


@click.command()
@click.argument("answer_id")
@click.option("--scorer", default="heuristic", show_default=True, metavar="NAME", help="A scorer that can explain itself.")
@click.option("-S", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter of the scorer; may be repeated.")
@options.corpus
@options.as_json
def command(answer_id: str, scorer: str, settings: tuple[str, ...], corpus: str | None, as_json: bool) -> None:
    """Each label that a scorer gives ANSWER_ID, with its reason and the words it rests on.

    The transcript itself: bench corpus show ANSWER_ID.
    """
    loaded = load_corpus(corpus)
    if answer_id not in loaded.answers:
        raise InputError([f"corpus {loaded.name}: no answer {answer_id!r}"])
    made, spec = make_scorer(scorer, settings)
    if not hasattr(made, "explain"):
        raise InputError([f"scorer {scorer} does not explain itself"])
    answer = loaded.answers[answer_id].blind()
    reasons = list(made.explain(answer))
    if as_json:
        rows = [{"label": r.label, "value": r.value, "why": r.why, "place": r.place} for r in reasons]
        click.echo(json.dumps({"answer_id": answer_id, "scorer": spec.name, "reasons": rows}, ensure_ascii=False, indent=2))
        return
    table = Table("label", "says", "why", "words", title=f"{spec.name} {spec.version} on {answer_id}", title_justify="left")
    for reason in reasons:
        words = ""
        if reason.place is not None:
            segment, start, end = reason.place
            text = answer.segments[segment].text[start:end]
            words = f"[{segment}] {text if len(text) <= _LONGEST else text[:_LONGEST] + '...'}"
        table.add_row(reason.label, reason.value, escape(reason.why), escape(words))
    console().print(table)
