"""``bench agreement``: every agreement statistic, of a corpus or of any table of ratings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.markup import escape
from rich.table import Table as Grid

from benchmark.agreement.bootstrap import METHODS
from benchmark.agreement.ratings import Ratings
from benchmark.agreement_report import SHOWN, Table, main_coefficient, meaning, report, values_of
from benchmark.cli import options
from benchmark.cli.tables import console
from benchmark.errors import InputError
from benchmark.long_table import LEVELS, LongTable, read_long, read_wide

MOST_SHOWN_PAIRS = 8


@click.command()
@click.option(
    "--table",
    "path",
    type=click.Path(path_type=Path),
    help="A table of ratings (CSV, TSV, JSON lines, Parquet) instead of a corpus.",
)
@click.option("--wide", is_flag=True, help="The table has a row per item and a column per annotator.")
@click.option("--item", metavar="COL", help="Column of item ids.  [long tables; in a wide one optional]")
@click.option("--annotator", metavar="COL", help="Column of annotator ids.  [long tables]")
@click.option("--label", metavar="COL", help="Column of labels.  [long tables; with a corpus: one label field only]")
@click.option("--level", type=click.Choice(LEVELS), help="Level of measurement of the labels.  [with --table]")
@click.option("--scale", metavar="1..5|a,b,c", help="The declared scale, in order.  [default: the labels seen]")
@options.corpus
@click.option("--split", type=click.Choice(["train", "validation", "test", "all"]), default="all", show_default=True)
@options.reference
@click.option(
    "--resamples", type=click.IntRange(min=0), default=1000, show_default=True, help="Bootstrap resamples; 0 for none."
)
@click.option(
    "--interval", type=click.Choice(METHODS), default="percentile", show_default=True, help="Kind of bootstrap interval."
)
@options.seed
@options.as_json
def command(
    path: Path | None,
    wide: bool,
    item: str | None,
    annotator: str | None,
    label: str | None,
    level: str | None,
    scale: str | None,
    corpus: str | None,
    split: str,
    reference: str | None,
    resamples: int,
    interval: str,
    seed: int,
    as_json: bool,
) -> None:
    """Agreement between annotators: coefficient, interval, counts, and what it means.

    Without --table: every label field of a corpus, resampling questions.  With it, any table:

    \b
    bench agreement --table ratings.csv --item doc --annotator who --label score --level ordinal --scale 1..5
    bench agreement --table matrix.csv --wide --item doc --level nominal
    """
    if path is None:
        if wide or item or annotator or level or scale:
            raise InputError(["--wide, --item, --annotator, --level and --scale go with --table"])
        from benchmark.corpus_agreement import corpus_agreement

        document = corpus_agreement(corpus, split, reference, label, resamples=resamples, seed=seed, method=interval)
        shown = _corpus_grids(document)
    else:
        table = _read(path, wide, item, annotator, label, level, scale)
        document = report(_table(table), resamples=resamples, seed=seed, method=interval)
        document["scale_declared"] = table.declared
        shown = [_grid(document, path.name), *_pairs_grid(document)]
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
        return
    terminal = console()
    for one in shown:
        terminal.print(one)
    if path is not None:
        terminal.print(escape(document["meaning"]), soft_wrap=True)
        if not document["scale_declared"]:
            terminal.print("[dim]No --scale was declared: the categories are the labels seen.[/dim]")


def _read(
    path: Path, wide: bool, item: str | None, annotator: str | None, label: str | None, level: str | None, scale: str | None
) -> LongTable:
    if level is None:
        raise InputError([f"--level: which of {', '.join(LEVELS)}?"])
    if wide:
        if annotator or label:
            raise InputError(["--annotator and --label are for long tables: a wide one has a column per annotator"])
        return read_wide(path, item, level, scale)
    if not (item and annotator and label):
        raise InputError(["a long table needs --item, --annotator and --label (or --wide for a matrix)"])
    return read_long(path, item, annotator, label, level, scale)


def _table(table: LongTable) -> Table:
    matrix = table.matrix()
    codes: Any = table.slots() if matrix is None else matrix
    values = None if table.level == "set" else values_of(table.categories)
    ratings = Ratings(codes, len(table.categories), values)
    return Table(ratings, table.level, table.categories, None if matrix is None else table.annotators)


def _grid(document: dict[str, Any], title: str) -> Grid:
    missing = f"{100 * document['missing']:.0f} % missing" if document["missing"] is not None else ""
    counts = f"{document['n_items']} items, {document['n_ratings']} ratings, {missing}"
    grid = Grid(title=f"{escape(title)}: {counts}", title_justify="left", title_style="bold")
    for heading in ("coefficient", "value", "95 % interval", "items", "what it is"):
        grid.add_column(heading, justify="left" if heading in ("coefficient", "what it is") else "right")
    found = document["coefficients"]
    keys = list(SHOWN[document["level"]])
    if found.get("cohen_kappa", {}).get("value") is not None:
        keys.insert(1, "cohen_kappa_quadratic" if document["level"] == "ordinal" else "cohen_kappa")
    for key in keys:
        one = found[key]
        value = "–" if one["value"] is None else f"{one['value']:.3f}"
        limits = "–" if one["low"] is None else f"[{one['low']:.3f}, {one['high']:.3f}]"
        grid.add_row(key, value, limits, str(one["n"]), one["reason"] if one["value"] is None else meaning(key))
    return grid


def _pairs_grid(document: dict[str, Any]) -> list[Grid | str]:
    pairs = document["pairs"]
    if pairs is None or len(pairs["annotators"]) > MOST_SHOWN_PAIRS:
        return []
    grid = Grid("", *map(escape, pairs["annotators"]), "mean of its pairs", title=pairs["coefficient"], title_justify="left")
    for name, row, mean in zip(pairs["annotators"], pairs["matrix"], pairs["versus_rest"], strict=True):
        grid.add_row(escape(name), *map(_number, row), _number(mean))
    return [grid]


def _corpus_grids(document: dict[str, Any]) -> list[Grid | str]:
    about = document["corpus"]
    annotators = ", ".join(document["annotators"])
    grid = Grid(
        title=f"{escape(about['name'])}, {about['split']}: {escape(annotators)}", title_justify="left", title_style="bold"
    )
    for heading in ("label", "coefficient", "value", "95 % interval", "% agreement", "independent raters", "items"):
        grid.add_column(heading, justify="left" if heading in ("label", "coefficient") else "right")
    by_round = Grid("label", *document["rounds"], title="the same in each round", title_justify="left")
    for name, one in document["labels"].items():
        key = main_coefficient(one["level"])
        main = one["coefficients"][key]
        agreement = one["coefficients"]["percent_agreement"]["value"]
        grid.add_row(
            name,
            key,
            _number(main["value"]),
            "–" if main["low"] is None else f"[{main['low']:.3f}, {main['high']:.3f}]",
            "–" if agreement is None else f"{100 * agreement:.0f}",
            _number(one["coefficients"].get("effective_raters", {}).get("value"), 1),
            str(main["n"]),
        )
        if any(name in found for found in document["rounds"].values()):
            by_round.add_row(name, *(_number(found[name]["value"]) for found in document["rounds"].values()))
    shown: list[Grid | str] = [grid, by_round]
    if len(document["by_kind"]) > 1:
        kinds_grid = Grid("label", *document["by_kind"], title="among each kind of annotators", title_justify="left")
        for name in document["labels"]:
            kinds_grid.add_row(name, *(_number(found[name]["value"]) for found in document["by_kind"].values()))
        shown.append(kinds_grid)
    kinds = set(document["kinds"].values())
    if kinds - {"human", "adjudicator"}:
        said = escape(" and ".join(sorted(kinds)))
        shown.append(f"[dim]These are {said} labels, not people's: how consistent they are, not how people would agree.[/dim]")
    return shown


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None or not np.isfinite(value) else f"{value:.{digits}f}"
