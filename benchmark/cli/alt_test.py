"""``bench alt-test``: could a scorer stand in for an annotator?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.markup import escape
from rich.table import Table

from benchmark.agreement_report import values_of
from benchmark.cli import options
from benchmark.cli.tables import console, number
from benchmark.errors import InputError
from benchmark.long_table import LongTable, read_long
from benchmark.metrics.alt_test import ALIGNMENTS, EPSILON, AltTest, alt_test

LEVEL_OF = {"accuracy": "nominal", "rmse": "interval", "set": "set"}
Floats = NDArray[np.float64]


@click.command()
@click.argument("predictions", required=False, type=click.Path(path_type=Path))
@options.corpus
@options.split
@options.reference
@click.option("--table", "path", type=click.Path(path_type=Path), help="A long table of ratings instead of a corpus.")
@click.option("--item", metavar="COL", help="Column of item ids.  [with --table]")
@click.option("--annotator", metavar="COL", help="Column of annotator ids.  [with --table]")
@click.option(
    "--label", metavar="COL|FIELD", help="Column of labels; of a corpus, the label field.  [default: all, verdict first]"
)
@click.option(
    "--candidate",
    metavar="NAME|KIND|IDS",
    help="Instead of predictions: the annotator in the table, or of a corpus the annotators (model, author, ids) together.",
)
@click.option(
    "--alignment", type=click.Choice(ALIGNMENTS), help="Closeness to the others.  [default: by label; accuracy with --table]"
)
@click.option(
    "--epsilon",
    type=click.FloatRange(0, 1),
    default=EPSILON,
    show_default=True,
    help="The annotators' head start, for their cost.",
)
@options.as_json
def command(
    predictions: Path | None,
    corpus: str | None,
    split: str | None,
    reference: str | None,
    path: Path | None,
    item: str | None,
    annotator: str | None,
    label: str | None,
    candidate: str | None,
    alignment: str | None,
    epsilon: float,
    as_json: bool,
) -> None:
    """The alternative annotator test (Calderon et al., ACL 2025): could the scorer stand in for an annotator?

    Winning rate (omega): share of the annotators whom the scorer passes against, its chance of being at least as close to the
    others not below theirs less epsilon (Benjamini-Yekutieli, 5 %). Advantage probability (rho): mean share of items where it is at least
    as close. From 0.5 on, the scorer may replace an annotator.

    \b
    bench alt-test predictions.jsonl
    bench alt-test --candidate model            the model panel together, against the people
    bench alt-test --table ratings.csv --item doc --annotator who --label score --candidate gpt --alignment rmse
    """
    if path is not None:
        if predictions is not None or not (item and annotator and label and candidate):
            raise InputError(["--table needs --item, --annotator, --label and --candidate, and no predictions file"])
        chosen = alignment or "accuracy"
        document = _of_table(read_long(path, item, annotator, label, LEVEL_OF[chosen]), path, candidate, chosen, epsilon)
    elif (predictions is None) == (candidate is None):
        raise InputError(["give a predictions file, or --table with --candidate, or --candidate with annotators of the corpus"])
    elif item or annotator:
        raise InputError(["--item and --annotator go with --table"])
    else:
        document = _of_corpus(predictions, candidate, corpus, split, reference, label, alignment, epsilon)
    if as_json:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
        return
    terminal = console()
    for name, one in (document.get("labels") or {document["label"]: document}).items():
        terminal.print(_grid(name, one))
        terminal.print(_sentence(one))


def _of_table(table: LongTable, path: Path, candidate: str, alignment: str, epsilon: float) -> dict[str, Any]:
    if candidate not in table.annotators:
        raise InputError([f"{path}: --candidate: {candidate!r} rated nothing (annotators: {', '.join(table.annotators[:20])})"])
    matrix = table.matrix()
    if matrix is None:
        raise InputError([f"{path}: {len(table.items)} items by {len(table.annotators)} annotators are too many for this test"])
    labels = _numbers(matrix, table, alignment)
    place = table.annotators.index(candidate)
    others = [j for j in range(len(table.annotators)) if j != place]
    found = alt_test(labels[:, others], labels[:, place], alignment, epsilon)
    return _document("label", candidate, found, [table.annotators[j] for j in others])


def _numbers(matrix: NDArray[np.int16], table: LongTable, alignment: str) -> Floats:
    """Codes as the test wants them: numbers for rmse, membership for sets."""
    missing = matrix < 0
    if alignment == "set":
        members = sorted(set().union(*table.categories))
        belongs = np.array([[member in category for member in members] for category in table.categories], dtype=np.float64)
        return np.where(missing[:, :, None], np.nan, belongs.reshape(len(table.categories), -1)[np.maximum(matrix, 0)])
    values = values_of(table.categories) if alignment == "rmse" else np.arange(len(table.categories), dtype=np.float64)
    assert values is not None
    return np.where(missing, np.nan, values[np.maximum(matrix, 0)])


def _of_corpus(
    predictions: Path | None,
    candidate: str | None,
    corpus: str | None,
    split: str | None,
    reference: str | None,
    label: str | None,
    alignment: str | None,
    epsilon: float,
) -> dict[str, Any]:
    from benchmark.corpus_alt_test import LABELS, corpus_alt_test

    if label is not None and label not in LABELS:
        raise InputError([f"--label: no label {label!r} (there are: {', '.join(LABELS)})"])
    found, annotators = corpus_alt_test(predictions, candidate, corpus, split, reference, label, alignment, epsilon)
    name = candidate or str(
        predictions and predictions.name.removesuffix(".jsonl").removesuffix(".parquet").removesuffix(".predictions")
    )
    documents = {field: _document(field, name, one, annotators) for field, one in found.items()}
    first = next(iter(documents.values()))
    return first if label else {**first, "labels": documents}


def _document(label: str, candidate: str, found: AltTest, annotators: list[str]) -> dict[str, Any]:
    own = {}
    for name, one in zip(annotators, found.annotators, strict=True):
        fields = asdict(one)
        own[name] = {
            "winning": fields.pop("rejected"),
            "advantage_probability": fields.pop("candidate"),
            "annotator_probability": fields.pop("annotator"),
            **fields,
        }
    return {
        "label": label,
        "candidate": candidate,
        "alignment": found.alignment,
        "epsilon": found.epsilon,
        "winning_rate": found.winning_rate,
        "advantage_probability": found.advantage_probability,
        "reason": found.reason,
        "annotators": own,
    }


def _grid(name: str, document: dict[str, Any]) -> Table:
    title = f"{escape(name)}: {escape(document['candidate'])} ({document['alignment']}, epsilon {document['epsilon']:g})"
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in ("in place of", "items", "it wins", "annotator wins", "difference", "p", "test", "passes"):
        table.add_column(heading, justify="left" if heading == "in place of" else "right")
    for annotator, one in document["annotators"].items():
        p = "–" if one["p"] is None else f"{one['p']:.3g}"
        rates = (number(one["advantage_probability"]), number(one["annotator_probability"]), number(one["difference"]))
        table.add_row(escape(annotator), str(one["n"]), *rates, p, one["test"] or "–", "yes" if one["winning"] else "no")
    return table


def _sentence(document: dict[str, Any]) -> str:
    omega, rho = document["winning_rate"], document["advantage_probability"]
    if omega is None:
        return f"No answer: {document['reason']}."
    may = "could" if omega >= 0.5 else "could not"
    return f"Winning rate {omega:.2f}, advantage probability {rho:.2f}: by this test it {may} stand in for an annotator.\n"
