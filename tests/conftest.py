"""A small corpus to be bent by tests, and the command line as a user calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.hub.double import Hub

ROOT = Path(__file__).parents[1]
Tables = dict[str, list[dict[str, Any]]]
PATTERN_CYCLE = ([], ["speed_bias"], ["depth_bias", "no_structure"], ["ignored_cues"])


def speech(text: str, start: float, speaker: str = "candidate", rate: float = 150.0) -> dict[str, Any]:
    """A segment of speech at a human rate."""
    end = round(start + 60 * len(text.split()) / rate, 1)
    return {"speaker": speaker, "kind": "speech", "start_s": start, "end_s": end, "text": text}


def small_tables(annotators: dict[str, str] | None = None) -> Tables:
    """Two rounds with two questions each and four answers a question, labelled by ``annotators`` (id to kind)."""
    annotators = {"author": "author", "m1": "model", "m2": "model", "m3": "model"} if annotators is None else annotators
    tables: Tables = {name: [] for name in ("questions", "answers", "annotators", "annotations", "loops", "contrasts")}
    tables["annotators"] = [{"annotator_id": a, "kind": k, "description": a} for a, k in annotators.items()]
    for q in range(4):
        question_id = f"q-{q}"
        round_ = ("coding", "behavioral")[q % 2]
        tables["questions"].append(
            {
                "question_id": question_id,
                "round": round_,
                "prompt": f"What would you do about problem {q}? 🤔",
                "time_budget_s": 120,
                "critical_points": ["the cost of being late", "what is measured afterwards"],
                "obvious_points": ["what a model is"],
            }
        )
        for a in range(4):
            answer_id = f"a-{q}{a}"
            words = "I'd measure the cost because being late is worse than being wrong, naïve as that sounds 🙂 " * (a + 1)
            tables["answers"].append(
                {
                    "answer_id": answer_id,
                    "question_id": question_id,
                    "round": round_,
                    "candidate_id": None,
                    "medium": "spoken",
                    "segments": [
                        speech(words.strip() + ".", 0.5),
                        speech("And what if the data comes late?", 60.0, "interviewer"),
                        speech("Then I wait for it, since a late label is better than none at all.", 65.0),
                    ],
                    "split": "train" if q < 2 else "test",
                    "provenance": {"origin": "test"},
                }
            )
            for k, annotator in enumerate(annotators):
                shift = (q + a + k) % 4 == 0
                patterns = PATTERN_CYCLE[(a + shift) % 4]
                tables["annotations"].append(
                    {
                        "annotation_id": f"n-{q}{a}-{annotator}",
                        "answer_id": answer_id,
                        "annotator_id": annotator,
                        "verdict": ("balanced", "too_fast", "too_deep", "unfocused")[(a + shift) % 4],
                        "rating": 1 + (a + shift) % 5,
                        "pace": (a + shift) % 5 - 2,
                        "depth": 2 - (a + shift) % 5,
                        "patterns": patterns,
                        "confidence_direction": None,
                        "signals": ["deep_reasoning"] if (a + q) % 2 else [],
                        "evidence": [{"label": p, "segment": 0, "start": 0, "end": 11} for p in patterns],
                        "rationale": "A test.",
                        "seconds_spent": None,
                        "codebook_version": "1.0",
                        "created_at": "2026-11-23",
                    }
                )
        tables["contrasts"].append(
            {
                "contrast_id": f"t-{q}",
                "better": f"a-{q}3",
                "worse": f"a-{q}0",
                "dimension": ("depth", "cue")[q % 2],
                "expect_patterns": ["speed_bias"],
            }
        )
    return tables


def write_corpus(folder: Path, tables: Tables) -> Path:
    """Write tables as JSON lines, empty ones left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows:
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def tables() -> Tables:
    return small_tables()


@pytest.fixture
def corpus_dir(tmp_path: Path, tables: Tables) -> Path:
    return write_corpus(tmp_path / "corpus", tables)


def write_publishable(folder: Path, tables: Tables, version: str = "1.0.0") -> Path:
    """Write tables with all that a published corpus has beside them."""
    write_corpus(folder, tables)
    canary = "small corpus canary 00000000-0000-0000-0000-000000000000"
    about = {
        "name": "small-corpus",
        "version": version,
        "license": "CC-BY-4.0",
        "canary": canary,
        "changelog": [{"version": version, "date": "2026-11-25", "what": "A test."}],
    }
    (folder / "corpus.json").write_text(json.dumps(about), encoding="utf-8")
    (folder / "LICENSE").write_text("Creative Commons Attribution 4.0 International\n", encoding="utf-8")
    return folder


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hugging Face Hub of one's own, empty."""
    from tests.hub.double import running

    with running() as served:
        yield served


def bench(*arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``bench`` in a process of its own."""
    command = [sys.executable, "-c", "from benchmark.cli.main import main; main()", *map(str, arguments)]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, env=settings, check=False)
