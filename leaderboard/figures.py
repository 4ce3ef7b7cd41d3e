"""Geometry of the figures, drawn at build time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from benchmark.codebook import TRACK, TRACKS
from leaderboard.board import Board, Estimate

LEFT, WIDTH, STEP = 230, 420, 30
Document = dict[str, Any]


def overall_figure(board: Board) -> Document:
    """The overall score of each row with its interval, on a common scale."""
    rows = [row for row in board.rows if row.overall["value"] is not None]
    low = min([-0.05, *(_least(row.overall) for row in rows)])
    high = max([0.5, *(_most(row.overall) for row in rows)])

    def x(value: float) -> float:
        return round(LEFT + WIDTH * (value - low) / (high - low), 1)

    ticks = [tick / 10 for tick in range(-10, 11) if low <= tick / 10 <= high]
    return {
        "rows": [{"row": row, "y": 34 + STEP * i, **_bar(row.overall, x)} for i, row in enumerate(rows)],
        "ticks": [{"x": x(tick), "label": f"{tick:.1f}"} for tick in ticks],
        "zero": x(0.0),
        "height": 34 + STEP * len(rows) + 24,
        "width": LEFT + WIDTH + 70,
        "right": LEFT + WIDTH,
    }


def tracks_figure(board: Board) -> Document:
    """One panel per track: every row with its interval, from -0.2 to 1."""
    left, panel, gap, step, per_line = 180, 150, 24, 16, 5
    rows = [row for row in board.rows if any(estimate["value"] is not None for estimate in row.tracks.values())]
    height = step * len(rows) + 46
    panels = []
    for k, track in enumerate(TRACKS):
        start, top = left + (k % per_line) * (panel + gap), (k // per_line) * height

        def x(value: float, start: float = start) -> float:
            return round(start + panel * (min(max(value, -0.2), 1.0) + 0.2) / 1.2, 1)

        bars = [
            {"kind": row.kind, "y": top + 38 + step * i, **_bar(row.tracks[track.name], x)}
            for i, row in enumerate(rows)
            if row.tracks[track.name]["value"] is not None
        ]
        panels.append({"name": track.name, "x": start, "top": top, "zero": x(0.0), "one": x(1.0), "bars": bars})
    names = [
        {"label": row.label, "y": top + 38 + step * i, "kind": row.kind}
        for top in range(0, height * math.ceil(len(TRACKS) / per_line), height)
        for i, row in enumerate(rows)
    ]
    return {"panels": panels, "names": names, "left": left, "panel_height": height,
            "width": left + per_line * (panel + gap), "height": height * math.ceil(len(TRACKS) / per_line)}  # fmt: skip


def scatter_figure(pairs: Sequence[Sequence[float]]) -> Document:
    """Predicted over reference rating, 1 to 5 on both axes; points of one reference value are spread over its column."""
    side, margin = 280, 34
    seen: dict[tuple[float, float], int] = {}
    points = []
    for truth, given in sorted(map(tuple, pairs)):
        k = seen[truth, round(given, 1)] = seen.get((truth, round(given, 1)), -1) + 1
        spread = (1 if k % 2 else -1) * ((k + 1) // 2) * 3
        points.append([round(_on(truth, side, margin) + max(-22, min(22, spread)), 1), round(side - _on(given, side, 0), 1)])
    ticks = [(i, _on(i, side, margin), side - _on(i, side, 0)) for i in range(1, 6)]
    return {"points": points, "side": side, "margin": margin, "ticks": ticks}


def calibration_figure(curve: Sequence[Sequence[float]]) -> Document:
    """Share right over the probability given; the diagonal is perfect."""
    side, margin = 280, 34
    most = max(point[2] for point in curve)
    points = [
        {
            "x": round(margin + side * p, 1),
            "y": round(side - side * o, 1),
            "r": round(2.5 + 5 * math.sqrt(n / most), 1),
            "p": p,
            "o": o,
            "n": n,
        }
        for p, o, n in curve
    ]
    return {
        "points": points,
        "side": side,
        "margin": margin,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points),
    }


def interval_bar(estimate: Estimate, least: float = -0.2, most: float = 1.0) -> Document | None:
    """A small bar in a box 100 wide: value and ends; None where there is no value."""
    if estimate["value"] is None:
        return None

    def x(value: float) -> float:
        return round(100 * (min(max(value, least), most) - least) / (most - least), 1)

    return {**_bar(estimate, x), "zero": x(0.0)}


def confusion_view(field: str, table: Sequence[Sequence[float]]) -> Document:
    """A confusion table with the share of each row as one of ten shades."""
    categories = [str(category) for category in TRACK[field].categories]
    rows = []
    for name, row in zip(categories, table, strict=True):
        total = sum(row)
        cells = [{"n": value, "shade": round(9 * value / total) if total else 0} for value in row]
        rows.append({"name": name, "cells": cells})
    return {"field": field, "categories": categories, "rows": rows, "abstained": any(row[-1] for row in table)}


def _on(value: float, side: float, margin: float) -> float:
    return round(margin + side * (value - 0.5) / 5, 1)


def _bar(estimate: Mapping[str, Any], x: Any) -> Document:
    return {"value": x(estimate["value"]), "low": x(_least(estimate)), "high": x(_most(estimate)), "shown": estimate["value"]}


def _least(estimate: Mapping[str, Any]) -> float:
    bound: float = estimate["value"] if estimate["low"] is None else estimate["low"]
    return bound


def _most(estimate: Mapping[str, Any]) -> float:
    bound: float = estimate["value"] if estimate["high"] is None else estimate["high"]
    return bound
