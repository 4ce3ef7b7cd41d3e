"""Rows of answers that lie in a scan."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmark import load_corpus
from benchmark.corpus.scan import scanned
from benchmark.evaluation.stored import Index


def test_the_index_is_a_mapping_of_the_answers_asked_for(corpus_dir: Path) -> None:
    with scanned(str(corpus_dir)) as scan:
        rows = scan.rowids("all", 5)
        row_of = np.full(scan.counts["answers"] + 1, -1, dtype=np.int64)
        row_of[np.asarray(rows)] = np.arange(len(rows))
        index = Index(scan, row_of)
        wanted = sorted(load_corpus(corpus_dir).answers)[:5]
        assert dict(index) == {answer_id: i for i, answer_id in enumerate(wanted)}
        assert len(index) == 5
        assert "no such answer" not in index
