"""Finding, constructing and listing scorers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmark.errors import InputError
from benchmark.scoring.registry import BUILT_IN, find_scorer, list_scorers, make_scorer
from tests.conftest import ROOT, bench

PLUGIN = '''
from typing import Literal

class Mine:
    """My scorer."""
    name = "mine"
    version = "2"
    def __init__(
        self, size: int = 3, share: float = 0.5, mode: Literal["a", "b"] = "a", strict: bool = False, tag: str | None = None
    ):
        if size < 0:
            raise ValueError("size is negative")
    def score(self, answers):
        return []
'''


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_scorers_are_found(name: str) -> None:
    scorer, spec = make_scorer(name)
    assert spec.name == scorer.name == name


@pytest.mark.parametrize("suffix", ["", ":Mine"])
def test_from_a_file(plugin: Path, suffix: str) -> None:
    _, spec = make_scorer(f"{plugin}{suffix}", ["size=7", "share=0.25", "mode=b", "strict=true", "tag=x"])
    assert dict(spec.params) == {"size": 7, "share": 0.25, "mode": "b", "strict": True, "tag": "x"}


def test_from_a_module() -> None:
    assert find_scorer("scorers.constant:Constant").__name__ == "Constant"


def test_the_hash_covers_name_version_and_every_parameter(plugin: Path) -> None:
    hashes = {make_scorer(str(plugin), settings)[1].spec_hash for settings in ([], ["size=4"], ["tag=x"])}
    assert len(hashes) == 3
    assert make_scorer(str(plugin), ["size=3"])[1].spec_hash == make_scorer(str(plugin))[1].spec_hash
    assert make_scorer(str(plugin), ["tag=none"])[1].spec_hash == make_scorer(str(plugin))[1].spec_hash


def test_the_runs_seed_reaches_scorers_that_take_one() -> None:
    assert make_scorer("random", (), seed=5)[1].params == {"seed": 5}
    assert make_scorer("random", ["seed=9"], seed=5)[1].params == {"seed": 9}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["nothing"], "no parameter 'nothing'"),
        (["weight=1"], "no parameter 'weight'"),
        (["size=big"], "not a whole number"),
        (["share=big"], "not a number"),
        (["mode=c"], "one of a, b"),
        (["strict=1"], "true or false"),
        (["size=-1"], "size is negative"),
    ],
)
def test_bad_settings(plugin: Path, settings: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_scorer(str(plugin), settings)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nobody", "no scorer 'nobody'"),
        ("nowhere.py", "no such file"),
        ("no.such.module:Thing", "ModuleNotFoundError"),
        ("json:JSONDecoder", "not a scorer"),
        ("scorers.constant:Nothing", "AttributeError"),
    ],
)
def test_what_is_no_scorer(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        find_scorer(name)


def test_a_broken_plugin_is_a_warning_not_a_crash(tmp_path: Path) -> None:
    package = tmp_path / "site"
    (package / "broken-1.0.dist-info").mkdir(parents=True)
    (package / "broken-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (package / "broken-1.0.dist-info" / "entry_points.txt").write_text(
        "[bench.scorers]\ngood = fine:Fine\nbad = broken_module:Scorer\n"
    )
    (package / "broken_module.py").write_text("raise RuntimeError('boom')\n")
    (package / "fine.py").write_text(PLUGIN.replace("Mine", "Fine").replace('"mine"', '"good"'))
    done = bench("scorers", "--json", cwd=tmp_path, env={"PYTHONPATH": f"{package}:{ROOT}"})
    listed = {one["name"]: one for one in json.loads(done.stdout)}
    assert done.returncode == 0
    assert listed["good"]["broken"] is None
    assert listed["bad"]["broken"] == "RuntimeError: boom"
    assert "warning: scorer bad (package broken) can't be loaded: RuntimeError: boom" in done.stderr
    assert bench("run", "--scorer", "bad", cwd=tmp_path, env={"PYTHONPATH": f"{package}:{ROOT}"}).returncode == 2


def test_listing_has_the_built_in_ones() -> None:
    assert {listing.name for listing in list_scorers() if listing.broken is None} >= set(BUILT_IN)
