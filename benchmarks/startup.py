"""How long until a command line says what it can do?  ``bench --help`` against its peers', processor and wall time.

    python benchmarks/startup.py [--inspect PATH/TO/inspect] [--lm-eval PATH/TO/lm_eval]

Peers are installed in environments of their own (pip install inspect-ai; pip install lm_eval).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from measure import BENCH, load, run

RUNS = 7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inspect")
    parser.add_argument("--lm-eval")
    given = parser.parse_args()
    commands = {"bench --help": [*BENCH, "--help"]}
    if given.inspect:
        commands["inspect --help"] = [given.inspect, "--help"]
    if given.lm_eval:
        commands["lm_eval --help"] = [given.lm_eval, "--help"]
    with tempfile.TemporaryDirectory() as folder:
        output = str(Path(folder) / "r.json")
        commands["bench run --scorer heuristic"] = [*BENCH, "run", "--scorer", "heuristic", "--fresh", "--output", output]
        print(f"medians of {RUNS} runs, {load()}")
        ours = None
        for name, command in commands.items():
            run(command)
            runs = [run(command) for _ in range(RUNS)]
            processor, wall = statistics.median(r.processor for r in runs), statistics.median(r.wall for r in runs)
            ours = ours or processor
            print(f"{name:<30} processor {processor:6.2f} s   wall {wall:6.2f} s   {processor / ours:6.1f} x the first row")


if __name__ == "__main__":
    main()
