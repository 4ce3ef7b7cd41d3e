"""The schemas and the code declare the same vocabulary."""

from __future__ import annotations

import dataclasses
import json

import jsonschema_rs
import pytest

from benchmark import codebook, records
from benchmark.corpus.source import TABLES
from benchmark.schemas import RECORDS, schema, schema_problems
from tests.conftest import ROOT, Tables

VOCABULARY = {
    ("question", "round"): codebook.ROUNDS,
    ("answer", "round"): codebook.ROUNDS,
    ("answer", "medium"): codebook.MEDIA,
    ("answer", "split"): codebook.SPLITS,
    ("annotator", "kind"): codebook.ANNOTATOR_KINDS,
    ("contrast", "dimension"): codebook.DIMENSIONS,
    ("annotation", "verdict"): (*codebook.VERDICTS, None),
    ("annotation", "rating"): (*codebook.RATINGS, None),
    ("annotation", "pace"): (*codebook.DEVIATIONS, None),
    ("annotation", "depth"): (*codebook.DEVIATIONS, None),
    ("annotation", "confidence_direction"): (*codebook.CONFIDENCE_DIRECTIONS, None),
    ("prediction", "verdict"): (*codebook.VERDICTS, None),
    ("prediction", "confidence_direction"): (*codebook.CONFIDENCE_DIRECTIONS, None),
}


@pytest.mark.parametrize("record", RECORDS)
def test_schema_is_valid_2020_12(record: str) -> None:
    document = schema(record)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(document)


def test_every_schema_file_is_known() -> None:
    assert {path.name for path in (ROOT / "schemas").glob("*.json")} == {f"{record}.schema.json" for record in RECORDS}


@pytest.mark.parametrize(("place", "values"), VOCABULARY.items())
def test_closed_vocabularies_agree(place: tuple[str, str], values: tuple[object, ...]) -> None:
    record, field = place
    assert tuple(schema(record)["properties"][field]["enum"]) == values


def test_label_lists_agree() -> None:
    for record in ("annotation", "prediction"):
        properties = schema(record)["properties"]
        assert tuple(properties["patterns"]["items"]["enum"]) == codebook.PATTERNS
        assert tuple(properties["signals"]["items"]["enum"]) == codebook.SIGNALS
        assert tuple(properties["evidence"]["items"]["properties"]["label"]["enum"]) == codebook.PATTERNS
    prediction = schema("prediction")["properties"]
    assert tuple(prediction["patterns"]["properties"]) == codebook.PATTERNS
    assert tuple(prediction["signals"]["properties"]) == codebook.SIGNALS
    assert tuple(prediction["verdict_probs"]["properties"]) == codebook.VERDICTS
    for field, scale in (("rating", codebook.RATINGS), ("pace", codebook.DEVIATIONS), ("depth", codebook.DEVIATIONS)):
        assert (prediction[field]["minimum"], prediction[field]["maximum"]) == (scale[0], scale[-1])
    assert tuple(schema("contrast")["properties"]["expect_patterns"]["items"]["enum"]) == codebook.PATTERNS
    loop = schema("loop")["properties"]["annotations"]["items"]["properties"]
    assert tuple(loop["loop_verdict"]["enum"]) == codebook.LOOP_VERDICTS
    segment = schema("answer")["properties"]["segments"]["items"]["properties"]
    assert tuple(segment["speaker"]["enum"]) == codebook.SPEAKERS
    assert tuple(segment["kind"]["enum"]) == codebook.SEGMENT_KINDS


def test_result_has_every_track_and_its_headline() -> None:
    tracks = schema("result")["properties"]["tracks"]["properties"]
    assert {name: block["required"] for name, block in tracks.items()} == {t.name: [t.headline] for t in codebook.TRACKS}
    own = schema("result")["properties"]["annotators"]["properties"]["tracks"]["properties"]
    assert tuple(own) == codebook.OVERALL_TRACKS


@pytest.mark.parametrize("record", ["question", "annotation", "annotator", "loop", "contrast"])
def test_typed_records_have_the_schemas_fields(record: str) -> None:
    typed = {field.name for field in dataclasses.fields(getattr(records, record.title()))}
    assert typed == set(schema(record)["properties"]) - {"canary"}


def test_valid_records_pass_and_unknown_fields_are_refused(tables: Tables) -> None:
    for table, record in TABLES.items():
        for row in tables[table]:
            assert schema_problems(record, row) == []
            assert schema_problems(record, {**row, "colour": "red"}) == [("", "unknown field 'colour'")]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"answer_id": "a", "rating": 5.01}, "rating"),
        ({"answer_id": "a", "pace": -3}, "pace"),
        ({"answer_id": "a", "verdict": "great"}, "verdict"),
        ({"answer_id": "a", "patterns": ["speed"]}, "patterns[0]"),
        ({"answer_id": "a", "patterns": {"speed_bias": 1.5}}, "patterns.speed_bias"),
        ({"answer_id": "a", "signals": {"speed_bias": 0.5}}, "signals"),
        ({"answer_id": "a", "verdict_probs": {"balanced": -0.1}}, "verdict_probs.balanced"),
        ({"answer_id": "a", "abstained": ""}, "abstained"),
        ({"rating": 3}, "answer_id"),
    ],
)
def test_bad_predictions_name_the_field(row: dict[str, object], field: str) -> None:
    assert [place for place, _ in schema_problems("prediction", row)] == [field]


def test_schema_files_are_formatted() -> None:
    for record in RECORDS:
        text = (ROOT / "schemas" / f"{record}.schema.json").read_text(encoding="utf-8")
        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
