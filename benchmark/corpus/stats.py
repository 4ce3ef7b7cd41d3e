"""What is in a corpus, in counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from rich.table import Table

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
from benchmark.corpus.load import Corpus

_LABELS: tuple[tuple[str, Sequence[Any]], ...] = (
    ("verdict", VERDICTS),
    ("rating", RATINGS),
    ("pace", DEVIATIONS),
    ("depth", DEVIATIONS),
    ("patterns", PATTERNS),
    ("signals", SIGNALS),
)
Counts = dict[str, Any]


def corpus_stats(corpus: Corpus) -> Counts:
    """Counts of everything, shaped for ``--json``."""
    answers = list(corpus.answers.values())
    words = [answer.words for answer in answers]
    return {
        "corpus": {
            "name": corpus.name,
            "version": corpus.version,
            "revision": corpus.revision,
            "fingerprint": corpus.fingerprint,
        },
        "rows": {table: len(rows) for table, rows in corpus.documents.items()},
        "answers": {
            round_: {split: sum(a.round == round_ and a.split == split for a in answers) for split in SPLITS}
            for round_ in ROUNDS
        },
        "questions": {round_: sum(q.round == round_ for q in corpus.questions.values()) for round_ in ROUNDS},
        "domains": len({q.domain for q in corpus.questions.values() if q.domain}),
        "words": {"least": min(words), "median": median(words), "most": max(words)} if words else None,
        "annotators": {
            name: {"kind": annotator.kind, **_label_counts(corpus, name)} for name, annotator in corpus.annotators.items()
        },
        "contrasts": _count((c.dimension for c in corpus.contrasts), DIMENSIONS),
        "loops": {
            name: counts
            for name in corpus.annotators
            if any((counts := _count((v for l in corpus.loops for a, v in l.annotations if a == name), LOOP_VERDICTS)).values())
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


def _label_counts(corpus: Corpus, annotator_id: str) -> Counts:
    own = [a for a in corpus.annotations if a.annotator_id == annotator_id]
    counts: Counts = {"answers": len(own)}
    for field, values in _LABELS:
        given = [getattr(a, field) for a in own if getattr(a, field) is not None]
        flat = [label for labels in given for label in labels] if field in ("patterns", "signals") else given
        counts[field] = _count(flat, values)
    return counts


def _count(given: Iterable[Any], values: Sequence[Any]) -> dict[str, int]:
    counter = Counter(given)
    return {str(value): counter[value] for value in values}
