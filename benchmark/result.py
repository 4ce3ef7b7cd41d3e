"""The result record: one JSON document per run, from which everything else is generated."""

from __future__ import annotations

import datetime
import hashlib
import platform
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmark.errors import InputError, Problem
from benchmark.evaluation.evaluate import Coverage, measure
from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Builder, spans_of
from benchmark.evaluation.repeats import Repeats
from benchmark.evaluation.spans import count_shared, no_shared
from benchmark.files import canonical, parse_json, pretty, read_json, write_text
from benchmark.metrics.bootstrap import CONFIDENCE, RESAMPLES
from benchmark.predictions import COST_FIELDS, Predictions, predicted_text
from benchmark.records import Answer, Span
from benchmark.reference import METHOD, Reference
from benchmark.schemas import schema_problems

SCHEMA_VERSION = "1.0"
TIMING_BLOCKS = ("cost", "environment")
"""What may differ between two runs of the same inputs and seed; the rest of the record is identical to the byte."""
_PACKAGES = ("speed-depth-bench", "numpy", "jsonschema-rs")
Record = dict[str, Any]


class Tally:
    """Predictions as they go by, in the order of the answers: everything a record says of them."""

    def __init__(self, n: int) -> None:
        self.coverage = Coverage()
        self.rows = 0
        self.elsewhere = 0
        self.arrays = Builder(n)
        self.shared = no_shared(n)
        self._repeats = Repeats()
        self._digest = hashlib.sha256()
        self._used: dict[str, float | None] = dict.fromkeys(COST_FIELDS, 0)

    def add(
        self, row: Mapping[str, Any] | None, answer: Answer | None = None, annotators: Sequence[Iterable[Span]] = ()
    ) -> None:
        """The next answer's prediction, None where there is none; with the ``answer``, its evidence is compared with what the
        ``annotators`` marked."""
        if answer is not None:
            count_shared(self.shared, self.coverage.answers, answer, annotators, spans_of((row or {}).get("evidence")) or ())
        self.coverage.add(row)
        self.arrays.add(row)
        if row is None:
            return
        self.rows += 1
        if row.get("repeats"):
            self._repeats.add(row["repeats"])
        self._digest.update(predicted_text(row).encode())
        for field, total in self._used.items():
            value = row.get(field)
            self._used[field] = None if total is None or value is None else total + value

    def cost(self, seconds: float | None) -> Record:
        """The cost block: wall seconds of scoring (null if unknown), and what the rows say they used (null where one says nothing)."""
        used = dict.fromkeys(COST_FIELDS) if not self.rows else self._used
        seconds = used["seconds"] if seconds is None else seconds
        return {
            "seconds": seconds,
            "ms_per_answer": None if seconds is None or not self.rows else 1000 * seconds / self.rows,
            **{field: used[field] for field in ("tokens_in", "tokens_out", "usd")},
        }

    def predictions(self) -> Record:
        """The predictions block."""
        return {"sha256": self._digest.hexdigest(), "rows": self.rows, "elsewhere": self.elsewhere}

    def self_agreement(self) -> Record | None:
        """The block of that name."""
        return self._repeats.record()


def build_record(
    *,
    scorer: Mapping[str, Any],
    items: Items,
    split: str,
    limit: int | None,
    reference: Reference,
    predictions: Predictions,
    seed: int,
    seconds: float | None,
) -> Record:
    """Evaluate checked predictions in memory; ``seconds`` is what scoring took, None for what the rows say.  See ``tallied_record``."""
    tally = Tally(len(items))
    tally.elsewhere = predictions.elsewhere
    for i, answer in enumerate(items.answers):
        tally.add(predictions.rows.get(answer.answer_id), answer, (reference.evidence or ())[i])
    return tallied_record(
        scorer=scorer,
        items=items,
        split=split,
        limit=limit,
        reference=reference,
        tally=tally,
        seed=seed,
        cost=tally.cost(seconds),
        environment=environment(seed),
    )


def tallied_record(
    *,
    scorer: Mapping[str, Any],
    items: Items,
    split: str,
    limit: int | None,
    reference: Reference,
    tally: Tally,
    seed: int,
    cost: Mapping[str, Any],
    environment: Mapping[str, Any],
) -> Record:
    """Wrap the numbers up with everything that identifies them.

    ``scorer`` is the record's scorer block, ``cost`` what scoring took, ``environment`` the block of that name.
    """
    identity = record_identity(scorer=scorer, items=items, split=split, limit=limit, reference=reference, seed=seed)
    predicted = tally.predictions()
    start = time.perf_counter()
    measured = measure(items, reference, tally.arrays.predicted(evidence=None), tally.shared, tally.coverage, seed)
    evaluation_seconds = round(time.perf_counter() - start, 3)
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run_id(identity["scorer"], identity["corpus"], identity["reference"], predicted, identity["resampling"]),
        **identity,
        "predictions": predicted,
        **measured,
        **({"self_agreement": own} if (own := tally.self_agreement()) else {}),
        "cost": {**cost, "evaluation_seconds": evaluation_seconds},
        "environment": dict(environment),
    }


def record_identity(
    *, scorer: Mapping[str, Any], items: Items, split: str, limit: int | None, reference: Reference, seed: int
) -> Record:
    """The blocks of a record that are known before anything is scored: scorer, corpus, reference, resampling."""
    corpus = {
        "name": items.corpus.name,
        "version": items.corpus.version,
        "revision": items.corpus.revision,
        "fingerprint": items.corpus.fingerprint,
        "split": split,
        "limit": limit,
        "answers": len(items),
        "questions": items.n_questions,
        **({"repository": items.corpus.repository} if items.corpus.repository else {}),
    }
    measured_against = {
        "source": reference.source,
        "annotators": list(reference.annotators),
        "kinds": sorted({items.corpus.annotators[name].kind for name in reference.annotators}),
        "method": METHOD,
    }
    resampling = {"unit": "question", "resamples": RESAMPLES, "confidence": CONFIDENCE, "seed": seed}
    return {"scorer": dict(scorer), "corpus": corpus, "reference": measured_against, "resampling": resampling}


def run_id(*identity: Mapping[str, Any]) -> str:
    """What names a run: a hash of its blocks scorer, corpus, reference, predictions and resampling, and of the schema's version."""
    return hashlib.sha256(canonical([SCHEMA_VERSION, *identity]).encode()).hexdigest()[:12]


def matching_record(place: Path, identity: Mapping[str, Any], code: str) -> tuple[Path, Record] | None:
    """The finished record of the same run, by the same code, with its predictions beside it: at ``place``, or where that is a
    folder, in it; the newest of several."""
    candidates = sorted(place.glob("*.json"), key=lambda path: -path.stat().st_mtime_ns) if place.is_dir() else [place]
    for path in candidates:
        try:
            record = parse_json(path.read_text(encoding="utf-8"))
            same = record["environment"].get("code_sha256") == code and record["environment"]["packages"] == _packages()
            if same and predictions_path(path).is_file() and all(record[key] == identity[key] for key in identity):
                return path, record
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # no record, or of another time
            continue
    return None


def environment(seed: int) -> Record:
    """When, where and with what the run was made; no path and no name of the machine."""
    commit, dirty = _checkout()
    return {
        "created_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": _packages(),
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


def _packages() -> dict[str, str | None]:
    return {name: _version(name) for name in _PACKAGES}


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
