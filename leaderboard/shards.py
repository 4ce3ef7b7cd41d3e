"""Data for the pages as small scripts: a page opened from a folder may load scripts, but not fetch files."""

from __future__ import annotations

import json
from typing import Any


def shard(name: str, text: str) -> str:
    """The script that hands JSON ``text`` to the page under ``name``.  No character in it can end a script element or a line."""
    return f"window.__shard({json.dumps(name)}, {safe(text)});\n"


def dump(document: Any) -> str:
    """JSON in ASCII, without spaces; raises ValueError for NaN."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def dump_numbers(document: Any) -> str:
    """The same for keys that are ids and values that are numbers, with null for NaN."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).replace("NaN", "null")


def safe(text: str) -> str:
    """JSON text (ASCII) that stays harmless also inside an HTML page."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
