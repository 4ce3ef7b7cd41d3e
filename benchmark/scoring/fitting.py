"""Fitting a scorer: on the training split, the only labels a scorer ever sees."""

from __future__ import annotations

from typing import Any

from benchmark.corpus.load import Corpus
from benchmark.errors import InputError
from benchmark.reference import build_reference, choose_annotators
from benchmark.scoring.protocol import Fittable
from benchmark.scoring.run import training_examples


def fit_scorer(scorer: Fittable, corpus: Corpus, source: str | None) -> dict[str, Any]:
    """Fit on the training split of a corpus; gives the record's account of it.

    Raises InputError where the corpus has no training split.
    """
    answers = corpus.split("train")
    if not answers:
        raise InputError(
            [
                f"scorer {scorer.name} is fitted on a train split, and corpus {corpus.name} has none (--fit-on CORPUS names another)"
            ]
        )
    source, annotators = choose_annotators(corpus, source)
    reference = build_reference(corpus, source, annotators, [answer.answer_id for answer in answers])
    scorer.fit(training_examples(answers, reference))
    return {
        "name": corpus.name,
        "version": corpus.version,
        "fingerprint": corpus.fingerprint,
        "split": "train",
        "answers": len(answers),
        "reference": {"source": source, "annotators": list(annotators)},
    }
