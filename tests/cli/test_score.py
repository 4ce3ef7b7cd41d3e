"""``bench score``: a predictions file of any origin, good or bad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import bench

IDS = [f"a-{q}{k}" for q in (2, 3) for k in range(4)]


def write(folder: Path, rows: list[Any]) -> Path:
    path = folder / "preds.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def rating(answer_id: str, value: float = 3) -> dict[str, Any]:
    return {"answer_id": answer_id, "rating": value}


def test_scoring_the_predictions_of_a_run_gives_its_numbers(tmp_path: Path, corpus_dir: Path) -> None:
    run = bench("run", "--scorer", "heuristic", "--corpus", corpus_dir, "--json", "--output", "r.json", cwd=tmp_path)
    done = bench("score", "r.predictions.jsonl", "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    one, two = json.loads(run.stdout), json.loads(done.stdout)
    for block in ("overall", "tracks", "slices", "annotators", "coverage", "predictions"):
        assert one[block] == two[block], block
    assert two["scorer"]["name"] == "r"
    compared = bench(
        "compare", "r.json", *(tmp_path / "results").glob("r-*.json"), "--corpus", corpus_dir, "--json", cwd=tmp_path
    )
    assert json.loads(compared.stdout)["tracks"]["overall"]["pairs"][0]["difference"]["value"] == 0.0


def test_parquet_is_read_alike(tmp_path: Path, corpus_dir: Path) -> None:
    rows = [{**rating(i, 1 + n % 5), "patterns": {"speed_bias": 0.9, "depth_bias": None}} for n, i in enumerate(IDS)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "preds.parquet")
    plain = [{**row, "patterns": {"speed_bias": 0.9}} for row in rows]
    one = bench("score", "preds.parquet", "--corpus", corpus_dir, "--json", cwd=tmp_path)
    two = bench("score", write(tmp_path, plain), "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert json.loads(one.stdout)["tracks"] == json.loads(two.stdout)["tracks"]


def test_half_missing_is_coverage(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("score", write(tmp_path, [rating(i) for i in IDS[::2]]), "--corpus", corpus_dir, "--json", cwd=tmp_path)
    record = json.loads(done.stdout)
    assert done.returncode == 0
    assert record["coverage"] == {"answers": 8, "scored": 4, "abstained": 4, "failed": 0, "reasons": {"no prediction": 4}}
    assert record["tracks"]["rating"]["quadratic_kappa"]["n"] == 8
    assert record["tracks"]["rating"]["quadratic_kappa_scored"]["n"] == 4
    shown = bench("score", tmp_path / "preds.jsonl", "--corpus", corpus_dir, cwd=tmp_path).stdout
    assert "Scored 4 of 8: 4 abstained, 0 failed (4 × no prediction)" in shown


def test_other_splits_are_left_out_and_said(tmp_path: Path, corpus_dir: Path) -> None:
    rows = [rating(i) for i in [*IDS, "a-00", "a-01"]]
    done = bench("score", write(tmp_path, rows), "--corpus", corpus_dir, "--json", cwd=tmp_path)
    assert "2 predictions are for answers outside 'test'" in done.stderr
    assert json.loads(done.stdout)["predictions"]["rows"] == 8


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (rating("a-99"), "preds.jsonl:2: answer_id: 'a-99' is no answer of this corpus"),
        (rating("a-20"), "preds.jsonl:2: answer_id: 'a-20' stands at line 1 already"),
        (rating("a-21", 6), "preds.jsonl:2: rating: 6 is greater than the maximum of 5"),
        (rating("a-21", 0.5), "preds.jsonl:2: rating: 0.5 is less than the minimum of 1"),
        ({"answer_id": "a-21", "pace": 3}, "preds.jsonl:2: pace: 3 is greater than the maximum of 2"),
        ({"answer_id": "a-21", "verdict": "slow"}, "preds.jsonl:2: verdict: "),
        ({"answer_id": "a-21", "patterns": ["bias"]}, "preds.jsonl:2: patterns[0]: "),
        ({"answer_id": "a-21", "patterns": {"speed_bias": 1.2}}, "preds.jsonl:2: patterns.speed_bias: "),
        ({"answer_id": "a-21", "rating": "3"}, "preds.jsonl:2: rating: "),
        ({"answer_id": 21}, "preds.jsonl:2: answer_id: "),
        ({"rating": 3}, "preds.jsonl:2: answer_id: is missing"),
        ('{"answer_id": "a-21", "rating": NaN}', "preds.jsonl:2: not JSON: NaN is not a JSON number"),
        ('{"answer_id": "a-21", ', "preds.jsonl:2: not JSON: "),
        ('["a-21", 3]', "preds.jsonl:2: "),
        (
            {"answer_id": "a-21", "evidence": [{"label": "speed_bias", "segment": 0, "start": 3, "end": 2}]},
            "preds.jsonl:2: evidence[0]: 3 to 2 is outside segment 0",
        ),
    ],
)
def test_bad_rows_are_named_and_nothing_is_written(tmp_path: Path, corpus_dir: Path, row: Any, problem: str) -> None:
    write(tmp_path, [rating("a-20"), row])
    done = bench("score", "preds.jsonl", "--corpus", corpus_dir, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {problem}")
    assert not (tmp_path / "results").exists()


def test_every_bad_row_is_named_at_once(tmp_path: Path, corpus_dir: Path) -> None:
    write(tmp_path, [rating("a-98"), rating("a-20", 9), "{", rating("a-20"), rating("a-20")])
    done = bench("score", "preds.jsonl", "--corpus", corpus_dir, cwd=tmp_path)
    assert [line.split(":")[2] for line in done.stderr.splitlines()] == ["1", "2", "3", "5"]


@pytest.mark.parametrize(("text", "message"), [("", "no predictions in it"), (None, "no such file")])
def test_empty_and_missing_files(tmp_path: Path, corpus_dir: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "preds.jsonl").write_text(text)
    done = bench("score", "preds.jsonl", "--corpus", corpus_dir, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"error: preds.jsonl: {message}\n")


def test_csv_with_lists_and_empty_cells(tmp_path: Path, corpus_dir: Path) -> None:
    rows = ["answer_id,verdict,rating,patterns,abstained", "a-20,balanced,4.5,,", "a-21,too_fast,1,speed_bias;ignored_cues,"]
    rows += ["a-22,,,,no idea"]
    (tmp_path / "p.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = bench("score", "p.csv", "--corpus", corpus_dir, "--json", "--output", "r.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["coverage"]["scored"] == 2
    kept = [json.loads(line) for line in (tmp_path / "r.predictions.jsonl").read_text().splitlines()]
    assert kept[0] == {"answer_id": "a-20", "verdict": "balanced", "rating": 4.5, "patterns": []}
    assert kept[1]["patterns"] == ["speed_bias", "ignored_cues"]
    assert kept[2] == {"answer_id": "a-22", "abstained": "no idea"}


def test_a_bad_cell_is_named(tmp_path: Path, corpus_dir: Path) -> None:
    (tmp_path / "p.csv").write_text("answer_id,rating\na-20,four\na-21,3,9\n", encoding="utf-8")
    done = bench("score", "p.csv", "--corpus", corpus_dir, cwd=tmp_path)
    assert done.returncode == 2
    assert "p.csv:2: rating" in done.stderr
    assert "p.csv:3: expected 2 cells" in done.stderr
