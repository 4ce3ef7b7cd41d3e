"""How does the labelling server stand up to 50 people saving at once?  Start, memory, and the time of a save.

    python benchmarks/annotate.py [--people 50] [--saves 20]

The wish: start under 2 s, under 60 MB, p95 of a save under 100 ms on 2 cores, no error, no lost write.  Each person has a
connection of their own; all of them save in the same instant, again and again (no pause for thought: the worst case).  The peer is
the same saves written one transaction each, as a server without the shared transaction would.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmark.annotate import store, training
from benchmark.annotate.guard import MARK
from benchmark.annotate.labels import Document

LABELS: Document = {
    "verdict": "balanced",
    "rating": 4,
    "pace": 0,
    "depth": 0,
    "patterns": [],
    "confidence_direction": None,
    "signals": ["deep_reasoning"],
    "evidence": [],
    "rationale": "A sentence that a hiring manager could read out, of the usual length of such sentences.",
}


def start(project: Path, names: list[str]) -> tuple[subprocess.Popen[str], dict[str, str], float]:
    """The server as a user starts it; links by name, and the seconds until they are printed."""
    began = time.perf_counter()
    command = [
        sys.executable,
        "-u",
        "-c",
        "from benchmark.cli.main import main; main()",
        "annotate",
        "serve",
        "--project",
        str(project),
        "--port",
        "0",
    ]
    process = subprocess.Popen(
        [*command, *(["--annotators", ",".join(names)] if names else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    links = {}
    line = process.stdout.readline()
    first = time.perf_counter() - began
    while True:
        name, link = line.split("  ")[:2]
        links[name.strip()] = link.strip()
        if len(links) == 50 or (names and len(links) == len(names)):
            return process, links, first
        line = process.stdout.readline()


def memory(pid: int) -> float:
    """Highest resident size so far, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


class Connection:
    """One person's keep-alive connection, with as little of a client as will do: what is measured is to be the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader, self.writer, self.cookie = reader, writer, ""

    async def post(self, path: str, body: object) -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer."""
        content = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{MARK}: 1\r\nCookie: {self.cookie}\r\n"
        self.writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        return int(answer[9:12]), answer, await self.reader.readexactly(length)


async def person(link: str, saves: int, gate: asyncio.Barrier, times: list[float], errors: list[object]) -> None:
    port, token = int(link.split(":")[2].partition("/")[0]), link.partition("#t=")[2]
    connection = Connection(*await asyncio.open_connection("127.0.0.1", port))
    _, head, _ = await connection.post("/api/session", {"token": token})
    connection.cookie = head.decode().partition("set-cookie: ")[2].partition(";")[0]
    for position in range(1, saves + 1):
        body = {"labels": LABELS, "seconds": 60.0, "key": f"{token[:8]}-{position:06d}"}
        await gate.wait()
        began = time.perf_counter()
        status, _, answer = await connection.post(f"/api/items/{position}/labels", body)
        times.append(time.perf_counter() - began)
        if status != 200 or json.loads(answer) != {"revision": 1}:
            errors.append((status, answer))
    connection.writer.close()


def load(project: Path, links: dict[str, str], saves: int) -> tuple[list[float], list[object], int]:
    """All people at once: the seconds of each save, what went wrong, and how many saves the database has afterwards."""
    database = store.open_database(project)
    for one in store.people(database):
        store.add_consent(database, one.id, "1.0", "")
        for step in training.steps():
            store.add_training(database, one.id, step, {}, True)
    times, errors = list[float](), list[object]()

    async def everybody() -> None:
        gate = asyncio.Barrier(len(links))
        await asyncio.gather(*(person(link, saves, gate, times, errors) for link in links.values()))

    asyncio.run(everybody())
    (kept,) = database.execute("SELECT count(*) FROM revisions").fetchone()
    database.close()
    return times, errors, int(kept)


def alone(folder: Path, count: int) -> float:
    """Seconds of the same save in a transaction of its own, the median: what 50 in a row would wait for."""
    database: sqlite3.Connection = store.connect(folder / "alone.db")
    database.execute("CREATE TABLE revisions (labels TEXT)")
    text, times = json.dumps(LABELS), []
    for _ in range(count):
        began = time.perf_counter()
        database.execute("INSERT INTO revisions VALUES (?)", (text,))
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=50)
    options.add_argument("--saves", type=int, default=20)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "annotate.db"
        process, links, first = start(project, [f"p{i:02d}" for i in range(given.people)])
        times, errors, kept = load(project, links, given.saves)
        used = memory(process.pid)
        process.terminate()
        process.wait()
        again, _, second = start(project, [])
        rested = memory(again.pid)
        again.terminate()
        again.wait()
        cuts = [1000 * cut for cut in statistics.quantiles(times, n=100)]
        waited = 1000 * given.people * alone(Path(folder), 200)
        print(f"start: {first:.2f} s making the project, {second:.2f} s with one")
        print(f"memory at most: {used:.0f} MB under load, {rested:.0f} MB at rest")
        spread = f"median {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, worst {1000 * max(times):.0f} ms"
        print(f"{given.people} people x {given.saves} saves at once: {spread}")
        print(f"errors {len(errors)}, lost {given.people * given.saves - kept}")
        print(f"one transaction each, in a row: the last of {given.people} would wait {waited:.0f} ms for the disk alone")


if __name__ == "__main__":
    main()
