"""Fitting a scorer: on the training split, the only labels a scorer ever sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from benchmark.corpus.load import Corpus
from benchmark.errors import InputError
from benchmark.reference import build_reference, choose_annotators
from benchmark.scoring.protocol import Fittable
from benchmark.scoring.run import training_examples


def fit_scorer(scorer: Fittable, corpus: Corpus, source: str | None) -> dict[str, Any]:
    """Fit on the training split of a corpus; gives the record's account of it.

    Where none of those asked for labelled the split (people labelled the test split only, say), those who did are fitted on: people, else
    models, else authors; the account names them.  Raises InputError where the corpus has no training split.
    """
    answers = corpus.split("train")
    if not answers:
        raise InputError(
            [
                f"scorer {scorer.name} is fitted on a train split, and corpus {corpus.name} has none (--fit-on CORPUS names another)"
            ]
        )
    source, annotators = choose_annotators(corpus, source)
    ids = {answer.answer_id for answer in answers}
    in_train = replace(corpus, annotations=tuple(a for a in corpus.annotations if a.answer_id in ids))
    if not {a.annotator_id for a in in_train.annotations} & set(annotators):
        source, annotators = choose_annotators(in_train, None)
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
