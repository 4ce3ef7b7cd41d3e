"""Loading: the same corpus from JSON lines, folders of files and Parquet; bad rows named with file, line and field."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmark import load_corpus, stream_answers
from benchmark.errors import InputError
from tests.conftest import Tables, small_tables, write_corpus


def write_parquet(folder: Path, tables: Tables) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if rows:
            flat = [{**row, "provenance": json.dumps(row["provenance"])} if "provenance" in row else row for row in rows]
            pq.write_table(pa.Table.from_pylist(flat), folder / f"{name}.parquet")
    return folder


def test_joins_answers_with_their_questions(corpus_dir: Path) -> None:
    corpus = load_corpus(corpus_dir)
    answer = corpus.answers["a-13"]
    assert (answer.round, answer.question.time_budget_s) == ("behavioral", 120.0)
    assert answer.text.startswith("I'd measure")
    assert "And what if" not in answer.text
    assert answer.budget_share == pytest.approx(answer.segments[-1].end_s / 120)
    assert [a.answer_id for a in corpus.split("test")] == [f"a-{q}{k}" for q in (2, 3) for k in range(4)]
    assert list(corpus.to_pandas("answers")["answer_id"]) == list(corpus.answers)
    dataset = corpus.to_dataset("answers")
    assert dataset["answer_id"] == list(corpus.answers)
    assert dataset[0]["segments"][0]["text"] == corpus.answers["a-00"].segments[0].text


def test_one_fingerprint_whatever_the_files(tmp_path: Path, tables: Tables) -> None:
    plain = write_corpus(tmp_path / "plain", tables)
    spread = tmp_path / "spread"
    for name, rows in tables.items():
        for i, row in enumerate(reversed(rows)):
            (spread / name / f"part{i % 3}").mkdir(parents=True, exist_ok=True)
            with (spread / name / f"part{i % 3}" / "rows.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({**row, "canary": "x"}) + "\n\n")
    parquet = write_parquet(tmp_path / "parquet", tables)
    fingerprints = {load_corpus(folder).fingerprint for folder in (plain, spread, parquet)}
    assert len(fingerprints) == 1
    tables["annotations"][0]["rating"] = 6 - tables["annotations"][0]["rating"] or 1
    assert load_corpus(write_corpus(tmp_path / "other", tables)).fingerprint not in fingerprints


def test_parquet_gives_the_same_records(tmp_path: Path, tables: Tables) -> None:
    one, two = load_corpus(write_corpus(tmp_path / "j", tables)), load_corpus(write_parquet(tmp_path / "p", tables))
    assert one.answers == two.answers
    assert one.annotations == two.annotations
    assert one.contrasts == two.contrasts


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1).filter(lambda t: t.strip()))
def test_any_text_survives(tmp_path: Path, text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    tables = small_tables()
    tables["answers"][0]["segments"][0]["text"] = text
    tables["annotations"] = []
    assert load_corpus(write_corpus(tmp_path / "c", tables)).answers["a-00"].segments[0].text == text


def test_streaming_gives_the_same_answers(corpus_dir: Path) -> None:
    corpus = load_corpus(corpus_dir)
    assert {a.answer_id: a for a in stream_answers(corpus_dir)} == dict(corpus.answers)
    assert [a.answer_id for a in stream_answers(corpus_dir, "train")] == [a.answer_id for a in corpus.split("train")]


def test_a_scorers_view_has_no_origin(corpus_dir: Path) -> None:
    seen = load_corpus(corpus_dir).answers["a-00"].blind()
    assert (dict(seen.provenance), seen.candidate_id, seen.split) == ({}, None, "test")


def test_every_problem_is_reported_with_its_place(tmp_path: Path, tables: Tables) -> None:
    tables["answers"][1]["question_id"] = "q-nowhere"
    tables["answers"][2]["round"] = "writing"
    tables["answers"][3]["medium"] = "sung"
    tables["annotations"][0]["rating"] = 9
    tables["annotations"][5]["annotator_id"] = "nobody"
    tables["annotations"].append({**tables["annotations"][9], "annotation_id": "n-again"})
    tables["questions"].append(tables["questions"][0])
    tables["contrasts"][1]["worse"] = "a-00"
    folder = write_corpus(tmp_path / "bad", tables)
    with (folder / "answers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"answer_id": "a-99", "rating": NaN}\n{broken\n')
    with pytest.raises(InputError) as caught:
        load_corpus(folder)
    found = {(Path(p.file).name, p.line, p.field) for p in caught.value.problems}
    assert found >= {
        ("answers.jsonl", 2, "question_id"),
        ("answers.jsonl", 3, "round"),
        ("answers.jsonl", 4, "medium"),
        ("answers.jsonl", 17, ""),
        ("answers.jsonl", 18, ""),
        ("annotations.jsonl", 1, "rating"),
        ("annotations.jsonl", 6, "annotator_id"),
        ("annotations.jsonl", 65, "annotator_id"),
        ("questions.jsonl", 5, "question_id"),
        ("contrasts.jsonl", 2, "worse"),
    }
    # who points at an answer that is there but refused for its medium is not blamed as well
    assert not [place for place in found if place[0] == "annotations.jsonl" and place[2] == "answer_id"]


@pytest.mark.parametrize("missing", ["questions", "answers"])
def test_required_tables(tmp_path: Path, tables: Tables, missing: str) -> None:
    tables[missing] = []
    with pytest.raises(InputError, match=f"no {missing}.jsonl"):
        load_corpus(write_corpus(tmp_path / "c", tables))


def test_no_folder_and_no_parquet(tmp_path: Path, tables: Tables) -> None:
    with pytest.raises(InputError, match="no such corpus folder"):
        load_corpus(tmp_path / "nowhere")
    folder = write_corpus(tmp_path / "c", tables)
    (folder / "loops.parquet").write_text("not parquet")
    with pytest.raises(InputError, match=r"loops\.parquet:1: not Parquet"):
        load_corpus(folder)


def test_name_and_version_come_from_corpus_json(tmp_path: Path, tables: Tables) -> None:
    folder = write_corpus(tmp_path / "mine", tables)
    assert (load_corpus(folder).name, load_corpus(folder).version) == ("mine", None)
    (folder / "corpus.json").write_text('{"name": "ours", "version": "2.1"}')
    assert (load_corpus(folder).name, load_corpus(folder).version) == ("ours", "2.1")


def test_half_a_surrogate_pair_is_named_and_a_whole_one_is_a_character(tmp_path: Path, tables: Tables) -> None:
    folder = write_corpus(tmp_path / "corpus", tables)
    path = folder / "answers.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("than none at all", r"than \ud83d\ude42", 1), encoding="utf-8")
    assert "than 🙂" in load_corpus(folder).answers["a-00"].text
    path.write_text(text.replace("than none at all", r"than \ud83d", 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"answers.jsonl:1: half of a surrogate pair"):
        load_corpus(folder)
