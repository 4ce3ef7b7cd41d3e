"""Who beats whom on a board: tie groups, rank intervals, and every pair, from common resamples of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmark.codebook import TRACK
from benchmark.comparison import OVERALL, SIGNIFICANT
from benchmark.metrics.paired import AllPairs, all_pairs
from benchmark.metrics.ranking import rank_intervals, tie_groups
from benchmark.metrics.statistic import Floats
from leaderboard.board import Board
from leaderboard.runs import Measured

HEADLINES = (OVERALL, *TRACK)


@dataclass(frozen=True, slots=True)
class Rank:
    """A tie group (1 is best: nobody in it differs significantly from its first) and the 95 % interval of the rank."""

    group: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """By headline: ranks by run id (competitors only), and the pairs of all runs that have it, ``order`` naming their run ids."""

    ranks: Mapping[str, Mapping[str, Rank]]
    pairs: Mapping[str, AllPairs]
    order: Mapping[str, Sequence[str]]

    def rank(self, run_id: str, headline: str = OVERALL) -> Rank | None:
        return self.ranks.get(headline, {}).get(run_id)

    def versus(self, run_id: str) -> dict[str, dict[str, Any]]:
        """This run less every other one, by headline: ``order`` of run ids, and for each the difference, limits, p and adjusted p."""
        found: dict[str, dict[str, Any]] = {}
        for headline, order in self.order.items():
            if run_id in order:
                i, pairs = order.index(run_id), self.pairs[headline]
                columns = {name: getattr(pairs, name)[i] for name in ("difference", "low", "high", "p", "adjusted")}
                found[headline] = {"order": order, **{name: np.round(column, 6).tolist() for name, column in columns.items()}}
        return found


def rank_board(board: Board, measured: Mapping[str, Measured]) -> Ranking:
    """Rank the runs of a board, ``measured`` by run id; Holm's correction over all pairs of a headline, floors and warnings included."""
    competitors = {row.run_id for row in board.rows if row.kind == "scorer"}
    ranks: dict[str, dict[str, Rank]] = {}
    pairs: dict[str, AllPairs] = {}
    order: dict[str, list[str]] = {}
    for headline in HEADLINES:
        runs = [
            run_id
            for run_id in board.records
            if headline in measured[run_id].drawn and _value(board, run_id, headline) is not None
        ]
        if not runs:
            continue
        values = np.array([_value(board, run_id, headline) for run_id in runs], dtype=np.float64)
        drawn = np.column_stack([measured[run_id].drawn[headline] for run_id in runs])
        found = all_pairs(values, drawn, measured[runs[0]].clusters[headline])
        pairs[headline], order[headline] = found, runs
        chosen = np.array([i for i, run_id in enumerate(runs) if run_id in competitors], dtype=np.intp)
        if len(chosen):
            ranks[headline] = _ranks(
                [runs[i] for i in chosen], values[chosen], drawn[:, chosen], found.adjusted[np.ix_(chosen, chosen)]
            )
    return Ranking(ranks, pairs, order)


def _ranks(runs: Sequence[str], values: Floats, drawn: Floats, adjusted: Floats) -> dict[str, Rank]:
    groups = tie_groups(values, np.asarray(adjusted <= SIGNIFICANT))
    return {run: Rank(group, *ends) for run, group, ends in zip(runs, groups, rank_intervals(drawn), strict=True)}


def _value(board: Board, run_id: str, headline: str) -> float | None:
    record: Any = board.records[run_id]
    value: float | None = (record["overall"] if headline == OVERALL else record["tracks"][headline][TRACK[headline].headline])[
        "value"
    ]
    return value
