"""Labels from elsewhere: our own records, a real Label Studio export, Prodigy, tables; and back again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmark.annotate.imports.label_studio import points
from benchmark.annotate.label_studio import BLIND, labeling_config, tasks
from benchmark.annotate.sheet import read_material
from benchmark.corpus import load_corpus
from benchmark.records import Annotation, Span
from tests.annotate.conftest import CODE, annotate_tables
from tests.conftest import bench

EXPORT = Path(__file__).parent / "fixtures" / "label_studio_export.json"
WHO = ("answer_id=doc", "annotator_id=who")
ANSWERS = {a["answer_id"]: a for a in annotate_tables()["answers"]}


def imported(folder: Path, annotator: str) -> dict[str, Annotation]:
    return {a.answer_id: a for a in load_corpus(folder).annotations if a.annotator_id == annotator}


def said(span: Span, answer_id: str) -> str:
    return str(ANSWERS[answer_id]["segments"][span.segment]["text"][span.start : span.end])


def test_a_real_label_studio_export(tmp_path: Path, talks: Path) -> None:
    done = bench("annotate", "import", EXPORT, "--into", talks, "--kind", "human", "--prefix", "ls-", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = imported(talks, "ls-1")
    assert set(found) == {"a-00", "a-01"}
    first = found["a-00"]
    assert {e.label: said(e, "a-00") for e in first.evidence or ()} == {
        "speed_bias": "🙂 naïve as it sounds,",
        "miscalibrated_confidence": 'return "wait 🙂"',
        "ignored_cues": "",  # the silence
        "depth_bias": "𝒏𝒐𝒕 too late",
    }
    assert (first.verdict, first.rating, first.pace, first.depth) == ("too_deep", 3, 1, -2)
    assert first.confidence_direction == "over"
    assert first.signals == ("deep_reasoning",)
    assert first.rationale == "Röntgen 🙂 said so."
    assert found["a-01"].patterns == ()
    assert load_corpus(talks).annotators["ls-1"].kind == "human"
    assert bench("corpus", "validate", "--corpus", talks, cwd=tmp_path).returncode == 0


def test_the_project_that_the_export_came_from(tmp_path: Path, talks: Path) -> None:
    done = bench("annotate", "label-studio", "--corpus", talks, "--limit", "3", cwd=tmp_path)
    assert done.returncode == 0
    assert BLIND in done.stderr
    made = json.loads((tmp_path / "label-studio" / "tasks.json").read_text(encoding="utf-8"))
    exported = {task["data"]["answer_id"]: task["data"] for task in json.loads(EXPORT.read_text(encoding="utf-8"))}
    assert {t["data"]["answer_id"]: t["data"] for t in made if t["data"]["answer_id"] in exported} == exported
    assert made == tasks(read_material(str(talks), None, 3).sheets)
    assert (tmp_path / "label-studio" / "labeling_config.xml").read_text(encoding="utf-8") == labeling_config()
    used = {
        region["from_name"]
        for task in json.loads(EXPORT.read_text(encoding="utf-8"))
        for a in task["annotations"]
        for region in a["result"]
    }
    assert all(f'name="{name}"' in labeling_config() for name in used)
    assert "rationale-secret" not in json.dumps(made)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t[0]["data"].pop("answer_id"), "task 7: data.answer_id: is missing"),
        (lambda t: t[0]["data"].update(answer_id="a-99"), "no answer 'a-99' in the corpus"),
        (lambda t: t[0]["annotations"][0]["result"][0]["value"].update(startOffset=13), "inside a character"),
        (lambda t: t[0]["annotations"][0]["result"][0]["value"].update(startOffset=14), "is not what stands there"),
        (lambda t: t[0]["annotations"][0]["result"][0]["value"].update(endOffset=9999, text=None), None),
        (lambda t: t[0]["annotations"][0]["result"][0]["value"].update(paragraphlabels=["Speedy"]), "evidence[0].label"),
        (lambda t: t[0]["annotations"][0]["result"].pop(4), "confidence_direction: is missing"),
        (lambda t: t[0]["annotations"][0].update(completed_by="ana@example.com"), "e-mail address, which is not kept"),
        (lambda t: t[0]["annotations"].append(t[0]["annotations"][0]), "stands at"),
    ],
)
def test_label_studio_exports_that_do_not_fit(tmp_path: Path, talks: Path, change: Any, message: str | None) -> None:
    document = json.loads(EXPORT.read_text(encoding="utf-8"))
    change(document)
    (tmp_path / "e.json").write_text(json.dumps(document), encoding="utf-8")
    before = sorted(p.name for p in talks.rglob("*"))
    done = bench("annotate", "import", "e.json", "--into", talks, "--kind", "human", "--prefix", "ls-", cwd=tmp_path)
    if message is None:  # a region that runs past the end of its paragraph ends there
        assert done.returncode == 0
        return
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in talks.rglob("*")) == before


def test_utf16_offsets() -> None:
    text = "a🙂b👩🏽‍💻é"
    for i in range(len(text) + 1):
        assert points(text, len(text[:i].encode("utf-16-le")) // 2) == i
    with pytest.raises(ValueError, match="inside a character"):
        points(text, 2)
    with pytest.raises(ValueError, match="outside"):
        points(text, 99)


def test_prodigy(tmp_path: Path, talks: Path) -> None:
    first, code = (ANSWERS["a-20"]["segments"][i]["text"] for i in (0, 2))
    whole = "\n".join(s["text"] for s in ANSWERS["a-21"]["segments"])
    rocket, beats = first.index("🚀"), whole.index("beats none")
    rows = [
        {
            "text": first,
            "meta": {"answer_id": "a-20", "segment": 0},
            "spans": [{"start": rocket, "end": rocket + 5, "label": "SPEED_BIAS"}],
            "accept": ["verdict=too_fast", "rating=2", "pace=+1", "depth=-1", "signals=deep_reasoning"],
            "rationale": "Quick.",
            "answer": "accept",
            "_annotator_id": "Data-Ana",
            "_timestamp": 1700000000,
        },
        {
            "text": code,
            "answer_id": "a-20",
            "segment": 2,
            "spans": [{"start": 0, "end": 8, "label": "no structure"}],
            "answer": "accept",
            "_annotator_id": "Data-Ana",
        },
        {
            "text": whole,
            "answer_id": "a-21",
            "spans": [{"start": beats, "end": beats + 10, "label": "no_structure"}],
            "verdict": "unfocused",
            "rating": 1,
            "answer": "accept",
            "_session_id": "set-ben",
        },
        {"text": whole, "answer_id": "a-21", "answer": "ignore", "_session_id": "set-cho"},
    ]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = bench("annotate", "import", "p.jsonl", "--format", "prodigy", "--into", talks, "--kind", "human", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "left out: p.jsonl:4: answered 'ignore'" in done.stderr
    ana = imported(talks, "data-ana")["a-20"]
    assert [(e.label, said(e, "a-20")) for e in ana.evidence or ()] == [("speed_bias", "🚀 for"), ("no_structure", CODE[:8])]
    assert (ana.verdict, ana.rating, ana.pace, ana.depth, ana.patterns) == (
        "too_fast",
        2,
        1,
        -1,
        ("speed_bias", "no_structure"),
    )
    assert (ana.signals, ana.rationale, ana.created_at) == (("deep_reasoning",), "Quick.", "2023-11-14T22:13:20Z")
    ben = imported(talks, "set-ben")["a-21"]
    assert [(e.segment, said(e, "a-21")) for e in ben.evidence or ()] == [(4, "beats none")]
    assert ben.signals is None
    rows[0]["text"] += " changed"
    (tmp_path / "q.jsonl").write_text(json.dumps(rows[0]) + "\n", encoding="utf-8")
    done = bench("annotate", "import", "q.jsonl", "--format", "prodigy", "--into", talks, "--kind", "human", cwd=tmp_path)
    assert (done.returncode, "q.jsonl:1: the task's text is not the answer's" in done.stderr) == (2, True)


def test_tables_by_column_mapping(tmp_path: Path, talks: Path) -> None:
    wide = "doc,who,score,why,seen,flags\na-30,Dr. No,4,“fine”,Too fast,none\na-31,Dr. No,2,bad,unfocused,\n"
    (tmp_path / "wide.csv").write_text(wide, encoding="utf-8")
    columns = ["answer_id=doc", "annotator_id=who", "rating=score", "rationale=why", "verdict=seen", "patterns=flags"]
    options = [part for column in columns for part in ("--column", column)]
    done = bench(
        "annotate",
        "import",
        "wide.csv",
        "--into",
        talks,
        "--kind",
        "human",
        "--describe",
        "Two raters.",
        *options,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    found = imported(talks, "dr.-no")
    assert (found["a-30"].rating, found["a-30"].verdict, found["a-30"].patterns) == (4, "too_fast", ())
    assert found["a-31"].patterns is None
    assert load_corpus(talks).annotators["dr.-no"].description == "Two raters."
    (tmp_path / "long.tsv").write_text(
        "item\trater\tfield\tv\na-30\tx\trating\t5\na-30\tx\tpace\t-1\na-31\tx\tsignals\tdeep_reasoning|system_ownership\n"
    )
    columns = ["answer_id=item", "annotator_id=rater", "label=field", "value=v"]
    options = [part for column in columns for part in ("--column", column)]
    done = bench("annotate", "import", "long.tsv", "--into", talks, "--kind", "model", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = imported(talks, "x")
    assert (found["a-30"].rating, found["a-30"].pace, found["a-31"].signals) == (5, -1, ("deep_reasoning", "system_ownership"))


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("doc,who,score\na-30,x,3\n", ["answer_id=doc"], "which column is annotator_id?"),
        ("doc,who,score\na-30,x,3\n", [*WHO, "rating=points"], "no such column (there are: doc, who, score)"),
        ("doc,who,score\na-30,x,3\n", [*WHO, "colour=score"], "expected FIELD=COLUMN"),
        ("doc,who,score\na-30,x,great\n", [*WHO, "rating=score"], "l.csv:2: rating: 'great' is not a whole number"),
        ("doc,who,score\na-30,x,7\n", [*WHO, "rating=score"], "l.csv:2: rating: 7 is not one of"),
        ("doc,who,score\na-30,a@b.example,3\n", [*WHO, "rating=score"], "l.csv:2: an annotator is named by an e-mail address"),
        ("doc,who,score\na-77,x,3\n", [*WHO, "rating=score"], "l.csv:2: answer_id: no answer 'a-77'"),
        ("doc,who,score\na-30,x,3\na-30,x,4\n", [*WHO, "rating=score"], "l.csv:3: rating: x gave this label of a-30 already"),
        ("doc,who,score\na-30,m1,3\n", [*WHO, "rating=score"], "'m1' stands at"),
    ],
)
def test_tables_that_do_not_fit(tmp_path: Path, talks: Path, text: str, columns: list[str], message: str) -> None:
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    options = [part for column in columns for part in ("--column", column)]
    before = sorted(p.name for p in talks.rglob("*"))
    done = bench("annotate", "import", "l.csv", "--into", talks, "--kind", "human", *options, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in talks.rglob("*")) == before


def test_nobody_is_called_human_by_default(tmp_path: Path, talks: Path) -> None:
    done = bench("annotate", "import", EXPORT, "--into", talks, cwd=tmp_path)
    assert (done.returncode, "who labelled? --kind" in done.stderr) == (2, True)
