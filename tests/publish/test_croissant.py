"""croissant.json: mlcroissant passes it, and our own checks catch what mlcroissant lets through."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmark import load_corpus
from benchmark.corpus.source import open_source
from benchmark.publish.about import About
from benchmark.publish.build import build
from benchmark.publish.croissant_checks import croissant_problems
from benchmark.publish.rai import FIELDS, responsible_ai
from tests.conftest import ROOT, small_tables, write_publishable

Document = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("croissant")
    corpus = write_publishable(place / "corpus", small_tables())
    return build(open_source(corpus), load_corpus(corpus), place / "build").folder


@pytest.fixture
def document(folder: Path) -> Document:
    read: Document = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    return read


def validated(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from mlcroissant.scripts.cli import main; main()", "validate", "--jsonld", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_mlcroissant_passes_a_build_without_a_warning(folder: Path) -> None:
    pytest.importorskip("mlcroissant", reason="pip install mlcroissant")
    done = validated(folder / "croissant.json")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "warning(s)" not in done.stderr
    assert "error(s)" not in done.stderr


def test_mlcroissant_lets_a_misspelt_key_through_and_we_do_not(tmp_path: Path, document: Document) -> None:
    pytest.importorskip("mlcroissant", reason="pip install mlcroissant")
    document["rai:dataBiasses"] = "Misspelt."
    path = tmp_path / "croissant.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert validated(path).returncode == 0
    assert [p.field for p in croissant_problems(document)] == ["rai:dataBiasses"]


def test_mlcroissant_reads_the_records(folder: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="pip install mlcroissant")
    records = list(mlcroissant.Dataset(str(folder / "croissant.json")).records("answers"))
    corpus = load_corpus(folder)
    assert sorted(r["answers/answer_id"].decode() for r in records) == list(corpus.answers)
    one = records[0]
    told = [part["answers/segments/text"].decode() for part in one["answers/segments"]]
    assert told == [s.text for s in corpus.answers[one["answers/answer_id"].decode()].segments]


def _field(document: Document) -> Document:
    found: Document = document["recordSet"][0]["field"][0]
    return found


BREAK: dict[str, Callable[[Document], object]] = {
    "name": lambda d: d.pop("name"),
    "license": lambda d: d.pop("license"),
    "datePublished": lambda d: d.update(datePublished=""),
    "conformsTo": lambda d: d.update(conformsTo="http://mlcommons.org/croissant/1.1"),
    "rai:dataBiasses": lambda d: d.update({"rai:dataBiasses": "x"}),
    "rai:datacollection": lambda d: d.update({"rai:datacollection": "x"}),
    "licence": lambda d: d.update(licence="x"),
    "@context.rai": lambda d: d["@context"].update(rai="http://mlcommons.org/croissant/rai/"),
    "distribution[0].name": lambda d: d["distribution"][0].pop("name"),
    "distribution[0].sha256": lambda d: d["distribution"][0].update(sha256="0" * 64),
    "distribution[0].contentUrl": lambda d: d["distribution"][0].update(contentUrl="answers/other.parquet"),
    "distribution": lambda d: d["distribution"].pop(0),
    "recordSet[0].name": lambda d: d["recordSet"][0].pop("name"),
    "recordSet[0].field[0].name": lambda d: _field(d).pop("name"),
    "recordSet[0].field[0]": lambda d: _field(d).pop("source"),
    "recordSet[0].field[1].@id": lambda d: d["recordSet"][0]["field"][1].update({"@id": _field(d)["@id"]}),
    "recordSet[0].field": lambda d: d["recordSet"][0]["field"].pop(2),
    "recordSet[0].field[0].dataTipe": lambda d: _field(d).update(dataTipe="sc:Text"),
}


def test_a_build_has_no_problem(folder: Path, document: Document) -> None:
    assert croissant_problems(document, folder) == []


@pytest.mark.parametrize("place", BREAK)
def test_our_checks_name_the_place(folder: Path, document: Document, place: str) -> None:
    broken = copy.deepcopy(document)
    BREAK[place](broken)
    assert place in [problem.field for problem in croissant_problems(broken, folder)]


def test_provenance_stands_at_every_label(document: Document) -> None:
    records = {r["name"]: {f["name"].rpartition("/")[2]: f for f in r["field"]} for r in document["recordSet"]}
    for label in ("verdict", "rating", "patterns", "evidence"):
        who = records["annotations"][label]["annotation"][0]
        assert (who["equivalentProperty"], who["source"]["extract"]["column"]) == ("prov:wasAttributedTo", "annotator_id")
    assert records["reference"]["verdict"]["prov:wasDerivedFrom"] == {"@id": "annotations/verdict"}
    kinds = {agent["prov:label"]: agent["@type"] for agent in document["prov:wasAttributedTo"]}
    assert kinds == {"author": "prov:Agent", "m1": "prov:SoftwareAgent", "m2": "prov:SoftwareAgent", "m3": "prov:SoftwareAgent"}


def test_the_terms_can_be_read_by_machines(document: Document) -> None:
    term, offer = document["usageInfo"]
    assert term["termCode"] == "no-training"
    assert offer["odrl:prohibition"]["odrl:action"]["@id"] == "urn:small-corpus:terms:train-model"


def test_the_data_sheet_says_what_the_records_do_not() -> None:
    """Together the template of the shipped corpus' card and what is counted fill all twenty properties."""
    text = re.sub(r"\{\{.*?\}\}", "counted", (ROOT / "tools/data_card.md.j2").read_text(encoding="utf-8"))
    front_matter = yaml.safe_load(text.partition("---\n")[2].partition("\n---\n")[0])
    about = About("c", "1", "2026-11-25", "CC-BY-4.0", ("We",), responsible_ai=front_matter["responsible_ai"])
    filled = responsible_ai(load_corpus(ROOT / "data"), about)
    assert set(filled) == {f"rai:{name}" for name in FIELDS}


def test_the_shipped_corpus_fills_the_properties_that_apply(tmp_path: Path) -> None:
    made = build(open_source(ROOT / "data"), load_corpus(ROOT / "data"), tmp_path / "build")
    document = json.loads((made.folder / "croissant.json").read_text(encoding="utf-8"))
    filled = {key.removeprefix("rai:") for key in document if key.startswith("rai:")}
    assert filled <= set(FIELDS)
    assert filled >= {
        "annotationsPerItem",
        "machineAnnotationTools",
        "annotatorDemographics",
        "dataUseCases",
        "dataCollectionTimeframe",
    }
    assert document["rai:annotatorDemographics"] == ["No person labelled this release."]
