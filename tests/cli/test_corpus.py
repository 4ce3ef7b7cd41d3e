"""``bench corpus``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Tables, bench, write_corpus


def test_validate_a_sound_corpus(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("corpus", "validate", "--corpus", corpus_dir, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "16 answers" in done.stderr
    assert "no problems" in done.stderr


def test_validate_names_file_line_and_field(tmp_path: Path, tables: Tables) -> None:
    tables["answers"][4]["segments"][0]["end_s"] = 1.0
    tables["annotations"][7]["rating"] = 0
    write_corpus(tmp_path / "c", tables)
    done = bench("corpus", "validate", "--corpus", "c", cwd=tmp_path)
    assert done.returncode == 2
    lines = done.stdout.splitlines()
    assert [line.rpartition(": ")[0] for line in lines] == ["c/annotations.jsonl:8: rating", "c/answers.jsonl:5: segments[0]"]
    found = json.loads(bench("corpus", "validate", "--corpus", "c", "--json", cwd=tmp_path).stdout)
    assert [(p["file"], p["line"]) for p in found["problems"]] == [("c/annotations.jsonl", 8), ("c/answers.jsonl", 5)]


def test_stats_count_every_label(tmp_path: Path, corpus_dir: Path) -> None:
    stats = json.loads(bench("corpus", "stats", "--corpus", corpus_dir, "--json", cwd=tmp_path).stdout)
    assert stats["rows"]["answers"] == 16
    assert stats["answers"]["coding"] == {"train": 4, "validation": 0, "test": 4}
    assert stats["annotators"]["m1"]["kind"] == "model"
    assert sum(stats["annotators"]["m1"]["verdict"].values()) == 16
    assert stats["contrasts"]["depth"] == 2
    printed = bench("corpus", "stats", "--corpus", corpus_dir, cwd=tmp_path)
    assert printed.returncode == 0
    assert "ignored_cues" in printed.stdout


def test_show_an_answer_with_its_labels(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("corpus", "show", "a-11", "--corpus", corpus_dir, cwd=tmp_path)
    for text in (
        "What would you do about problem 1? 🤔",
        "naïve as that sounds 🙂",
        "interviewer",
        "m2",
        "the cost of being late",
    ):
        assert text in done.stdout
    blind = bench("corpus", "show", "a-11", "--corpus", corpus_dir, "--no-labels", cwd=tmp_path).stdout
    assert "m2" not in blind
    document = json.loads(bench("corpus", "show", "a-11", "--corpus", corpus_dir, "--json", cwd=tmp_path).stdout)
    assert {a["annotator_id"] for a in document["annotations"]} == {"author", "m1", "m2", "m3"}


def test_show_an_answer_that_is_not_there(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("corpus", "show", "a-zz", "--corpus", corpus_dir, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "error: corpus corpus: no answer 'a-zz'\n")
