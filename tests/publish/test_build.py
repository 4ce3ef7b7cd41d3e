"""`bench corpus build`: the same bytes, the same records, and what `datasets` makes of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from benchmark import load_corpus
from benchmark.corpus.arrow import table_schema, to_arrow
from benchmark.corpus.source import TABLES, open_source
from benchmark.errors import InputError
from benchmark.publish.about import read_card
from benchmark.publish.build import Build, build
from benchmark.publish.parquet import read_tables
from tests.conftest import ROOT, Tables, bench, small_tables, write_corpus, write_publishable


def built(corpus: Path, output: Path, **options: Any) -> Build:
    return build(open_source(corpus), load_corpus(corpus), output, **options)


@pytest.fixture
def corpus(tmp_path: Path, tables: Tables) -> Path:
    return write_publishable(tmp_path / "corpus", tables)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return built(ROOT / "data", tmp_path_factory.mktemp("shipped") / "build", repo_id="team/speed-depth-bench")


def test_the_same_corpus_gives_the_same_bytes(tmp_path: Path, corpus: Path, tables: Tables) -> None:
    first = built(corpus, tmp_path / "one")
    for rows in tables.values():
        rows.reverse()  # the order of lines in the sources says nothing
    second = built(write_publishable(tmp_path / "other", tables), tmp_path / "two")
    assert first.files == second.files
    assert all((first.folder / name).read_bytes() == (second.folder / name).read_bytes() for name in first.files)


def test_the_records_are_all_there(tmp_path: Path, corpus: Path, shipped: Build) -> None:
    assert load_corpus(built(corpus, tmp_path / "b").folder).fingerprint == load_corpus(corpus).fingerprint
    assert load_corpus(shipped.folder).fingerprint == load_corpus(ROOT / "data").fingerprint


def test_splits_follow_the_answers(shipped: Build) -> None:
    corpus = load_corpus(ROOT / "data")
    for config, column in (
        ("questions", "question_id"),
        ("annotations", "answer_id"),
        ("contrasts", "worse"),
        ("loops", "answer_ids"),
    ):
        seen = 0
        for split, table in shipped.tables[config].items():
            if config == "questions":
                splits = {a.split for a in corpus.answers.values() if a.question_id in set(table[column].to_pylist())}
            else:
                ids = pa.compute.list_flatten(table[column]) if config == "loops" else table[column]
                splits = {corpus.answers[i].split for i in ids.to_pylist()}
            assert splits == {split}
            seen += table.num_rows
        assert seen == len(corpus.documents[config])
    assert list(shipped.tables["annotators"]) == ["full"]


def test_a_column_has_one_type_whatever_its_rows_hold(tmp_path: Path, tables: Tables) -> None:
    for annotation in tables["annotations"]:
        annotation.update(patterns=[], signals=None, evidence=[], rating=None, verdict=None, rationale=None)
    for answer in tables["answers"]:
        del answer["provenance"], answer["candidate_id"]
    empty = built(write_publishable(tmp_path / "empty", tables), tmp_path / "b")
    full = built(write_publishable(tmp_path / "full", small_tables()), tmp_path / "c")
    for config in ("answers", "annotations", "questions", "contrasts", "reference"):
        assert [t.schema for t in empty.tables[config].values()] == [t.schema for t in full.tables[config].values()]
    assert "judge" not in empty.tables  # nobody gave a verdict
    assert table_schema("answers").field("segments").type == pa.list_(
        pa.struct(
            [
                ("speaker", pa.string()),
                ("kind", pa.string()),
                ("start_s", pa.float64()),
                ("end_s", pa.float64()),
                ("text", pa.string()),
            ]
        )
    )
    assert table_schema("annotations").field("rating").type == pa.int64()


def test_what_no_column_can_hold_is_named() -> None:
    row = {
        "annotation_id": "n-1",
        "answer_id": "a",
        "annotator_id": "m",
        "evidence": [{"label": "x", "segment": 2**70, "start": 0, "end": 1}],
    }
    with pytest.raises(InputError, match="annotations: n-1: evidence: does not fit a column of list"):
        to_arrow("annotations", [row])


def test_every_row_carries_the_canary(shipped: Build, tmp_path: Path, corpus: Path) -> None:
    for made in (shipped, built(corpus, tmp_path / "b")):
        for splits in made.tables.values():
            for table in splits.values():
                assert set(table["canary"].to_pylist()) == {made.about.canary}


def test_the_reference_is_computed_and_says_of_whom(shipped: Build) -> None:
    rows = shipped.tables["reference"]["test"].to_pylist()
    assert {row["source"] for row in rows} == {"model"}
    assert {tuple(row["annotators"]) for row in rows} == {("panel-checklist", "panel-contrarian", "panel-holistic")}
    given: dict[str, list[str]] = {}
    for row in shipped.tables["annotations"]["test"].to_pylist():
        if row["annotator_id"] != "author":
            given.setdefault(row["answer_id"], []).append(row["verdict"])
    for row in rows:
        votes = given[row["answer_id"]]
        top = {v for v in votes if votes.count(v) == max(map(votes.count, votes))}
        assert row["verdict"] == (top.pop() if len(top) == 1 else None)
    judged = {row["answer_id"]: row["verdict"] for row in shipped.tables["judge"]["test"].to_pylist()}
    assert judged == {row["answer_id"]: row["verdict"] for row in rows if row["verdict"]}


def test_card_and_folder_load_with_the_clients(shipped: Build, tmp_path: Path) -> None:
    from datasets import get_dataset_config_names, get_dataset_default_config_name, load_dataset
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(shipped.folder / "README.md")
    assert card.data.license == "cc-by-4.0"
    assert "## Who labelled it" in card.text
    assert 'load_dataset("team/speed-depth-bench", "answers"' in card.text
    folder = str(shipped.folder)
    assert set(get_dataset_config_names(folder)) == set(shipped.tables)
    assert get_dataset_default_config_name(folder) == "answers"
    for config, splits in shipped.tables.items():
        loaded = load_dataset(folder, config, cache_dir=str(tmp_path / "cache"))
        assert {split: rows.num_rows for split, rows in loaded.items()} == {split: t.num_rows for split, t in splits.items()}
        for split, table in splits.items():
            assert loaded[split].to_list() == table.to_pylist()


def test_sizes_are_enforced_on_load(shipped: Build, tmp_path: Path) -> None:
    from datasets import load_dataset
    from datasets.exceptions import DatasetGenerationError
    from datasets.utils.info_utils import NonMatchingSplitsSizesError

    copy = tmp_path / "copy"
    shutil.copytree(shipped.folder, copy)
    table = pq.read_table(copy / "loops/test.parquet")
    pq.write_table(table.slice(1), copy / "loops/test.parquet")
    with pytest.raises((NonMatchingSplitsSizesError, DatasetGenerationError)):
        load_dataset(str(copy), "loops", cache_dir=str(tmp_path / "cache"))


def test_texts_on_responsible_ai_go_to_croissant_not_to_the_card(tmp_path: Path, corpus: Path) -> None:
    front = {"language": "en", "responsible_ai": {"dataBiases": ["One taste."], "dataCollection": "Composed for a test."}}
    (corpus / "README.md").write_text(f"---\n{yaml.safe_dump(front)}---\n# Small\n\nA sheet of its own.\n", encoding="utf-8")
    made = built(corpus, tmp_path / "b")
    document = json.loads((made.folder / "croissant.json").read_text(encoding="utf-8"))
    assert document["rai:dataBiases"] == ["One taste."]
    assert document["rai:annotationsPerItem"].startswith("4 an answer")
    front_matter, body = read_card(made.folder / "README.md")
    assert front_matter["language"] == "en"
    assert "responsible_ai" not in front_matter
    assert body is not None
    assert body.startswith("# Small\n\nA sheet of its own.\n\n## Configs\n")
    front["responsible_ai"] = {"dataBiasses": "Misspelt.", "dataCollection": ["two", "values"]}
    (corpus / "README.md").write_text(f"---\n{yaml.safe_dump(front)}---\n# Small\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        built(corpus, tmp_path / "c")
    assert [p.field for p in caught.value.problems] == ["responsible_ai.dataBiasses", "responsible_ai.dataCollection"]
    assert not (tmp_path / "c").exists()


def test_a_corpus_without_a_card_gets_one_of_what_can_be_counted(tmp_path: Path, corpus: Path) -> None:
    _, body = read_card(built(corpus, tmp_path / "b").folder / "README.md")
    assert body is not None
    assert "16 timed answers to 4 interview questions" in body
    assert "| `m1` | model | 16 | m1 |" in body


def test_nothing_but_a_build_is_overwritten(tmp_path: Path, corpus: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.md").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match="no build"):
        built(corpus, mine)
    assert (mine / "thesis.md").read_text(encoding="utf-8") == "years of work"
    made = built(corpus, tmp_path / "build")
    (made.folder / "stale.parquet").write_bytes(b"")
    assert "stale.parquet" not in built(corpus, tmp_path / "build").files
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_what_a_published_corpus_lacks_is_named_at_once(tmp_path: Path, tables: Tables) -> None:
    folder = write_corpus(tmp_path / "corpus", tables)
    (folder / "corpus.json").write_text('{"name": "x", "version": "1"}', encoding="utf-8")
    done = bench("corpus", "build", "--corpus", folder, "--output", tmp_path / "b", cwd=tmp_path)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert [line.split(": ")[2] for line in lines[:2]] == ["license", "changelog"]
    assert "LICENSE" in lines[2]
    assert not (tmp_path / "b").exists()


def test_a_row_between_splits_is_named(tmp_path: Path, tables: Tables) -> None:
    tables["answers"][0]["split"] = "validation"
    with pytest.raises(InputError, match="questions: q-0: its answers are in several splits: train, validation"):
        built(write_publishable(tmp_path / "corpus", tables), tmp_path / "b")


def test_the_command_says_what_it_wrote(tmp_path: Path, corpus: Path) -> None:
    done = bench("corpus", "build", "--corpus", corpus, "--repo-id", "team/small", "--gated", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "build/small-corpus\n"), done.stderr
    front_matter, _ = read_card(tmp_path / "build/small-corpus/README.md")
    assert front_matter["extra_gated_fields"] == {"I will not train a model on this data": "checkbox"}
    assert yaml.safe_load((tmp_path / "build/small-corpus/CITATION.cff").read_text(encoding="utf-8"))["type"] == "dataset"
    assert set(read_tables(tmp_path / "build/small-corpus")) == {*TABLES, "reference", "judge"} - {"loops"}
