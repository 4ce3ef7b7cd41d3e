"""Batches on a Ray cluster, an existing one or one started here, by Ray Data.

Ray moves the numbers of batches and the predictions; answers are read from the scan in the run folder, which every node must see
under the same path (a shared file system).
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmark.corpus.scan import Scan
from benchmark.errors import InputError
from benchmark.scoring.job import Done, Job, score_rows

BATCHES_PER_BLOCK = 8
"""A task scores at most so many batches: Ray's own cost of a task is about half a batch of the quickest scorer."""
_BLOCKS_PER_WORKER = 4
_KNOCK_S = 10.0
_CPUS_PER_WORKER = 0.9
"""Less than one: an actor on every processor would leave none to read with, and the run would hang."""


class RayWorker:
    """The actor: a scorer, made once, and the scan."""

    def __init__(self, job: Job) -> None:
        from benchmark.scoring.isolation import Child, memory_share

        os.dup2(2, 1)
        if not job.scan.is_file():
            raise FileNotFoundError(
                f"{job.scan}: not on this node (the run folder must be on a file system that all nodes share)"
            )
        self._job, self._scan = job, Scan(job.scan)
        # nothing but a process of its own can be stopped
        self._child = Child(job, memory_share(1)) if job.timeout is not None else None
        self._scorer = job.recipe.make() if self._child is None else None

    def __call__(self, block: dict[str, Any]) -> dict[str, list[Any]]:
        found = [self._score(int(batch)) for batch in block["batch"]]
        return {field: [getattr(one, field) for one in found] for field in Done.__dataclass_fields__}

    def _score(self, batch: int) -> Done:
        if self._child is not None:
            return self._child.score(batch)
        assert self._scorer is not None
        return score_rows(self._scorer, self._scan, batch, self._job.rows_of(batch))


def on_ray(
    job: Job, batches: Sequence[int], workers: int | None, address: str | None, stop: threading.Event
) -> Generator[Done, None, None]:
    """Batches as they are finished by actors on a cluster; ``workers`` is one for each of its processors unless told otherwise.

    Raises InputError where Ray is missing, can't be reached, or loses its workers for good.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its core warns of what Ray Data itself does
    try:
        import ray
        import ray.data
    except ImportError:
        raise InputError(["--executor ray needs Ray: pip install 'speed-depth-bench[ray]'"]) from None
    own = not ray.is_initialized()
    if own:
        _knock(address)
        try:
            with _quiet():
                ray.init(
                    address=address or "local",
                    logging_level=logging.ERROR,
                    log_to_driver=False,
                    include_dashboard=None if address else False,
                )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise InputError([f"--ray-address {address}: {str(error).strip().splitlines()[0]}"]) from None
    try:
        yield from _scored(ray, job, batches, workers, stop)
    except ray.exceptions.RayError as error:
        cause = str(error).strip().splitlines()
        raise InputError([f"--executor ray: {cause[-1] if cause else type(error).__name__}"]) from None
    finally:
        if own:
            ray.shutdown()


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Ray's core announces on the descriptor of stderr which level of log it was told; what goes wrong is raised."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _knock(address: str | None) -> None:
    """Is anybody there?  Ray would end this process if not."""
    host, colon, port = (address or "").rpartition(":")
    if not colon or not port.isdigit():
        return
    try:
        socket.create_connection((host.removeprefix("ray://"), int(port)), timeout=_KNOCK_S).close()
    except OSError as error:
        raise InputError([f"--ray-address {address}: {error.strerror or error}"]) from None


def _scored(
    ray: Any, job: Job, batches: Sequence[int], workers: int | None, stop: threading.Event
) -> Generator[Done, None, None]:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    in_block = max(1, min(BATCHES_PER_BLOCK, len(batches) // (_BLOCKS_PER_WORKER * workers)))
    blocks = -(-len(batches) // in_block)
    # a block for each task, made before scoring starts: small ones would be fused, and one worker do all
    numbers = ray.data.from_items([{"batch": batch} for batch in batches], override_num_blocks=max(blocks, 1)).materialize()
    scored = numbers.map_batches(
        RayWorker,
        fn_constructor_args=(job,),
        batch_size=None,
        compute=ray.data.ActorPoolStrategy(size=min(workers, max(blocks, 1))),
        num_cpus=_CPUS_PER_WORKER,
    )
    for row in scored.iter_rows():
        yield Done(**row)
        if stop.is_set():
            return
