"""Writing the leaderboard: the site, and the same content as tables, figures and badges."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmark.corpus import Corpus, load_corpus
from benchmark.corpus.source import open_source
from benchmark.errors import Problem
from benchmark.files import read_json, write_text
from leaderboard.agreement_page import agreement_context
from leaderboard.board import make_boards, yardstick
from leaderboard.figures import overall_figure, tracks_figure
from leaderboard.ranks import rank_board
from leaderboard.records import Apart, find_records
from leaderboard.runs import RESAMPLES, Workers, Yardstick
from leaderboard.scorer_page import scorer_context
from leaderboard.site import assets, check_folder, data_files, pages, replace_site, scorer_pages
from leaderboard.slices import annotators_slices, board_slices
from leaderboard.tables import badges, tables
from leaderboard.text import environment

_PAGES = 25
"""Scorers whose pages one process makes at a time."""


@dataclass(frozen=True, slots=True)
class Built:
    """What was written, what is wrong with records that were left out, and which stand apart from the boards."""

    written: list[Path]
    problems: list[Problem | str]
    apart: list[Apart]


def build_leaderboard(results: Path, output: Path, location: str | None = None) -> Built:
    """Make the leaderboard of the records in ``results`` below ``output``; the same records and corpus give the same bytes.

    Raises InputError where there is no record at all, and for a corpus that can't be read.
    """
    check_folder(output / "site")
    corpus = load_corpus(location)
    found = find_records(results, corpus)
    made = environment()
    with threadpool_limits(1, user_api="blas"), Workers(corpus) as workers:
        agreement = workers.submit(agreement_context)
        first = {yardstick(record): record for record in found.records.values()}
        own_slices = {key: workers.submit(annotators_slices, record) for key, record in first.items()}
        measured_by_path, problems = workers.measure(found.records)
        problems = [*found.problems, *problems]
        measured = {found.records[path]["run_id"]: one for path, one in measured_by_path.items()}
        boards = make_boards(found.records[path] for path in measured_by_path)
        if not boards:
            return Built([], problems, found.apart)
        rankings = [rank_board(board, measured) for board in boards]
        contexts = [
            scorer_context(k, board, row, ranking, measured[row.run_id])
            for k, (board, ranking) in enumerate(zip(boards, rankings, strict=True))
            for row in board.rows
            if row.run_id
        ]
        rendered = [workers.submit(scorer_pages, contexts[i : i + _PAGES]) for i in range(0, len(contexts), _PAGES)]
        slices = [board_slices(board, own_slices[yardstick(next(iter(board.records.values())))].result()) for board in boards]
        yardsticks = [Yardstick(corpus, next(iter(board.records.values()))) for board in boards]
        downloads = tables(boards, rankings, measured, found.apart, made)
        downloads["overall.svg"] = made.get_template("overall.svg").render(overall_figure(boards[0]))
        downloads["tracks.svg"] = made.get_template("tracks.svg").render(tracks_figure(boards[0]))
        context = {"boards": boards, "apart": found.apart, "corpus": corpus, "resamples": RESAMPLES, **_about(corpus, location)}
        site = {
            **assets(),
            **data_files(corpus, boards, rankings, measured, slices, yardsticks),
            **pages(made, {**context, **agreement.result()}),
            **{name: text for chunk in rendered for name, text in chunk.result().items()},
            **{f"files/{name}": text for name, text in {**downloads, **badges(boards, made)}.items()},
        }
    replace_site(output / "site", site)
    for name, text in downloads.items():
        write_text(output / name, text)
    return Built([output / "site" / "index.html", *(output / name for name in downloads)], problems, found.apart)


def _about(corpus: Corpus, location: str | None) -> dict[str, Any]:
    """What the corpus says of itself (``corpus.json``) and its audit of shortcuts, where it has them and the audit is of these answers."""
    folder = open_source(location).folder
    about = read_json(folder / "corpus.json") if (folder / "corpus.json").is_file() else {}
    audit = read_json(folder / "audit.json") if (folder / "audit.json").is_file() else None
    if not (isinstance(audit, dict) and {"corpus", "checks"} <= set(audit)):
        audit = None
    changes = about.get("changelog")
    told = (
        [one for one in changes if isinstance(one, dict) and {"version", "date", "what"} <= set(one)]
        if isinstance(changes, list)
        else []
    )
    stale = audit is not None and audit["corpus"]["fingerprint"] != corpus.fingerprint
    return {"changes": told, "audit": audit, "audit_stale": stale}
