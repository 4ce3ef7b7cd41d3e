"""Inspect and lm-eval task folders: the prompt is ours, and the scoring they bring agrees with ours.

That the real packages run them is tried by ``tools/try_exports.py``, which installs them: too heavy for every test run.
"""

from __future__ import annotations

import importlib.util
import json
import math
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml
from sklearn.metrics import cohen_kappa_score

from benchmark import load_corpus
from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.export.templates import labels
from benchmark.reference import towards_middle
from scorers.llm.prompt import generate_messages, load_rubric
from scorers.llm.reply import from_generated
from tests.conftest import bench


@pytest.fixture
def folders(tmp_path: Path, corpus_dir: Path) -> dict[str, Path]:
    for form in ("inspect", "lm-eval"):
        done = bench("export", "--format", form, "--corpus", corpus_dir, "--split", "test", "--output", form, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    return {form: tmp_path / form for form in ("inspect", "lm-eval")}


def test_the_prompt_is_that_of_the_scorer_and_the_reference_is_apart(folders: dict[str, Path], corpus_dir: Path) -> None:
    corpus = load_corpus(corpus_dir)
    rubric, _ = load_rubric(None)
    for folder in folders.values():
        rows = labels.load_rows(folder)
        assert [row["answer_id"] for row in rows] == [a.answer_id for a in corpus.split("test")]
        for row in rows:
            system, user = generate_messages(rubric, corpus.answers[row["answer_id"]].blind(), True)
            assert (row["system"], row["user"]) == (system["content"], user["content"])
            assert row["reference_source"] == "model"
    assert {p.name for p in folders["inspect"].iterdir()} == {"dataset.jsonl", "task.py", "labels.py"}
    assert {p.name for p in folders["lm-eval"].iterdir()} == {
        "dataset.jsonl",
        "speed_depth_bench.yaml",
        "utils.py",
        "labels.py",
    }


def test_the_vocabulary_that_goes_along_is_the_codebooks() -> None:
    assert labels.VERDICTS == VERDICTS
    assert {"rating": RATINGS, "pace": DEVIATIONS, "depth": DEVIATIONS} == labels.SCALES


def test_the_lm_eval_task_names_functions_that_are_there(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "labels", raising=False)
    monkeypatch.setattr(sys, "path", [*sys.path])
    utils = loaded(folders["lm-eval"] / "utils.py")
    named: list[str] = []

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!function", lambda loader, node: named.append(loader.construct_scalar(node)))  # type: ignore[arg-type]
    text = (folders["lm-eval"] / "speed_depth_bench.yaml").read_text(encoding="utf-8")
    task = yaml.load(text, Loader)
    assert task["task"] == "speed_depth_bench"
    assert all(callable(getattr(utils, name.removeprefix("utils."))) for name in named)
    rows = utils.load()["test"]
    given = utils.process_results(rows[0], [reply(rating=3)])
    assert set(given) == {metric["metric"] for metric in task["metric_list"]}
    assert given["readable"] == 1.0
    assert utils.process_results(rows[0], ["I'd rather not."])["readable"] == 0.0
    monkeypatch.delitem(sys.modules, "labels", raising=False)


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"exported_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reply(**changed: Any) -> str:
    whole = {
        "patterns": dict.fromkeys(PATTERNS, False),
        "confidence_direction": None,
        "signals": dict.fromkeys(SIGNALS, True),
        "pace": 0,
        "depth": -1,
        "rating": 4,
        "verdict": "balanced",
    }
    return json.dumps({**whole, **changed})


@pytest.mark.parametrize(
    "text",
    [reply(), f"```json\n{reply(rating=2)}\n```", reply(pace=None), reply(rating=None), reply(rating=6), reply(verdict="fast"),
     reply(depth=3), "no JSON", "", "[1]", reply(verdict=None), '{"verdict": "balanced"}', reply(rating=True)],
)  # fmt: skip
def test_replies_are_read_as_the_scorer_reads_them(text: str, corpus_dir: Path) -> None:
    answer = load_corpus(corpus_dir).split("test")[0]
    ours = from_generated({"text": text, "refusal": None, "finish_reason": "stop", "tokens_out": 1}, answer)
    theirs = labels.parse_reply(text)
    if "abstained" in ours:
        assert theirs is None
    else:
        assert theirs == {name: ours[name] for name in ("verdict", "rating", "pace", "depth") if name in ours}


@pytest.mark.parametrize("seed", range(5))
def test_kappas_are_those_of_scikit_learn_and_fractions_fall_as_ours_do(seed: int) -> None:
    draw = random.Random(seed)
    for name, scale in (("rating", RATINGS), ("pace", DEVIATIONS), ("depth", DEVIATIONS)):
        pairs = [(draw.uniform(scale[0], scale[-1]), draw.choice([*scale, None])) for _ in range(30)]
        known = [(g, r) for g, r in pairs if r is not None]
        given = towards_middle(np.array([g for g, _ in known]), scale)
        expected = cohen_kappa_score(given.astype(int), [r for _, r in known], labels=scale, weights="quadratic")
        assert labels.headline(pairs, name) == pytest.approx(expected)
    words = [(draw.choice(VERDICTS), draw.choice(VERDICTS)) for _ in range(30)]
    expected = cohen_kappa_score([g for g, _ in words], [r for _, r in words], labels=VERDICTS)
    assert labels.headline(words, "verdict") == pytest.approx(expected)
    assert math.isnan(labels.headline([], "verdict"))
    assert math.isnan(labels.headline([("balanced", "balanced")], "verdict"))
