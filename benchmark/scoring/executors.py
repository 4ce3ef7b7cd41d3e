"""Where batches are scored: in this process, in processes, or on a Ray cluster.  All give the same predictions."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Generator, Sequence

from benchmark.corpus.scan import Scan
from benchmark.scoring.isolation import Child, memory_share
from benchmark.scoring.job import Done, Job, score_rows
from benchmark.scoring.protocol import Scorer

EXECUTORS = ("local", "processes", "ray")


def local(
    job: Job, scorer: Scorer, batches: Sequence[int], stop: threading.Event, beat: Callable[[], None] = lambda: None
) -> Generator[Done, None, None]:
    """One batch after the other, here; with a time limit in one worker process, since nothing else can be stopped.

    ``beat`` is called whenever something came from the scorer here.
    """
    if job.timeout is not None:
        yield from processes(job, batches, 1, stop)
        return
    scan = Scan(job.scan)
    try:
        for batch in batches:
            if stop.is_set():
                break
            yield score_rows(scorer, scan, batch, job.rows_of(batch), beat)
    finally:
        scan.close()


def processes(job: Job, batches: Sequence[int], workers: int | None, stop: threading.Event) -> Generator[Done, None, None]:
    """Batches as they are finished by some processes that share nothing, one for each processor unless told otherwise.

    ``stop`` asks for no new batch: what is in hand is finished.
    """
    workers = min(workers or processors(), max(len(batches), 1))
    waiting = iter(batches)
    lock, closed = threading.Lock(), threading.Event()
    finished: queue.Queue[Done | BaseException | None] = queue.Queue(maxsize=4 * workers)

    def put(item: Done | BaseException | None) -> None:
        while not closed.is_set():
            try:
                finished.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def drive(child: Child) -> None:
        try:
            while not (stop.is_set() or closed.is_set()):
                with lock:
                    batch = next(waiting, None)
                if batch is None:
                    break
                put(child.score(batch))
            put(None)
        except BaseException as error:  # whatever it is, the consumer raises it
            put(error)
        finally:
            child.close()

    children = [Child(job, memory_share(workers)) for _ in range(workers)]
    threads = [threading.Thread(target=drive, args=(child,), daemon=True) for child in children]
    for thread in threads:
        thread.start()
    running = workers
    try:
        while running:
            item = finished.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                running -= 1
            else:
                yield item
    finally:
        closed.set()
        for child in children:
            child.interrupt()
        for thread in threads:
            thread.join()


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
