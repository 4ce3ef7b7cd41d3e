"""A corpus with everything a transcript can hold, and the labelling server as a user starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Tables, speech, write_corpus

CODE = 'def late(label):  # 🕒 naïve\n    if label is None:\n        return "wait 🙂"\n    return label\n'


def annotate_tables() -> Tables:
    """Five questions with two answers each (twins), speech with emoji, code, a silence, an interviewer; labelled by author and model."""
    tables: Tables = {name: [] for name in ("questions", "answers", "annotators", "annotations", "loops", "contrasts")}
    tables["annotators"] = [
        {"annotator_id": a, "kind": k, "description": a} for a, k in (("author", "author"), ("m1", "model"))
    ]
    for q, round_ in enumerate(("coding", "ml_theory", "system_design", "behavioral", "coding")):
        tables["questions"].append(
            {
                "question_id": f"q-{q}",
                "round": round_,
                "prompt": f"What about <b>late</b> labels, case {q}? 🤔",
                "time_budget_s": 120,
                "critical_points": ["the cost of being late"],
                "obvious_points": ["what a label is"],
            }
        )
        for a in range(2):
            answer_id = f"a-{q}{a}"
            first = speech(
                f"👩🏽‍💻 So, 🙂 naïve as it sounds, I'd wait {q + 2} days 🚀 for the label & then decide <script>x</script> {a}.",
                0.5,
            )
            cue = speech("Could you show me that in code, please?", first["end_s"] + 2.0, "interviewer")
            code = {
                "speaker": "candidate",
                "kind": "code",
                "start_s": cue["end_s"] + 0.5,
                "end_s": cue["end_s"] + 30.5,
                "text": CODE,
            }
            silence = {
                "speaker": "candidate",
                "kind": "silence",
                "start_s": code["end_s"] + 0.5,
                "end_s": code["end_s"] + 6.5,
                "text": "",
            }
            last = speech("Then it's 𝒏𝒐𝒕 too late, 日本語 included, since a late label beats none.", silence["end_s"] + 0.5)
            segments = [first, cue, code, silence, last]
            for segment in segments:
                segment["start_s"], segment["end_s"] = round(segment["start_s"], 1), round(segment["end_s"], 1)
            tables["answers"].append(
                {
                    "answer_id": answer_id,
                    "question_id": f"q-{q}",
                    "round": round_,
                    "medium": "spoken",
                    "segments": segments,
                    "split": "test",
                    "provenance": {"secret": "provenance-secret"},
                }
            )
            for annotator in ("author", "m1"):
                tables["annotations"].append(
                    {
                        "annotation_id": f"n-{q}{a}-{annotator}",
                        "answer_id": answer_id,
                        "annotator_id": annotator,
                        "verdict": "balanced",
                        "rating": 1 + (q + a) % 5,
                        "pace": 0,
                        "depth": 0,
                        "patterns": [],
                        "signals": [],
                        "evidence": [],
                        "rationale": f"rationale-secret-{annotator}",
                        "codebook_version": "1.0",
                    }
                )
        tables["contrasts"].append(
            {
                "contrast_id": f"t-{q}",
                "better": f"a-{q}1",
                "worse": f"a-{q}0",
                "dimension": "cue",
                "expect_patterns": ["ignored_cues"],
            }
        )
    return tables


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    """The corpus's folder."""
    return write_corpus(tmp_path / "talks", annotate_tables())


class Served:
    """A running ``bench annotate serve``: ``links`` by name."""

    def __init__(self, folder: Path, arguments: list[str]):
        self.folder = folder
        self.links: dict[str, str] = {}
        self.start(arguments)

    def start(self, arguments: list[str]) -> None:
        command = [sys.executable, "-c", "from benchmark.cli.main import main; main()", "annotate", "serve", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        self.log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "#t=" in line, (self.folder / "server.log").read_text()
        self.links.update([line.split("  ", 1)])
        self.port = int(line.partition("//")[2].partition("/")[0].rpartition(":")[2])
        self.base = f"http://127.0.0.1:{self.port}"

    def read_links(self, count: int) -> None:
        assert self.process.stdout is not None
        for _ in range(count):
            name, link = self.process.stdout.readline().split("  ")[:2]
            self.links[name.strip()] = link.strip()

    def kill(self) -> None:
        """As a crash would: no goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        deadline = time.monotonic() + 10
        while True:
            try:
                return self.start(["--port", str(self.port)])
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=15)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.log.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Start servers in a folder of their own; they end with the test."""
    running: list[Served] = []

    def start(*arguments: str | Path, names: str = "ana,ben,cho") -> Served:
        folder = tmp_path / f"project{len(running)}"
        folder.mkdir()
        served = Served(folder, ["--annotators", names, "--port", "0", *map(str, arguments)])
        running.append(served)
        served.links = {name.strip(): link.strip() for name, link in served.links.items()}
        served.read_links(len(names.split(",")) - 1)
        return served

    yield start
    for served in running:
        served.stop()


Labels = dict[str, Any]


def sample_labels(**changes: Any) -> Labels:
    """Labels that can be saved."""
    labels: Labels = {
        "verdict": "balanced",
        "rating": 4,
        "pace": 0,
        "depth": 0,
        "patterns": [],
        "confidence_direction": None,
        "signals": [],
        "evidence": [],
        "rationale": "Clear and to the point.",
    }
    return {**labels, **changes}
