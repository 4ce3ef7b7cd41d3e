"""The learnt scorer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmark import load_corpus
from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.errors import InputError
from benchmark.predictions import row_problems
from benchmark.reference import build_reference, choose_annotators
from benchmark.scoring import LabelledAnswer
from benchmark.scoring.run import training_examples
from scorers.ml import Ml
from scorers.ml.linear import balancing, fit_head, folds, knots, onto_scale, sigmoid, softmax
from scorers.ml.model import load_model
from tests.conftest import bench


@pytest.fixture(scope="module")
def examples() -> list[LabelledAnswer]:
    corpus = load_corpus()
    answers = corpus.split("train")[:120]
    source, annotators = choose_annotators(corpus, None)
    return training_examples(answers, build_reference(corpus, source, annotators, [a.answer_id for a in answers]))


@pytest.fixture(scope="module")
def fitted(examples: Sequence[LabelledAnswer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    scorer = Ml()
    scorer.fit(examples)
    path = tmp_path_factory.mktemp("ml") / "model.json"
    scorer.save(path, {"name": "test"})
    return path


def test_predictions_are_valid_and_do_not_depend_on_company(fitted: Path) -> None:
    answers = load_corpus().split("test")[:30]
    scorer = Ml(model=str(fitted))
    together = list(scorer.score(answers))
    for answer, row in zip(answers, together, strict=True):
        assert row_problems(row, answer) == []
        assert set(row["verdict_probs"]) == set(VERDICTS)
        assert sum(row["verdict_probs"].values()) == pytest.approx(1.0, abs=1e-3)
        assert set(row["pattern_probs"]) == set(PATTERNS)
        assert set(row["signal_probs"]) == set(SIGNALS)
        [alone] = scorer.score([answer])
        assert alone == row


def test_the_same_data_and_seed_give_the_same_file(fitted: Path, examples: Sequence[LabelledAnswer], tmp_path: Path) -> None:
    again = Ml()
    again.fit(list(examples))
    again.save(tmp_path / "again.json", {"name": "test"})
    assert (tmp_path / "again.json").read_bytes() == fitted.read_bytes()


def test_a_model_file_is_plain_json(fitted: Path) -> None:
    document = json.loads(fitted.read_text())
    assert document["format"] == 1
    assert set(document["heads"]) >= {"verdict", "rating > 1", "ignored_cues", "deep_reasoning"}


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": 2}', "no json", '{"format": 1, "heads": {"a": 1}}'])
def test_what_is_no_model_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(InputError, match=r"m\.json"):
        load_model(tmp_path / "m.json")


def test_a_model_of_other_features_is_refused(fitted: Path) -> None:
    with pytest.raises(ValueError, match="features=transcript"):
        Ml(features="words", model=str(fitted))


def test_bench_fit_writes_a_model_that_bench_run_uses(tmp_path: Path) -> None:
    done = bench("fit", "ml", "-S", "features=words", "--output", tmp_path / "w.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    about = json.loads((tmp_path / "w.json").read_text())["fitted_on"]
    assert (about["split"], about["fingerprint"]) == ("train", load_corpus().fingerprint)
    run = bench("run", "--scorer", "ml", "-S", "features=words", "-S", "model=w.json", "--json", cwd=tmp_path)
    record = json.loads(run.stdout)
    assert record["scorer"]["fitted_on"] == about
    assert record["tracks"]["verdict"]["ece"]["value"] is not None


def test_a_scorer_that_is_not_fitted_can_not_be_fitted(tmp_path: Path) -> None:
    done = bench("fit", "heuristic", "--output", "x.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "error: scorer heuristic is not fitted, or can't be saved\n")


def planted(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(400, 6))
    labels = (sigmoid(2.5 * x[:, 0] - 1.0) > draw.random(400)).astype(np.intp)
    return x, labels, np.arange(400) // 10


def test_a_head_finds_what_is_there_and_is_calibrated() -> None:
    x, labels, groups = planted()
    fitted = fit_head(x, labels, 2, groups, seed=0)
    assert fitted.head.weights[0, 0] > 5 * abs(fitted.head.weights[0, 1:]).max()
    fresh, truth, _ = planted(1)
    given = sigmoid(fitted.head.logits(fresh))[:, 0]
    assert abs(given.mean() - truth.mean()) < 0.05
    high = given > 0.8
    assert truth[high].mean() == pytest.approx(given[high].mean(), abs=0.08)


def test_noise_gives_the_base_rate() -> None:
    x, labels, groups = planted()
    shuffled = np.random.default_rng(3).permutation(labels)
    given = sigmoid(fit_head(x, shuffled, 2, groups, seed=0).head.logits(x))[:, 0]
    assert given.std() < 0.12


def test_a_label_that_never_occurs_gives_a_low_probability() -> None:
    x, _, groups = planted()
    head = fit_head(x, np.zeros(400, dtype=np.intp), 2, groups, seed=0).head
    assert sigmoid(head.logits(x)).max() < 0.01


def test_groups_are_never_in_training_and_test_at_once() -> None:
    groups = np.repeat(np.arange(9), 5)
    seen = []
    for train, test in folds(groups, seed=2):
        assert not set(groups[train]) & set(groups[test])
        seen += test.tolist()
    assert sorted(seen) == list(range(45))


def test_decisions_have_the_frequencies_wanted() -> None:
    draw = np.random.default_rng(5)
    shares = softmax(draw.normal(size=(2000, 4)) + np.array([2.0, 0, 0, 0]))
    wanted = np.array([0.4, 0.2, 0.1, 0.3])
    given = np.bincount((shares * balancing(shares, wanted)).argmax(axis=1), minlength=4) / 2000
    assert np.abs(given - wanted).max() < 0.02
    scores, labels = draw.normal(size=1000), draw.choice(5, size=1000, p=[0.1, 0.2, 0.4, 0.2, 0.1])
    moved = onto_scale(scores, knots(scores, labels, 5), 1)
    assert np.array_equal(np.argsort(moved[np.argsort(scores)], kind="stable"), np.arange(1000))
    assert (
        np.abs(np.bincount(np.clip(np.floor(moved + 0.5), 1, 5).astype(int))[1:] / 1000 - np.bincount(labels) / 1000).max()
        < 0.02
    )
