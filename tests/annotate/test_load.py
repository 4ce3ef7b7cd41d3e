"""Fifty people saving at once: nothing fails, nothing is lost, nothing is doubled (how fast: ``benchmarks/annotate.py``)."""

from __future__ import annotations

from collections.abc import Callable

from benchmark.annotate import store
from benchmarks.annotate import load
from tests.annotate.conftest import Served

PEOPLE, SAVES = 50, 4


def test_fifty_people_at_once(serve: Callable[..., Served]) -> None:
    served = serve(names=",".join(f"p{i:02d}" for i in range(PEOPLE)))
    times, errors, kept = load(served.folder / "annotate.db", served.links, SAVES)
    assert errors == []
    assert (len(times), kept) == (PEOPLE * SAVES, PEOPLE * SAVES)
    database = store.open_database(served.folder / "annotate.db")
    rows = database.execute("SELECT annotator, position, max(revision), count(*) FROM revisions GROUP BY 1, 2").fetchall()
    assert {row[2:] for row in rows} == {(1, 1)}
    assert len(rows) == PEOPLE * SAVES
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
