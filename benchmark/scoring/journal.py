"""The run folder: finished batches on the disk, so that the same command goes on where it was stopped.

Beside ``NAME.json`` lies ``NAME.run/`` while a run is not finished: ``plan.json`` says what is run, ``corpus.sqlite`` is the scan,
``shards/`` holds the predictions, ``lock`` keeps a second run out.  A shard is written under another name, flushed to the disk
and renamed: it is there whole, or not at all.  Batches are gathered for half a second before they are flushed, as databases do.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from benchmark.errors import InputError
from benchmark.files import make_durable, parse_json, pretty, write_text
from benchmark.scoring.job import Done

GATHER_S = 0.5


class RunFolder:
    """A run folder, held by this process alone until it is closed.

    ``fresh`` throws away what an earlier run left.  A folder that holds no finished batch when it is closed disappears, and with
    it the folders that were made for it.
    """

    def __init__(self, path: Path, fresh: bool) -> None:
        self.path = path
        self._made = [place for place in (path, *path.parents) if not place.exists()]
        self.shards = path / "shards"
        self.shards.mkdir(parents=True, exist_ok=True)
        self._lock = (path / "lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise InputError([f"{path}: another run is writing here (give this one another --output)"]) from None
        if fresh:
            self.discard()
            self.shards.mkdir(exist_ok=True)

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_: object) -> None:
        if not self.shards.is_dir() or not any(self.shards.glob("*.jsonl")):
            self.discard()
            with contextlib.suppress(OSError):
                (self.path / "lock").unlink()
            for place in self._made:
                with contextlib.suppress(OSError):  # someone else may have put something there
                    place.rmdir()
            with contextlib.suppress(OSError):
                self.path.rmdir()
        self._lock.close()

    def discard(self) -> None:
        """Remove everything but the lock."""
        for found in self.path.iterdir():
            if found.is_dir():
                shutil.rmtree(found)
            elif found.name != "lock":
                found.unlink()


class Journal:
    """The finished batches of one plan, in a run folder."""

    def __init__(self, folder: RunFolder, plan: Mapping[str, Any]) -> None:
        """Take up what is there.  Raises InputError where that belongs to another plan."""
        self._folder = folder
        self._where: dict[int, tuple[int, int, int]] = {}
        """Batch to shard, offset and bytes."""
        self._shards: list[Path] = []
        self._gathered: list[Done] = []
        self._flushed = time.monotonic()
        self.seconds = 0.0
        """Wall seconds of scoring behind the batches on disk."""
        self.answers = self.abstained = self.failed = 0
        self.usd = 0.0
        shards = sorted(folder.shards.glob("*.jsonl"))
        if shards:
            self._check(plan)
        write_text(folder.path / "plan.json", pretty(dict(plan)))
        for left in folder.shards.glob("*.part"):
            left.unlink()
        for shard in shards:
            self._take_up(shard)

    def __contains__(self, batch: int) -> bool:
        return batch in self._where

    @property
    def resumed(self) -> bool:
        """Is there anything from an earlier run?"""
        return bool(self._shards)

    def add(self, done: Done) -> None:
        """Keep a finished batch."""
        self._gathered.append(done)
        self._count(done.answers, done.abstained, done.failed, done.usd)
        if time.monotonic() - self._flushed >= GATHER_S:
            self.flush()

    def start(self) -> None:
        """From now on scoring takes time."""
        self._flushed = time.monotonic()

    def flush(self) -> None:
        """Write what was gathered as a shard: when this returns it is on the disk."""
        if not self._gathered:
            return
        now = time.monotonic()
        seconds, self._flushed = now - self._flushed, now
        head = {
            "seconds": round(seconds, 6),
            "batches": [[d.batch, len(d.lines), d.answers, d.abstained, d.failed, d.usd] for d in self._gathered],
        }
        path = self._folder.shards / f"{len(self._shards):08d}.jsonl"
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.writelines(d.lines for d in self._gathered)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        make_durable(self._folder.shards)
        self.seconds += seconds
        self._index(path, head)
        self._gathered.clear()

    def lines(self, batches: int) -> Iterator[bytes]:
        """The predictions of batches 0 to ``batches``, in order, a line of JSON each."""
        opened: dict[int, IO[bytes]] = {}
        with contextlib.ExitStack() as stack:
            for batch in range(batches):
                shard, offset, size = self._where[batch]
                if shard not in opened:
                    if len(opened) > 64:  # batches are nearly in order: old shards are done with
                        opened.pop(next(iter(opened))).close()
                    opened[shard] = stack.enter_context(self._shards[shard].open("rb"))
                opened[shard].seek(offset)
                yield from opened[shard].read(size).splitlines(keepends=True)

    def _check(self, plan: Mapping[str, Any]) -> None:
        path = self._folder.path
        try:
            before = parse_json((path / "plan.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            before = {}
        changed = [part.replace("_", " ") for part, value in plan.items() if before.get(part) != value]
        if changed:
            raise InputError(
                [
                    f"{path}: holds an unfinished run with another {' and '.join(changed)} "
                    "(--fresh throws it away, another --output keeps it)"
                ]
            )

    def _take_up(self, path: Path) -> None:
        with path.open("rb") as file:
            head = json.loads(file.readline())
        self.seconds += head["seconds"]
        self._index(path, head)
        for _, _, *counts in head["batches"]:
            self._count(*counts)

    def _index(self, path: Path, head: Mapping[str, Any]) -> None:
        with path.open("rb") as file:
            offset = len(file.readline())
        for batch, size, *_ in head["batches"]:
            self._where[batch] = len(self._shards), offset, size
            offset += size
        self._shards.append(path)

    def _count(self, answers: int, abstained: int, failed: int, usd: float) -> None:
        self.answers += answers
        self.abstained += abstained
        self.failed += failed
        self.usd += usd


def missing(journal: Journal, batches: int) -> Sequence[int]:
    """The batches that are still to be scored."""
    return array("q", (batch for batch in range(batches) if batch not in journal))
