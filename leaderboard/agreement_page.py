"""How far the annotators agree among themselves: what the agreement page shows."""

from __future__ import annotations

from typing import Any

from benchmark.agreement.pairs import PAIR_COEFFICIENT, pair_matrix
from benchmark.agreement_report import SHOWN, main_coefficient, meaning
from benchmark.ballots import corpus_ballots
from benchmark.codebook import ANNOTATOR_KINDS
from benchmark.corpus import Corpus
from benchmark.corpus_agreement import agreement_document, items_tables
from benchmark.evaluation.items import build_items
from benchmark.reference import choose_annotators

Document = dict[str, Any]
RESAMPLES = 1000
SEED = 0
MATRICES = ("verdict", "rating", "pace", "depth")


def agreement_context(corpus: Corpus) -> Document:
    """Coefficients of the default reference's annotators over the whole corpus, and the matrix of all annotators whatever their kind."""
    items = build_items(corpus, corpus.split("all"))
    of_kind = {kind: [a for a in sorted(corpus.active()) if corpus.annotators[a].kind == kind] for kind in ANNOTATOR_KINDS}
    everybody = [name for names in of_kind.values() for name in names]
    _, annotators = choose_annotators(corpus, None)
    document = None
    if len(annotators) > 1:
        by_kind = {kind: corpus_ballots(corpus, names, items.ids) for kind, names in of_kind.items() if len(names) > 1}
        tables = items_tables(items, corpus_ballots(corpus, annotators, items.ids))
        document = agreement_document(items, "all", tables, by_kind, resamples=RESAMPLES, seed=SEED, shown_only=True)
    matrices = []
    if len(everybody) > 1:
        tables = items_tables(items, corpus_ballots(corpus, everybody, items.ids))
        for name in MATRICES:
            level = tables[name].level
            cells = pair_matrix(tables[name].ratings, level)
            matrices.append({"label": name, "coefficient": PAIR_COEFFICIENT[level].replace("_", " "),
                             "cells": [[None if cell is None else cell.value for cell in row] for row in cells]})  # fmt: skip
    return {
        "agreement": document,
        "annotators": [corpus.annotators[name] for name in everybody],
        "matrices": matrices,
        "shown": SHOWN,
        "main": main_coefficient,
        "meaning": meaning,
        "resamples": RESAMPLES,
        "kinds": ANNOTATOR_KINDS,
    }
