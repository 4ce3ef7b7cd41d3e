"""``bench compare``: paired tests between runs."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from benchmark.cli import options
from benchmark.cli.tables import console, interval, number
from benchmark.comparison import SIGNIFICANT, Run, TrackComparison, compare, load_runs
from benchmark.corpus import load_corpus
from benchmark.errors import InputError
from benchmark.metrics.paired import EXACT_CLUSTERS

FORMATS = ("table", "markdown", "latex")


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.corpus
@click.option("--format", "style", type=click.Choice(FORMATS), default="table", show_default=True, help="How to print it.")
@options.seed
@options.as_json
def command(results: tuple[Path, ...], corpus: str | None, style: str, seed: int, as_json: bool) -> None:
    """Who beats whom: paired tests between two or more result records, on the same resampled questions.

    The predictions of each record are read from beside it (NAME.predictions.jsonl) and measured anew. Scorers that share a
    letter are not significantly different (cluster permutation test, Holm over the pairs, 5 %).
    """
    if len(results) < 2:
        raise InputError(["compare needs two result records or more"])
    runs = load_runs(results, load_corpus(corpus))
    tracks = compare(runs, seed)
    if not tracks:
        raise InputError(["the runs have no track in common"])
    if as_json:
        click.echo(json.dumps(_document(runs, tracks), indent=2, ensure_ascii=False, allow_nan=False))
    elif style == "table":
        _print(runs, tracks)
    else:
        click.echo(_lines(runs, tracks, style))


def _document(runs: list[Run], tracks: list[TrackComparison]) -> dict[str, Any]:
    return {
        "runs": [{"name": run.name, "run_id": run.record["run_id"]} for run in runs],
        "tracks": {
            t.track: {
                "clusters": t.clusters,
                "runs": [
                    {
                        "name": run.name,
                        **e.record(),
                        "letters": own,
                        "tie_group": group,
                        "rank_low": rank[0],
                        "rank_high": rank[1],
                    }
                    for run, e, own, group, rank in zip(runs, t.estimates, t.letters, t.groups, t.ranks, strict=True)
                ],
                "pairs": [
                    {
                        "one": runs[pair.one].name,
                        "two": runs[pair.two].name,
                        "difference": pair.difference.record(),
                        "p": _known(pair.p),
                        "p_holm": _known(pair.adjusted),
                    }
                    for pair in t.pairs
                ],
            }
            for t in tracks
        },
    }


def _print(runs: list[Run], tracks: list[TrackComparison]) -> None:
    terminal = console()
    first = tracks[0]
    table = Table(title=f"{first.track}: best first; no common letter = significantly different", title_justify="left")
    for heading in ("rank", "scorer", "value", "95 % interval", "letters", "rank interval"):
        table.add_column(heading, justify="left" if heading in ("scorer", "letters") else "right")
    for i in _order(first):
        e, ranks = first.estimates[i], first.ranks[i]
        cells = (str(first.groups[i]), escape(runs[i].name), number(e.value), interval(e.record()), first.letters[i])
        table.add_row(*cells, f"{ranks[0]}–{ranks[1]}")
    terminal.print(table)
    if len(tracks) > 1:
        others = Table("scorer", *(t.track for t in tracks[1:]), title="by track, with letters", title_justify="left")
        for i in _order(first):
            others.add_row(escape(runs[i].name), *(f"{number(t.estimates[i].value, 2)} {t.letters[i]}" for t in tracks[1:]))
        terminal.print(others)
    grid = Table("", "difference", "95 % interval", "p", "p (Holm)", title=f"{first.track}: pairs", title_justify="left")
    for pair in first.pairs:
        names = f"{escape(runs[pair.one].name)} – {escape(runs[pair.two].name)}"
        told = pair.difference
        grid.add_row(names, number(told.value), interval(told.record()), _p(pair.p), _p(pair.adjusted))
    terminal.print(grid)
    least, pairs = 2 / 2**first.clusters, len(first.pairs)
    if first.clusters <= EXACT_CLUSTERS and least * pairs > SIGNIFICANT:
        said = f"With {first.clusters} questions and {pairs} pair{'s' if pairs > 1 else ''} no difference can be significant"
        terminal.print(f"[dim]{said}: the smallest p is {least:.3g} before the correction.[/dim]")


def _lines(runs: list[Run], tracks: list[TrackComparison], style: str) -> str:
    """The same table as Markdown or LaTeX."""
    header = ["scorer", "rank", *(t.track for t in tracks)]
    rows = []
    for i in _order(tracks[0]):
        low, high = tracks[0].ranks[i]
        cells = []
        for t in tracks:
            e = t.estimates[i]
            limits = "" if e.low is None or e.high is None else f" [{e.low:.2f}, {e.high:.2f}]"
            letter = f"$^{{{t.letters[i]}}}$" if style == "latex" else f" {t.letters[i]}"
            cells.append("–" if e.value is None else f"{e.value:.2f}{limits}{letter}")
        rows.append([_plain(runs[i].name, style), f"{tracks[0].groups[i]} ({low}–{high})", *cells])
    if style == "markdown":
        return "\n".join(f"| {' | '.join(row)} |" for row in [header, ["---"] * len(header), *rows])
    body = "\n".join(" & ".join(row) + r" \\" for row in [header, *rows])
    return "\\begin{tabular}{" + "l" * len(header) + "}\n" + body.replace("–", "--") + "\n\\end{tabular}"


def _plain(name: str, style: str) -> str:
    special = "\\`*_[]|<" if style == "markdown" else "&%$#_{}"
    return "".join("\\" + c if c in special else c for c in name)


def _order(t: TrackComparison) -> list[int]:
    """Best first, undefined last."""
    values = [-math.inf if e.value is None else e.value for e in t.estimates]
    return sorted(range(len(values)), key=lambda i: -values[i])


def _known(p: float) -> float | None:
    return None if math.isnan(p) else p


def _p(p: float) -> str:
    return "–" if math.isnan(p) else f"{p:.3g}"
