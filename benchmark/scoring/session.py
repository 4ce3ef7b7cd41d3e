"""One run of a scorer over the answers of a scan: from what is on the disk already to everything scored, or to a clean stop."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmark.errors import InputError
from benchmark.scoring.executors import local, processes
from benchmark.scoring.job import Done, Job
from benchmark.scoring.journal import Journal, missing
from benchmark.scoring.progress import progress
from benchmark.scoring.protocol import Scorer


@dataclass(frozen=True)
class Limits:
    """Where a run stops: dollars of the whole run, seconds of this one; None for no limit."""

    usd: float | None
    seconds: float | None


@dataclass(frozen=True)
class Where:
    """The executor, how many workers it has (None: one for each processor), and the Ray cluster (None: one started here)."""

    executor: str
    workers: int | None
    ray_address: str | None


def score_missing(job: Job, scorer: Scorer, journal: Journal, where: Where, limits: Limits) -> str | None:
    """Score what the journal does not have; gives why it stopped early, None when all is done.

    Raises InputError where nothing can be scored.  What was finished is on the disk also then.
    """
    batches = missing(journal, job.batches)
    if not batches:
        return None
    spent = f"{limits.usd:g} dollars are spent (--max-usd)" if limits.usd is not None else ""
    if limits.usd is not None and journal.usd >= limits.usd:
        return spent
    stop = threading.Event()
    start = time.monotonic()
    why = None
    journal.start()
    try:
        with progress(len(job.rows), journal) as bar, closing(executed(job, scorer, batches, where, stop, bar.beat)) as found:
            for done in found:
                journal.add(done)
                bar.batch()
                if limits.usd is not None and not done.priced and done.failed + done.abstained < done.answers:
                    raise InputError(
                        ["--max-usd: the predictions of this scorer name no dollars (llm: -S usd_per_million_in=...)"]
                    )
                if limits.usd is not None and journal.usd >= limits.usd:
                    why = spent
                elif limits.seconds is not None and time.monotonic() - start >= limits.seconds:
                    why = f"{limits.seconds:g} seconds are over (--max-seconds)"
                if why is not None:
                    stop.set()
    except KeyboardInterrupt:
        why = "interrupted"
    finally:
        journal.flush()
    return why if missing(journal, job.batches) else None


def executed(
    job: Job, scorer: Scorer, batches: Sequence[int], where: Where, stop: threading.Event, beat: Callable[[], None]
) -> Generator[Done, None, None]:
    """Batches as they are finished by the executor asked for; ``beat`` is called for every prediction made in this process."""
    if where.executor == "ray":
        from benchmark.scoring.ray_executor import on_ray

        return on_ray(job, batches, where.workers, where.ray_address, stop)
    if where.executor == "processes":
        return processes(job, batches, where.workers, stop)
    return local(job, scorer, batches, stop, beat)


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Whatever prints inside the block, C code included, must not spoil the table or ``--json``."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def scorer_code(scorer: Scorer) -> str:
    """SHA-256 of the file that a scorer's class is in; of every Python file of its package, where it is the package itself."""
    module = inspect.getmodule(type(scorer))
    file = Path(str(getattr(module, "__file__", "")))
    return _digest(sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file])


def harness_code() -> str:
    """SHA-256 of the harness itself."""
    return _digest(sorted(Path(__file__).parents[1].rglob("*.py")))


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(f"{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()
