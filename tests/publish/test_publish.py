"""`bench publish` against the test double of the Hub, with huggingface_hub, datasets and `hf` as they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Tables, bench, small_tables, write_publishable
from tests.hub.double import READER, WRITER, Hub, Repo
from tests.hub.worker import Done, Worker

REPO = "datasets/team/small"


@pytest.fixture
def corpus(tmp_path: Path, tables: Tables) -> Path:
    return write_publishable(tmp_path / "corpus", tables)


@pytest.fixture
def worker(tmp_path: Path, hub: Hub) -> Iterator[Worker]:
    made = Worker(tmp_path, hub.environment(tmp_path / "home"))
    yield made
    made.close()


def measured(worker: Worker, corpus: Path, folder: Path) -> Path:
    """A folder with one record of the corpus."""
    done = worker.bench("run", "--scorer", "random", "--corpus", corpus, "--output", folder / "random.json")
    assert done.returncode == 0, done.stderr
    return folder


def publish(worker: Worker, corpus: Path, *more: str | Path, repo_id: str = "team/small", **options: Any) -> Done:
    done = worker.bench("publish", "--repo-id", repo_id, "--corpus", corpus, *more, **options)
    for text in (done.stdout, done.stderr):
        assert WRITER not in text
        assert "Traceback" not in text
    return done


def published(hub: Hub, worker: Worker, corpus: Path, *more: str | Path) -> Repo:
    done = publish(worker, corpus, "--yes", *more)
    assert done.returncode == 0, done.stderr
    return hub.repos[REPO]


def build_of(worker: Worker, corpus: Path, output: Path, *more: str) -> dict[str, bytes]:
    done = worker.bench("corpus", "build", "--corpus", corpus, "--output", output, "--repo-id", "team/small", *more)
    assert done.returncode == 0, done.stderr
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def refused(hub: Hub, done: Done, line: str) -> None:
    """One clear line, and not a byte of what is published touched."""
    assert done.returncode == 2
    assert done.stderr.count("error: ") == 1
    assert line in done.stderr


def test_create_upload_tag_and_nothing_the_second_time(tmp_path: Path, hub: Hub, worker: Worker, corpus: Path) -> None:
    done = publish(worker, corpus, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    repo = hub.repos[REPO]
    assert (said["commit"], said["tag"]) == (repo.head.sha, {"name": "v1.0.0", "new": True})
    assert said["links"] == [f"{hub.endpoint}/datasets/team/small", f"{hub.endpoint}/datasets/team/small/tree/v1.0.0"]
    assert said["rows"]["annotations"] == {"rows": 64, "new": 64, "removed": 0, "changed": 0}
    assert [commit.message for commit in repo.commits] == ["initial commit", "small-corpus 1.0.0"]  # one commit
    assert repo.tags == {"v1.0.0": repo.head.sha}
    assert not repo.private
    local = build_of(worker, corpus, tmp_path / "build")
    assert {path: content for path, content in repo.head.files.items() if path != ".gitattributes"} == local

    hub.requests.clear()
    again = publish(worker, corpus, "--yes")
    assert again.returncode == 0
    assert "nothing would change" in again.stdout
    assert hub.writes() == []

    snapshot = worker.snapshot("team/small", "v1.0.0")
    assert {path: (snapshot / path).read_bytes() for path in local} == local


def test_load_dataset_at_tag_and_commit_and_streaming(
    hub: Hub, worker: Worker, corpus: Path, tables: Tables, tmp_path: Path
) -> None:
    repo = published(hub, worker, corpus)
    first = repo.head.sha
    whole = worker.load("team/small", "answers", "v1.0.0")
    assert {split: len(rows) for split, rows in whole.items()} == {"train": 8, "test": 8}
    texts = {row["answer_id"]: row["segments"] for row in tables["answers"]}
    assert all(row["segments"] == texts[row["answer_id"]] for rows in whole.values() for row in rows)
    tables["answers"][0]["segments"][0]["text"] += " And once more."
    published(hub, worker, write_publishable(tmp_path / "next", tables, "1.1.0"))
    assert worker.load("team/small", "answers", first) == whole  # a version that was published stays as it was
    now = worker.load("team/small", "answers", "v1.1.0")
    assert now != whole
    assert worker.load("team/small", "answers", "v1.1.0", streaming=True) == now


def test_what_would_change_is_counted_before_it_is_asked(
    tmp_path: Path, hub: Hub, worker: Worker, corpus: Path, tables: Tables
) -> None:
    repo = published(hub, worker, corpus)
    tables["annotations"][0]["rating"] = 5
    tables["annotations"][1]["verdict"] = "unfocused" if tables["annotations"][1]["verdict"] != "unfocused" else "balanced"
    tables["annotations"].pop()
    tables["contrasts"].pop()
    following = write_publishable(tmp_path / "next", tables, "1.1.0")
    hub.requests.clear()
    plan = json.loads(publish(worker, following, "--dry-run", "--json").stdout)
    assert plan["rows"]["annotations"] == {"rows": 63, "new": 0, "removed": 1, "changed": 2}
    assert plan["rows"]["contrasts"] == {"rows": 3, "new": 0, "removed": 1, "changed": 0}
    assert plan["rows"]["answers"]["changed"] == 0
    assert plan["labels_changed"] == {"verdict": 1, "rating": 1}
    assert "annotations/train.parquet" in plan["files"]["changed"]
    no = publish(worker, following, stdin="n\n")
    assert no.returncode == 1
    assert no.stderr.endswith("nothing was published\n")
    assert "labels changed: verdict 1, rating 1" in no.stdout
    nobody = publish(worker, following)  # nobody there to ask
    assert nobody.returncode == 1
    assert hub.writes() == []
    assert len(repo.commits) == 2
    yes = publish(worker, following, stdin="y\n")
    assert yes.returncode == 0
    assert set(repo.tags) == {"v1.0.0", "v1.1.0"}


def test_a_config_that_is_gone_is_removed_and_foreign_files_stay(
    tmp_path: Path, hub: Hub, worker: Worker, corpus: Path, tables: Tables
) -> None:
    repo = published(hub, worker, corpus)
    repo.commit({**repo.head.files, "notes/errata.md": b"by a reader"}, "by hand")
    tables["contrasts"] = []
    published(hub, worker, write_publishable(tmp_path / "next", tables, "2.0.0"))
    assert "notes/errata.md" in repo.head.files
    assert not [path for path in repo.head.files if path.startswith("contrasts/")]


def test_private_and_gated(tmp_path: Path, hub: Hub, worker: Worker, corpus: Path) -> None:
    repo = published(hub, worker, corpus, "--private", "--gated")
    assert (repo.private, repo.gated) == (True, "auto")
    changes = [path.rpartition("/")[2] if "settings" in path else path.split("/")[-2] for _, path in hub.writes()]
    assert changes.index("settings") < changes.index("commit")  # never open for a moment
    assert b"extra_gated_prompt" in repo.head.files["README.md"]
    assert len(worker.load("team/small", "annotators")["full"]) == 4
    reader = hub.environment(tmp_path / "reader", READER)
    outside = Worker(tmp_path, reader)
    with pytest.raises(RuntimeError, match="doesn't exist on the Hub or cannot be accessed"):
        outside.load("team/small", "answers")
    repo.private = False
    with pytest.raises(RuntimeError, match="is a gated dataset"):
        outside.load("team/small", "answers")
    outside.close()
    hub.requests.clear()
    again = publish(worker, corpus, "--yes")  # the gate stays without being asked for again
    assert "nothing would change" in again.stdout
    assert hub.writes() == []


def test_somebody_was_faster(hub: Hub, worker: Worker, corpus: Path, tables: Tables, tmp_path: Path) -> None:
    repo = published(hub, worker, corpus)
    hub.before_commit = lambda there: there.commit({**there.head.files, "CITATION.cff": b"theirs"}, "theirs")
    tables["annotations"][0]["rating"] = 5
    done = publish(worker, write_publishable(tmp_path / "next", tables, "1.1.0"), "--yes")
    refused(hub, done, "somebody published in the meantime")
    assert [commit.message for commit in repo.commits] == ["initial commit", "small-corpus 1.0.0", "theirs"]
    assert set(repo.tags) == {"v1.0.0"}


def test_each_failure_is_one_line_and_changes_nothing(
    tmp_path: Path, hub: Hub, worker: Worker, corpus: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = published(hub, worker, corpus)
    tables["annotations"][0]["rating"] = 5
    following = write_publishable(tmp_path / "next", tables, "1.1.0")
    head, tags = repo.head.sha, dict(repo.tags)

    refused(hub, publish(worker, following, "--yes", token="hf_wrong_token_0123456789"), "the token is not accepted")
    refused(hub, publish(worker, following, "--yes", token=READER), "no right")
    refused(hub, publish(worker, following, "--yes", "--tag", "v1.0.0"), "is published already")
    refused(hub, publish(worker, following, "--yes", repo_id="others/small"), "no right")
    hub.drop = "/commit/"
    refused(hub, publish(worker, following, "--yes"), "the connection failed")
    hub.drop = None
    hub.answer["/commit/"] = 501
    refused(hub, publish(worker, following, "--yes"), "the Hub answers 501")
    hub.answer.clear()
    for name, files in (("app", {"app.py": b"1"}), ("else", {"corpus.json": b'{"name": "another corpus"}'})):
        hub.add(f"team/{name}", files)
        refused(hub, publish(worker, following, "--yes", repo_id=f"team/{name}"), "is taken")
    hub.add("team/space", {"app.py": b"1"}, kind="space", sdk="gradio")
    results = measured(worker, following, tmp_path / "results")
    done = publish(worker, following, "--yes", "--space", "team/space", "--results", results)
    refused(hub, done, "not a static one")

    assert (repo.head.sha, repo.tags) == (head, tags)
    kept = "".join(p.read_text(errors="ignore") for p in tmp_path.rglob("*") if p.is_file())
    assert "hf_wrong_token" not in kept
    assert WRITER not in kept
    assert publish(worker, following, "--yes").returncode == 0  # and then it goes through
    assert set(repo.tags) == {"v1.0.0", "v1.1.0"}


def test_without_a_token_or_a_hub(tmp_path: Path, hub: Hub, corpus: Path) -> None:
    worker = Worker(tmp_path, hub.environment(tmp_path / "home", None))
    refused(hub, publish(worker, corpus, "--yes"), "no token: log in")
    worker.close()
    worker = Worker(tmp_path, {**hub.environment(tmp_path / "home"), "HF_ENDPOINT": "http://127.0.0.1:9"})
    refused(hub, publish(worker, corpus, "--yes"), "the connection failed")
    worker.close()
    assert hub.repos == {}


def test_a_tag_that_failed_is_made_the_next_time(hub: Hub, worker: Worker, corpus: Path) -> None:
    hub.answer["/tag/"] = 403
    done = publish(worker, corpus, "--yes")
    assert done.returncode == 2
    repo = hub.repos[REPO]
    assert f"commit {repo.head.sha} is published, but not its tag" in done.stderr
    hub.answer.clear()
    commits = len(repo.commits)
    assert publish(worker, corpus, "--yes").returncode == 0
    assert (len(repo.commits), repo.tags) == (commits, {"v1.0.0": repo.head.sha})


def test_an_upload_that_was_killed_leaves_nothing_half_and_goes_on_the_next_time(
    tmp_path: Path, hub: Hub, corpus: Path
) -> None:
    first = Worker(tmp_path, hub.environment(tmp_path / "home"))

    def kill_at_the_third_blob(method: str, path: str) -> None:
        if method == "PUT" and len(hub.blobs) >= 3:
            first.kill()

    hub.on_request = kill_at_the_third_blob
    with pytest.raises(ValueError, match="Expecting value"):  # it is gone, without an answer
        publish(first, corpus, "--yes")
    first.close()
    hub.on_request = None
    repo = hub.repos[REPO]
    assert (len(repo.commits), repo.tags) == (1, {})
    arrived = set(hub.blobs)
    hub.requests.clear()
    second = Worker(tmp_path, hub.environment(tmp_path / "home"))
    published(hub, second, corpus)
    second.close()
    sent_again = {path.removeprefix("/lfs/") for method, path in hub.requests if method == "PUT"} & arrived
    assert len(arrived) >= 3
    assert not sent_again
    assert repo.tags == {"v1.0.0": repo.head.sha}


def test_a_corpus_with_problems_is_not_published(tmp_path: Path, hub: Hub, worker: Worker, tables: Tables) -> None:
    tables["annotations"][0]["rating"] = 9
    tables["answers"][1]["segments"][0]["end_s"] = 0.6
    done = publish(worker, write_publishable(tmp_path / "bad", tables), "--yes")
    assert done.returncode == 2
    assert "rating" in done.stderr
    assert "words a minute" in done.stderr
    assert hub.requests == []


def test_a_broken_limit_is_refused_unless_it_is_known(tmp_path: Path, hub: Hub, corpus: Path) -> None:
    worker = Worker(tmp_path, hub.environment(tmp_path / "home"), audit="broken")
    done = publish(worker, corpus, "--yes")
    assert done.returncode == 2
    assert "error: audit: bag of words: 0.5 is not at most 0.3" in done.stderr
    assert hub.writes() == []
    known = publish(worker, corpus, "--yes", "--allow-broken-limits", "--json")
    assert known.returncode == 0, known.stderr
    assert json.loads(known.stdout)["broken_limits"] == ["audit: bag of words: 0.5 is not at most 0.3"]
    worker.close()


def test_the_audit_is_the_real_one(tmp_path: Path, hub: Hub, corpus: Path) -> None:
    done = bench(
        "publish", "--repo-id", "team/small", "--corpus", corpus, "--yes", cwd=tmp_path, env=hub.environment(tmp_path / "home")
    )
    assert done.returncode == 2
    assert "error: audit: near duplicates" in done.stderr
    assert hub.writes() == []


def test_the_leaderboard_becomes_a_space(tmp_path: Path, hub: Hub, worker: Worker, corpus: Path) -> None:
    results = measured(worker, corpus, tmp_path / "results")
    options = ("--yes", "--space", "team/board", "--results", results)
    published(hub, worker, corpus, *options)
    space = hub.repos["spaces/team/board"]
    assert space.sdk == "static"
    assert b"sdk: static" in space.head.files["README.md"]
    assert b"<html" in space.head.files["index.html"]
    hub.requests.clear()
    again = publish(worker, corpus, *options)
    assert again.returncode == 0
    assert hub.writes() == []
    hub.answer["spaces/team/other/commit"] = 403
    done = publish(worker, corpus, "--yes", "--space", "team/other", "--results", results)
    refused(hub, done, f"commit {hub.repos[REPO].head.sha} of team/small is published")


def test_the_hf_command_sees_what_was_published(tmp_path: Path, hub: Hub, worker: Worker, corpus: Path) -> None:
    repo = published(hub, worker, corpus)
    command = [
        str(Path(sys.executable).with_name("hf")),
        "download",
        "team/small",
        "--repo-type",
        "dataset",
        "--revision",
        "v1.0.0",
    ]
    done = subprocess.run(
        [*command, "--local-dir", "copy"], cwd=tmp_path, env={**os.environ, **hub.environment(tmp_path / "other")},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert all((tmp_path / "copy" / path).read_bytes() == content for path, content in repo.head.files.items())


def test_names_are_checked_before_anything(tmp_path: Path) -> None:
    done = bench("publish", "--repo-id", "small", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "error: --repo-id: expected OWNER/NAME, not 'small'\n")


def test_small_tables_are_a_sound_corpus(tmp_path: Path) -> None:
    """What the other tests publish has nothing wrong with it, so that a refusal means what it says."""
    done = bench("corpus", "validate", "--corpus", write_publishable(tmp_path / "c", small_tables()), cwd=tmp_path)
    assert done.returncode == 0, done.stdout
