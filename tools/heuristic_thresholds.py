"""Write ``scorers/heuristic/thresholds.json``, from the training split alone.

python tools/heuristic_thresholds.py
"""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, root

from benchmark import load_corpus
from benchmark.codebook import PATTERNS, ROUNDS, SIGNALS, VERDICTS
from benchmark.files import write_text
from benchmark.reference import build_reference, choose_annotators
from scorers.heuristic import SCALES, rules
from scorers.heuristic.measures import measures
from scorers.heuristic.reading import read
from scorers.ml.linear import OPTIMISM, balancing, softmax

Floats = NDArray[np.float64]
DIGITS = 4


def main() -> None:
    corpus = load_corpus()
    answers = list(corpus.split("train"))
    source, annotators = choose_annotators(corpus, None)
    reference = build_reference(corpus, source, annotators, [answer.answer_id for answer in answers])
    found = [measures(read(answer)) for answer in answers]
    names = list(found[0])
    values = np.array([list(row.values()) for row in found])
    rounds = np.array([answer.round for answer in answers])
    middle = {r: dict(zip(names, np.round(values[rounds == r].mean(axis=0), DIGITS).tolist(), strict=True)) for r in ROUNDS}
    within = values - np.array([list(middle[r].values()) for r in rounds])
    spread = dict(zip(names, np.round(within.std(axis=0), DIGITS).tolist(), strict=True))
    total = [rules.sums(rules.deviations(row, middle[r], spread)) for row, r in zip(found, rounds, strict=True)]
    by_label = {label: np.array([row[label] for row in total]) for label in rules.RULES}

    scales = {}
    for name in SCALES:
        truth = getattr(reference, name)
        scales[name] = _scale(by_label[name], truth, *SCALES[name])
    marks = {}
    for labels, truth in ((PATTERNS, reference.patterns), (SIGNALS, reference.signals)):
        for i, name in enumerate(labels):
            begins = float(np.quantile(by_label[name], 1 - truth[:, i].mean()))
            marks[name] = (*_logistic(by_label[name], truth[:, i]), begins)
    x = np.column_stack([by_label[name] for name in VERDICTS])
    offset, gain = _softmax(x, reference.verdict)
    factors = balancing(softmax(offset + gain * x), reference.verdict.mean(axis=0))
    verdicts = {name: (float(offset[i]), gain, float(factors[i])) for i, name in enumerate(VERDICTS)}
    document = {"middle": middle, "spread": spread, "scales": scales, "verdicts": verdicts, "marks": marks}
    write_text(rules.THRESHOLDS, _text(document))


def _scale(x: Floats, truth: Floats, low: float, high: float) -> tuple[float, float]:
    """Offset and gain that give the values the mean and the spread of the truth, once the scale's ends have bent them."""

    def miss(p: Floats) -> Floats:
        values = np.array([rules.on_scale(total, float(p[0]), float(p[1]), low, high) for total in x])
        return np.array([values.mean() - truth.mean(), values.std() - truth.std()])

    solution = root(miss, np.array([truth.mean(), truth.std() / x.std()]))
    return float(solution.x[0]), float(solution.x[1])


def _logistic(x: Floats, share: Floats) -> tuple[float, float]:
    """Offset and gain (n,) of the log odds with the least log loss against the annotators' shares (Platt 1999)."""

    def loss(p: Floats) -> float:
        z = p[0] + p[1] * x
        return float((np.logaddexp(0, z) - share * z).mean())

    best = minimize(loss, np.array([0.0, 1.0]), method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-9})
    return float(best.x[0]), float(best.x[1])


def _softmax(x: Floats, share: Floats) -> tuple[Floats, float]:
    """An offset for each column and one gain, with the least log loss against the annotators' shares (n, K); the gain is then
    lowered, as the rules were chosen on these answers too, and the offsets follow it."""

    def loss(gain: float, offsets: Floats) -> float:
        z = np.append(0.0, offsets) + gain * x
        return float((np.log(np.exp(z).sum(axis=1)) - (share * z).sum(axis=1)).mean())

    none = np.zeros(x.shape[1] - 1)
    gain = OPTIMISM * float(minimize(lambda p: loss(p[0], p[1:]), np.append(1.0, none), method="BFGS").x[0])
    return np.append(0.0, minimize(lambda p: loss(gain, p), none, method="BFGS").x), gain


def _text(document: dict[str, object]) -> str:
    return json.dumps(json.loads(json.dumps(document), parse_float=lambda s: round(float(s), DIGITS)), indent=1) + "\n"


if __name__ == "__main__":
    main()
