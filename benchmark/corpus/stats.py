"""What is in a corpus, in counts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from rich.table import Table

from benchmark.ballots import MARKS
from benchmark.codebook import (
    DEVIATIONS,
    DIMENSIONS,
    LOOP_VERDICTS,
    PATTERNS,
    RATINGS,
    ROUNDS,
    SIGNALS,
    SPLITS,
    VERDICTS,
)
from benchmark.corpus.scan import Scan

_LABELS: tuple[tuple[str, Sequence[Any]], ...] = (
    ("verdict", VERDICTS),
    ("rating", RATINGS),
    ("pace", DEVIATIONS),
    ("depth", DEVIATIONS),
    ("patterns", PATTERNS),
    ("signals", SIGNALS),
)
Counts = dict[str, Any]


def corpus_stats(scan: Scan) -> Counts:
    """Counts of everything, shaped for ``--json``."""
    split_counts = {
        (r, s): n for r, s, n in scan.base.execute("SELECT round, split, COUNT(*) FROM answers GROUP BY round, split")
    }
    round_counts = dict(scan.base.execute("SELECT round, COUNT(*) FROM questions GROUP BY round"))
    dimensions = dict(scan.base.execute("SELECT dimension, COUNT(*) FROM contrasts GROUP BY dimension"))
    words = array("l", (n for (n,) in scan.base.execute("SELECT words FROM answers")))
    verdicts: Counter[tuple[str, str]] = Counter(
        (one["annotator_id"], one["loop_verdict"]) for loop in scan.documents("loops") for one in loop["annotations"]
    )
    return {
        "corpus": {
            "name": scan.name,
            "version": scan.version,
            "revision": scan.revision,
            "fingerprint": scan.fingerprint,
        },
        "rows": scan.counts,
        "answers": {round_: {split: split_counts.get((round_, split), 0) for split in SPLITS} for round_ in ROUNDS},
        "questions": {round_: round_counts.get(round_, 0) for round_ in ROUNDS},
        "domains": len({q["domain"] for q in scan.documents("questions") if q.get("domain")}),
        "words": {"least": min(words), "median": median(words), "most": max(words)} if words else None,
        "annotators": {
            name: {"kind": annotator.kind, **_label_counts(scan, name)} for name, annotator in scan.annotators.items()
        },
        "contrasts": {name: dimensions.get(name, 0) for name in DIMENSIONS},
        "loops": {
            name: {verdict: verdicts[name, verdict] for verdict in LOOP_VERDICTS}
            for name in scan.annotators
            if any(verdicts[name, verdict] for verdict in LOOP_VERDICTS)
        },
    }


def stats_tables(stats: Counts) -> list[Table]:
    """The same as tables for the terminal."""
    about = stats["corpus"]
    rounds = Table("round", "questions", *SPLITS, "answers", title=f"{about['name']} {about['version'] or ''}")
    for round_, by_split in stats["answers"].items():
        counts = [by_split[split] for split in SPLITS]
        rounds.add_row(round_, *map(str, [stats["questions"][round_], *counts, sum(counts)]))
    totals = [sum(by_split[split] for by_split in stats["answers"].values()) for split in SPLITS]
    rounds.add_section()
    rounds.add_row("all", *map(str, [sum(stats["questions"].values()), *totals, sum(totals)]))
    names = list(stats["annotators"])
    labels = Table("label", "value", *names, title="labels given")
    labels.add_row("", "kind", *(stats["annotators"][name]["kind"] for name in names))
    labels.add_row("", "answers", *(str(stats["annotators"][name]["answers"]) for name in names), end_section=True)
    for field, values in _LABELS:
        for value in values:
            labels.add_row(
                field if value == values[0] else "",
                str(value),
                *(str(stats["annotators"][name][field][str(value)]) for name in names),
                end_section=value == values[-1],
            )
    tables = [rounds, labels]
    if any(stats["contrasts"].values()):
        contrasts = Table("dimension", "contrasts")
        for dimension, count in stats["contrasts"].items():
            contrasts.add_row(dimension, str(count))
        tables.append(contrasts)
    if stats["loops"]:
        loops = Table("loop verdict", *stats["loops"])
        for verdict in LOOP_VERDICTS:
            loops.add_row(verdict, *(str(counts[verdict]) for counts in stats["loops"].values()))
        tables.append(loops)
    return tables


def _label_counts(scan: Scan, annotator: str) -> Counts:
    def grouped(field: str) -> dict[int, int]:
        return dict(
            scan.base.execute(
                f"SELECT {field}, COUNT(*) FROM annotations WHERE annotator = ? AND {field} IS NOT NULL GROUP BY {field}",
                (annotator,),
            )
        )

    counts: Counts = {"answers": sum(grouped("annotator").values())}
    for field, values in _LABELS:
        found = grouped(field)
        if field in MARKS:
            counts[field] = {str(v): sum(n for bits, n in found.items() if bits >> i & 1) for i, v in enumerate(values)}
        else:
            counts[field] = {str(v): found.get(i, 0) for i, v in enumerate(values)}
    return counts
