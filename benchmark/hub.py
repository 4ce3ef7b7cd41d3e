"""The Hugging Face Hub's client: what it may raise, in one line, without the token."""

from __future__ import annotations

from typing import Any

from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

_TRANSPORT: type[Exception] = HfHubHTTPError.__bases__[0]
"""The root of the errors of the HTTP library that this version of the client is built on."""
CLIENT_ERRORS: tuple[type[Exception], ...] = (_TRANSPORT, OSError, ValueError)
"""Answers that refuse, connections that fail, caches that can't be read, names that are none."""
_STATUS = {
    401: "the token is not accepted",
    403: "the token has no right to do this",
    409: "it is there already",
    412: "somebody published in the meantime; run it again to see what it would change now",
    429: "the Hub asks to wait; try again later",
}


def token_in_use() -> str | None:
    """The token that the client would send: of HF_TOKEN or of ``hf auth login``."""
    from huggingface_hub import get_token

    token: str | None = get_token()
    return token


def reason(error: Exception) -> str:
    """Why a call to the Hub failed, in one line that holds no token."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, LocalTokenNotFoundError):
        return "no token: log in with `hf auth login`, or set HF_TOKEN"
    if isinstance(error, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set"
    if isinstance(error, GatedRepoError):
        return "it is gated, and the token (if any) has no access to it"
    if isinstance(error, RepositoryNotFoundError):
        return "no such repository, or a private one that the token (if any) does not open"
    if isinstance(error, RevisionNotFoundError):
        return "no such revision"
    if status in _STATUS:
        said = _said(error)
        return f"{_STATUS[status]} ({said})" if said else _STATUS[status]
    if status is not None and status >= 500:
        return f"the Hub answers {status}; try again later"
    if status is None and isinstance(error, _TRANSPORT):
        return f"the connection failed: {_line(error)}"
    return _line(error)


def _said(error: Any) -> str:
    """What the server itself said, where it did."""
    return _without_token(" ".join(str(getattr(error, "server_message", None) or "").split())[:200])


def _line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return _without_token(lines[0] if lines else type(error).__name__)


def _without_token(text: str) -> str:
    token = token_in_use()
    return text.replace(token, "***") if token else text
