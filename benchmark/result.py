"""The result record: one JSON document per run, from which everything else is generated."""

from __future__ import annotations

import datetime
import hashlib
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmark.errors import InputError, Problem
from benchmark.evaluation.evaluate import evaluate
from benchmark.evaluation.items import Items
from benchmark.evaluation.repeats import self_agreement
from benchmark.files import canonical, pretty, read_json, write_text
from benchmark.metrics.bootstrap import CONFIDENCE, RESAMPLES
from benchmark.predictions import Predictions
from benchmark.reference import METHOD, Reference
from benchmark.schemas import schema_problems

SCHEMA_VERSION = "1.0"
TIMING_BLOCKS = ("cost", "environment")
"""What may differ between two runs of the same inputs and seed; the rest of the record is identical to the byte."""
_PACKAGES = ("speed-depth-bench", "numpy", "jsonschema-rs")
Record = dict[str, Any]


def build_record(
    *,
    scorer: Mapping[str, Any],
    items: Items,
    split: str,
    limit: int | None,
    reference: Reference,
    predictions: Predictions,
    seed: int,
    cost: Mapping[str, Any],
) -> Record:
    """Evaluate checked predictions and wrap the numbers up with everything that identifies them.

    ``scorer`` is the record's scorer block, ``cost`` what scoring took.
    """
    corpus = {
        "name": items.corpus.name,
        "version": items.corpus.version,
        "revision": items.corpus.revision,
        "fingerprint": items.corpus.fingerprint,
        "split": split,
        "limit": limit,
        "answers": len(items.answers),
        "questions": items.n_clusters,
    }
    measured_against = {
        "source": reference.source,
        "annotators": list(reference.annotators),
        "kinds": sorted({items.corpus.annotators[name].kind for name in reference.annotators}),
        "method": METHOD,
    }
    predicted = {"sha256": predictions.fingerprint(), "rows": len(predictions.rows), "elsewhere": predictions.elsewhere}
    resampling = {"unit": "question", "resamples": RESAMPLES, "confidence": CONFIDENCE, "seed": seed}
    start = time.perf_counter()
    measured = evaluate(items, reference, predictions.rows, seed)
    evaluation_seconds = round(time.perf_counter() - start, 3)
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id(scorer, corpus, measured_against, predicted, resampling),
        "scorer": dict(scorer),
        "corpus": corpus,
        "reference": measured_against,
        "resampling": resampling,
        "predictions": predicted,
        **measured,
        **({"self_agreement": own} if (own := self_agreement(list(predictions.rows.values()))) else {}),
        "cost": {**cost, "evaluation_seconds": evaluation_seconds},
        "environment": environment(seed),
    }


def run_id(*identity: Mapping[str, Any]) -> str:
    """What names a run: a hash of its blocks scorer, corpus, reference, predictions and resampling, and of the schema's version."""
    return hashlib.sha256(canonical([SCHEMA_VERSION, *identity]).encode()).hexdigest()[:12]


def scoring_cost(rows: Sequence[Mapping[str, Any]], seconds: float | None) -> Record:
    """The cost block: wall seconds of scoring (null if unknown), and what the rows say they used (null where none says)."""

    def total(field: str) -> float | int | None:
        given = [row[field] for row in rows if row.get(field) is not None]
        return sum(given) if given and len(given) == len(rows) else None

    if seconds is None:
        seconds = total("seconds")
    return {
        "seconds": seconds,
        "ms_per_answer": None if seconds is None or not rows else 1000 * seconds / len(rows),
        "tokens_in": total("tokens_in"),
        "tokens_out": total("tokens_out"),
        "usd": total("usd"),
    }


def environment(seed: int) -> Record:
    """When, where and with what the run was made; no path and no name of the machine."""
    commit, dirty = _checkout()
    return {
        "created_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: _version(name) for name in _PACKAGES},
        "git_commit": commit,
        "dirty": dirty,
        "seed": seed,
    }


def predictions_path(record_path: Path) -> Path:
    """Where the predictions of a record lie: beside it, ``NAME.predictions.jsonl``."""
    return record_path.with_name(f"{record_path.stem}.predictions.jsonl")


def write_record(path: Path, record: Record) -> None:
    """Write a record atomically."""
    write_text(path, pretty(record))


def read_record(path: Path) -> Record:
    """Read a record; raises InputError when it is not one."""
    record = read_json(path)
    problems = schema_problems("result", record)
    if problems:
        raise InputError(Problem(str(path), 0, field, message) for field, message in problems)
    read: Record = record
    return read


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _checkout() -> tuple[str | None, bool | None]:
    """Commit of the checkout this package runs from, and whether it was changed since; (None, None) outside one."""
    root = Path(__file__).parents[1]
    if not (root / ".git").exists():
        return None, None
    try:
        status = subprocess.run(
            ["git", "-C", str(root), "status", "--porcelain=v2", "--branch", "--untracked-files=no"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return None, None
    commit = next((line.removeprefix("# branch.oid ") for line in status if line.startswith("# branch.oid ")), None)
    return commit if commit != "(initial)" else None, any(not line.startswith("#") for line in status)
