"""What stands in ``examples/`` runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, bench


def test_my_scorer_is_short_and_runs(tmp_path: Path, corpus_dir: Path) -> None:
    path = ROOT / "examples" / "my_scorer.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) < 30
    done = bench("run", "--scorer", path, "-S", "patience=0.1", "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["scorer"]["params"] == {"patience": 0.1}
    assert record["coverage"]["scored"] == record["coverage"]["answers"] == 8
    assert record["tracks"]["rating"]["quadratic_kappa"]["value"] is not None


@pytest.mark.parametrize(("program", "script", "output"), [("sh", "scorer.sh", "p.jsonl"), ("Rscript", "scorer.R", "p.csv")])
def test_scorers_in_other_languages(program: str, script: str, output: str, tmp_path: Path, corpus_dir: Path) -> None:
    if shutil.which(program) is None or (program == "sh" and shutil.which("jq") is None):
        pytest.skip(f"{program} (or jq) is not installed")
    answers = (corpus_dir / "answers.jsonl").read_bytes()
    done = subprocess.run([program, ROOT / "examples" / script], input=answers, capture_output=True, check=True, timeout=120)
    (tmp_path / output).write_bytes(done.stdout)
    scored = bench("score", output, "--corpus", corpus_dir, "--split", "all", "--json", cwd=tmp_path)
    assert scored.returncode == 0, scored.stderr
    record = json.loads(scored.stdout)
    assert record["coverage"]["scored"] == 16
    assert record["tracks"]["rating"]["quadratic_kappa"]["value"] is not None


def test_a_scorer_behind_http(tmp_path: Path, corpus_dir: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if "problem 3" in asked["question"]["prompt"]:
                self.send_error(503)
                return
            data = json.dumps({"rating": 1 + len(asked["segments"]), "verdict": "balanced"}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(data)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"url=http://127.0.0.1:{server.server_address[1]}/"
        path = ROOT / "examples" / "http_scorer.py"
        done = bench("run", "--scorer", path, "-S", url, "--corpus", corpus_dir, "--json", cwd=tmp_path)
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 0, done.stderr
    cover = json.loads(done.stdout)["coverage"]
    assert (cover["scored"], cover["abstained"]) == (4, 4)
    assert "503" in next(iter(cover["reasons"]))
