"""JUDGE-BENCH both ways: nobody's labels become a person's, ties are no majority, and what comes back is what went."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmark import load_corpus
from tests.conftest import bench, small_tables, write_corpus

HUMANS = {"ann": "human", "ben": "human", "eve": "human"}


@pytest.fixture
def labelled_by_people(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "people", small_tables(HUMANS))


def exported(corpus: Path, tmp_path: Path, *more: str) -> dict[str, Any]:
    path = tmp_path / "dataset.json"
    done = bench("export", "--format", "judge-bench", "--corpus", corpus, "--output", path, *more, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_the_shape_is_theirs(tmp_path: Path, labelled_by_people: Path) -> None:
    """Field by field what ``llm_metaeval/data/dataclasses.py`` of JUDGE-BENCH declares."""
    document = exported(labelled_by_people, tmp_path)
    assert isinstance(document["dataset"], str)
    assert isinstance(document["dataset_url"], str)
    assert document["expert_annotator"] in ("true", "unknown", "false")
    assert isinstance(document["original_prompt"], bool)
    declared = {}
    for metric in document["annotations"]:
        declared[metric["metric"]] = metric
        assert "{{ instance }}" in metric["prompt"]
        if metric["category"] == "graded":
            assert isinstance(metric["worst"], int)
            assert isinstance(metric["best"], int)
        else:
            assert metric["category"] == "categorical"
            assert all(isinstance(label, str) for label in metric["labels_list"])
    assert len(document["instances"]) == 16
    for instance in document["instances"]:
        assert isinstance(instance["instance"], str)
        for name, score in instance["annotations"].items():
            kind = int if declared[name]["category"] == "graded" else str
            assert all(type(value) is kind for value in score["individual_human_scores"])
            if kind is int:
                assert isinstance(score["mean_human"], float | int)
                assert score["majority_human"] is None or isinstance(score["majority_human"], int)
            else:
                assert score["majority_human"] in declared[name]["labels_list"]


def test_scores_are_those_of_the_people(tmp_path: Path, labelled_by_people: Path) -> None:
    corpus = load_corpus(labelled_by_people)
    for instance in exported(labelled_by_people, tmp_path)["instances"]:
        own = {a.annotator_id: a for a in corpus.annotations if a.answer_id == instance["id"]}
        rating = instance["annotations"]["rating"]
        assert dict(zip(rating["annotator_ids"], rating["individual_human_scores"], strict=True)) == {
            k: a.rating for k, a in own.items()
        }
        assert rating["mean_human"] == pytest.approx(sum(a.rating or 0 for a in own.values()) / 3)


def test_labels_of_models_only_go_there_when_asked_for(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("export", "--format", "judge-bench", "--corpus", corpus_dir, "--output", "d.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "no person labelled this corpus: --reference model" in done.stderr
    assert not (tmp_path / "d.json").exists()
    document = exported(corpus_dir, tmp_path, "--reference", "model")
    assert document["dataset"].endswith("(labels by model annotators, not by people)")
    assert {row["kind"] for row in document["annotators"]} == {"model"}


def test_a_tie_is_no_majority(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "two", small_tables({"ann": "human", "ben": "human"}))
    document = exported(corpus, tmp_path)
    tied = [i["without_majority"]["verdict"] for i in document["instances"] if "verdict" in i.get("without_majority", {})]
    assert tied
    for score in tied:
        assert score["majority_human"] is None
        assert len(set(score["individual_human_scores"])) == 2


def test_there_and_back_again(tmp_path: Path, labelled_by_people: Path) -> None:
    exported(labelled_by_people, tmp_path)
    done = bench("import", "dataset.json", "--to", "corpus", "--output", "back", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    before, after = load_corpus(labelled_by_people), load_corpus(tmp_path / "back")
    assert after.answers == before.answers
    assert after.annotators == before.annotators
    labels = ("verdict", "rating", "pace", "depth")
    for one, other in zip(
        sorted(before.annotations, key=lambda a: (a.answer_id, a.annotator_id)),
        sorted(after.annotations, key=lambda a: (a.answer_id, a.annotator_id)),
        strict=True,
    ):
        assert [getattr(one, name) for name in labels] == [getattr(other, name) for name in labels]
        assert set(one.patterns or ()) == set(other.patterns or ())
        assert other.evidence is None  # the format has no place for it
    again = bench("import", "dataset.json", "--to", "corpus", "--output", "back", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (2, "error: --output: back is there already and not empty\n")


def test_a_table_gives_the_agreement_of_the_corpus(tmp_path: Path, labelled_by_people: Path) -> None:
    exported(labelled_by_people, tmp_path)
    assert bench("import", "dataset.json", "--output", "scores.csv", cwd=tmp_path).returncode == 0
    options = (
        "--item",
        "item",
        "--annotator",
        "annotator",
        "--label",
        "rating",
        "--level",
        "ordinal",
        "--scale",
        "1..5",
        "--json",
    )
    measured = json.loads(bench("agreement", "--table", "scores.csv", *options, cwd=tmp_path).stdout)
    corpus = bench("agreement", "--corpus", labelled_by_people, "--split", "all", "--json", cwd=tmp_path)
    found = json.loads(corpus.stdout)["labels"]["rating"]["coefficients"]["alpha_ordinal"]["value"]
    assert measured["coefficients"]["alpha_ordinal"]["value"] == pytest.approx(found)


FOREIGN: dict[str, Any] = {
    "dataset": "Somebody's dataset",
    "annotations": [{"metric": "fluency", "category": "graded", "prompt": "{{ instance }}", "worst": 1, "best": 7}],
    "instances": [
        {
            "id": 1,
            "instance": "Salt it.",
            "annotations": {"fluency": {"mean_human": 3.0, "individual_human_scores": [2, 6, 1]}},
        },
        {"id": 2, "instance": "Stir it.", "annotations": {"fluency": {"mean_human": 6.0, "individual_human_scores": [5, 7]}}},
    ],
}


def written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_dataset_of_others_becomes_a_table_and_no_corpus(tmp_path: Path) -> None:
    path = written(tmp_path, FOREIGN)
    assert bench("import", path, "--output", "t.csv", cwd=tmp_path).returncode == 0
    text = (tmp_path / "t.csv").read_text(encoding="utf-8")
    assert text == "item,annotator,fluency\n1,rater-1,2\n1,rater-2,6\n1,rater-3,1\n2,rater-1,5\n2,rater-2,7\n"
    done = bench("import", path, "--to", "corpus", "--output", "c", cwd=tmp_path)
    assert done.returncode == 2
    assert "instances[0]: has no timed answer (2 of 2 have none)" in done.stderr
    assert not (tmp_path / "c").exists()


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    broken = json.loads(json.dumps(FOREIGN))
    broken["instances"][0]["annotations"]["fluency"]["individual_human_scores"] = [2, None]
    broken["instances"][1]["annotations"]["fluensy"] = broken["instances"][1]["annotations"].pop("fluency")
    done = bench("import", written(tmp_path, broken), "--output", "t.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "instances[0].annotations.fluency.individual_human_scores: holds something" in done.stderr
    assert "instances[1].annotations.fluensy: is not among the metrics" in done.stderr
    only_means = json.loads(json.dumps(FOREIGN))
    for instance in only_means["instances"]:
        instance["annotations"]["fluency"]["individual_human_scores"] = []
    done = bench("import", written(tmp_path, only_means), "--output", "t.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no individual scores" in done.stderr
