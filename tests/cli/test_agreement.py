"""``bench agreement`` on tables and corpora."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, bench, small_tables, write_corpus

CASES = json.loads((ROOT / "tests" / "fixtures" / "agreement_published.json").read_text(encoding="utf-8"))
LONG = ("--item", "item", "--annotator", "who", "--label", "label")


def write_long(path: Path, ratings: list[list[Any]]) -> Path:
    rows = [f"i{i},r{j},{value}" for i, row in enumerate(ratings) for j, value in enumerate(row) if value is not None]
    path.write_text("item,who,label\n" + "\n".join(rows) + "\n")
    return path


@pytest.mark.parametrize(
    "name", ["kripp2011_C_4obs_12units", "gwet_raw_g1g2_14x4", "sas_3x3_18subjects", "realstats_wine_icc_8x4"]
)
def test_published_tables_through_the_command(tmp_path: Path, name: str) -> None:
    case = next(case for case in CASES if case["name"] == name)
    scale = ("--scale", ",".join(map(str, case["categories"]))) if case["categories"] else ()
    path = write_long(tmp_path / "t.csv", case["ratings"])
    done = bench(
        "agreement", "--table", path, *LONG, "--level", case["level"], *scale, "--resamples", "100", "--json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["coefficients"]
    checked = 0
    for key, expected in case["expected"].items():
        base, _, end = key.rpartition("_")
        if key in found:
            value = found[key]["value"]
        elif base in found and end in ("se", "lo", "hi"):
            value = found[base][{"se": "se", "lo": "low", "hi": "high"}[end]]
        else:
            continue
        assert value == pytest.approx(expected, abs=case["tolerance_by_stat"].get(key, case["tolerance"])), key
        checked += 1
    assert checked > 20


def test_prints_coefficient_interval_and_meaning(tmp_path: Path) -> None:
    case = next(case for case in CASES if case["name"] == "gwet2008_paradox_118_5_2_0")
    path = write_long(tmp_path / "t.csv", case["ratings"])
    done = bench("agreement", "--table", path, *LONG, "--level", "nominal", cwd=tmp_path)
    assert "alpha_nominal" in done.stdout
    assert "125 items, 250 ratings, 0 % missing" in done.stdout
    assert "so that kappa (-0.03) and AC1 (0.94) part" in done.stdout
    assert "No --scale was declared" in done.stdout


def test_wide_tables_and_sets(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("doc,a,b\n1,x|y,x\n2,y,y\n3,,x\n4,x|y,x|y\n")
    done = bench("agreement", "--table", "w.csv", "--wide", "--item", "doc", "--level", "set", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert found["n_ratings"] == 7
    assert 0 < found["coefficients"]["alpha_masi"]["value"] < found["coefficients"]["alpha_jaccard"]["value"] + 1
    assert found["coefficients"]["percent_agreement"]["value"] == pytest.approx(2 / 3)


def test_no_variation_is_null_with_a_reason_and_no_error(tmp_path: Path) -> None:
    path = write_long(tmp_path / "t.csv", [[1, 1], [1, 1], [1, 1]])
    done = bench("agreement", "--table", path, *LONG, "--level", "ordinal", "--scale", "1..5", "--json", cwd=tmp_path)
    assert done.returncode == 0
    found = json.loads(done.stdout)["coefficients"]
    assert found["alpha_ordinal"] == {
        "value": None,
        "se": None,
        "low": None,
        "high": None,
        "n": 3,
        "reason": found["alpha_ordinal"]["reason"],
    }
    assert "no variation" in found["alpha_ordinal"]["reason"]
    assert found["percent_agreement"]["value"] == 1.0


def test_a_corpus_by_label_and_round(tmp_path: Path, corpus_dir: Path) -> None:
    done = bench("agreement", "--corpus", corpus_dir, "--resamples", "200", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["kinds"].values()) == {"model"}
    assert {"verdict", "rating", "pace", "depth", "patterns", "ignored_cues", "signals"} <= set(found["labels"])
    assert found["labels"]["verdict"]["n_items"] == 16
    assert found["labels"]["verdict"]["pairs"]["annotators"] == ["m1", "m2", "m3"]
    assert set(found["rounds"]) == {"coding", "behavioral"}
    printed = bench("agreement", "--corpus", corpus_dir, "--resamples", "0", cwd=tmp_path).stdout
    assert "not people's" in printed
    one = bench("agreement", "--corpus", corpus_dir, "--label", "pace", "--reference", "author,m1", "--json", cwd=tmp_path)
    assert list(json.loads(one.stdout)["labels"]) == ["pace"]


def test_people_and_models_stand_apart(tmp_path: Path) -> None:
    kinds = {"author": "author", "h1": "human", "h2": "human", "m1": "model", "m2": "model"}
    folder = write_corpus(tmp_path / "c", small_tables(kinds))
    done = bench("agreement", "--corpus", folder, "--label", "rating", "--resamples", "0", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert found["annotators"] == ["h1", "h2"]
    assert set(found["by_kind"]) == {"human", "model"}
    assert found["by_kind"]["human"]["rating"]["value"] == found["labels"]["rating"]["coefficients"]["alpha_ordinal"]["value"]
    printed = bench("agreement", "--corpus", folder, "--resamples", "0", cwd=tmp_path).stdout
    assert "among each kind of annotators" in printed
    assert "not people's" not in printed


def test_the_seed_decides(tmp_path: Path, corpus_dir: Path) -> None:
    arguments = ("agreement", "--corpus", corpus_dir, "--label", "rating", "--json")
    runs = [bench(*arguments, "--seed", seed, cwd=tmp_path).stdout for seed in ("1", "1")]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--table", "t.csv"), "--level: which of nominal, ordinal"),
        (("--table", "t.csv", "--level", "nominal"), "a long table needs --item, --annotator and --label"),
        (("--table", "t.csv", "--level", "nominal", "--wide", "--label", "x"), "a wide one has a column per annotator"),
        (("--table", "none.csv", "--level", "nominal", *LONG), "none.csv: no such file"),
        (("--level", "nominal"), "go with --table"),
        (("--label", "colour"), "no label 'colour'"),
        (("--reference", "author"), "agreement needs two annotators"),
    ],
)
def test_wrong_input(tmp_path: Path, corpus_dir: Path, arguments: tuple[str, ...], message: str) -> None:
    write_long(tmp_path / "t.csv", [[1, 2], [2, 2]])
    more = () if "--table" in arguments else ("--corpus", str(corpus_dir))
    done = bench("agreement", *arguments, *more, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
