"""Print the values of ``scorers/heuristic/thresholds.py``, from the training split alone.

python tools/heuristic_thresholds.py > values.txt
"""

from __future__ import annotations

import math
import pprint
from collections import Counter

import numpy as np

from benchmark import load_corpus
from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.reference import build_reference, choose_annotators
from scorers.heuristic import rules
from scorers.heuristic.profile import PROFILES
from scorers.heuristic.reading import read

ROUNDS_OF_BALANCING = 200


def main() -> None:
    corpus = load_corpus()
    answers = corpus.split("train")
    source, annotators = choose_annotators(corpus, None)
    reference = build_reference(corpus, source, annotators, [answer.answer_id for answer in answers])
    readings = [read(answer) for answer in answers]
    findings = [{name: rule(r, PROFILES[r.answer.round]) for name, rule in rules.PATTERN_RULES.items()} for r in readings]
    mark_from = {}
    for names, truth, strengths in (
        (PATTERNS, reference.patterns, [{n: f.strength for n, f in found.items()} for found in findings]),
        (SIGNALS, reference.signals, [rules.signals(r, f) for r, f in zip(readings, findings, strict=True)]),
    ):
        for i, name in enumerate(names):
            values = np.array([strength[name] for strength in strengths])
            mark_from[name] = round(float(np.quantile(values, 1 - truth[:, i].mean())), 3)
    raw = {
        "rating": np.array([rules.rating(r, f) for r, f in zip(readings, findings, strict=True)]),
        "pace": np.array([rules.scales(r, f)[0] for r, f in zip(readings, findings, strict=True)]),
        "depth": np.array([rules.scales(r, f)[1] for r, f in zip(readings, findings, strict=True)]),
    }
    scales = {}
    for name, values in raw.items():
        truth = getattr(reference, name)
        gain = truth.std() / values.std()
        scales[name] = (round(float(truth.mean() - gain * values.mean()), 3), round(float(gain), 3))
    print("MARK_FROM =", pprint.pformat(mark_from, sort_dicts=False))
    print("SCALES =", pprint.pformat(scales, sort_dicts=False))

    offsets = dict.fromkeys(VERDICTS, 0.0)
    wanted = dict(zip(VERDICTS, reference.verdict.mean(axis=0), strict=True))
    for step in range(ROUNDS_OF_BALANCING):
        given = Counter(
            max(shares, key=shares.__getitem__)
            for i in range(len(answers))
            for shares in [rules.verdict(raw["rating"][i], raw["depth"][i], raw["pace"][i], findings[i], offsets)]
        )
        for verdict in VERDICTS:
            share = given[verdict] / len(answers)
            offsets[verdict] += 0.5 / (1 + step / 20) * math.log((wanted[verdict] + 0.01) / (share + 0.01))
    print("VERDICTS =", pprint.pformat({v: round(x - offsets["balanced"], 3) for v, x in offsets.items()}, sort_dicts=False))


if __name__ == "__main__":
    main()
