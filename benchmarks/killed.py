"""``kill -9`` at random moments, many times: do the record and the predictions end as if nothing had happened?

    python benchmarks/killed.py [--kills 20] [--executor processes]

A lighter version is among the tests (tests/scoring/test_resume.py).  Here each run is killed after a tenth to a half of the time
that an undisturbed one takes.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
import time
from pathlib import Path

from measure import BENCH

from benchmark.result import TIMING_BLOCKS

SCORER = """
import time
class Slow:
    name, version = "slow", "1"
    def score(self, answers):
        for answer in answers:
            time.sleep(0.005)
            yield {"answer_id": answer.answer_id, "rating": 1 + answer.words % 5}
"""


def result(folder: Path) -> tuple[str, bytes]:
    record = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    kept = {key: value for key, value in record.items() if key not in TIMING_BLOCKS}
    return json.dumps(kept), (folder / "r.predictions.jsonl").read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--executor", default="local")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "slow.py").write_text(SCORER, encoding="utf-8")
        command = [*BENCH, "run", "--scorer", "slow.py", "--split", "all", "--executor", given.executor, "--output", "r.json"]
        start = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        whole = time.perf_counter() - start
        undisturbed = result(folder)
        (folder / "r.json").unlink()
        draw, kills = random.Random(), 0
        while kills < given.kills:
            process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            shards = len(list(folder.glob("r.run/shards/*.jsonl")))
            time.sleep(whole * draw.uniform(0.1, 0.5))
            if process.poll() is None:
                process.kill()
                kills += 1
            process.wait()
            print(f"kill {kills}: {shards} shards before, {len(list(folder.glob('r.run/shards/*.jsonl')))} after")
            if (folder / "r.json").exists():
                assert result(folder) == undisturbed, "not as an undisturbed run"
                (folder / "r.json").unlink()
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        assert result(folder) == undisturbed, "not as an undisturbed run"
        print(f"{kills} kills with --executor {given.executor}: record and predictions as of an undisturbed run, byte for byte")


if __name__ == "__main__":
    main()
