"""What the scripts of this folder share: running a command, its wall and processor time, and the memory it had at most."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

BENCH = (sys.executable, "-c", "from benchmark.cli.main import main; main()")


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds of wall, seconds of processors (children's too), and the largest process' bytes."""

    wall: float
    processor: float
    resident: int


def run(command: Sequence[str], ok: Sequence[int] = (0,)) -> Run:
    """Run a command to its end; raises where it ends otherwise than expected."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in ok:
        raise SystemExit(f"{' '.join(command)}: {complaint.decode()}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def median_of(times: int, measured: Callable[[], float]) -> float:
    """The median of several measurements."""
    return statistics.median(measured() for _ in range(times))


def processor_seconds(work: Callable[[], object]) -> float:
    """Seconds of this process' processor time."""
    start = time.process_time()
    work()
    return time.process_time() - start


def load() -> str:
    """How busy the machine is: the number that belongs beside every other."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
