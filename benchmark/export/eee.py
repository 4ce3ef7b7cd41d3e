"""Result records as Every Eval Ever 0.3 documents: one JSON file per run.

Schema: ``eval.schema.json`` 0.3.0 of https://github.com/evaleval/every_eval_ever (in the wheel every_eval_ever 0.3.0).
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmark.codebook import TRACK
from benchmark.files import pretty, write_text
from scorers.llm.prompt import load_rubric

VERSION = "0.3.0"
_FROM_MINUS_ONE = ("kappa", "spearman")
_LOWER_IS_BETTER = ("brier", "ece", "mae")
_LARGEST = {"brier": 2.0, "mae": 4.0}
"""Brier over several classes is at most 2; errors of a rating or deviation at most the width of the scale."""
_PROMPT = "Codebook of the benchmark, the question and the timed transcript; see docs/codebook.md of the benchmark."


def write_eee(record: Mapping[str, Any], folder: Path) -> Path:
    """Write a record where Every Eval Ever keeps it: ``data/BENCHMARK/DEVELOPER/MODEL/UUID.json``; the id comes of the run's."""
    model = model_info(record)
    developer, _, name = model["id"].rpartition("/")
    identity = uuid.UUID(bytes=hashlib.sha256(record["run_id"].encode()).digest()[:16], version=4)
    parts = (_safe(part) for part in (record["corpus"]["name"], developer or "unknown", name))
    path = folder.joinpath("data", *parts, f"{identity}.json")
    write_text(path, pretty(to_eee(record)))
    return path


def to_eee(record: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a record: an evaluation result for every number that is defined."""
    created = datetime.datetime.fromisoformat(record["environment"]["created_at"])
    stamp = str(int(created.timestamp()))
    model = model_info(record)
    source = _source_data(record)
    results = [_result(record, "overall", "overall", record["overall"], source, model)]
    results += [
        _result(record, track, metric, estimate, source, model)
        for track, metrics in record["tracks"].items()
        for metric, estimate in metrics.items()
        if isinstance(estimate, Mapping) and estimate.get("value") is not None
    ]
    builtin = not _is_judge(record)
    return {
        "schema_version": VERSION,
        "evaluation_id": f"{record['corpus']['name']}/{model['id'].replace('/', '_')}/{stamp}",
        "evaluation_timestamp": record["environment"]["created_at"],
        "retrieved_timestamp": stamp,
        "source_metadata": {
            "source_name": record["corpus"]["name"],
            "source_type": "evaluation_run",
            "source_organization_name": f"The {record['corpus']['name']} developers",
            "evaluator_relationship": "first_party" if builtin else "third_party",
            "additional_details": {"run_id": record["run_id"], "record_schema_version": record["schema_version"]},
        },
        "eval_library": {
            "name": "speed-depth-bench",
            "version": record["environment"]["packages"].get("speed-depth-bench") or "unknown",
            "additional_details": {
                "git_commit": str(record["environment"]["git_commit"]),
                "scorer_spec_hash": record["scorer"]["spec_hash"],
                "predictions_sha256": record["predictions"]["sha256"],
            },
        },
        "model_info": model,
        "evaluation_results": [result for result in results if result is not None],
    }


def model_info(record: Mapping[str, Any]) -> dict[str, Any]:
    """The system that was measured: the judge's model, or the scorer itself."""
    scorer = record["scorer"]
    params = {key: str(value) for key, value in scorer["params"].items()}
    if _is_judge(record):
        name = str(scorer["params"]["model"])
        remote = scorer["params"].get("base_url") is not None
        kind = {"deployment_type": "unknown" if remote else "self_deployed", "model_availability": "unknown"}
    else:
        name = f"speed-depth-bench/{scorer['name']}"
        kind = {"deployment_type": "self_deployed", "model_availability": "open_weights"}
    details = {**params, "scorer": scorer["name"], "scorer_version": scorer["version"], **kind}
    return {"name": name, "id": name if "/" in name else f"unknown/{name}", "additional_details": details}


def _is_judge(record: Mapping[str, Any]) -> bool:
    """Whether a language model was asked: the scorer ``llm``."""
    return record["scorer"]["name"] == "llm" and "model" in record["scorer"]["params"]


def _result(
    record: Mapping[str, Any],
    track: str,
    metric: str,
    estimate: Mapping[str, Any],
    source: Mapping[str, Any],
    model: Mapping[str, Any],
) -> dict[str, Any] | None:
    if estimate["value"] is None:
        return None
    corpus, resampling = record["corpus"], record["resampling"]
    name = f"{track}.{metric}" if track != "overall" else "overall"
    low, high = _bounds(metric)
    uncertainty: dict[str, Any] = {"num_samples": estimate["n"]}
    if estimate["low"] is not None:
        uncertainty["confidence_interval"] = {
            "lower": estimate["low"],
            "upper": estimate["high"],
            "confidence_level": resampling["confidence"],
            "method": f"percentile bootstrap, resampling {resampling['unit']}s",
        }
        uncertainty["num_bootstrap_samples"] = resampling["resamples"]
    result: dict[str, Any] = {
        "evaluation_result_id": f"{record['run_id']}/{name}",
        "evaluation_name": f"{corpus['name']}.{name}",
        "source_data": dict(source),
        "metric_config": {
            "evaluation_description": _description(track, metric),
            "metric_id": f"{corpus['name']}.{name}",
            "metric_name": metric.replace("_", " "),
            "metric_kind": _kind(metric),
            "metric_unit": "proportion" if low == 0.0 and high == 1.0 else "points",
            "lower_is_better": _lower(metric),
            "score_type": "continuous",
            "min_score": low,
            "max_score": high,
            **({"llm_scoring": judges} if (judges := _judges(record, track)) else {}),
        },
        "score_details": {
            "score": estimate["value"],
            "details": {
                "reference": record["reference"]["source"],
                "annotators": ", ".join(record["reference"]["annotators"]),
                "answers": str(estimate["n"]),
            },
            "uncertainty": uncertainty,
        },
    }
    if _is_judge(record):
        result["generation_config"] = _generation(record["scorer"]["params"])
    return result


def _judges(record: Mapping[str, Any], track: str) -> dict[str, Any] | None:
    """Where language models gave the labels that were measured against: the jury, and how it was combined."""
    reference = record["reference"]
    if reference["kinds"] != ["model"]:
        return None
    unknown = {"deployment_type": "unknown", "model_availability": "unknown"}
    return {
        "judges": [
            {"model_info": {"name": name, "id": f"annotator/{name}", "additional_details": unknown}}
            for name in reference["annotators"]
        ],
        "input_prompt": _PROMPT,
        "aggregation_method": "median" if track in ("rating", "pace", "depth") else "majority_vote",
        "additional_details": {"method": reference["method"]},
    }


def _generation(params: Mapping[str, Any]) -> dict[str, Any]:
    arguments = {"temperature": params.get("temperature"), "max_tokens": params.get("max_tokens")}
    if params.get("prompt_file") is None:
        arguments["prompt_template"] = load_rubric(None)[0]
    details = {key: str(params[key]) for key in ("mode", "repeats", "seed", "prompt_sha256", "evidence") if key in params}
    return {"generation_args": {k: v for k, v in arguments.items() if v is not None}, "additional_details": details}


def _source_data(record: Mapping[str, Any]) -> dict[str, Any]:
    corpus = record["corpus"]
    details = {"version": str(corpus["version"]), "fingerprint": corpus["fingerprint"], "questions": str(corpus["questions"])}
    if corpus.get("repository"):
        return {
            "dataset_name": corpus["name"],
            "source_type": "hf_dataset",
            "hf_repo": corpus["repository"],
            "hf_split": corpus["split"],
            "samples_number": corpus["answers"],
            "additional_details": {**details, "revision": corpus["revision"]},
        }
    details |= {"split": corpus["split"], "answers": str(corpus["answers"])}
    return {"dataset_name": corpus["name"], "source_type": "other", "additional_details": details}


def _kind(metric: str) -> str:
    """The family of a metric: a metric of one label is one of its family."""
    families = (
        "quadratic_kappa",
        "kappa",
        "balanced_accuracy",
        "accuracy",
        "average_precision",
        "spearman",
        "brier",
        "ece",
        "mae",
        "f1",
    )
    return next((family for family in families if family in metric), metric)


def _lower(metric: str) -> bool:
    return any(metric == name or metric.startswith(f"{name}_") for name in _LOWER_IS_BETTER)


def _bounds(metric: str) -> tuple[float, float]:
    if metric == "overall" or any(name in metric for name in _FROM_MINUS_ONE):
        return -1.0, 1.0
    return 0.0, _LARGEST.get(metric, 1.0)


def _description(track: str, metric: str) -> str:
    if track == "overall":
        return "Mean of the headline values of verdict, rating, pace, depth and patterns."
    meaning = TRACK[track].meaning if track in TRACK and TRACK[track].headline == metric else metric.replace("_", " ")
    return f"Track {track}: {meaning} between the scorer and the annotators' reference."


def _safe(part: str) -> str:
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in part) or "unknown"
