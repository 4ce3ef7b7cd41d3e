"""Probes: how well can the verdict be told by something that does not read?

Each probe is a classifier on features that carry no judgement, trained and tested by cross-validation that keeps all answers
to a question in one fold, so that what it finds is a habit of the corpus and not of a question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmark.codebook import VERDICTS
from benchmark.corpus.audit import features
from benchmark.corpus.audit.check import Check
from benchmark.evaluation.resampling import Resampler
from benchmark.metrics.categorical import kappa
from benchmark.metrics.combine import average
from benchmark.metrics.statistic import Floats, Ints, Statistic
from benchmark.records import Answer

FOLDS = 10
DEALS = 3
"""How often the questions are dealt to folds anew: the kappas are averaged, as one deal moves them by 0.02."""
LEAST_QUESTIONS = 4
"""Fewer questions make no cross-validation worth the name."""


@dataclass(frozen=True, slots=True)
class Probe:
    """``read`` turns an answer into what the probe sees: text, or a row of counts."""

    name: str
    most: float
    read: Callable[[Answer], Any]

    @property
    def reads_text(self) -> bool:
        return self.read in (_text, _question_text)


def _text(answer: Answer) -> str:
    return answer.text


def _question_text(answer: Answer) -> str:
    q = answer.question
    return "\n".join([q.round, q.prompt, *q.critical_points, *q.obvious_points])


PROBES = (
    Probe("length and budget share only", 0.10, features.length_counts),
    Probe("timing and turn counts only", 0.20, features.timing_counts),
    Probe("question text only", 0.05, _question_text),
    Probe("bag of words", 0.35, _text),
    Probe("counts of numbers, tools, hedges, markers", 0.20, features.lexical_counts),
)


def run_probes(answers: Sequence[Answer], verdict: Floats, seed: int, progress: Callable[[str], None]) -> list[Check]:
    """Verdict kappa of each probe, with an interval that resamples questions.

    ``verdict`` (n, 4) are the reference's weights.  Trained on the answers whose verdict has a majority, measured on all that
    have a verdict.  Where a probe can be fitted in two ways, the better one is reported, and both are in the detail.
    """
    held = np.flatnonzero(verdict.sum(axis=1) > 0).tolist()
    answers, verdict = [answers[i] for i in held], verdict[held]
    questions, groups = np.unique([a.question_id for a in answers], return_inverse=True)
    checks = []
    for probe in PROBES:
        progress(probe.name)
        if len(questions) < LEAST_QUESTIONS:
            detail = f"{len(questions)} question(s) with labels: no cross-validation"
            checks.append(Check("probes", f"verdict kappa: {probe.name}", None, most=probe.most, detail=detail))
            continue
        disagreement = 1.0 - np.eye(len(VERDICTS))
        tries: dict[str, list[Statistic]] = {}
        for deal in range(DEALS):
            for model, predicted in _predictions(probe, answers, verdict, groups, seed + deal):
                tries.setdefault(model, []).append(kappa(verdict, predicted, disagreement, groups, len(questions)))
        means = {model: average(found) for model, found in tries.items()}
        model = max(means, key=lambda name: float(np.nan_to_num(means[name].value(), nan=-1.0)))
        best = means[model]
        told = "; ".join(f"{name} {means[name].value():.3f}" for name in means)
        estimate = Resampler(seed).estimate(best)
        checks.append(
            Check(
                "probes", f"verdict kappa: {probe.name}", estimate.value, most=probe.most, low=estimate.low, high=estimate.high,
                n=len(answers), detail=estimate.reason or told,
            )
        )  # fmt: skip
    return checks


def strongest_words(answers: Sequence[Answer], verdict: Floats, count: int) -> dict[str, list[str]]:
    """The ``count`` n-grams that speak loudest for each verdict in the bag of words fitted to all answers: where to look."""
    held = np.flatnonzero(verdict.max(axis=1) > 0.5).tolist()
    model = _bag_of_words()
    model.fit([answers[i].text for i in held], verdict[held].argmax(axis=1))
    names, classifier = model[0].get_feature_names_out(), model[-1]
    if len(classifier.classes_) < 3:  # two classes share one row of weights
        return {}
    return {
        VERDICTS[label]: [str(names[i]) for i in weights.argsort()[::-1][:count]]
        for label, weights in zip(classifier.classes_, classifier.coef_, strict=True)
    }


def _bag_of_words() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True)
    return make_pipeline(words, LogisticRegression(C=10.0, class_weight="balanced", max_iter=2000))


def _models(probe: Probe, seed: int) -> dict[str, Any]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if probe.reads_text:
        return {"TF-IDF 1-2 grams, logistic regression": _bag_of_words()}
    forest = RandomForestClassifier(100, min_samples_leaf=5, class_weight="balanced", random_state=seed)
    linear = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=2000))
    return {"logistic regression": linear, "random forest": forest}


def _predictions(probe: Probe, answers: Sequence[Answer], verdict: Floats, groups: Ints, seed: int) -> list[tuple[str, Ints]]:
    """Out-of-fold predictions of each model that a probe is tried with."""
    from sklearn.base import clone

    seen = [probe.read(answer) for answer in answers]
    inputs: Any = np.array(seen, dtype=object) if probe.reads_text else features.matrix(seen)
    clear = verdict.max(axis=1) > 0.5
    label = verdict.argmax(axis=1)
    fold = _folds(groups, seed)
    out = []
    for name, model in _models(probe, seed).items():
        predicted = np.zeros(len(answers), dtype=np.intp)
        for f in range(fold.max() + 1):
            train, test = np.flatnonzero((fold != f) & clear), np.flatnonzero(fold == f)
            if len(np.unique(label[train])) < 2:
                predicted[test] = label[train][0] if len(train) else 0
                continue
            predicted[test] = clone(model).fit(inputs[train], label[train]).predict(inputs[test])
        out.append((name, predicted))
    return out


def _folds(groups: Ints, seed: int) -> Ints:
    """The fold of each answer: questions dealt to ``FOLDS`` folds, in an order that depends on nothing but the seed."""
    count = int(groups.max()) + 1
    place = np.empty(count, dtype=np.intp)
    place[np.random.default_rng(seed).permutation(count)] = np.arange(count) % min(FOLDS, count)
    return place[groups]
