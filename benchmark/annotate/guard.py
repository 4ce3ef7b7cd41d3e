"""What every request passes through: size limit, same-origin check, and the headers that keep a page to itself."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256 * 1024
MARK = "x-bench-annotate"
"""A header that the page sends with every call: a form or link on another site can't."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class _TooLargeError(Exception):
    pass


class Guard:
    """ASGI middleware.  ``hosts`` are the names under which the page is served, None for any (then only the link protects it,
    against which another site's page that borrows this address can do nothing: cookies are bound to the name)."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] | None):
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            status, reason = refusal
            await JSONResponse({"error": reason}, status)(scope, receive, guarded)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MOST_BYTES:
                raise _TooLargeError
            return message

        try:
            await self.app(scope, limited, guarded)
        except _TooLargeError:
            await JSONResponse({"error": "too large"}, 413, {"Connection": "close"})(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if self.hosts is not None and urlsplit(f"//{host}").hostname not in self.hosts:
            return 421, "another host's name"
        if method in ("GET", "HEAD"):
            return None
        if method not in ("POST", "PUT"):
            return 405, "no such method"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return 403, "from another site"
        if headers.get("sec-fetch-site", "same-origin") != "same-origin" or MARK not in headers:
            return 403, "from another site"
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return 415, "JSON only"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            return 413, "too large"
        return None
