"""JSON lines to Parquet to the Hub to `load_dataset` and back: every row and every code point."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmark import load_corpus
from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from tests.conftest import Tables, write_publishable
from tests.hub.double import running
from tests.hub.worker import Worker

SPECIAL = (
    "👩🏽‍🔬 and 🏳️‍🌈",
    "שלום עולם (מימין לשמאל)",
    "مرحبا ‏بالعالم‎",
    "e\u0301 is not é; \u2028 and \u2029 are no line ends here",
    "\ttab, \"quotes\", \\, | and ; and ,\r\n",
    "\x00\x1f\ufeff\ufffd\U0010ffff",
    "<script>alert('{{ x }}')</script> $HOME %s {0}",
    "NaN",
    "null",
    "too long to be short. " * 2000,
)  # fmt: skip
text = st.one_of(st.sampled_from(SPECIAL), st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
spoken = text.filter(lambda t: t.strip())
number = st.floats(min_value=0, max_value=1e6).map(lambda x: round(x, 3))
COUNTER = itertools.count()


@st.composite
def corpora(draw: st.DrawFn) -> Tables:
    """One question, one or two answers, labels by up to three annotators, every optional field there, null, empty or left out."""

    def maybe(row: dict[str, Any], name: str, value: st.SearchStrategy[Any]) -> None:
        if draw(st.booleans()):
            row[name] = draw(st.none() | value)

    split = draw(st.sampled_from(["train", "validation", "test"]))
    question: dict[str, Any] = {"question_id": "q-1", "round": "writing", "prompt": draw(spoken), "time_budget_s": 60}
    maybe(question, "domain", text)
    if draw(st.booleans()):
        question["critical_points"] = draw(st.lists(text, max_size=3))
    answers, annotations = [], []
    annotators = draw(st.lists(st.sampled_from(["author", "human", "model"]), min_size=1, max_size=3, unique=True))
    for i in range(draw(st.integers(1, 2))):
        segments, clock = [], 0.0
        for words in draw(st.lists(spoken, min_size=1, max_size=3)):
            end = clock + draw(number)
            segments.append({"speaker": "candidate", "kind": "text", "start_s": clock, "end_s": end, "text": words})
            clock = end
        answer = {"answer_id": f"a-{i}", "question_id": "q-1", "round": "writing", "medium": "written", "segments": segments}
        answers.append({**answer, "split": split})
        maybe(answers[-1], "candidate_id", st.just("c-1"))
        if draw(st.booleans()):
            answers[-1]["provenance"] = draw(
                st.dictionaries(
                    text, st.none() | st.booleans() | st.integers(-9, 9) | text | st.lists(text, max_size=2), max_size=3
                )
            )
        for kind in annotators:
            row: dict[str, Any] = {"annotation_id": f"n-{i}-{kind}", "answer_id": f"a-{i}", "annotator_id": kind}
            maybe(row, "verdict", st.sampled_from(VERDICTS))
            maybe(row, "rating", st.integers(1, 5))
            maybe(row, "pace", st.integers(-2, 2))
            maybe(row, "signals", st.lists(st.sampled_from(SIGNALS), unique=True))
            maybe(row, "rationale", text)
            maybe(row, "seconds_spent", number)
            patterns = draw(st.none() | st.lists(st.sampled_from(PATTERNS[:-1]), unique=True, max_size=3))
            if patterns is not None:
                row["patterns"] = patterns
                row["evidence"] = [
                    {"label": name, "segment": 0, "start": 0, "end": draw(st.integers(1, len(segments[0]["text"])))}
                    for name in patterns
                ]
            annotations.append(row)
    return {
        "questions": [question],
        "answers": answers,
        "annotators": [{"annotator_id": kind, "kind": kind, "description": draw(text)} for kind in sorted(annotators)],
        "annotations": annotations,
        "loops": [],
        "contrasts": [],
    }


@pytest.fixture(scope="module")
def hub_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Worker, Path]]:
    place = tmp_path_factory.mktemp("roundtrip")
    with running() as hub:
        worker = Worker(place, hub.environment(place / "home"))
        yield worker, place
        worker.close()


def given_fields(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `load_dataset` as JSON lines have it: null is a field left out, free-form provenance is JSON text, no canary."""
    kept = {name: value for name, value in row.items() if value is not None and name != "canary"}
    if isinstance(kept.get("provenance"), str):
        kept["provenance"] = json.loads(kept["provenance"])
    return kept


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(tables=corpora())
def test_the_round_trip_is_the_identity(hub_worker: tuple[Worker, Path], tables: Tables) -> None:
    worker, place = hub_worker
    number = next(COUNTER)
    repo_id = f"team/r{number}"
    folder = write_publishable(place / f"c{number}", tables)
    done = worker.bench("publish", "--repo-id", repo_id, "--corpus", folder, "--yes")
    assert done.returncode == 0, done.stderr
    for table, rows in tables.items():
        if rows:
            loaded = worker.load(repo_id, table, "v1.0.0")
            assert sorted((given_fields(row) for got in loaded.values() for row in got), key=canonical) == sorted(
                map(given_fields, rows), key=canonical
            )
    done = worker.bench(
        "export", "--format", "jsonl", "--corpus", f"hf://{repo_id}@v1.0.0", "--output", place / f"back{number}"
    )
    assert done.returncode == 0, done.stderr
    assert load_corpus(place / f"back{number}").fingerprint == load_corpus(folder).fingerprint


def canonical(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True)
