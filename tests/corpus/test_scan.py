"""A scan sees what ``load_corpus`` sees: the same records, the same fingerprint, the same problems, the same numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark import load_corpus
from benchmark.ballots import MISSING
from benchmark.corpus.checks import content_problems, structural_problems
from benchmark.corpus.load import read_rows
from benchmark.corpus.scan import scan_corpus, scanned, validated
from benchmark.corpus.source import open_source
from benchmark.errors import InputError
from benchmark.evaluation import stored, tracks
from benchmark.evaluation.items import build_items
from benchmark.evaluation.stored import scan_selection, tally_rows
from benchmark.predictions import Predictions
from benchmark.reference import build_reference, choose_annotators
from benchmark.result import build_record, environment, tallied_record
from benchmark.scoring.run import run_scorer
from scorers.heuristic import Heuristic
from tests.conftest import Tables, write_corpus


def test_the_shipped_corpus_is_the_same_in_memory_and_on_disk() -> None:
    corpus = load_corpus()
    with scanned(None) as scan:
        assert scan.fingerprint == corpus.fingerprint
        for split, limit in (("all", None), ("test", 7), ("train", None)):
            assert scan.answers(scan.rowids(split, limit)) == corpus.split(split)[:limit]
        rows = scan.rowids("test", None)
        items, reference = scan_selection(scan, rows, None)
        ids = [answer.answer_id for answer in corpus.split("test")]
        theirs = build_reference(corpus, *choose_annotators(corpus, None), ids)
        for field in ("verdict", "rating", "pace", "depth", "patterns", "signals"):
            np.testing.assert_array_equal(getattr(reference, field), getattr(theirs, field))
        assert scan.evidence(ids, reference.annotators) == dict(zip(ids, map(list, theirs.evidence or ()), strict=True))
        assert (items.ids, items.n_questions) == (tuple(ids), 30)
        assert (reference.ballots.labels["rating"] != MISSING).all()


@pytest.mark.parametrize("block", [100, 1 << 16])
def test_a_record_is_the_same_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(tracks, "BLOCK", block)
    monkeypatch.setattr("benchmark.evaluation.ceiling.BLOCK", block)
    monkeypatch.setattr("benchmark.reference._BLOCK", block)
    monkeypatch.setattr(stored, "_AT_ONCE", min(block, 256))
    corpus = load_corpus()
    answers, limit = corpus.split("test"), None
    rows = list(run_scorer(Heuristic(), answers))
    common = {"scorer": {"name": "h"}, "split": "test", "limit": limit, "seed": 0}
    items = build_items(corpus, answers)
    reference = build_reference(corpus, *choose_annotators(corpus, None), items.ids)
    predictions = Predictions({row["answer_id"]: row for row in rows})
    whole = build_record(items=items, reference=reference, predictions=predictions, seconds=1.0, **common)
    with scanned(None) as scan:
        places = scan.rowids("test", limit)
        items, reference = scan_selection(scan, places, None)
        tally = tally_rows(scan, places, reference.annotators, rows)
        streamed = tallied_record(
            items=items, reference=reference, tally=tally, cost=tally.cost(1.0), environment=environment(0), **common
        )
    for record in (whole, streamed):
        del record["environment"], record["cost"]["evaluation_seconds"]
    assert _rounded(whole) == _rounded(streamed)


def _rounded(document: Any) -> Any:
    """Sums in another order differ in the last digits."""
    return json.loads(json.dumps(document), parse_float=lambda text: round(float(text), 9))


BREAKAGES: list[Any] = [
    lambda t: t["answers"].append(t["answers"][0]),
    lambda t: t["answers"][3].update(question_id="q-nowhere"),
    lambda t: t["answers"][3].update(round="writing"),
    lambda t: t["annotations"][5].update(answer_id="a-nowhere"),
    lambda t: t["annotations"][5].update(annotator_id="nobody"),
    lambda t: t["annotations"][5].update(answer_id=t["annotations"][0]["answer_id"], annotator_id="author"),
    lambda t: t["annotations"][8].update(evidence=[{"label": "speed_bias", "segment": 9, "start": 0, "end": 1}]),
    lambda t: t["annotations"][8].update(evidence=[{"label": "speed_bias", "segment": 0, "start": 9, "end": 10**6}]),
    lambda t: t["annotations"][8].update(evidence=[{"label": "speed_bias", "segment": 0, "start": 3, "end": 3}]),
    lambda t: t["annotations"][8].update(patterns=["no_structure"], confidence_direction="over"),
    lambda t: t["contrasts"][0].update(better="a-nowhere"),
    lambda t: t["contrasts"][0].update(better=t["contrasts"][1]["better"]),
    lambda t: t["contrasts"][0].update(better=t["contrasts"][0]["worse"]),
    lambda t: t["answers"][0].update(split="validation"),
    lambda t: t["answers"][0].update(medium="morse"),
    lambda t: t["answers"][0]["segments"][0].update(end_s=0.6),
    lambda t: t["answers"][0].update(answer_id=None),
    lambda t: t["loops"].append(
        {"loop_id": "l", "candidate_id": "k", "answer_ids": ["a-00", "a-01", "a-x"], "annotations": _LOOP_VERDICTS}
    ),
]
_LOOP_VERDICTS = [{"annotator_id": name, "loop_verdict": "adapts"} for name in ("m1", "m1", "nobody")]


@pytest.mark.parametrize("number", range(len(BREAKAGES)))
def test_a_scan_finds_the_same_problems(tmp_path: Path, tables: Tables, number: int) -> None:
    BREAKAGES[number](tables)
    folder = write_corpus(tmp_path / "c", tables)
    rows, problems = read_rows(open_source(folder))
    structural = structural_problems(rows)
    expected = sorted({*problems, *structural, *content_problems(rows)})
    assert expected
    assert sorted(set(validated(open_source(folder))[1])) == expected
    if problems or structural:
        with pytest.raises(InputError) as refused:
            scan_corpus(folder, tmp_path / "scan.sqlite")
        assert refused.value.problems == sorted([*problems, *structural])
        assert not list(tmp_path.glob("scan.sqlite*"))


def test_a_scan_is_used_again_until_a_file_is_touched(tmp_path: Path, corpus_dir: Path) -> None:
    read: list[str] = []
    for expected in (True, False):
        scan_corpus(corpus_dir, tmp_path / "s.sqlite", lambda table, _: read.append(table)).close()
        assert bool(read) == expected
        read.clear()
    path = corpus_dir / "answers.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    scan_corpus(corpus_dir, tmp_path / "s.sqlite", lambda table, _: read.append(table)).close()
    assert read
