"""Every Eval Ever 0.3: against the schema itself, which comes inside its wheel."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from benchmark.errors import InputError
from benchmark.export.eee import to_eee
from scorers.weights import Wheel, fetch
from tests.conftest import ROOT, bench

WHEEL = Wheel(
    project="every_eval_ever",
    version="0.3.0",
    sha256="564b8bc624c1f822f749a769dc69dc058a736e83d920cbeb147c3a30d3152317",
    files=("every_eval_ever/schemas/eval.schema.json",),
    megabytes=1,
)
RECORD = ROOT / "leaderboard/results/heuristic.json"


@pytest.fixture(scope="module")
def validator() -> Any:
    try:
        schema = json.loads((fetch(WHEEL) / "eval.schema.json").read_text(encoding="utf-8"))
    except InputError as error:
        pytest.skip(f"the schema can't be had: {error}")
    assert schema["version"] == "0.3.0"
    return jsonschema_rs.validator_for(schema)


def record() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return read


def judged() -> dict[str, Any]:
    """The record as a judge on a corpus of the Hub would have it."""
    changed = record()
    changed["scorer"] = {
        **changed["scorer"],
        "name": "llm",
        "params": {"model": "org/judge-7b", "base_url": "https://host/v1", "temperature": 0.0, "max_tokens": 900, "mode": "generate",
                   "repeats": 1, "seed": 0, "prompt_sha256": "0123456789abcdef", "prompt_file": None},
    }  # fmt: skip
    changed["corpus"] |= {"repository": "team/corpus", "revision": "0" * 40}
    return changed


@pytest.mark.parametrize("make", [record, judged])
def test_documents_are_valid(validator: Any, make: Any) -> None:
    document = to_eee(make())
    assert [error.message for error in validator.iter_errors(document)] == []
    broken = copy.deepcopy(document)
    del broken["evaluation_results"][0]["metric_config"]["lower_is_better"]
    assert not validator.is_valid(broken)


def test_every_number_that_is_defined_goes_along_with_its_interval() -> None:
    source = record()
    results = {r["evaluation_result_id"].partition("/")[2]: r for r in to_eee(source)["evaluation_results"]}
    defined = {f"{t}.{m}" for t, metrics in source["tracks"].items() for m, e in metrics.items() if e["value"] is not None}
    assert set(results) == {"overall"} | defined
    kappa, one = source["tracks"]["verdict"]["kappa"], results["verdict.kappa"]
    assert one["score_details"]["score"] == kappa["value"]
    interval = one["score_details"]["uncertainty"]["confidence_interval"]
    assert (interval["lower"], interval["upper"], interval["confidence_level"]) == (kappa["low"], kappa["high"], 0.95)
    assert one["score_details"]["uncertainty"]["num_bootstrap_samples"] == source["resampling"]["resamples"]
    for result in results.values():
        config, score = result["metric_config"], result["score_details"]["score"]
        assert config["min_score"] <= score <= config["max_score"]
        assert config["lower_is_better"] == any(result["evaluation_name"].endswith(name) for name in (".mae", ".brier", ".ece"))


def test_whose_labels_and_which_judge() -> None:
    document = to_eee(judged())
    result = document["evaluation_results"][1]
    jury = result["metric_config"]["llm_scoring"]["judges"]
    assert [judge["model_info"]["name"] for judge in jury] == ["panel-checklist", "panel-contrarian", "panel-holistic"]
    assert document["model_info"]["id"] == "org/judge-7b"
    assert result["generation_config"]["generation_args"]["temperature"] == 0.0
    assert "speed and depth" not in json.dumps(document["model_info"])
    assert result["source_data"] == {
        "dataset_name": "speed-depth-bench",
        "source_type": "hf_dataset",
        "hf_repo": "team/corpus",
        "hf_split": "test",
        "samples_number": 360,
        "additional_details": result["source_data"]["additional_details"],
    }
    people = record()
    people["reference"] |= {"kinds": ["human"], "annotators": ["ann"], "source": "human"}
    assert all("llm_scoring" not in r["metric_config"] for r in to_eee(people)["evaluation_results"])


def test_the_command_writes_where_they_keep_it(tmp_path: Path) -> None:
    done = bench("export", RECORD, "--format", "eee", "--output", "eee", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (path,) = (Path(line) for line in done.stdout.splitlines())
    assert path.parts[:5] == ("eee", "data", "speed-depth-bench", "speed-depth-bench", "heuristic")
    first = (tmp_path / path).read_bytes()
    bench("export", RECORD, "--format", "eee", "--output", "eee", cwd=tmp_path)
    assert (tmp_path / path).read_bytes() == first
    bad = tmp_path / "bad.json"
    bad.write_text("{}", encoding="utf-8")
    done = bench("export", bad, "--format", "eee", "--output", "other", cwd=tmp_path)
    assert done.returncode == 2
    assert "schema_version: is missing" in done.stderr
