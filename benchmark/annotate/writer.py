"""One connection that writes: saves that arrive together share a transaction, and each is confirmed when it is on the disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmark.annotate.store import connect

Job = Callable[[sqlite3.Connection], Any]


class Writer:
    """Runs jobs on a connection of its own.  A job that raises is undone alone; the others of its transaction stand.

    Fifty people saving at once would cost fifty flushes to the disk one after another; together they cost one or two.  While the disk is
    waited for (in a thread), the jobs that arrive gather for the next transaction.
    """

    def __init__(self, path: Path):
        self._database = connect(path)
        self._waiting: list[tuple[Job, asyncio.Future[Any]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def submit(self, job: Job) -> Any:
        """The job's result, once its transaction is committed.  Raises what the job raised, or why nothing could be committed."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await asyncio.shield(future)  # who hangs up does not undo what was asked for

    async def close(self) -> None:
        """Finish what was asked for."""
        if self._flushing is not None:
            await self._flushing
        self._database.close()

    async def _flush(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._database.execute, "BEGIN IMMEDIATE")
                results = [(future, *self._run(job)) for job, future in together]
                await asyncio.to_thread(self._database.execute, "COMMIT")
            except sqlite3.Error as error:  # a full disk, a lock held too long: nobody is told that their labels are safe
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                results = [(future, None, error) for _, future in together]
            for future, result, failure in results:
                if failure is None:
                    future.set_result(result)
                else:
                    future.set_exception(failure)

    def _run(self, job: Job) -> tuple[Any, Exception | None]:
        self._database.execute("SAVEPOINT job")
        try:
            return job(self._database), None
        except Exception as error:
            self._database.execute("ROLLBACK TO job")
            return None, error
        finally:
            self._database.execute("RELEASE job")
