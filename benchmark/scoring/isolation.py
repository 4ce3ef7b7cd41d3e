"""A scorer in a process of its own: one that hangs, dies or leaks costs its own answers only."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from array import array
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmark.corpus.scan import Scan
from benchmark.errors import InputError
from benchmark.scoring.job import Done, Job, done, score_rows

_BEATS_PER_TIMEOUT = 10
_ORPHAN_S = 1.0
_LIMIT_SHARE, _RENEWED_SHARE = 0.8, 0.4


class HungError(Exception):
    """Nothing came from the scorer in time."""


class DiedError(Exception):
    """The scorer's process is gone; says how."""


def memory_share(workers: int) -> int:
    """Bytes of this machine's memory for each of some workers."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // workers


class StoppedError(Exception):
    """The run ends before this batch did."""


class Child:
    """A worker process with a scorer.  It is made anew after it hung, died, or grew beyond its share of ``memory`` (bytes)."""

    def __init__(self, job: Job, memory: int) -> None:
        self._job, self._memory = job, memory
        self._process: Any = None
        self._pipe: Any = None
        self._stopped = False

    def score(self, batch: int) -> Done:
        """Score a batch, whatever the scorer does.

        A batch that hangs or kills the process is scored again answer by answer, each with the time limit to itself.
        """
        rows = self._job.rows_of(batch)
        try:
            return self._ask(batch, rows)
        except (HungError, DiedError):
            ones = [self._one(batch, array("q", [row])) for row in rows]
        return Done(
            batch,
            b"".join(one.lines for one in ones),
            len(rows),
            sum(one.abstained for one in ones),
            sum(one.failed for one in ones),
            sum(one.usd for one in ones),
            any(one.priced for one in ones),
        )

    @property
    def pid(self) -> int | None:
        """The process, None while there is none."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None

    def interrupt(self) -> None:
        """End the process from another thread: whoever waits for it finds it gone."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def _one(self, batch: int, row: array[int]) -> Done:
        for last in (False, True):
            try:
                return self._ask(batch, row)
            except HungError as error:
                return self._failed(batch, row, str(error))
            except DiedError as error:  # it may have been killed from outside: once more
                if last:
                    return self._failed(batch, row, str(error))
        raise AssertionError("unreachable")

    def _failed(self, batch: int, row: array[int], reason: str) -> Done:
        scan = Scan(self._job.scan)
        [answer] = scan.answers(row)
        scan.close()
        return done(batch, [{"answer_id": answer.answer_id, "failed": reason}])

    def _ask(self, batch: int, rows: array[int]) -> Done:
        if self._process is None:
            self._start()
        if self._stopped:
            raise StoppedError
        try:
            self._pipe.send((batch, rows))
            while (reply := self._receive()) is None:
                pass
        except (EOFError, OSError):
            gone = self._died()
            raise StoppedError if self._stopped else gone from None
        if isinstance(reply, InputError):
            self.close()
            raise reply
        finished, size = reply
        if size > self._memory * _RENEWED_SHARE:
            self.close()
        answer: Done = finished
        return answer

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._job, int(self._memory * _LIMIT_SHARE), os.getpid()), daemon=True
        )
        self._process.start()
        theirs.close()
        try:
            ready = self._pipe.recv()
        except (EOFError, OSError):
            if self._stopped:
                raise StoppedError from None
            raise InputError([f"scorer {self._job.recipe.name}: {self._died()} before it was ready"]) from None
        if isinstance(ready, InputError):
            self.close()
            raise ready

    def _receive(self) -> Any:
        if self._job.timeout is not None and not self._pipe.poll(self._job.timeout):
            self.close()
            raise HungError(f"timeout: nothing came from the scorer for {self._job.timeout:g} s")
        return self._pipe.recv()

    def _died(self) -> DiedError:
        self._process.join()
        code = self._process.exitcode
        self.close()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with exit status {code}"
        return DiedError(f"the scorer's process ended {how}")


def _serve(pipe: Connection, job: Job, memory: int, parent: int) -> None:
    """What the process does: read which answers, score them, write the predictions, until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    os.dup2(2, 1)  # a scorer that prints must not spoil the parent's stdout
    sys.stdout = sys.stderr
    with contextlib.suppress(ValueError, OSError):  # not every system has the limit
        resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    try:
        scorer, scan = job.recipe.make(), Scan(job.scan)
        pipe.send(None)
        beat = _beat(pipe, job.timeout)
        while True:
            batch, rows = pipe.recv()
            pipe.send((score_rows(scorer, scan, batch, rows, beat), _resident()))
    except InputError as error:
        pipe.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass


def _beat(pipe: Connection, timeout: float | None) -> Callable[[], None]:
    """Tells the parent that the scorer is alive, a few times in the time it is given."""
    last = time.monotonic()

    def beat() -> None:
        nonlocal last
        if timeout is not None and time.monotonic() - last > timeout / _BEATS_PER_TIMEOUT:
            last = time.monotonic()
            pipe.send(None)

    return beat


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_ORPHAN_S)
    os._exit(1)


def _resident() -> int:
    """Bytes this process has in memory now."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
