"""``bench run`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmark.result import TIMING_BLOCKS
from benchmark.schemas import schema_problems
from tests.conftest import Tables, bench, small_tables, write_corpus

NOISY = '''
class Noisy:
    """Prints, and fails on one answer."""
    name = "noisy"
    version = "1"
    def score(self, answers):
        for answer in answers:
            print("chatter")
            if answer.answer_id == "a-21":
                raise RuntimeError("no idea")
            yield {"answer_id": answer.answer_id, "rating": 3}
'''


def without_timing(record: dict[str, Any]) -> str:
    return json.dumps({key: value for key, value in record.items() if key not in TIMING_BLOCKS})


def test_prints_the_table_and_where_the_files_are(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("run", "--scorer", "heuristic", "--corpus", corpus_dir, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in ("verdict", "quadratic kappa", "overall", "95 % interval", "share of it", "model labels, not people's"):
        assert word in done.stdout
    record = next(path for path in (tmp_path / "results").glob("*.json"))
    assert f"record       results/{record.name}" in done.stdout
    assert (tmp_path / "results" / f"{record.stem}.predictions.jsonl").is_file()
    assert "next         bench leaderboard --results results" in done.stdout
    assert list(tmp_path.glob("**/.*")) == []


def test_json_is_one_document_and_valid(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("run", "--scorer", "heuristic", "--corpus", corpus_dir, "--json", "--output", "here/r.json", cwd=tmp_path)
    record = json.loads(done.stdout)
    assert schema_problems("result", record) == []
    assert json.loads((tmp_path / "here" / "r.json").read_text(encoding="utf-8")) == record
    assert (tmp_path / "here" / "r.predictions.jsonl").is_file()
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("scorer", ["heuristic", "constant", "random", "length"])
def test_two_runs_are_identical_outside_timing(tmp_path: Path, corpus_dir: Path, scorer: str) -> None:
    arguments = ("run", "--scorer", scorer, "--corpus", corpus_dir, "--seed", "3", "--json", "--output", "r.json")
    one = bench(*arguments, cwd=tmp_path)
    first = (tmp_path / "r.predictions.jsonl").read_bytes()
    two = bench(*arguments, "--fresh", cwd=tmp_path, env={"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "7"})
    assert without_timing(json.loads(one.stdout)) == without_timing(json.loads(two.stdout))
    assert (tmp_path / "r.predictions.jsonl").read_bytes() == first


def test_the_seed_and_the_reference_matter(tmp_path: Path, corpus_dir: Path) -> None:
    def record(*more: str) -> dict[str, Any]:
        done = bench("run", "--scorer", "heuristic", "--corpus", corpus_dir, "--json", *more, cwd=tmp_path)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    base, seeded, author = record(), record("--seed", "1"), record("--reference", "author")
    assert base["overall"]["value"] == seeded["overall"]["value"]
    assert (base["resampling"]["seed"], seeded["resampling"]["seed"]) == (0, 1)
    assert (author["reference"]["kinds"], author["reference"]["annotators"]) == (["author"], ["author"])
    assert len({base["run_id"], seeded["run_id"], author["run_id"]}) == 3
    assert record("--limit", "3")["corpus"]["answers"] == 3


def test_a_failing_scorer_costs_its_own_answer_and_exit_status_1(tmp_path: Path, corpus_dir: Path) -> None:
    (tmp_path / "noisy.py").write_text(NOISY, encoding="utf-8")
    done = bench("run", "--scorer", "noisy.py", "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert done.returncode == 1
    record = json.loads(done.stdout)
    assert record["coverage"] == {
        "answers": 8,
        "scored": 7,
        "abstained": 0,
        "failed": 1,
        "reasons": {"RuntimeError: no idea": 1},
    }
    assert "chatter" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kinds", [{"w": "author"}, {"w": "author", "h1": "human", "h2": "human"}, {"m": "model"}])
def test_corpora_with_other_annotators(tmp_path: Path, kinds: dict[str, str]) -> None:
    tables = small_tables(kinds)
    tables["contrasts"] = []
    folder = write_corpus(tmp_path / "theirs", tables)
    done = bench("run", "--scorer", "heuristic", "--corpus", folder, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["reference"]["kinds"] == ["human" if "h1" in kinds else next(iter(kinds.values()))]
    assert record["tracks"]["contrasts"]["above"]["reason"] == "nothing to measure it on"
    assert record["tracks"]["loops"]["kappa"]["value"] is None


def test_one_answer_in_the_train_split(tmp_path: Path, tables: Tables) -> None:
    tables["answers"], tables["contrasts"] = tables["answers"][:1], []
    tables["annotations"] = [a for a in tables["annotations"] if a["answer_id"] == "a-00"]
    folder = write_corpus(tmp_path / "one", tables)
    done = bench("run", "--scorer", "heuristic", "--corpus", folder, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert (record["corpus"]["split"], record["corpus"]["answers"]) == ("all", 1)
    assert record["tracks"]["verdict"]["kappa"]["value"] is None
    assert bench("run", "--scorer", "heuristic", "--corpus", folder, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scorer", "nobody"), "error: --scorer: no scorer 'nobody'"),
        (("--scorer", "heuristic", "--split", "validation"), "no answers in split 'validation' (answers: train 8, test 8)"),
        (("--scorer", "heuristic", "--reference", "human"), "has no annotation of kind 'human'"),
        (("--scorer", "heuristic", "--corpus", "nowhere"), "error: nowhere: no such corpus folder"),
        (("--scorer", "heuristic", "--fit-on", "nowhere"), "scorer heuristic is not fitted"),
        (("--scorer", "heuristic", "-S", "size=3"), "no parameter 'size' (it has: none; -S key=value)"),
    ],
)
def test_wrong_input_is_one_line_and_exit_status_2(
    tmp_path: Path, corpus_dir: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = bench("run", "--corpus", corpus_dir, *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "results").exists()


def test_a_fitted_scorer_needs_a_train_split_and_may_borrow_one(tmp_path: Path, corpus_dir: Path, tables: Tables) -> None:
    for answer in tables["answers"]:
        answer["split"] = "test"
    folder = write_corpus(tmp_path / "test-only", tables)
    done = bench("run", "--scorer", "constant", "--corpus", folder, cwd=tmp_path)
    assert done.returncode == 2
    assert "--fit-on CORPUS" in done.stderr
    done = bench("run", "--scorer", "constant", "--corpus", folder, "--fit-on", corpus_dir, "--json", cwd=tmp_path)
    fitted_on = json.loads(done.stdout)["scorer"]["fitted_on"]
    assert (fitted_on["name"], fitted_on["answers"], fitted_on["split"]) == ("corpus", 8, "train")


def test_evidence_outside_its_answer_is_refused(tmp_path: Path, tables: Tables) -> None:
    annotation = next(a for a in tables["annotations"] if a["evidence"])
    annotation["evidence"][0]["segment"] = 9
    done = bench("run", "--scorer", "heuristic", "--corpus", write_corpus(tmp_path / "c", tables), cwd=tmp_path)
    assert done.returncode == 2
    assert "evidence[0].segment: 9: the answer has 3 segments" in done.stderr
    assert "Traceback" not in done.stderr


def test_scoring_what_it_was_fitted_on_is_said(tmp_path: Path, corpus_dir: Path) -> None:
    warning = "no measure of how it carries over"
    for split, said in (("all", True), ("test", False)):
        done = bench("run", "--scorer", "constant", "--corpus", corpus_dir, "--split", split, cwd=tmp_path)
        assert (warning in done.stdout) == said


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, corpus_dir: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = bench("run", "--scorer", "constant", "--corpus", corpus_dir, "--output", "file/r.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
