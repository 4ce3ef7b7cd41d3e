"""The database: what was confirmed is there after a crash, and one bad save spoils no other."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.annotate import store
from benchmark.annotate.order import Turn
from benchmark.annotate.project import add_annotators, create_project
from benchmark.annotate.writer import Writer
from benchmark.errors import InputError
from tests.annotate.conftest import annotate_tables, sample_labels
from tests.conftest import ROOT, bench, write_corpus


@pytest.fixture
def path(tmp_path: Path, talks: Path) -> Path:
    place = tmp_path / "annotate.db"
    create_project(place, str(talks), None, ["ana", "ben"], overlap=None, repeats=0, seed=0, limit=None).close()
    return place


def test_a_failing_save_spoils_no_other(path: Path) -> None:
    transactions: list[str] = []

    async def saves() -> list[object]:
        writer = Writer(path)
        writer._database.set_trace_callback(lambda text: transactions.append(text) if text == "COMMIT" else None)
        jobs = [
            writer.submit(lambda d, i=i: store.save(d, 1 if i != 3 else 99, 1 + i, sample_labels(), None, 1.0, f"key-{i:08d}"))
            for i in range(8)
        ]
        found = await asyncio.gather(*jobs, return_exceptions=True)
        await writer.close()
        return list(found)

    found = asyncio.run(saves())
    assert isinstance(found.pop(3), sqlite3.IntegrityError)
    assert found == [1] * 7
    assert len(transactions) <= 2  # they share the wait for the disk
    database = store.open_database(path)
    assert database.execute("SELECT count(*) FROM revisions").fetchone() == (7,)
    database.close()


def test_nobody_is_told_that_labels_are_safe_when_they_are_not(path: Path) -> None:
    async def save() -> None:
        writer = Writer(path)
        writer._database.execute("PRAGMA busy_timeout = 50")
        other = store.connect(path)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await writer.submit(lambda d: store.save(d, 1, 1, sample_labels(), None, 1.0, "key-00000001"))
        other.execute("ROLLBACK")
        other.close()
        assert await writer.submit(lambda d: store.save(d, 1, 1, sample_labels(), None, 1.0, "key-00000001")) == 1
        await writer.close()

    asyncio.run(save())


def test_what_was_confirmed_survives_kill(path: Path) -> None:
    code = (
        "import asyncio\nfrom pathlib import Path\nfrom benchmark.annotate import store\nfrom benchmark.annotate.writer import Writer\n"
        f"labels = {sample_labels()!r}\n"
        "async def main():\n"
        f"    writer = Writer(Path({str(path)!r}))\n"
        "    for i in range(100000):\n"
        "        await writer.submit(lambda d: store.save(d, 1, 1 + i % 10, labels, None, 1.0, f'key-{i:08d}'))\n"
        "        print(i, flush=True)\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 60:
            break
    process.send_signal(signal.SIGKILL)
    confirmed = int((line + process.stdout.read()).split()[-1])
    process.wait()
    process.stdout.close()
    database = store.open_database(path)
    keys = {key for (key,) in database.execute("SELECT key FROM revisions")}
    assert {f"key-{i:08d}" for i in range(confirmed + 1)} <= keys
    assert len(keys) <= confirmed + 2
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_an_older_draft_never_replaces_a_newer_one(path: Path) -> None:
    database = store.open_database(path)
    for seq, rating in ((5, 1), (9, 2), (7, 3)):
        store.save_draft(database, 1, 1, {"rating": rating}, 1.0, seq)
    assert store.draft(database, 1, 1) == {"labels": {"rating": 2}, "seconds": 1.0, "seq": 9}
    store.save(database, 1, 1, sample_labels(), None, 2.0, "key-00000000")
    assert store.draft(database, 1, 1) is None
    database.close()


def test_somebody_joins_and_nobodys_order_changes(path: Path) -> None:
    database = store.open_database(path)
    before = [store.states(database, person.id) for person in store.people(database)]
    assert add_annotators(database, ["ben", "cho"]) == ["cho"]
    everyone = store.people(database)
    assert [p.name for p in everyone] == ["ana", "ben", "cho"]
    assert [store.states(database, person.id) for person in everyone[:2]] == before
    assert len(store.states(database, everyone[2].id)) == 10
    assert len({p.pseudonym for p in everyone}) == 3
    assert not any(p.name in p.pseudonym for p in everyone)
    store.add_turns(database, everyone[2].id, [Turn("a-00", True)])
    assert store.states(database, everyone[2].id)[-1].position == 11
    database.close()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no labelling project yet; name who labels"),
        (("--annotators", "ana@example.com"), "looks like an e-mail address"),
        (("--annotators", "ana,ana"), "a name stands there twice"),
        (("--annotators", "a/b"), "is not a name"),
        (("--annotators", "ana,ben", "--overlap", "3"), "only 2 annotators"),
        (("--annotators", "ana", "--corpus", "nowhere"), "no such corpus folder"),
        (("--annotators", "ana", "--split", "train"), "no answers in split 'train'"),
        (("--annotators", "ana", "--host", "203.0.113.1"), "--host 203.0.113.1 --port"),
    ],
)
def test_wrong_input_is_one_clear_line(tmp_path: Path, talks: Path, arguments: tuple[str, ...], message: str) -> None:
    given = arguments if "--corpus" in arguments else (*arguments, "--corpus", str(talks))
    done = bench("annotate", "serve", *given, "--port", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "annotate.db").write_text("hello, this is no database at all" * 100)
    for command in (("status",), ("export",), ("links",), ("adjudicate", "--by", "x"), ("serve",)):
        done = bench("annotate", *command, cwd=tmp_path)
        assert (done.returncode, "not a labelling project" in done.stderr) == (2, True), done.stderr
    done = bench("annotate", "status", "--project", "none.db", cwd=tmp_path)
    assert (done.returncode, "no labelling project here" in done.stderr) == (2, True)


def test_a_broken_corpus_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    tables = annotate_tables()
    del tables["answers"][3]["segments"]
    write_corpus(tmp_path / "broken", tables)
    with pytest.raises(InputError, match=r"answers.jsonl:4: segments: is missing"):
        create_project(tmp_path / "x.db", str(tmp_path / "broken"), None, ["ana"], overlap=None, repeats=0, seed=0, limit=None)
    assert not (tmp_path / "x.db").exists()
