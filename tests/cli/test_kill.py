"""``kill -9`` at any moment leaves the old record or the new one."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmark.schemas import schema_problems
from tests.conftest import ROOT, bench

KILLS = 12


def test_a_killed_run_leaves_a_whole_record(tmp_path: Path, corpus_dir: Path) -> None:
    arguments = ["run", "--scorer", "constant", "--corpus", str(corpus_dir), "--output", "r.json"]
    start = time.perf_counter()
    assert bench(*arguments, "--seed", "0", cwd=tmp_path).returncode == 0
    whole = time.perf_counter() - start
    command = [sys.executable, "-c", "from benchmark.cli.main import main; main()", *arguments]
    draw, seen = random.Random(5), set()
    for seed in range(1, KILLS + 1):
        process = subprocess.Popen(
            [*command, "--seed", str(seed)],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        time.sleep(whole * draw.uniform(0.5, 1.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        record = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
        assert schema_problems("result", record) == []
        seen.add(record["resampling"]["seed"])
        lines = (tmp_path / "r.predictions.jsonl").read_text(encoding="utf-8").splitlines()
        assert len([json.loads(line) for line in lines]) == 8
    assert seen <= set(range(KILLS + 1))


def test_an_interrupted_write_keeps_the_old_file(tmp_path: Path) -> None:
    """Killed in the middle of writing: the half-written text is not under the file's name."""
    target = tmp_path / "record.json"
    target.write_text("old")
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom benchmark.files import atomic_writer\n"
        f"with atomic_writer(Path({str(target)!r})) as file:\n"
        "    file.write('half')\n    file.flush()\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert target.read_text() == "old"
