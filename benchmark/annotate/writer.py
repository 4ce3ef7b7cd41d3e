"""One thread that writes: saves that arrive together share a transaction, and each is confirmed when it is on the disk."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from benchmark.annotate.store import connect

Job = Callable[[sqlite3.Connection], Any]
_MOST_TOGETHER = 64


class Writer:
    """Runs jobs on a connection of its own.  A job that raises is undone alone; the others of its transaction stand.

    Fifty people saving at once would cost fifty flushes to the disk one after another; together they cost one or two.
    """

    def __init__(self, path: Path):
        self._database = connect(path)
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> Future[Any]:
        """Ask for a job; the future has its result once the transaction is committed."""
        future: Future[Any] = Future()
        self._jobs.put((job, future))
        return future

    def close(self) -> None:
        """Finish what was asked for."""
        self._jobs.put(None)
        self._thread.join()
        self._database.close()

    def _run(self) -> None:
        while (first := self._jobs.get()) is not None:
            together, last = [first], False
            while len(together) < _MOST_TOGETHER:
                try:
                    one = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if one is None:
                    last = True
                    break
                together.append(one)
            self._commit(together)
            if last:
                return

    def _commit(self, together: list[tuple[Job, Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            self._database.execute("BEGIN IMMEDIATE")
            for job, future in together:
                self._database.execute("SAVEPOINT job")
                try:
                    result = job(self._database)
                except Exception as error:
                    self._database.execute("ROLLBACK TO job")
                    future.set_exception(error)
                else:
                    done.append((future, result))
                self._database.execute("RELEASE job")
            self._database.execute("COMMIT")
        except sqlite3.Error as error:  # a full disk, a lock held too long: nobody is told that their labels are safe
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            for _, future in together:
                if not future.done():
                    future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)
