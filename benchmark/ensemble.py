"""Several scorers as one: the average of what they predict for each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS

Row = Mapping[str, Any]


def average(rows: Sequence[Row]) -> dict[str, Any]:
    """One prediction from several of the same answer; abstentions take no part, and where all abstain so does the ensemble.

    Verdicts: mean of the probabilities (a bare verdict is 1 for itself), the largest wins, of equals the first in the codebook.
    Scales: mean.  Patterns and signals: mean of the probabilities or, without them, of the decisions; decided by majority of the
    decisions (a half is present), so that a scorer's own threshold counts.
    """
    given = [row for row in rows if not row.get("abstained") and not row.get("failed")]
    if not given:
        return {"abstained": "all members abstained"}
    out: dict[str, Any] = {}
    verdicts = [shares for row in given if (shares := _verdict_shares(row))]
    if verdicts:
        shares = {v: round(fmean(one.get(v, 0.0) for one in verdicts), 6) for v in VERDICTS}
        out |= {"verdict": max(VERDICTS, key=lambda v: shares[v]), "verdict_probs": shares}
    for field in ("rating", "pace", "depth"):
        if values := [float(row[field]) for row in given if row.get(field) is not None]:
            out[field] = round(fmean(values), 6)
    for field, probs, labels in (("patterns", "pattern_probs", PATTERNS), ("signals", "signal_probs", SIGNALS)):
        marked = [row for row in given if row.get(field) is not None]
        if marked:
            out[field] = [label for label in labels if fmean(_decided(row[field], label) for row in marked) >= 0.5]
            out[probs] = {label: round(fmean(_share(row, field, probs, label) for row in marked), 6) for label in labels}
    return out or {"abstained": "no member gave a label"}


def _verdict_shares(row: Row) -> Mapping[str, float] | None:
    if row.get("verdict_probs"):
        shares: Mapping[str, float] = row["verdict_probs"]
        return shares
    return {row["verdict"]: 1.0} if row.get("verdict") else None


def _decided(given: Any, label: str) -> float:
    return float(given.get(label, 0.0) >= 0.5) if isinstance(given, Mapping) else float(label in given)


def _share(row: Row, field: str, probs: str, label: str) -> float:
    if row.get(probs):
        return float(row[probs].get(label, 0.0))
    return float(row[field].get(label, 0.0)) if isinstance(row[field], Mapping) else float(label in row[field])
