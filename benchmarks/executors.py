"""Executors against one process, on the same corpus: answers a second of scoring, as the record's cost block has them.

    python benchmarks/executors.py FOLDER [--scorer heuristic] [--workers 2] [--ray]

FOLDER comes from benchmarks/large_corpus.py.  Scoring alone is compared (reading the corpus and evaluation are the same for all).
For Ray the rate counts from the first finished batch, that is, after its start, which is given beside it.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from pathlib import Path

from measure import load

from benchmark.corpus.scan import scan_corpus
from benchmark.scoring.job import Job, Recipe
from benchmark.scoring.session import Where, executed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--scorer", default="heuristic")
    parser.add_argument("-S", dest="settings", action="append", default=[])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--ray", action="store_true")
    given = parser.parse_args()
    names = ["local", "processes", *(["ray"] if given.ray else [])]
    with tempfile.TemporaryDirectory() as name:
        scan = scan_corpus(given.folder, Path(name) / "corpus.sqlite")
        recipe = Recipe(given.scorer, tuple(given.settings), 0)
        job = Job(recipe, scan.path, scan.rowids("all", given.limit), None)
        print(f"{len(job.rows):,} answers, scorer {given.scorer}, {given.workers} workers, {load()}")
        alone = None
        for executor in names:
            workers = None if executor == "local" else given.workers
            start, first, count, before = time.perf_counter(), None, 0, sum(os.times()[:4])
            made = recipe.make()
            for done in executed(
                job, made, range(job.batches), Where(executor, workers, None), threading.Event(), beat=lambda: None
            ):
                if first is None:
                    first = time.perf_counter()
                else:
                    count += done.answers
            rate = count / (time.perf_counter() - (first or start))
            alone = alone or rate
            print(
                f"{executor:<10} {rate:9,.0f} answers/s   {rate / alone:5.2f} x local   first batch after {(first or start) - start:5.1f} s"
                f"   processors {sum(os.times()[:4]) - before:6.1f} s   {load()}"
            )


if __name__ == "__main__":
    main()
