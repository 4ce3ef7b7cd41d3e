"""A corpus of any size to measure with: the shipped one over and over, under new ids.  Never commit what it writes.

    python benchmarks/large_corpus.py FOLDER --answers 10000 [--annotators 4] [--parquet] [--shards 16]

Each copy of the 1,200 answers has questions, annotations, contrasts and loops of its own, all in the test split.  Copies say the
same, so that scores mean nothing; ids sort copy by copy, so that no cache of texts is of help that would not be otherwise.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmark import load_corpus

ID_FIELDS = ("question_id", "answer_id", "annotation_id", "loop_id", "contrast_id", "candidate_id", "better", "worse")
PARQUET_ROWS = 20_000


def copied(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    """A record under other ids."""
    new = {key: prefix + value if key in ID_FIELDS and value is not None else value for key, value in row.items()}
    if "answer_ids" in new:
        new["answer_ids"] = [prefix + value for value in row["answer_ids"]]
    if "segments" in new:
        new["split"] = "test"
    return new


def rows(table: list[dict[str, Any]], copies: int) -> Iterator[dict[str, Any]]:
    for copy in range(copies):
        for row in table:
            yield copied(row, f"c{copy:05x}-")


def write(folder: Path, table: str, found: Iterator[dict[str, Any]], shards: int, parquet: bool) -> None:
    (folder / table).mkdir(parents=True)
    if parquet:
        import pyarrow as pa
        import pyarrow.parquet as pq

        some, number = [], 0
        for row in found:
            some.append({k: json.dumps(v) if k == "provenance" else v for k, v in row.items()})
            if len(some) == PARQUET_ROWS:
                pq.write_table(pa.Table.from_pylist(some), folder / table / f"{number:05d}.parquet")
                some, number = [], number + 1
        if some:
            pq.write_table(pa.Table.from_pylist(some), folder / table / f"{number:05d}.parquet")
        return
    files = [(folder / table / f"{i:05d}.jsonl").open("w", encoding="utf-8") for i in range(shards)]
    for row, file in zip(found, cycle(files), strict=False):
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    for file in files:
        file.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--annotators", type=int, default=4)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--parquet", action="store_true")
    wanted = parser.parse_args()
    corpus = load_corpus()
    copies = -(-wanted.answers // len(corpus.answers))
    tables = dict(corpus.documents)
    names = [d["annotator_id"] for d in sorted(tables["annotators"], key=lambda d: d["kind"] == "author")][: wanted.annotators]
    tables["annotations"] = [d for d in tables["annotations"] if d["annotator_id"] in names]
    tables["loops"] = [
        {**d, "annotations": [a for a in d["annotations"] if a["annotator_id"] in names]} for d in tables["loops"]
    ]
    wanted.folder.mkdir(parents=True)
    for table in ("questions", "answers", "annotations", "loops", "contrasts"):
        write(wanted.folder, table, rows(tables[table], copies), wanted.shards, wanted.parquet)
    annotators = [d for d in tables["annotators"] if d["annotator_id"] in names]
    text = "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in annotators)
    (wanted.folder / "annotators.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
