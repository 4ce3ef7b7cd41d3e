"""Reading JSON lines with places for errors, and writing files that are never seen half-written."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from benchmark.errors import InputError, Problem

BUNDLED = Path(__file__).parent / "_bundled"
"""Where a wheel keeps ``data/`` and ``schemas/``; a checkout has them at its root."""


def bundled(name: str) -> Path:
    """The folder ``name`` (``data`` or ``schemas``) of this installation."""
    inside = BUNDLED / name
    return inside if inside.is_dir() else Path(__file__).parents[1] / name


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def parse_json(text: str) -> Any:
    """Decode one JSON document; raises ValueError also for NaN and Infinity, which are not JSON."""
    return _DECODER.decode(text)


def _is_text(document: Any) -> bool:
    """Whether every string can be written as UTF-8; JSON can spell half of a surrogate pair, which can't."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def read_json(path: Path) -> Any:
    """Decode a JSON file; raises InputError with its name when that is not possible."""
    try:
        return parse_json(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError([Problem(str(path), 0, "", "no such file")]) from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError([Problem(str(path), getattr(error, "lineno", 0), "", f"not JSON: {error}")]) from None


def read_jsonl(path: Path) -> Iterator[tuple[int, Any | Problem]]:
    """Yield ``(line number, document)`` for each line that is not blank; a Problem stands in for a line that can't be read."""
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if not raw.strip():
                    continue
                try:
                    document = parse_json(raw.decode("utf-8-sig" if number == 1 else "utf-8").strip())
                except UnicodeDecodeError as error:
                    yield number, Problem(str(path), number, "", f"not UTF-8 (byte {error.start + 1} of the line)")
                except (ValueError, RecursionError) as error:
                    yield number, Problem(str(path), number, "", f"not JSON: {error}")
                else:
                    half = b"\\ud" in raw.lower() and not _is_text(document)
                    yield (
                        number,
                        Problem(str(path), number, "", "half of a surrogate pair is no character") if half else document,
                    )
    except OSError as error:
        yield 0, Problem(str(path), 0, "", f"can't be read: {error.strerror}")


def make_durable(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def atomic_writer(path: Path) -> Iterator[IO[str]]:
    """A text file that replaces ``path`` when the block ends well, and leaves it as it was when not.

    The text is written beside ``path`` under another name, flushed to the disk, then renamed: whoever reads, also after
    ``kill -9``, finds the old file or the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
        make_durable(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically."""
    with atomic_writer(path) as file:
        file.write(text)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(document: Any) -> str:
    """The one JSON text of a document: sorted keys, no spaces, no NaN.  What is hashed is this."""
    return _CANONICAL.encode(document)


def pretty(document: Any) -> str:
    """JSON for people and for diffs, in the order given."""
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
