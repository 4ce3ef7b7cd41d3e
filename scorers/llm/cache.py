"""Replies that were given once are never asked for again."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

from benchmark.errors import InputError


class ReplyCache:
    """A SQLite file of replies, keyed by a hash of everything that a reply depends on; safe for threads and for several processes."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        try:
            self._base = sqlite3.connect(path, check_same_thread=False, timeout=60, isolation_level=None)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL) WITHOUT ROWID")
        except sqlite3.Error as error:
            raise InputError([f"the cache of replies {path} can't be used: {error} (-S cache=PATH names another)"]) from None

    def get(self, key: str) -> dict[str, Any] | None:
        """The reply kept under ``key``."""
        with self._lock:
            row = self._base.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        reply: dict[str, Any] | None = json.loads(row[0]) if row else None
        return reply

    def put(self, key: str, reply: dict[str, Any]) -> None:
        """Keep a reply; it is on disk when this returns."""
        with self._lock:
            self._base.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, json.dumps(reply, ensure_ascii=False)))
