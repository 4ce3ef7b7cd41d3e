"""``--executor ray`` on real Ray: two nodes on loopback, a worker killed in the middle, and the record of one process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, bench
from tests.scoring.scorers import trial
from tests.scoring.test_resume import many, result

pytest.importorskip("ray", reason="Ray is heavy: pip install -e '.[ray]' to run these")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two nodes with a processor each."""
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    yield cluster
    cluster.shutdown()


def workers(cluster: Any) -> list[int]:
    """The processes of this cluster that score."""
    parents = {one.process.pid for node in cluster.list_all_nodes() for one in node.all_processes["raylet"]}
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
            if parent in parents and b"MapWorker" in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except OSError:
            continue
    return found


def test_a_worker_killed_on_a_two_node_cluster_loses_nothing(tmp_path: Path, cluster: Any) -> None:
    corpus = many(tmp_path / "corpus")
    (tmp_path / "trial.py").write_text(trial("well"), encoding="utf-8")
    command = ["run", "--scorer", "trial.py", "--corpus", str(corpus), "--split", "all", "--output", "r.json"]
    slowly, where = ("-S", "pause=0.02"), ("--executor", "ray", "--ray-address", cluster.address)
    assert bench(*command, *slowly, cwd=tmp_path).returncode == 0
    undisturbed = result(tmp_path)
    (tmp_path / "r.json").unlink()
    run = subprocess.Popen(
        [sys.executable, "-c", "from benchmark.cli.main import main; main()", *command, *slowly, *where],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    seen: set[int] = set()
    killed = None
    while run.poll() is None:
        seen.update(workers(cluster))
        if killed is None and len(seen) == 2:
            time.sleep(1.5)  # each is scoring: 192 answers take 4 s
            killed = min(seen)
            os.kill(killed, 9)
        time.sleep(0.2)
    assert (run.returncode, killed is not None) == (0, True), run.stderr.read() if run.stderr else ""
    assert result(tmp_path) == undisturbed


def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path, corpus_dir: Path) -> None:
    command = ("run", "--scorer", "heuristic", "--corpus", corpus_dir, "--executor", "ray", "--ray-address", "127.0.0.1:1")
    done = bench(*command, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "error: --ray-address 127.0.0.1:1: Connection refused\n"
