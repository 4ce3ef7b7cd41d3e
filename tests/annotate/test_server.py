"""What a link can reach, and what it can't, by every route."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmark.annotate import store, training
from benchmark.annotate.links import key_path, load_key, token
from benchmark.annotate.project import add_adjudicator, create_project
from tests.annotate.conftest import Labels, Served, annotate_tables, sample_labels
from tests.conftest import write_corpus

testclient = pytest.importorskip("starlette.testclient", reason="extra annotate is not installed")
from benchmark.annotate.guard import HEADERS, MARK, MOST_BYTES  # noqa: E402
from benchmark.annotate.server import Server, page_files  # noqa: E402

TestClient = testclient.TestClient

BASE = "http://127.0.0.1"
SECRETS = (
    "provenance-secret",
    "rationale-secret",
    "ignored_cues_expected",
    '"split"',
    "annotation_id",
    "a-00",
    "a-41",
    "q-0",
    "t-0",
    "m1",
)


class Site:
    """A project and clients of its people."""

    def __init__(self, folder: Path):
        self.path = folder / "annotate.db"
        corpus = write_corpus(folder / "talks", annotate_tables())
        create_project(self.path, str(corpus), None, ["ana", "ben"], overlap=None, repeats=0.2, seed=0, limit=None).close()
        database = store.open_database(self.path)
        add_adjudicator(database, "judge")
        self.people = {person.name: person for person in store.people(database)}
        database.close()
        self.server = Server(self.path, ["127.0.0.1"])
        self.key = load_key(self.path)

    def client(self, name: str | None = None, ready: bool = True) -> TestClient:
        client = TestClient(self.server.app, base_url=BASE, headers={MARK: "1"}, raise_server_exceptions=True)
        if name is not None:
            assert client.post("/api/session", json={"token": token(self.key, self.people[name])}).status_code == 200
            if ready:
                self.make_ready(client, name)
        return client

    def make_ready(self, client: TestClient, name: str) -> None:
        assert client.post("/api/consent", json={"version": "1.0"}).status_code == 200
        if name != "judge":
            for step in training.steps()[:-1]:
                assert client.post(f"/api/training/{step}", json={"labels": sample_labels()}).status_code == 200
            right = {q["id"]: q["right"] for q in training.material()["check"]}
            assert client.post("/api/training/check", json={"answers": right}).json()["passed"]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    asyncio.run(site.server.writer.close())
    site.server.reader.close()


def save(client: TestClient, position: int, key: str = "key-00000001", **changes: Any) -> Any:
    return client.post(f"/api/items/{position}/labels", json={"labels": sample_labels(**changes), "seconds": 12.5, "key": key})


def gets(site: Site) -> list[str]:
    """Every path that can be read."""
    paths = ["/", *(f"/static/{name}" for name in page_files()), "/api/state", "/api/codebook"]
    paths += [f"/api/training/{step}" for step in training.steps()]
    return paths + [f"/api/items/{i}" for i in range(1, 13)]


def writes() -> list[tuple[str, str, dict[str, Any]]]:
    """Every path that can be written, with a body that would do."""
    labels = sample_labels()
    return [
        ("POST", "/api/consent", {"version": "1.0"}),
        ("POST", "/api/training/example-1", {"labels": labels}),
        ("POST", "/api/training/check", {"answers": {}}),
        ("PUT", "/api/items/1/draft", {"labels": labels, "seconds": 1, "seq": 1}),
        ("POST", "/api/items/1/labels", {"labels": labels, "seconds": 1, "key": "key-00000009"}),
        ("POST", "/api/items/1/skip", {"reason": "empty", "seconds": 1, "key": "key-00000008"}),
        ("POST", "/api/items/1/flag", {"flagged": True, "note": "look"}),
    ]


def test_every_route_is_known_to_these_tests(site: Site) -> None:
    shapes = {re.sub(r"\{position:int\}", "1", re.sub(r"\{step\}", "check", route.path)) for route in site.server.app.routes}
    tried = {*gets(site), *(path for _, path, _ in writes()), "/api/session"}
    assert shapes <= tried


def test_nothing_that_an_annotator_must_not_see_leaves_by_any_route(site: Site) -> None:
    ana, ben = site.client("ana"), site.client("ben")
    for position in range(1, 13):
        assert save(ben, position, f"key-ben-{position:04d}", rationale=f"ben-secret {position}", rating=1).status_code == 200
    assert ben.post("/api/items/1/flag", json={"flagged": True, "note": "ben-secret flag"}).status_code == 200
    for path in gets(site):
        response = ana.get(path)
        assert response.status_code == 200, path
        for secret in (*SECRETS, "ben-secret", site.people["ben"].pseudonym, site.people["ana"].pseudonym):
            assert secret not in response.text or path.startswith(("/static", "/api/codebook")), (path, secret)
    fields = {
        "position",
        "question",
        "medium",
        "segments",
        "status",
        "labels",
        "skipped",
        "seconds",
        "flagged",
        "note",
        "draft",
    }
    item = ana.get("/api/items/1").json()
    assert set(item) == fields
    assert set(item["question"]) == {"round", "prompt", "time_budget_s", "critical_points", "obvious_points"}
    assert all(set(segment) == {"speaker", "kind", "start_s", "end_s", "text"} for segment in item["segments"])
    # a worked answer tells nothing before it is answered
    shown = ana.get("/api/training/example-3").text
    assert training.example("example-3")["labels"]["rationale"] not in shown
    assert all(
        "right" not in question and "why" not in question for question in ana.get("/api/training/check").json()["questions"]
    )


def test_repeats_can_not_be_told_from_first_sights(site: Site) -> None:
    database = store.open_database(site.path)
    own = store.states(database, site.people["ana"].id)
    database.close()
    (again,) = [s.position for s in own if s.repeat][:1]
    first = next(s.position for s in own if s.answer_id == own[again - 1].answer_id)
    ana = site.client("ana")
    assert save(ana, first).status_code == 200
    one, two = ana.get(f"/api/items/{first}").json(), ana.get(f"/api/items/{again}").json()
    assert one["segments"] == two["segments"]
    assert two["labels"] is None
    assert two["status"] == "open"
    assert set(ana.get("/api/state").json()["items"][again - 1]) == {"position", "status", "flagged", "draft"}


def test_without_a_session_nothing_is_read_or_written(site: Site) -> None:
    stranger = site.client()
    for path in gets(site):
        expected = 200 if path == "/" or path.startswith("/static/") else 401
        assert stranger.get(path).status_code == expected, path
    for method, path, body in writes():
        assert stranger.request(method, path, json=body).status_code == 401, path
    good = token(site.key, site.people["ana"])
    for wrong in (
        "",
        "x",
        good[:-1],
        good + "A",
        good.swapcase(),
        "é" * 43,
        site.key.decode(),
        None,
        5,
        [good],
        {"a": good},
        "\u0000",
    ):
        assert stranger.post("/api/session", json={"token": wrong}).status_code == 403, wrong
    assert not stranger.cookies
    stranger.cookies.set(site.server.cookie, good)  # the link's token is no session
    assert stranger.get("/api/state").status_code == 401


def test_tokens_are_compared_in_constant_time_and_never_kept_or_logged(
    site: Site, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import hmac

    compared: list[tuple[bytes, bytes]] = []
    honest = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((a, b)) or honest(a, b))
    client = site.client("ana")
    secrets = {name: token(site.key, person) for name, person in site.people.items()}
    assert {b.decode() for _, b in compared[: len(secrets)]} == set(
        secrets.values()
    )  # all of them, wherever the right one stands
    cookie = client.cookies[site.server.cookie]
    kept = b"".join(path.read_bytes() for path in site.path.parent.glob("annotate.db*") if path != key_path(site.path))
    for secret in (*secrets.values(), cookie, site.key.decode()):
        assert secret.encode() not in kept
        assert secret not in "".join(capfd.readouterr())
    for path in (site.path, key_path(site.path)):
        assert path.stat().st_mode & 0o077 == 0


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    response = site.client().post("/api/session", json={"token": token(site.key, site.people["ana"])})
    flags = response.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert token(site.key, site.people["ana"]) not in response.headers["set-cookie"]


def test_a_renewed_link_ends_the_old_one_and_its_sessions(site: Site) -> None:
    ana = site.client("ana")
    old = token(site.key, site.people["ana"])
    database = store.open_database(site.path)
    store.renew_link(database, site.people["ana"].id)
    database.close()
    assert ana.get("/api/state").status_code == 401
    assert site.client().post("/api/session", json={"token": old}).status_code == 403
    assert site.client("ben").get("/api/state").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {MARK: None},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"host": "evil.example"},
    ],
)
def test_posts_from_other_sites_are_refused(site: Site, headers: dict[str, str | None]) -> None:
    ana = site.client("ana")
    cookie = f"{site.server.cookie}={ana.cookies[site.server.cookie]}"
    for method, path, body in [*writes(), ("POST", "/api/session", {"token": token(site.key, site.people["ben"])})]:
        sent = {"content-type": "application/json", MARK: "1", "cookie": cookie, **headers}
        bare = TestClient(site.server.app, base_url=BASE)
        response = bare.request(
            method, path, content=json.dumps(body), headers={k: v for k, v in sent.items() if v is not None}
        )
        assert response.status_code in (403, 415, 421), (path, headers)
    assert ana.get("/api/items/1").json()["status"] == "open"
    assert ana.get("/api/items/1").json()["draft"] is None


def test_bodies_that_are_too_large_or_no_json(site: Site) -> None:
    ana = site.client("ana")

    def chunks() -> Iterator[bytes]:
        yield from [b'{"labels": "'] + [b"x" * 65536] * 8

    for method, path, body in writes():
        large = json.dumps({**body, "padding": "x" * MOST_BYTES})
        typed = {"content-type": "application/json"}
        assert ana.request(method, path, content=large, headers=typed).status_code == 413, path
        assert ana.request(method, path, content=chunks(), headers=typed).status_code == 413, path  # no length given
        for junk in (
            b"",
            b"{",
            b"[]",
            b"5",
            b'"x"',
            b"\xff\xfe",
            b'{"labels": NaN}',
            b'{"x": "\\ud800"}',
            b'{"x": 1e999}',
            b"[" * 100000,
            b'{"x": ' + b"9" * 400 + b"}",
        ):
            assert ana.request(method, path, content=junk, headers=typed).status_code == 400, (path, junk[:20])
    for method in ("DELETE", "PATCH", "TRACE", "OPTIONS"):
        assert ana.request(method, "/api/items/1/labels").status_code == 405


PATHS = """/static/../server.py /static/..%2fserver.py /static/%2e%2e/%2e%2e/annotate.db /static//etc/passwd /static/....//store.py
/static/app.js/../../store.py /static/ /static /annotate.db /annotate.db.key /../annotate.db.key /../../../../etc/passwd
/api/items/0 /api/items/-1 /api/items/13 /api/items/99999999999999999999 /api/items/1/../2 /api/items/1%00 /api/items/%EF%BC%91
/api/items/1.0 /api/items/a-00 /api/items/1;x /api/training/../state /api/training/example-9 /api/training/%2e%2e%2fstate
/api/people /api/export /docs /openapi.json /static/app.js%00.html //api/state""".split()


def test_paths_that_are_no_paths(serve: Callable[..., Served], talks: Path) -> None:
    """Sent as they are, by a client that does not tidy them up."""
    served = serve("--corpus", talks, names="ana,ben")
    link = served.links["ana"]

    def ask(method: str, path: str, body: Any = None, cookie: str = "") -> tuple[int, str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        headers = {"Content-Type": "application/json", MARK: "1", "Cookie": cookie}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text, response.headers

    status, _, headers = ask("POST", "/api/session", {"token": link.partition("#t=")[2]})
    assert status == 200
    cookie = headers["set-cookie"].partition(";")[0]
    assert ask("POST", "/api/consent", {"version": "1.0"}, cookie)[0] == 200
    for step in training.steps()[:-1]:
        ask("POST", f"/api/training/{step}", {"labels": sample_labels()}, cookie)
    ask("POST", "/api/training/check", {"answers": {q["id"]: q["right"] for q in training.material()["check"]}}, cookie)
    assert ask("GET", "/api/items/1", cookie=cookie)[0] == 200
    for path in PATHS:
        status, text, _ = ask("GET", path, cookie=cookie)
        assert status in (400, 404), (path, status)
        assert not any(secret in text for secret in (*SECRETS, "sqlite", "root:")), path
    served.stop()
    log = (served.folder / "server.log").read_text()
    assert not any(link.partition("#t=")[2] in log for link in served.links.values())
    assert "Traceback" not in log


def test_every_answer_carries_the_headers(site: Site) -> None:
    ana = site.client("ana")
    responses = [ana.get(path) for path in (*gets(site), "/nowhere", "/api/items/99")]
    responses += [ana.request(method, path, json=body) for method, path, body in writes()]
    responses.append(ana.post("/api/consent", content="x"))
    for response in responses:
        for name, value in HEADERS.items():
            assert response.headers[name] == value
        assert "server" not in response.headers
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    page = ana.get("/").text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|style=|https?://", page)
    for name in page_files():
        text = ana.get(f"/static/{name}").text
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), name
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), name


def test_script_in_every_text_field_stays_text(site: Site) -> None:
    ana, evil = site.client("ana"), '<img src=x onerror=alert(1)></script><script>alert("1")</script>\u202e\u0000'
    assert save(ana, 1, rationale=evil).status_code == 200
    assert ana.post("/api/items/1/flag", json={"flagged": True, "note": evil}).status_code == 200
    assert ana.post("/api/items/2/skip", json={"reason": evil, "seconds": 1, "key": "key-00000002"}).status_code == 200
    assert ana.put("/api/items/3/draft", json={"labels": {"rationale": evil}, "seconds": 1, "seq": 5}).status_code == 200
    one, two, three = (ana.get(f"/api/items/{i}") for i in (1, 2, 3))
    assert one.json()["labels"]["rationale"] == one.json()["note"] == two.json()["skipped"] == evil
    assert three.json()["draft"]["labels"]["rationale"] == evil
    assert {r.headers["content-type"] for r in (one, two, three)} == {"application/json"}


def test_what_is_required_and_what_contradicts_itself(site: Site) -> None:
    ana = site.client("ana")
    span = {"label": "speed_bias", "segment": 0, "start": 0, "end": 4}
    cases: list[tuple[Labels, str]] = [
        ({"verdict": None}, "verdict"),
        ({"rating": None}, "rating"),
        ({"rating": 6}, "rating"),
        ({"rating": True}, "rating"),
        ({"pace": "0"}, "pace"),
        ({"depth": 3}, "depth"),
        ({"rationale": "  "}, "rationale"),
        ({"rationale": "x" * 5000}, "rationale"),
        ({"signals": None}, "signals"),
        ({"signals": ["speed_bias"]}, "signals[0]"),
        ({"patterns": ["speed_bias"]}, "evidence"),
        ({"evidence": [span]}, "evidence[0].label"),
        ({"patterns": ["speed_bias"], "evidence": [{**span, "segment": 9}]}, "evidence[0].segment"),
        ({"patterns": ["speed_bias"], "evidence": [{**span, "end": 900}]}, "evidence[0]"),
        ({"patterns": ["speed_bias"], "evidence": [{**span, "end": 0}]}, "evidence[0]"),
        ({"confidence_direction": "over"}, "confidence_direction"),
        ({"annotator_id": "ben"}, "annotator_id"),
        ({"patterns": ["speed_bias"], "evidence": [span] * 201}, "evidence"),
    ]
    for change, field in cases:
        response = save(ana, 1, **change)
        assert response.status_code == 422, change
        assert field in {problem["field"] for problem in response.json()["problems"]}, (change, response.json())
    for body in ({"seconds": -1}, {"seconds": 1e9}, {"seconds": "1"}, {"key": "short"}, {"key": 5}, {"labels": []}):
        whole = {"labels": sample_labels(), "seconds": 1, "key": "key-00000001", **body}
        assert ana.post("/api/items/1/labels", json=whole).status_code == 400, body
    assert ana.get("/api/items/1").json()["status"] == "open"


def test_a_team_brings_its_own_consent_text(tmp_path: Path, talks: Path) -> None:
    (tmp_path / "ours.md").write_text("# Ours\n\nApproved by the board.", encoding="utf-8")
    path = tmp_path / "own.db"
    options: dict[str, Any] = {"overlap": None, "repeats": 0, "seed": 0, "limit": None}
    create_project(path, str(talks), None, ["ana"], consent=tmp_path / "ours.md", **options).close()
    server, key = Server(path, ["127.0.0.1"]), load_key(path)
    client = TestClient(server.app, base_url=BASE, headers={MARK: "1"})
    (person,) = store.people(server.reader)
    client.post("/api/session", json={"token": token(key, person)})
    told = client.get("/api/state").json()["consent"]
    assert told["text"] == "# Ours\n\nApproved by the board."
    assert told["version"].startswith("own-")
    assert client.post("/api/consent", json={"version": "1.0"}).status_code == 409
    assert client.post("/api/consent", json={"version": told["version"]}).status_code == 200
    assert client.get("/api/state").json()["consent"]["accepted"]
    assert server.reader.execute("SELECT version, text FROM consents").fetchall() == [(told["version"], told["text"])]
    asyncio.run(server.writer.close())
    server.reader.close()


def test_labels_come_after_consent_and_training(site: Site) -> None:
    ana = site.client("ana", ready=False)
    assert ana.get("/api/items/1").status_code == 409
    assert ana.get("/api/training/example-1").status_code == 409
    assert ana.post("/api/consent", json={"version": "0.9"}).status_code == 409
    ana.post("/api/consent", json={"version": "1.0"})
    assert save(ana, 1).status_code == 409
    wrong = ana.post("/api/training/check", json={"answers": {}}).json()
    assert not wrong["passed"]
    site.make_ready(ana, "ana")
    assert save(ana, 1).status_code == 200


def test_a_save_sent_twice_is_kept_once_and_revisions_are_never_lost(site: Site) -> None:
    ana = site.client("ana")
    assert [save(ana, 1, "key-00000001").json()["revision"] for _ in range(3)] == [1, 1, 1]
    assert save(ana, 1, "key-00000002", rating=2).json()["revision"] == 2
    assert ana.get("/api/items/1").json()["labels"]["rating"] == 2
    database = store.open_database(site.path)
    assert [json.loads(text)["rating"] for (text,) in database.execute("SELECT labels FROM revisions ORDER BY revision")] == [
        4,
        2,
    ]
    for statement in (
        "UPDATE revisions SET seconds = 0",
        "DELETE FROM revisions",
        "DELETE FROM consents",
        "UPDATE training SET passed = 1",
        "DELETE FROM flags",
    ):
        ana.post("/api/items/1/flag", json={"flagged": True, "note": "x"})
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            database.execute(statement)
    database.close()


def test_an_adjudicator_sees_what_is_in_dispute_and_nothing_else(site: Site) -> None:
    ana, ben = site.client("ana"), site.client("ben")
    database = store.open_database(site.path)
    order = {name: [s.answer_id for s in store.states(database, site.people[name].id)] for name in ("ana", "ben")}
    for answer, verdict in (("a-00", "too_deep"), ("a-11", "balanced")):
        save(ana, order["ana"].index(answer) + 1, f"key-ana-{answer}", rationale="ana-said")
        save(ben, order["ben"].index(answer) + 1, f"key-ben-{answer}", rationale="ben-said", verdict=verdict)
    judge = site.client("judge")
    assert [item["position"] for item in judge.get("/api/state").json()["items"]] == [1]
    item = judge.get("/api/items/1").json()
    assert {o["annotator"] for o in item["others"]} == {site.people[name].pseudonym for name in ("ana", "ben")}
    assert {o["labels"]["rationale"] for o in item["others"]} == {"ana-said", "ben-said"}
    assert save(judge, 1, verdict="unfocused").status_code == 200
    assert "others" not in ana.get("/api/items/1").json()
    kept = database.execute("SELECT count(*) FROM revisions").fetchone()
    assert kept == (5,)
    database.close()
