"""The secret link of each person: derived from a key beside the database, so that it can be printed again and is stored nowhere."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from benchmark.annotate.store import Person
from benchmark.errors import InputError, Problem

_BYTES = 32


def key_path(database: Path) -> Path:
    return database.with_name(database.name + ".key")


def load_key(database: Path) -> bytes:
    """The project's key, made when there is none (old links are then worth nothing).  Only its owner can read the file.

    A copy of the database alone, in a backup or sent to a colleague, opens nobody's session.
    """
    path = key_path(database)
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_BYTES))
            file.flush()
            os.fsync(file.fileno())
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if len(text) < _BYTES:
        raise InputError([Problem(str(path), 0, "", "not a key; delete it to have new links made")])
    return text.encode()


def token(key: bytes, person: Person) -> str:
    """What stands in a person's link."""
    return _derived(key, f"link {person.id} {person.link}")


def session(key: bytes, person: Person) -> str:
    """What the browser keeps in a cookie instead of the token: who it is, and the proof."""
    return f"{person.id}.{_derived(key, f'session {person.id} {person.link}')}"


def whose(given: str, candidates: Iterable[tuple[Person, str]]) -> Person | None:
    """The person whose secret this is.  Every one is compared, each in constant time, whatever was found before."""
    found = None
    for person, secret in candidates:
        if hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            found = person
    return found


@functools.lru_cache(maxsize=4096)
def _derived(key: bytes, purpose: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, purpose.encode(), hashlib.sha256)).rstrip(b"=").decode()
