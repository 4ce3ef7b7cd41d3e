"""What stands in ``examples/`` runs."""

from __future__ import annotations

import json
from pathlib import Path

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
