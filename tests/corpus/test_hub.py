"""``hf://`` through the real client against a local server that speaks enough of the Hub's protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmark import load_corpus
from tests.conftest import Tables, bench, write_corpus

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(BaseHTTPRequestHandler):
    """One dataset repository, ``team/answers``, at one commit with the branch ``main`` and the tag ``v1``."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        self.folder = folder
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path, api = self.path.partition("?")[0], "/api/datasets/team/answers"
        files = sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
        if path in (api, *(f"{api}/revision/{r}" for r in ("main", "v1", COMMIT))):
            self._send({"id": "team/answers", "sha": COMMIT, "siblings": [{"rfilename": f} for f in files]}, body)
        elif path.startswith(f"{api}/tree/{COMMIT}"):
            self._send(
                [{"type": "file", "path": f, "size": (self.folder / f).stat().st_size, "oid": self._etag(f)} for f in files],
                body,
            )
        elif path.startswith(f"/datasets/team/answers/resolve/{COMMIT}/"):
            name = path.removeprefix(f"/datasets/team/answers/resolve/{COMMIT}/")
            content = (self.folder / name).read_bytes()
            self._send(content, body, {"X-Repo-Commit": COMMIT, "ETag": f'"{self._etag(name)}"'})
        else:
            known = path.startswith(api)
            code = "RevisionNotFound" if known else "RepoNotFound"
            self._send({"error": "not here"}, body, {"X-Error-Code": code}, status=404)

    def _etag(self, name: str) -> str:
        return sha256((self.folder / name).read_bytes()).hexdigest()[:40]

    def _send(self, content: object, body: bool, headers: dict[str, str] | None = None, status: int = 200) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub(tmp_path: Path, tables: Tables) -> Iterator[dict[str, str]]:
    folder = write_corpus(tmp_path / "repository", tables)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Hub, folder))  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    server.shutdown()


@pytest.mark.parametrize("revision", ["@v1", f"@{COMMIT}", ""])
def test_a_run_on_a_hub_repository_records_the_commit(tmp_path: Path, hub: dict[str, str], revision: str) -> None:
    done = bench("run", "--scorer", "constant", "--corpus", f"hf://team/answers{revision}", "--json", cwd=tmp_path, env=hub)
    assert done.returncode == 0, done.stderr
    corpus = json.loads(done.stdout)["corpus"]
    assert (corpus["name"], corpus["revision"]) == ("team/answers", COMMIT)
    assert corpus["fingerprint"] == load_corpus(tmp_path / "repository").fingerprint


@pytest.mark.parametrize("location", ["hf://team/answers@v9", "hf://team/nothing", "hf://team", "hf://team/answers@"])
def test_what_is_not_there_is_one_clear_line(tmp_path: Path, hub: dict[str, str], location: str) -> None:
    done = bench("corpus", "validate", "--corpus", location, cwd=tmp_path, env=hub)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {location}: ")
    assert done.stderr.count("\n") == 1
