"""Is the committed audit what this machine finds?  `python tools/same_audit.py data/audit.json FRESH`: exit 1 where not.

The differences are printed.

Processors differ in the last digits of a fit, and a prediction may tip over: estimates may differ by 0.01, counts may not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TOLERANCE = 0.01


def main(committed: Path, fresh: Path) -> int:
    one, two = (json.loads(path.read_text(encoding="utf-8")) for path in (committed, fresh))
    wrong = [key for key in ("corpus", "reference", "seed", "passed") if one[key] != two[key]]
    if [c["name"] for c in one["checks"]] != [c["name"] for c in two["checks"]]:
        wrong.append("checks: other names")
    for a, b in zip(one["checks"], two["checks"], strict=False):
        estimate = isinstance(a["value"], float) and isinstance(b["value"], float)
        same = abs(a["value"] - b["value"]) <= TOLERANCE if estimate else a["value"] == b["value"]
        if not same or a["passed"] != b["passed"]:
            wrong.append(f"{a['name']}: {a['value']} committed, {b['value']} found")
    print("\n".join(wrong) or "the committed audit is what this machine finds")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
