"""What does the harness cost beside the scorer?  Processor time per answer, the scorer doing nothing.

    python benchmarks/framework.py [FOLDER]        # a corpus from benchmarks/large_corpus.py; the shipped one otherwise
    PATH/TO/python benchmarks/framework_inspect.py # the peer, in an environment with inspect-ai

"Scoring" is what ``bench run`` does for each answer: reading it from the scan, handing it over, checking the prediction, keeping it
durably.  Reading the corpus (checks, fingerprint, sorting) comes before, evaluation after; they are told apart.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from measure import load, median_of, processor_seconds

from benchmark.corpus.scan import Scan, scan_corpus
from benchmark.evaluation.stored import parsed, scan_selection, tally_rows
from benchmark.records import Answer
from benchmark.result import environment, tallied_record
from benchmark.scoring.executors import local
from benchmark.scoring.job import Job, Recipe
from benchmark.scoring.journal import Journal, RunFolder

RUNS = 5


class Canned:
    """The same labels for every answer."""

    name, version = "canned", "1"

    def score(self, answers: Sequence[Answer]) -> Iterator[dict[str, Any]]:
        for answer in answers:
            labels = {"verdict": "balanced", "rating": 3, "pace": 0, "depth": 0, "patterns": [], "signals": []}
            yield {"answer_id": answer.answer_id, **labels}


def main() -> None:
    location = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scan: list[Scan] = []

        def read() -> None:
            (folder / "c.sqlite").unlink(missing_ok=True)
            scan.append(scan_corpus(location, folder / "c.sqlite"))

        reading = median_of(3, lambda: processor_seconds(read))
        rows = scan[-1].rowids("all", None)
        job = Job(Recipe("constant", (), 0), scan[-1].path, rows, None)

        def score() -> None:
            with RunFolder(folder / "r.run", fresh=True) as place:
                journal = Journal(place, {})
                for done in local(job, Canned(), range(job.batches), threading.Event()):
                    journal.add(done)
                journal.flush()

        scoring = median_of(RUNS, lambda: processor_seconds(score))

        def evaluate() -> None:
            with RunFolder(folder / "r.run", fresh=False) as place:
                lines = Journal(place, {}).lines(job.batches)
                items, labels = scan_selection(scan[-1], rows, None)
                tally = tally_rows(scan[-1], rows, labels.annotators, parsed(lines))
                tallied_record(
                    scorer={}, items=items, split="all", limit=None, reference=labels, tally=tally, seed=0, cost={},
                    environment=environment(0),
                )  # fmt: skip

        evaluating = median_of(1, lambda: processor_seconds(evaluate))
        print(f"{len(rows):,} answers, processor time, {load()}")
        for what, seconds in (("reading", reading), ("scoring", scoring), ("evaluation", evaluating)):
            print(f"{what:<12} {1000 * seconds / len(rows):8.3f} ms an answer")


if __name__ == "__main__":
    main()
