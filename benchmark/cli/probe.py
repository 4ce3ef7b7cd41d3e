"""``bench probe``: what fools a scorer?"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from benchmark.cli import options
from benchmark.cli.tables import console, interval, number
from benchmark.corpus import load_corpus
from benchmark.corpus.load import chosen_split
from benchmark.errors import InputError
from benchmark.files import pretty, write_text
from benchmark.probes.catalogue import PROBES
from benchmark.probes.run import changed_answers, run_probes, summarise
from benchmark.result import read_record, write_record
from benchmark.scoring import Fittable
from benchmark.scoring.fitting import fit_scorer
from benchmark.scoring.progress import progress
from benchmark.scoring.registry import make_scorer


@click.command()
@click.option("--scorer", metavar="NAME", help="A name from `bench scorers`, module:Class, or path.py[:Class].")
@click.option("-S", "settings", multiple=True, metavar="KEY=VALUE", help="A parameter of the scorer; may be repeated.")
@click.option("--show", metavar="TEST", help="Print an answer before and after a test, and score nothing.")
@click.option("--into", type=click.Path(dir_okay=False, path_type=Path), help="Add the shares to this record of `bench run`.")
@options.corpus
@options.split
@options.reference
@options.limit
@options.seed
@options.as_json
@options.output
def command(
    scorer: str | None,
    settings: tuple[str, ...],
    show: str | None,
    into: Path | None,
    corpus: str | None,
    split: str | None,
    reference: str | None,
    limit: int | None,
    seed: int,
    as_json: bool,
    output: Path | None,
) -> None:
    """Behavioural tests on changed copies of answers, whose right answer is known without labels.

    Invariance: nothing may change.  Direction: the rating must not rise, the named pattern must not be lost.  Attack: text
    written for the scorer must not raise the rating.  What each test does: docs/probes.md, or --show TEST.
    """
    loaded = load_corpus(corpus)
    answers = loaded.split(chosen_split(loaded, split))[:limit]
    if show is not None:
        _show(show, answers, seed)
        return
    if scorer is None:
        raise InputError(["bench probe needs --scorer NAME, or --show TEST"])
    made, spec = make_scorer(scorer, settings, seed)
    record = read_record(into) if into else None
    if record is not None and record["scorer"]["spec_hash"] != spec.spec_hash:
        raise InputError([f"--into {into}: is a record of another scorer or of other parameters"])
    with contextlib.redirect_stdout(sys.stderr):
        if isinstance(made, Fittable) and getattr(made, "fitted_on", None) is None:
            fit_scorer(made, loaded, reference)
        with contextlib.ExitStack() as stack:
            trials = run_probes(made, answers, seed, lambda total: stack.enter_context(progress(total)).beat)
    found = {"seed": seed, "answers": len(answers), **summarise(trials, seed)}
    if record is not None and into is not None:
        write_record(into, {**record, "probes": found})
    lost = [{"test": t.probe.name, "answer_id": t.answer.answer_id, "why": t.why} for t in trials if t.held is False]
    document = {"scorer": {"name": spec.name, "version": spec.version, "params": dict(spec.params)}, **found, "lost": lost}
    if output:
        write_text(output, pretty(document))
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _print(document)


def _print(document: dict[str, Any]) -> None:
    name = f"{document['scorer']['name']}: share of tests held, {document['answers']} answers, seed {document['seed']}"
    table = Table("kind", "test", "held", "95 % interval", "n", "one that was not", title=escape(name), title_justify="left")
    examples = {one["test"]: f"{one['answer_id']}: {one['why']}" for one in reversed(document["lost"])}
    kind = None
    for test, share in document["tests"].items():
        if kind not in (None, share["kind"]):
            table.add_section()
        shown = share["kind"] if share["kind"] != kind else ""
        kind = share["kind"]
        table.add_row(
            shown,
            test,
            number(share["value"]),
            interval(share),
            str(share["n"]),
            escape(examples.get(test, share["reason"] or "")),
        )
    table.add_section()
    for kind, share in document["kinds"].items():
        table.add_row(f"[bold]{kind}[/bold]", "all", number(share["value"]), interval(share), str(share["n"]), "")
    console().print(table)


def _show(test: str, answers: list[Any], seed: int) -> None:
    probe = next((p for p in PROBES if p.name == test), None)
    if probe is None:
        raise InputError([f"--show: no test {test!r} (there are: {', '.join(p.name for p in PROBES)})"])
    pair = next(changed_answers(probe, answers, seed), None)
    if pair is None:
        raise InputError([f"--show: {test!r} applies to none of these answers"])
    must = {"invariance": "nothing may change", "direction": "the rating must not rise", "attack": "the rating must not rise"}
    terminal = console()
    terminal.print(f"[bold]{probe.name}[/bold] ({probe.kind}): {probe.summary}; {must[probe.kind]}"
                   + (f", {probe.pattern} must not be lost" if probe.pattern else ""))  # fmt: skip
    for title, answer in zip(("before", "after"), pair, strict=True):
        terminal.print(f"\n[bold]{title}[/bold] {answer.answer_id}")
        for s in answer.segments:
            text = s.text if len(s.text) <= 2000 else f"{s.text[:2000]} ... ({len(s.text.split())} words)"
            terminal.print(escape(f"[{s.start_s:.1f}-{s.end_s:.1f} s] {s.speaker}, {s.kind}: {text}"), soft_wrap=True)
