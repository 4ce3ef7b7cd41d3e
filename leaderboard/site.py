"""The site as a set of files: pages, data scripts, assets; and putting them in place of the old site all at once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment

from benchmark import __version__
from benchmark.codebook import OVERALL_TRACKS, PATTERNS, ROUNDS, SIGNALS, TRACKS, VERDICTS
from benchmark.corpus import Corpus
from benchmark.errors import InputError, Problem
from leaderboard import answers
from leaderboard.board import Board, Row
from leaderboard.ranks import HEADLINES, Ranking
from leaderboard.runs import Measured
from leaderboard.shards import dump, dump_numbers, shard
from leaderboard.slices import packed
from leaderboard.text import environment

Document = dict[str, Any]
ASSETS = ("style.css", "base.js", "board.js", "compare.js", "answers.js", "answer.js", "diff.js")
MARK = "speed-depth-bench.txt"
"""The file by which a folder is known as a site of ours, that may be replaced."""


def board_document(
    board: Board, ranking: Ranking, measured: Mapping[str, Measured], slices: Mapping[str, Document]
) -> Document:
    """Everything the board page shows over all answers, and which slices there are."""
    return {
        "whose": board.whose,
        "people": board.people,
        "corpus": {key: board.corpus[key] for key in ("name", "version", "split", "limit", "answers", "questions")},
        "annotators": board.reference["annotators"],
        "kinds": board.reference["kinds"],
        "source": board.reference["source"],
        "tracks": [{"name": t.name, "meaning": t.meaning, "overall": t.in_overall} for t in TRACKS],
        "slices": {
            by: {value: [one["answers"], one["questions"]] for value, one in values.items()} for by, values in slices.items()
        },
        "rows": [_row(row, ranking, measured) for row in board.rows],
    }


def _row(row: Row, ranking: Ranking, measured: Mapping[str, Measured]) -> Document:
    ranks = {name: rank for name in HEADLINES if (rank := ranking.rank(row.run_id, name))}
    return {
        "id": row.run_id,
        "name": row.name,
        "label": row.label,
        "params": row.variant,
        "version": row.version,
        "kind": row.kind,
        "note": row.note,
        "cells": {"overall": packed(row.overall), **{name: packed(estimate) for name, estimate in row.tracks.items()}},
        "share": packed(row.share),
        "ranks": {name: [rank.group, rank.low, rank.high] for name, rank in ranks.items()},
        "stand_in": measured[row.run_id].stand_in if row.run_id else {},
        "scored": row.scored,
        "ms": row.ms_per_answer,
        "usd": row.usd_per_1000,
    }


def data_files(corpus: Corpus, boards: list[Board], rankings: list[Ranking], measured: Mapping[str, Measured],
               slices: list[dict[str, Document]], yardsticks: list[Any]) -> dict[str, str]:  # fmt: skip
    """The data scripts by path."""
    made: dict[str, str] = {}

    def add(name: str, text: str) -> None:
        made[f"data/{name}.js"] = shard(name, text)

    predicted: list[list[str]] = []
    for k, (board, ranking, parts, yardstick) in enumerate(zip(boards, rankings, slices, yardsticks, strict=True)):
        add(f"board-{k}", dump(board_document(board, ranking, measured, parts)))
        for by, values in parts.items():
            add(f"slices-{k}-{by}", dump(values))
        add(f"reference-{k}", dump(_reference(yardstick)))
        own = {row.run_id: measured[row.run_id] for row in board.rows if row.run_id}
        for run_id, one in own.items():
            add(f"pairs-{k}-{run_id}", dump_numbers(ranking.versus(run_id)))
            add(f"labels-{k}-{run_id}", one.compact)
        shards = answers.prediction_shards({run_id: one.details for run_id, one in own.items()})
        predicted.append(sorted(shards))
        for question, text in shards.items():
            add(f"predictions-{k}-{question}", text)
    add("site", dump({
        "boards": len(boards), "tracks": [t.name for t in TRACKS], "overall": OVERALL_TRACKS, "verdicts": VERDICTS, "patterns": PATTERNS,
        "signals": SIGNALS, "rounds": ROUNDS,
        "annotators": {a.annotator_id: [a.kind, a.description] for a in corpus.annotators.values()},
        "runs": [{row.run_id: [row.label, row.kind] for row in board.rows if row.run_id} for board in boards],
        "predicted": predicted,
        "names": [f"{_source(board)}, {board.corpus['split']}{_first(board)}" for board in boards],
    }))  # fmt: skip
    everything = answers.whole_reference(corpus, boards[0].reference)
    add("index", dump(answers.index(corpus, everything)))
    add("texts", dump(answers.texts(corpus)))
    for question, document in answers.question_shards(corpus).items():
        add(f"answers-{question}", dump(document))
    return made


def pages(made: Environment, context: Mapping[str, Any]) -> dict[str, str]:
    """The pages that there is one of, by path."""
    return {
        f"{name}.html": made.get_template(f"{name}.html").render({**context, "version": __version__, "root": "", "page": name})
        for name in ("index", "compare", "answers", "answer", "agreement", "method")
    }


def scorer_pages(corpus: Corpus, contexts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The pages of some scorers, by path."""
    template = environment().get_template("scorer.html")
    shared = {"corpus": corpus, "version": __version__, "root": "../", "page": "scorer"}
    return {f"scorers/{context['row'].run_id}.html": template.render({**context, **shared}) for context in contexts}


def assets() -> dict[str, str]:
    """Style and scripts, as they lie in the package."""
    folder = files("leaderboard") / "assets"
    return {f"assets/{name}": (folder / name).read_text(encoding="utf-8") for name in ASSETS}


def check_folder(folder: Path) -> None:
    """Raises InputError where a site would replace something else."""
    if folder.exists() and not (folder.is_dir() and ((folder / MARK).is_file() or not any(folder.iterdir()))):
        message = "holds something else than a leaderboard: move it away, or give another --output"
        raise InputError([Problem(str(folder), 0, "", message)])


def replace_site(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a site beside ``folder``, then swap: whoever reads finds the old site or the new one.  Raises InputError as check_folder."""
    check_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as scratch:
        fresh = Path(scratch) / "new"
        for name in sorted({str(Path(name).parent) for name in texts}):
            (fresh / name).mkdir(parents=True, exist_ok=True)
        for name, text in {**texts, MARK: "Made by `bench leaderboard`; replaced as a whole when it is made again.\n"}.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="\n")
        fresh.chmod(0o755)
        if folder.exists():
            folder.rename(Path(scratch) / "old")
        fresh.rename(folder)
        shutil.rmtree(Path(scratch) / "old", ignore_errors=True)


def _reference(yardstick: Any) -> Document:
    reference = yardstick.reference
    rows = []
    for verdict, *scales in zip(reference.verdict, reference.rating, reference.pace, reference.depth, strict=True):
        top = [int(k) for k in (verdict == verdict.max()).nonzero()[0]] if verdict.any() else []
        rows.append([top, *(None if value != value else int(value) for value in scales)])
    return {"ids": list(yardstick.items.ids), "rows": rows}


def _source(board: Board) -> str:
    kinds = " and ".join(
        {"human": "people", "model": "model passes", "author": "authors", "adjudicator": "adjudicators"}[kind]
        for kind in board.reference["kinds"]
    )
    return f"{kinds} ({', '.join(board.reference['annotators'])})"


def _first(board: Board) -> str:
    return f", first {board.corpus['limit']} answers" if board.corpus["limit"] else ""
