"""A process of its own for a client of the Hub: its environment is set before anything is imported, and it is asked many things.

The client's settings (HF_ENDPOINT, HF_HOME) are read when it is imported, so each test has a worker with a home of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


class Worker:
    """The parent's side.  ``audit`` is ``real``, or what a stand-in for the slow audit finds: ``passes`` or ``broken``."""

    def __init__(self, folder: Path, environment: dict[str, str], audit: str = "passes") -> None:
        settings = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.hub.worker", audit]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def bench(self, *arguments: str | Path, token: str | None = None, stdin: str = "") -> Done:
        """Run a command line."""
        return Done(**self._ask({"argv": list(map(str, arguments)), "token": token, "stdin": stdin}))

    def load(
        self, repo_id: str, config: str, revision: str | None = None, streaming: bool = False
    ) -> dict[str, list[dict[str, Any]]]:
        """``datasets.load_dataset``: rows by split."""
        rows: dict[str, list[dict[str, Any]]] = self._ask({"load": [repo_id, config, revision, streaming]})
        return rows

    def snapshot(self, repo_id: str, revision: str) -> Path:
        """``huggingface_hub.snapshot_download``."""
        return Path(self._ask({"snapshot": [repo_id, revision]})["folder"])

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        self._process.kill()

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


def _bench(argv: list[str], token: str | None, stdin: str) -> dict[str, Any]:
    from benchmark.cli.main import main

    before = os.environ["HF_TOKEN"]
    os.environ["HF_TOKEN"] = before if token is None else token
    out, err = io.StringIO(), io.StringIO()
    code = 0
    asked, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(argv)
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    finally:
        os.environ["HF_TOKEN"] = before
        sys.stdin = asked
    return {"returncode": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


def _load(repo_id: str, config: str, revision: str | None, streaming: bool) -> dict[str, Any]:
    from datasets import load_dataset

    loaded = load_dataset(repo_id, config, revision=revision, streaming=streaming)
    return {split: list(rows) for split, rows in loaded.items()}


def _snapshot(repo_id: str, revision: str) -> dict[str, Any]:
    from huggingface_hub import snapshot_download

    return {"folder": snapshot_download(repo_id, repo_type="dataset", revision=revision)}


def _stand_in(finds: str) -> None:
    """Put a quick audit in the place of the real one, which takes seconds even on a small corpus."""
    import benchmark.corpus.audit as room
    from benchmark.corpus.audit.check import Check

    def run_audit(corpus: Any, rows: Any, source: Any, seed: int, progress: Any) -> room.Audit:
        check = Check("probes", "bag of words", 0.5, most=0.6 if finds == "passes" else 0.3)
        return room.Audit(corpus, "model", (), seed, (check,), {})

    room.run_audit = run_audit


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")  # what commands print to file descriptor 1 must not end among the answers
    os.dup2(2, 1)
    if sys.argv[1] != "real":
        _stand_in(sys.argv[1])
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "argv" in question:
                answer = _bench(question["argv"], question["token"], question["stdin"])
            elif "load" in question:
                answer = _load(*question["load"])
            else:
                answer = _snapshot(*question["snapshot"])
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
