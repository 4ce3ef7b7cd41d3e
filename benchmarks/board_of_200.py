"""How long does a board of 200 scorers take?  python benchmarks/board_of_200.py [--runs 200] [--keep FOLDER]

Makes records from predictions of `heuristic` with noise of growing size: every headline is measured, slices and secondary metrics are
copied from one record, as evaluating each in full would take minutes and the board only reads them.  Then builds the site, three times.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmark import load_corpus
from benchmark.cli.report import select
from benchmark.codebook import TRACK, VERDICTS
from benchmark.comparison import OVERALL, headline_statistics
from benchmark.evaluation.predicted import from_rows
from benchmark.predictions import Predictions, write_predictions
from benchmark.result import build_record, predictions_path, run_id, write_record
from benchmark.scoring.registry import make_scorer
from benchmark.scoring.run import run_scorer
from leaderboard.build import build_leaderboard

REPEATS = 3


def make_results(folder: Path, runs: int) -> None:
    """Write ``runs`` records with predictions into ``folder``."""
    corpus = load_corpus()
    split, items, reference = select(corpus, None, None, None)
    scorer, spec = make_scorer("heuristic", (), 0)
    rows = {row["answer_id"]: row for row in run_scorer(scorer, items.answers)}
    block = {"name": spec.name, "version": spec.version, "params": {}, "spec_hash": spec.spec_hash, "fitted_on": None}
    model = build_record(scorer=block, items=items, split=split, limit=None, reference=reference, predictions=Predictions(rows),
                         seed=0, seconds=1.0)  # fmt: skip
    random = np.random.default_rng(0)
    for k in range(runs):
        noisy = {answer_id: _noisy(row, k / runs, random) for answer_id, row in rows.items()}
        predictions = Predictions(noisy)
        record: dict[str, Any] = copy.deepcopy(model)
        record["scorer"] |= {"name": f"noise-{k:03}", "spec_hash": hashlib.sha256(str(k).encode()).hexdigest()}
        record["predictions"]["sha256"] = predictions.fingerprint()
        for name, statistic in headline_statistics(items, reference, from_rows([noisy[i] for i in items.ids])).items():
            estimate = record["overall"] if name == OVERALL else record["tracks"][name][TRACK[name].headline]
            estimate["value"] = round(statistic.value(), 10)
        record["run_id"] = run_id(*(record[b] for b in ("scorer", "corpus", "reference", "predictions", "resampling")))
        path = folder / f"noise-{k:03}.json"
        write_record(path, record)
        write_predictions(predictions_path(path), [noisy[i] for i in items.ids])


def _noisy(row: Any, share: float, random: np.random.Generator) -> dict[str, Any]:
    changed = copy.deepcopy(dict(row))
    changed["rating"] = round(float(np.clip(row["rating"] + 2 * share * random.normal(), 1, 5)), 3)
    if random.random() < share:
        changed["verdict"] = VERDICTS[int(random.integers(len(VERDICTS)))]
    changed["patterns"] = {
        p: round(float(np.clip(v + share * random.normal() / 2, 0, 1)), 4) for p, v in row["patterns"].items()
    }
    return changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="Keep results/ and board/ in this folder.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        if not (folder / "results").is_dir():
            (folder / "results").mkdir(parents=True)
            make_results(folder / "results", options.runs)
        seconds = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            built = build_leaderboard(folder / "results", folder / "board")
            seconds.append(time.perf_counter() - start)
        assert not built.problems, built.problems[:3]
        size = sum(path.stat().st_size for path in (folder / "board/site").rglob("*") if path.is_file())
        every = ", ".join(f"{one:.1f}" for one in seconds)
        print(f"{options.runs} records: {statistics.median(seconds):.1f} s (median of {every}), site {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
