"""Are there enough answers of every kind to measure anything on, and no kind too many?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.corpus.audit.check import Check
from benchmark.metrics.statistic import Floats
from benchmark.records import Answer
from benchmark.reference import Reference

LEAST_IN_TEST = {"verdict": 40, "rating": 40, "pace": 15, "depth": 15, "patterns": 15, "signals": 15}
PREVALENCE = (0.08, 0.30)


def label_counts(reference: Reference) -> dict[str, dict[str, float]]:
    """How many answers have each value in the reference; a verdict or mark that is tied counts by its share."""
    counts: dict[str, dict[str, float]] = {"verdict": dict(zip(VERDICTS, reference.verdict.sum(axis=0).tolist(), strict=True))}
    for field, scale in (("rating", RATINGS), ("pace", DEVIATIONS), ("depth", DEVIATIONS)):
        values: Floats = getattr(reference, field)
        counts[field] = {
            f"{value:+d}" if scale is DEVIATIONS else str(value): float((values == value).sum()) for value in scale
        }
    for field, names in (("patterns", PATTERNS), ("signals", SIGNALS)):
        counts[field] = dict(zip(names, np.nansum(getattr(reference, field), axis=0).tolist(), strict=True))
    return counts


def count_checks(answers: Sequence[Answer], reference: Reference, in_test: Reference) -> Iterator[Check]:
    """Counts of every label value in test, and the share of answers with each pattern in the whole corpus."""
    counted = label_counts(in_test)
    for field, least in LEAST_IN_TEST.items():
        scarcest: Mapping[str, float] = counted[field]
        name, value = min(scarcest.items(), key=lambda item: item[1])
        detail = ", ".join(f"{k} {v:g}" for k, v in scarcest.items())
        if not in_test.answer_ids:
            yield Check("counts", f"scarcest {field} in test", None, least=least, detail="no answers in test")
        else:
            yield Check(
                "counts", f"scarcest {field} in test: {name}", value, least=least, n=len(in_test.answer_ids), detail=detail
            )
    labelled = ~np.isnan(reference.patterns)
    for j, pattern in enumerate(PATTERNS):
        n = int(labelled[:, j].sum())
        share = float(np.nanmean(reference.patterns[:, j])) if n else None
        yield Check("counts", f"share of answers with {pattern}", share, least=PREVALENCE[0], most=PREVALENCE[1], n=n)
    unlabelled = int((reference.verdict.sum(axis=1) == 0).sum())
    yield Check("counts", "answers without a verdict in the reference", unlabelled, most=0, n=len(answers))
