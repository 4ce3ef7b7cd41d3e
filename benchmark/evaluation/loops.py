"""The loops track: does the candidate's style move with the round?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from benchmark.agreement import weights
from benchmark.codebook import LOOP_VERDICTS, VERDICTS
from benchmark.evaluation.items import MOST_CLUSTERS, Items
from benchmark.evaluation.predicted import Floats, Ints, Predicted
from benchmark.evaluation.tracks import Metrics
from benchmark.metrics import categorical
from benchmark.metrics.categorical import ABSTAINED

ADAPTS_SHARE = 0.6


def loop_verdict(verdicts: Sequence[str]) -> str:
    """The loop verdict that follows from the verdicts of a candidate's answers.

    ``adapts`` when at least 60 % are ``balanced``; else ``uniform_fast`` (``uniform_deep``) when more than half of the others are
    ``too_fast`` (``too_deep``); else ``erratic``.
    """
    amiss = [verdict for verdict in verdicts if verdict != "balanced"]
    if len(verdicts) - len(amiss) >= ADAPTS_SHARE * len(verdicts):
        return "adapts"
    for verdict, style in (("too_fast", "uniform_fast"), ("too_deep", "uniform_deep")):
        if 2 * amiss.count(verdict) > len(amiss):
            return style
    return "erratic"


def predicted_loops(items: Items, predicted: Predicted) -> Ints:
    """Index of the loop verdict that follows from the predicted verdicts; an abstention on one answer is one on the loop."""
    codes = []
    for _, rows in items.loops:
        given = [predicted.verdict[row] for row in rows]
        silent = any(code == ABSTAINED for code in given)
        codes.append(ABSTAINED if silent else LOOP_VERDICTS.index(loop_verdict([VERDICTS[code] for code in given])))
    return np.array(codes, dtype=np.intp)


def loop_metrics(items: Items, references: Mapping[str, Floats], codes: Ints) -> Metrics:
    """Kappa and accuracy over the loops that have a reference; every loop is a cluster of its own, or of MOST_CLUSTERS groups."""
    chosen = [i for i, (loop, _) in enumerate(items.loops) if loop.loop_id in references]
    truth = np.array([references[items.loops[i][0].loop_id] for i in chosen]).reshape(-1, len(LOOP_VERDICTS))
    clusters, n = np.arange(len(chosen)) % MOST_CLUSTERS, min(len(chosen), MOST_CLUSTERS)
    given = codes[chosen]
    return {
        "kappa": partial(categorical.kappa, truth, given, weights.nominal(len(LOOP_VERDICTS)), clusters, n),
        "accuracy": partial(categorical.accuracy, truth, given, clusters, n),
    }
