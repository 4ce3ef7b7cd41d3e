"""``hf://`` through the real client against the test double of the Hub: one commit is read and recorded, or nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmark import load_corpus
from tests.conftest import Tables, bench, write_corpus
from tests.hub.double import READER, WRITER, Hub, Repo


@pytest.fixture
def folder(tmp_path: Path, tables: Tables) -> Path:
    return write_corpus(tmp_path / "repository", tables)


@pytest.fixture
def repo(hub: Hub, folder: Path) -> Repo:
    repo = hub.add("team/answers", {path.name: path.read_bytes() for path in folder.iterdir()})
    repo.tags["v1"] = repo.head.sha
    return repo


def run(tmp_path: Path, location: str, environment: dict[str, str]) -> tuple[dict[str, str], str]:
    done = bench("run", "--scorer", "constant", "--corpus", location, "--limit", "2", "--json", cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["corpus"], done.stderr


def refusal(tmp_path: Path, location: str, environment: dict[str, str]) -> str:
    """The one line that says why a corpus can't be read."""
    done = bench("corpus", "validate", "--corpus", location, cwd=tmp_path, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {location}: ")
    assert done.stderr.count("\n") == 1
    assert WRITER not in done.stderr
    return done.stderr


def test_a_run_records_the_commit_and_goes_on_without_the_hub(tmp_path: Path, hub: Hub, repo: Repo, folder: Path) -> None:
    commit, environment = repo.head.sha, hub.environment(tmp_path / "home")
    for revision in ("", "@v1", f"@{commit}"):
        corpus, said = run(tmp_path, f"hf://team/answers{revision}", environment)
        assert (corpus["repository"], corpus["revision"]) == ("team/answers", commit)
        assert corpus["fingerprint"] == load_corpus(folder).fingerprint
        assert "cache" not in said
    offline = {**environment, "HF_HUB_OFFLINE": "1"}
    assert run(tmp_path, f"hf://team/answers@{commit}", offline)[0]["revision"] == commit
    corpus, said = run(tmp_path, "hf://team/answers@v1", offline)
    assert corpus["revision"] == commit
    assert f"read commit {commit} from the cache" in said
    unreachable = {**environment, "HF_ENDPOINT": "http://127.0.0.1:9"}
    corpus, said = run(tmp_path, "hf://team/answers", unreachable)
    assert corpus["revision"] == commit
    assert "the Hub can't be reached" in said


def test_another_revision_is_never_read_instead(tmp_path: Path, hub: Hub, repo: Repo) -> None:
    environment = hub.environment(tmp_path / "home")
    first = run(tmp_path, "hf://team/answers", environment)[0]["revision"]
    second = repo.commit({**repo.head.files, "notes.md": b"more"}, "more").sha
    assert run(tmp_path, "hf://team/answers", environment)[0]["revision"] == second != first
    assert run(tmp_path, "hf://team/answers@v1", environment)[0]["revision"] == first
    offline = {**environment, "HF_HUB_OFFLINE": "1"}
    for revision in ("@v2", "@" + 40 * "0"):
        assert "not complete in the cache" in refusal(tmp_path, f"hf://team/answers{revision}", offline)


def test_a_download_that_broke_off_is_not_taken_for_a_corpus(tmp_path: Path, hub: Hub, repo: Repo) -> None:
    environment = hub.environment(tmp_path / "home")
    hub.answer["annotations.jsonl"] = 403
    refusal(tmp_path, "hf://team/answers", environment)
    assert "not complete in the cache" in refusal(tmp_path, "hf://team/answers", {**environment, "HF_HUB_OFFLINE": "1"})
    hub.answer.clear()
    assert run(tmp_path, "hf://team/answers", environment)[0]["revision"] == repo.head.sha


def test_a_token_that_is_refused_does_not_fall_back_on_the_cache(tmp_path: Path, hub: Hub, repo: Repo) -> None:
    environment = hub.environment(tmp_path / "home")
    run(tmp_path, "hf://team/answers", environment)
    assert "token" in refusal(tmp_path, "hf://team/answers", {**environment, "HF_TOKEN": "hf_wrong"})
    repo.private = True
    assert "private one" in refusal(tmp_path, "hf://team/answers", {**environment, "HF_TOKEN": READER})


def test_a_gated_repository_says_so(tmp_path: Path, hub: Hub, repo: Repo) -> None:
    repo.gated = "auto"
    assert "gated" in refusal(tmp_path, "hf://team/answers", hub.environment(tmp_path / "home", READER))


@pytest.mark.parametrize("location", ["hf://team/answers@v9", "hf://team/nothing", "hf://team", "hf://team/answers@"])
def test_what_is_not_there_is_one_clear_line(tmp_path: Path, hub: Hub, repo: Repo, location: str) -> None:
    refusal(tmp_path, location, hub.environment(tmp_path / "home"))
