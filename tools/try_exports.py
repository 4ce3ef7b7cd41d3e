"""Run the Inspect and lm-eval exports with the real packages, and compare with our own judge.

python tools/try_exports.py                    # makes throwaway environments (some 600 MB) in a temporary folder
python tools/try_exports.py --inspect BIN --lm-eval BIN     # bin/ folders of environments that have inspect-ai and lm-eval[api]

A small server that speaks OpenAI's protocol replies with labels that depend on the prompt alone.  Five answers are judged three
times: by `bench run --scorer llm`, by `inspect eval` and by `lm_eval`; all have to find the same labels and the same kappas.  Then
`inspect eval hf/...` runs the eval.yaml of a build from a test double of the Hub (needs tests/requirements.txt).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmark import load_corpus
from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.corpus.source import open_source
from benchmark.publish.build import build

ROOT = Path(__file__).parents[1]
ANSWERS, FROM_THE_HUB = 5, 25


class Judge(BaseHTTPRequestHandler):
    """Chat completions whose labels are drawn from a hash of the transcript; one reply in five is not JSON."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = asked["messages"][-1]["content"]
        draw = hashlib.sha256(text[text.index("Round: ") :].encode()).digest()
        labels = {
            "evidence": [],
            "patterns": {name: bool(draw[i] & 1) for i, name in enumerate(PATTERNS)} | {"miscalibrated_confidence": False},
            "confidence_direction": None,
            "signals": {name: bool(draw[8 + i] & 1) for i, name in enumerate(SIGNALS)},
            "pace": draw[16] % 5 - 2,
            "depth": draw[17] % 5 - 2,
            "rating": draw[18] % 5 + 1,
            "verdict": VERDICTS[draw[19] % 4],
            "rationale": "Drawn, not judged.",
        }
        alone = "Reply with the verdict alone" in asked["messages"][0]["content"]
        said = f"The verdict: {labels['verdict']}." if alone else json.dumps(labels)
        content = "I would rather not say." if draw[20] % 5 == 0 else said
        message = {"role": "assistant", "content": content}
        reply = {
            "id": "1", "object": "chat.completion", "created": 0, "model": asked["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": len(text) // 4, "completion_tokens": len(content) // 4, "total_tokens": 0},
        }  # fmt: skip
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Judge)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


def environment(work: Path, name: str, *packages: str) -> Path:
    run(sys.executable, "-m", "venv", work / name, cwd=work)
    run(work / name / "bin" / "pip", "install", "--quiet", *packages, cwd=work)
    return work / name / "bin"


def ours(work: Path, url: str) -> dict[str, Any]:
    """Labels and kappas of `bench run`, over the answers whose reply could be read."""
    bench = [sys.executable, "-c", "from benchmark.cli.main import main; main()"]
    settings = ["-S", "model=judge", "-S", f"base_url={url}", "-S", "cache=replies.sqlite"]
    text = run(*bench, "run", "--scorer", "llm", *settings, "--limit", str(ANSWERS), "--json", "--output", "run.json", cwd=work)
    record = json.loads(text)
    rows = [json.loads(line) for line in (work / "run.predictions.jsonl").read_text(encoding="utf-8").splitlines()]
    return {
        "labels": {row["answer_id"]: row.get("verdict") for row in rows},
        "kappas": {
            "verdict_kappa": record["tracks"]["verdict"]["kappa_scored"]["value"],
            **{
                f"{name}_kappa": record["tracks"][name]["quadratic_kappa_scored"]["value"]
                for name in ("rating", "pace", "depth")
            },
        },
        "readable": record["coverage"]["scored"] / record["coverage"]["answers"],
    }


def by_inspect(work: Path, binaries: Path, url: str) -> dict[str, Any]:
    log = work / "logs"
    run(
        binaries / "inspect", "eval", "task.py", "--model", "openai-api/local/judge", "--log-dir", log,
        "--log-format", "json", "--display", "none", cwd=work / "inspect", LOCAL_API_KEY="none", LOCAL_BASE_URL=url,
    )  # fmt: skip
    found = json.loads(next(log.glob("*.json")).read_text(encoding="utf-8"))
    if found["status"] != "success":
        raise SystemExit(f"inspect: {found['status']}: {found.get('error', {}).get('message')}")
    numbers = {name: one["value"] for name, one in found["results"]["scores"][0]["metrics"].items()}
    return {
        "labels": {s["id"]: s["scores"]["labels_of_reply"].get("answer") for s in found["samples"]},
        "kappas": {name: value for name, value in numbers.items() if name.endswith("_kappa")},
        "readable": numbers["readable"],
    }


def by_lm_eval(work: Path, binaries: Path, url: str) -> dict[str, Any]:
    out = work / "lm-eval-out"
    run(
        binaries / "lm_eval", "run", "--model", "local-chat-completions",
        "--model_args", f"model=judge,base_url={url}/chat/completions,num_concurrent=1",
        "--tasks", "speed_depth_bench", "--include_path", work / "lm-eval", "--apply_chat_template", "--output_path", out, "--log_samples",
        cwd=work, OPENAI_API_KEY="none", HF_HUB_OFFLINE="1", HF_DATASETS_OFFLINE="1",
    )  # fmt: skip
    numbers = json.loads(next(out.rglob("results_*.json")).read_text(encoding="utf-8"))["results"]["speed_depth_bench"]
    samples = [json.loads(line) for line in next(out.rglob("samples_*.jsonl")).read_text(encoding="utf-8").splitlines()]
    return {
        "labels": {s["doc"]["answer_id"]: s["verdict_kappa"][0] for s in samples},
        "kappas": {name.partition(",")[0]: value for name, value in numbers.items() if "_kappa," in name},
        "readable": numbers["readable,none"],
    }


def from_the_hub(work: Path, binaries: Path, url: str) -> bool:
    """``inspect eval hf/team/corpus``: the eval.yaml of a build, from a test double of the Hub, scored by hand for comparison."""
    sys.path.insert(0, str(ROOT))
    from tests.hub.double import running

    built = work / "built"
    build(open_source(None), load_corpus(), built, repo_id="team/corpus")
    with running() as hub:
        hub.add("team/corpus", {p.relative_to(built).as_posix(): p.read_bytes() for p in built.rglob("*") if p.is_file()})
        log = work / "hub-logs"
        run(
            binaries / "inspect", "eval", "hf/team/corpus", "--model", "openai-api/local/judge", "--limit", str(FROM_THE_HUB),
            "--log-dir", log, "--log-format", "json", "--display", "none", cwd=work, LOCAL_API_KEY="none", LOCAL_BASE_URL=url,
            **hub.environment(work / "home"),
        )  # fmt: skip
    found = json.loads(next(log.glob("*.json")).read_text(encoding="utf-8"))
    right = [
        sample["output"]["choices"][0]["message"]["content"] == f"The verdict: {sample['target']}."
        for sample in found["samples"]
    ]
    accuracy = found["results"]["scores"][0]["metrics"]["accuracy"]["value"]
    agree = found["status"] == "success" and 0 < sum(right) < len(right) == FROM_THE_HUB
    agree = agree and abs(accuracy - sum(right) / len(right)) < 1e-9
    print(f"hf/      {'as counted by hand' if agree else 'DIFFERS'}: accuracy {accuracy} over {len(right)}")
    return agree


def same(name: str, one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two runs say the same; kappas to six digits."""
    near = all(abs(one["kappas"][k] - v) < 1e-6 for k, v in other["kappas"].items()) and len(other["kappas"]) == len(
        one["kappas"]
    )
    agree = one["labels"] == other["labels"] and near and abs(one["readable"] - other["readable"]) < 1e-6
    print(f"{name:<8} {'the same as bench run' if agree else 'DIFFERS'}: {other}")
    return agree


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inspect", type=Path)
    parser.add_argument("--lm-eval", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, served() as url:
        work = Path(name)
        inspect = given.inspect or environment(work, "inspect-env", "inspect-ai", "openai", "datasets", "huggingface_hub")
        lm_eval = given.lm_eval or environment(work, "lm-eval-env", "lm_eval[api]")
        bench = [sys.executable, "-c", "from benchmark.cli.main import main; main()"]
        for form in ("inspect", "lm-eval"):
            run(
                *bench,
                "export",
                "--format",
                form,
                "--split",
                "test",
                "--limit",
                str(ANSWERS),
                "--output",
                work / form,
                cwd=work,
            )
        expected = ours(work, url)
        print(f"bench    {expected}")
        good = [
            same("inspect", expected, by_inspect(work, inspect, url)),
            same("lm-eval", expected, by_lm_eval(work, lm_eval, url)),
            from_the_hub(work, inspect, url),
        ]
    if not all(good):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
