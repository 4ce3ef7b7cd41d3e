"""What changes by itself when a corpus has labels by people: the reference, the stand-in test, the card."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmark.annotate import store
from benchmark.annotate.project import add_adjudicator, create_project
from benchmark.corpus import load_corpus
from benchmark.reference import choose_annotators
from tests.annotate.conftest import sample_labels
from tests.conftest import ROOT, bench, small_tables, write_corpus

VERDICTS = ("balanced", "too_fast", "too_deep", "unfocused")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A corpus with an author and three models, and a project: two people labelled its test split, one adjudicated an answer."""
    folder = write_corpus(tmp_path / "corpus", small_tables())
    (folder / "corpus.json").write_text('{"name": "small", "version": "1", "canary": "canary-x"}')
    database = create_project(
        tmp_path / "annotate.db", str(folder), "test", ["ana", "ben"], overlap=None, repeats=0.25, seed=0, limit=None
    )
    add_adjudicator(database, "judge")
    for person in store.people(database):
        store.add_consent(database, person.id, "1.0", "The text.")
        if person.role == "adjudicator":
            continue
        for s in store.states(database, person.id):
            a = int(s.answer_id[-1])
            shift = (a + person.id) % 4 == 0
            labels = sample_labels(
                verdict=VERDICTS[(a + shift) % 4],
                rating=1 + (a + shift) % 5,
                pace=(a + shift) % 5 - 2,
                rationale=f"by {person.name} 🙂",
            )
            store.save(database, person.id, s.position, labels, None, 60.0, f"key-{person.id}-{s.position:06d}")
    from benchmark.annotate.adjudicate import draw_up

    judge = store.people(database)[-1]
    draw_up(database, judge)
    store.save(database, judge.id, 1, sample_labels(verdict="unfocused"), None, 5.0, "key-judge-0001")
    store.add_flag(database, 1, 2, True, "odd")
    database.close()
    return folder


def test_export_into_a_corpus_and_all_that_follows(tmp_path: Path, labelled: Path) -> None:
    before = {path: path.read_bytes() for path in labelled.rglob("*") if path.is_file()}
    for _ in range(2):  # a second export replaces the first
        done = bench("annotate", "export", "--into", labelled, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "17 annotations by 3 people" in done.stderr
    assert {path: path.read_bytes() for path in before} == before
    assert bench("corpus", "validate", "--corpus", labelled, cwd=tmp_path).returncode == 0
    corpus = load_corpus(labelled)
    people = [a for a in corpus.annotators.values() if a.kind == "human"]
    assert len(people) == 2
    assert {a.consent_version for a in people} == {"1.0"}
    text = "".join(path.read_text(encoding="utf-8") for path in labelled.rglob("*.jsonl"))
    assert "@" not in text
    for name in ("ana", "ben", "judge"):
        assert f'"{name}"' not in text
    assert all(
        row["canary"] == "canary-x" for row in corpus.documents["annotations"] if row["annotator_id"] == people[0].annotator_id
    )

    printed = bench("run", "--scorer", "constant", "--corpus", labelled, "--output", "r.json", cwd=tmp_path)
    run = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert run["reference"]["kinds"] == ["human"]
    assert run["scorer"]["fitted_on"]["reference"]["source"] == "model"  # people labelled the test split only
    assert run["tracks"]["rating"]["quadratic_kappa"]["n"] == 8
    assert "fitted on model labels; the reference is human" in " ".join((printed.stdout + printed.stderr).split())
    assert run["reference"]["annotators"] == sorted(a.annotator_id for a in people)
    for candidate in (("r.predictions.jsonl",), ("--candidate", "model"), ("--candidate", "m1"), ("--candidate", "author")):
        done = bench("alt-test", *candidate, "--corpus", labelled, "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert set(found["annotators"]) == {a.annotator_id for a in people}
        assert set(found["labels"]) == {"verdict", "rating", "pace", "depth", "patterns", "signals"}
        assert all(0 <= one["winning_rate"] <= 1 for one in found["labels"].values())
    done = bench("alt-test", "--candidate", "human", "--corpus", labelled, cwd=tmp_path)
    assert (done.returncode, "is among those it is tested against" in done.stderr) == (2, True)
    agreement = json.loads(
        bench("agreement", "--corpus", labelled, "--split", "test", "--resamples", "0", "--json", cwd=tmp_path).stdout
    )
    assert set(agreement["by_kind"]) == {"human", "model"}
    source, (decided,) = choose_annotators(corpus, "adjudicator")
    assert (source, corpus.annotators[decided].kind) == ("adjudicator", "adjudicator")


def test_the_panel_together_is_what_its_reference_says(tmp_path: Path, labelled: Path) -> None:
    """One model in the panel's place gives what the same labels give as predictions."""
    bench("annotate", "export", "--into", labelled, cwd=tmp_path)
    rows = [row for row in load_corpus(labelled).documents["annotations"] if row["annotator_id"] == "m2"]
    fields = ("answer_id", "verdict", "rating", "pace", "depth", "patterns", "signals")
    (tmp_path / "p.jsonl").write_text("".join(json.dumps({f: row[f] for f in fields}) + "\n" for row in rows))
    one, two = (
        json.loads(bench("alt-test", *c, "--corpus", labelled, "--json", cwd=tmp_path).stdout)
        for c in (("p.jsonl",), ("--candidate", "m2"))
    )
    assert {**one["labels"]["rating"], "candidate": ""} == {**two["labels"]["rating"], "candidate": ""}
    assert one["labels"].keys() == two["labels"].keys()


def test_an_answer_that_changed_since_is_not_joined(tmp_path: Path, labelled: Path) -> None:
    rows = [json.loads(line) for line in (labelled / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    rows[-1]["segments"][0]["text"] = rows[-1]["segments"][0]["text"].replace("late", "slow")
    (labelled / "answers.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    done = bench("annotate", "export", "--into", labelled, cwd=tmp_path)
    assert done.returncode == 2
    assert "the corpus has another text than the one labelled" in done.stderr
    assert not (labelled / "annotations").exists()


def test_export_to_files_and_back(tmp_path: Path, labelled: Path) -> None:
    done = bench("annotate", "export", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    project = json.loads((tmp_path / "out" / "project.json").read_text(encoding="utf-8"))
    assert project["consents"] == {"1.0": "The text."}
    assert len(project["repeats"]) == 4
    assert [flag["note"] for flag in project["flags"]] == ["odd"]
    done = bench("annotate", "import", "out", "--into", labelled, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    one = {path.relative_to(labelled): path.read_bytes() for path in labelled.rglob("human-*") if path.is_file()}
    bench("annotate", "export", "--into", labelled, cwd=tmp_path)
    assert one == {path.relative_to(labelled): path.read_bytes() for path in labelled.rglob("human-*") if path.is_file()}


def test_status_tells_where_people_part(tmp_path: Path, labelled: Path) -> None:
    found = json.loads(bench("annotate", "status", "--json", cwd=tmp_path).stdout)
    assert [(a["name"], a["done"], a["assigned"]) for a in found["annotators"]] == [("ana", 10, 10), ("ben", 10, 10)]
    assert found["answers"] == {"in_project": 8, "labelled": 8, "labelled_twice_or_more": 8}
    assert found["self_agreement"]["answers"] == 4
    assert found["self_agreement"]["same"]["verdict"] == 1.0
    assert {pair["label"] for pair in found["pairs"]} == {"verdict", "rating", "pace", "depth"}
    assert all(pair["answers"] == 8 for pair in found["pairs"])
    assert found["needed"]["verdict"]["reason"] == "answers to 2 questions have two annotators; a simulation needs 5"
    entries = {entry["entry"]: entry for entry in found["disagreements"]}
    assert entries["verdict"]["answers_apart"] == 0.5
    assert entries["speed_bias"]["codebook"].startswith("docs/codebook.md#patterns-")
    assert (
        "`speed_bias`"
        in (ROOT / "docs" / "codebook.md").read_text(encoding="utf-8").splitlines()[entries["speed_bias"]["line"] - 1]
    )
    assert found["answers_in_dispute"]
    printed = bench("annotate", "status", cwd=tmp_path).stdout
    for text in ("8 of 8 answers labelled", "ana – ben", "For discussion", "came back unmarked"):
        assert text in printed


def test_status_agrees_with_bench_agreement(tmp_path: Path, labelled: Path) -> None:
    status = json.loads(bench("annotate", "status", "--json", cwd=tmp_path).stdout)
    bench("annotate", "export", "--into", labelled, cwd=tmp_path)
    agreement = json.loads(bench("agreement", "--corpus", labelled, "--split", "test", "--json", cwd=tmp_path).stdout)
    for label in ("verdict", "rating", "pace", "depth"):
        one = agreement["labels"][label]["coefficients"][status["agreement"][label]["coefficient"]]
        assert status["agreement"][label]["value"] == one["value"]
        assert (status["agreement"][label]["low"], status["agreement"][label]["high"]) == (one["low"], one["high"])


def test_more_annotations_are_needed_for_a_narrower_interval(tmp_path: Path, talks: Path) -> None:
    import random

    database = create_project(
        tmp_path / "annotate.db", str(talks), None, ["ana", "ben"], overlap=None, repeats=0, seed=0, limit=None
    )
    draw = random.Random(2)
    for person in store.people(database):
        for s in store.states(database, person.id):
            rating = 1 + int(s.answer_id[2]) % 5 if draw.random() < 0.7 else draw.randint(1, 5)
            store.save(
                database, person.id, s.position, sample_labels(rating=rating), None, 9.0, f"key-{person.id}-{s.position:06d}"
            )
    database.close()

    def needed(width: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(bench("annotate", "status", "--width", width, "--json", cwd=tmp_path).stdout)[
            "needed"
        ]["rating"]
        return found

    wide, narrow, narrowest = needed("1"), needed("0.6"), needed("0.3")
    assert wide["more_annotations"] <= narrow["more_annotations"] < narrowest["more_annotations"]
    assert narrow["questions"] > 5
    # halving the width takes some four times the questions
    assert 2.5 < narrowest["questions"] / narrow["questions"] < 6.5


def make_card(folder: Path) -> str:
    corpus = load_corpus(folder)
    audit = {"corpus": {"fingerprint": corpus.fingerprint}, "checks": []}
    (folder / "audit.json").write_text(json.dumps(audit))
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "data_card.py", folder], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return (folder / "README.md").read_text(encoding="utf-8")


def test_the_card_changes_by_itself(tmp_path: Path, labelled: Path) -> None:
    without = make_card(labelled)
    assert "No person has labelled this version" in without
    assert "annotations_creators: [machine-generated]" in without
    bench("annotate", "export", "--into", labelled, cwd=tmp_path)
    people = make_card(labelled)
    assert "No person has labelled" not in people
    assert "**2 people have labelled 8 of the 16 answers**" in people
    assert "Between the 2 people, over the 8 answers" in people
    assert "Between the 3 passes of a language model, over 16 answers" in people
    assert "annotations_creators: [expert-generated, machine-generated]" in people
    assert "8 answers have no person's label" in people
    for annotator in load_corpus(labelled).annotators.values():
        assert f"| `{annotator.annotator_id}` | {annotator.kind} |" in people


def test_imports_of_the_server_stay_light(serve: Callable[..., Any], talks: Path) -> None:
    served = serve("--corpus", talks)
    maps = Path(f"/proc/{served.process.pid}/maps").read_text()
    for heavy in ("pandas", "numpy", "scipy", "pyarrow", "sklearn"):
        assert f"/{heavy}/" not in maps
