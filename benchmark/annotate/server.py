"""The page's server: a whitelist of static files and one JSON API.

A person is known by a session cookie and sees their own order by position: neither answer ids, nor whether an answer is a repeat,
nor anybody else's labels leave the server (an adjudicator sees everybody's, of the answers in dispute only).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmark.annotate import adjudicate, store, training
from benchmark.annotate.guard import Guard
from benchmark.annotate.labels import label_problems, normal
from benchmark.annotate.links import load_key, session, token, whose
from benchmark.annotate.store import Person, State
from benchmark.annotate.writer import Writer
from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.files import bundled, parse_json

TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
MOST_NOTE = 1000
MOST_SECONDS = 24 * 3600.0
MOST_NUMBER = 1 << 53
Document = dict[str, Any]
Handler = Callable[[Request, Person], Awaitable[Response]]


class Server:
    """The application of one project.  ``hosts``: see :class:`Guard`."""

    def __init__(self, path: Path, hosts: Sequence[str] | None):
        self.key = load_key(path)
        self.reader = store.open_database(path)
        self.writer = Writer(path)
        self.project = store.get(self.reader, "project") or ""
        self.consent_version = store.get(self.reader, "consent_version") or ""
        self.consent_text = store.get(self.reader, "consent_text") or ""
        self.cookie = f"bench_annotate_{self.project}"
        self.codebook = (bundled("docs") / "codebook.md").read_text(encoding="utf-8")
        self.app = Starlette(
            routes=[
                Route("/", self._static("index.html")),
                *(Route(f"/static/{name}", self._static(name)) for name in page_files()),
                Route("/api/session", self.open_session, methods=["POST"]),
                Route("/api/state", self._for_person(self.state)),
                Route("/api/codebook", self._for_person(self.codebook_text)),
                Route("/api/consent", self._for_person(self.consent), methods=["POST"]),
                Route("/api/training/{step}", self._for_person(self.training_step), methods=["GET", "POST"]),
                Route("/api/items/{position:int}", self._for_person(self.item)),
                Route("/api/items/{position:int}/draft", self._for_person(self.draft), methods=["PUT"]),
                Route("/api/items/{position:int}/labels", self._for_person(self.labels), methods=["POST"]),
                Route("/api/items/{position:int}/skip", self._for_person(self.skip), methods=["POST"]),
                Route("/api/items/{position:int}/flag", self._for_person(self.flag), methods=["POST"]),
            ],
            middleware=[Middleware(Guard, hosts=hosts)],
            exception_handlers={HTTPException: _refused, sqlite3.Error: _unsaved},
            lifespan=self._lifespan,
        )

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self.writer.close()
        self.reader.close()

    # --- who is asking

    async def open_session(self, request: Request) -> Response:
        """Exchange the token of a link for a cookie that scripts can't read."""
        given = (await _body(request)).get("token")
        everyone = store.people(self.reader)
        person = whose(str(given), ((p, token(self.key, p)) for p in everyone))
        if person is None:
            raise HTTPException(403, "this link is not valid (any more): ask for a new one")
        response = JSONResponse({"ok": True})
        secure = request.url.scheme == "https"
        response.set_cookie(
            self.cookie, session(self.key, person), max_age=180 * 86400, httponly=True, samesite="strict", secure=secure
        )
        return response

    def _for_person(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            cookie = request.cookies.get(self.cookie, "")
            claimed = store.person(self.reader, cookie.partition(".")[0])
            person = whose(cookie, [(claimed, session(self.key, claimed))] if claimed else [])
            if person is None:
                raise HTTPException(401, "open the page by your own link")
            return await handler(request, person)

        return handle

    def _static(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        content = (files("benchmark.annotate") / "page" / name).read_bytes()
        media = TYPES[Path(name).suffix]

        async def handle(_: Request) -> Response:
            return Response(content, media_type=media)

        return handle

    # --- what they may see and do

    async def state(self, _: Request, person: Person) -> Response:
        """Where a person stands: consent, training, and each place of their order."""
        if person.role == "adjudicator":
            await self.writer.submit(lambda database: adjudicate.draw_up(database, person))
        passed = store.trained(self.reader, person.id)
        return JSONResponse(
            {
                "project": self.project,
                "me": person.id,
                "name": person.name,
                "role": person.role,
                "consent": {
                    "version": self.consent_version,
                    "text": self.consent_text,
                    "accepted": store.consented(self.reader, person.id) == self.consent_version,
                },
                "training": [{"step": step, "passed": step in passed} for step in training.steps()],
                "items": [
                    {"position": position, "status": status, "flagged": flagged, "draft": draft}
                    for position, status, flagged, draft in store.overview(self.reader, person.id)
                ],
                "vocabulary": {"verdict": VERDICTS, "patterns": PATTERNS, "signals": SIGNALS},
            }
        )

    async def codebook_text(self, _: Request, person: Person) -> Response:
        return JSONResponse({"text": self.codebook})

    async def consent(self, request: Request, person: Person) -> Response:
        if (await _body(request)).get("version") != self.consent_version:
            raise HTTPException(409, "the text has changed: load the page again")
        await self.writer.submit(
            lambda database: store.add_consent(database, person.id, self.consent_version, self.consent_text)
        )
        return JSONResponse({"ok": True})

    async def training_step(self, request: Request, person: Person) -> Response:
        """A worked answer to label, or the check; what is given is answered with feedback and kept."""
        self._must_consent(person)
        step = request.path_params["step"]
        if step not in training.steps():
            raise HTTPException(404, "no such step")
        if request.method == "GET":
            return JSONResponse(training.shown(step))
        body = await _body(request)
        told: Document
        if step == training.CHECK:
            given = body.get("answers")
            if not isinstance(given, dict):
                raise HTTPException(400, "answers: an object")
            passed, answers = training.marked(given)
            told = {"passed": passed, "answers": answers}
        else:
            given = body.get("labels")
            if not isinstance(given, dict):
                raise HTTPException(400, "labels: an object")
            problems = label_problems(given, training.example(step)["segments"])
            if problems:
                return _problems(problems)
            passed, given = True, normal(given)
            told = {"passed": True, **training.feedback(step, given)}
        await self.writer.submit(lambda database: store.add_training(database, person.id, step, given, passed))
        return JSONResponse(told)

    async def item(self, request: Request, person: Person) -> Response:
        """One answer of a person's order, with their own labels and draft."""
        state = self._place(request, person)
        answer = store.sheet(self.reader, state.answer_id)
        document = {
            "position": state.position,
            **{field: answer[field] for field in ("question", "medium", "segments")},
            "status": state.status,
            "labels": state.labels,
            "skipped": state.skipped,
            "seconds": state.seconds,
            "flagged": state.flagged,
            "note": state.note,
            "draft": store.draft(self.reader, person.id, state.position),
        }
        if person.role == "adjudicator":
            document["others"] = adjudicate.others(self.reader, state.answer_id)
        return JSONResponse(document)

    async def draft(self, request: Request, person: Person) -> Response:
        state, body = self._place(request, person), await _body(request)
        labels, seq = body.get("labels"), body.get("seq")
        if not isinstance(labels, dict) or not isinstance(seq, int):
            raise HTTPException(400, "labels: an object; seq: a whole number")
        seconds = _seconds(body)
        await self.writer.submit(lambda database: store.save_draft(database, person.id, state.position, labels, seconds, seq))
        return JSONResponse({"ok": True})

    async def labels(self, request: Request, person: Person) -> Response:
        state, body = self._place(request, person), await _body(request)
        labels = body.get("labels")
        if not isinstance(labels, dict):
            raise HTTPException(400, "labels: an object")
        problems = label_problems(labels, store.sheet(self.reader, state.answer_id)["segments"])
        if problems:
            return _problems(problems)
        return await self._save(person, state, normal(labels), None, body)

    async def skip(self, request: Request, person: Person) -> Response:
        state, body = self._place(request, person), await _body(request)
        reason = _note(body, "reason")
        if not reason:
            return _problems([("reason", "say why in a few words")])
        return await self._save(person, state, None, reason, body)

    async def flag(self, request: Request, person: Person) -> Response:
        state, body = self._place(request, person), await _body(request)
        raised, note = body.get("flagged"), _note(body, "note")
        if not isinstance(raised, bool):
            raise HTTPException(400, "flagged: true or false")
        await self.writer.submit(lambda database: store.add_flag(database, person.id, state.position, raised, note))
        return JSONResponse({"ok": True})

    async def _save(
        self, person: Person, state: State, labels: Document | None, skipped: str | None, body: Document
    ) -> Response:
        key, seconds = body.get("key"), _seconds(body)
        if not isinstance(key, str) or not 8 <= len(key) <= 80 or not key.isascii():
            raise HTTPException(400, "key: a text of 8 to 80 characters")
        revision = await self.writer.submit(
            lambda database: store.save(database, person.id, state.position, labels, skipped, seconds, key)
        )
        return JSONResponse({"revision": revision})

    def _place(self, request: Request, person: Person) -> State:
        self._must_consent(person)
        if person.role == "annotator" and set(training.steps()) - store.trained(self.reader, person.id):
            raise HTTPException(409, "the training round comes first")
        position = request.path_params["position"]
        found = store.state(self.reader, person.id, position) if position < 1 << 31 else None
        if found is None:
            raise HTTPException(404, "no such answer")
        return found

    def _must_consent(self, person: Person) -> None:
        if store.consented(self.reader, person.id) != self.consent_version:
            raise HTTPException(409, "the consent text comes first")


def page_files() -> list[str]:
    """The files of the page; nothing else is served, whatever path is asked for."""
    return sorted(entry.name for entry in (files("benchmark.annotate") / "page").iterdir() if Path(entry.name).suffix in TYPES)


async def _body(request: Request) -> Document:
    try:
        document = _plain(parse_json((await request.body()).decode("utf-8")))
    except (ValueError, RecursionError):
        raise HTTPException(400, "not JSON that can be kept") from None
    if not isinstance(document, dict):
        raise HTTPException(400, "not a JSON object")
    return document


def _plain(value: Any) -> Any:
    """JSON as it can be kept: 1.0 is 1; raises ValueError for halves of characters and for numbers beyond a double."""
    if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
        raise ValueError("an unpaired surrogate")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) > MOST_NUMBER:
            raise ValueError("a number out of range")
        return int(value) if value == int(value) else value
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _seconds(body: Document) -> float:
    seconds = body.get("seconds")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds <= MOST_SECONDS:
        raise HTTPException(400, "seconds: a number from 0 to a day")
    return round(float(seconds), 1)


def _note(body: Document, field: str) -> str:
    text = body.get(field, "")
    if not isinstance(text, str) or len(text) > MOST_NOTE:
        raise HTTPException(400, f"{field}: a text of at most {MOST_NOTE} characters")
    return text.strip()


def _problems(problems: list[tuple[str, str]]) -> Response:
    return JSONResponse({"problems": [{"field": field, "message": message} for field, message in problems]}, 422)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code)


async def _unsaved(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": f"not saved, it will be sent again: {error}"}, 503)
