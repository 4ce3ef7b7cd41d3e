"""``bench run`` on corpora of growing size: memory at most, and answers a second from end to end.

    python benchmarks/memory.py FOLDER... [--scorer heuristic] [--fit-on data]

FOLDERs come from benchmarks/large_corpus.py.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from measure import BENCH, load, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--scorer", default="heuristic")
    parser.add_argument("--fit-on")
    given = parser.parse_args()
    fitted = ["--fit-on", given.fit_on] if given.fit_on else []
    for folder in given.folders:
        with tempfile.TemporaryDirectory() as name:
            output = Path(name) / "r.json"
            done = run([*BENCH, "run", "--scorer", given.scorer, *fitted, "--corpus", folder, "--output", str(output)])
            record = json.loads(output.read_text(encoding="utf-8"))
            answers, cost = record["corpus"]["answers"], record["cost"]
            print(
                f"{answers:10,} answers   {done.resident / 1e6:7,.0f} MB   {answers / done.wall:8,.0f} answers/s   "
                f"{1000 * done.processor / answers:6.3f} ms of processor an answer   "
                f"scoring {cost['seconds']:8.1f} s, evaluation {cost['evaluation_seconds']:6.1f} s, in all {done.wall:8.1f} s   {load()}"
            )


if __name__ == "__main__":
    main()
