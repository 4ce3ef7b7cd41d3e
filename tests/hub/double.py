"""A test double of the Hugging Face Hub: its HTTP protocol as huggingface_hub, datasets and ``hf`` speak it, in memory, on loopback.

The clients are unmodified; they come here by HF_ENDPOINT.  What is not here is xet: HF_HUB_DISABLE_XET=1, so that files travel by
the older LFS protocol.  The API answers at 127.0.0.1 and blobs at localhost, which is another origin, as on the Hub.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TYPES = {"datasets": "dataset", "spaces": "space", "models": "model"}
WRITER, READER = "hf_writer_0123456789abcdef", "hf_reader_0123456789abcdef"
"""Tokens: the writer is ``team``'s, the reader may read what is public."""
LFS_SUFFIXES = (".parquet",)


@dataclass
class Commit:
    """The whole tree after a commit: content by path."""

    sha: str
    message: str
    files: dict[str, bytes]


@dataclass
class Repo:
    """A repository with one branch, ``main``."""

    repo_id: str
    kind: str
    private: bool = False
    gated: Any = False
    sdk: str | None = None
    commits: list[Commit] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, files: dict[str, bytes], message: str) -> Commit:
        identity = json.dumps([self.repo_id, len(self.commits), message, sorted((p, git_oid(c)) for p, c in files.items())])
        self.commits.append(Commit(hashlib.sha1(identity.encode()).hexdigest(), message, files))
        return self.commits[-1]

    def find(self, revision: str) -> Commit | None:
        sha = self.tags.get(revision, self.commits[-1].sha if revision == "main" else revision)
        return next((one for one in self.commits if one.sha == sha), None)

    @property
    def head(self) -> Commit:
        return self.commits[-1]


def git_oid(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass
class Hub:
    """The state of the double, for tests to look at and to break."""

    port: int = 0
    repos: dict[str, Repo] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    writers: dict[str, set[str]] = field(default_factory=lambda: {WRITER: {"team"}})
    readers: set[str] = field(default_factory=lambda: {READER})
    requests: list[tuple[str, str]] = field(default_factory=list)
    seen_tokens: set[str] = field(default_factory=set)
    drop: str | None = None
    """A part of a path whose requests are cut off without an answer."""
    answer: dict[str, int] = field(default_factory=dict)
    """Parts of paths whose requests are answered with a status and nothing else."""
    on_request: Any = None
    """Called with the method and the path of each request before it is answered."""
    before_commit: Any = None
    """Called once, before a commit is looked at: somebody else is faster."""

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, home: Path, token: str | None = WRITER) -> dict[str, str]:
        """The environment of a client with a home of its own."""
        return {
            "HF_ENDPOINT": self.endpoint,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_UPDATE_CHECK": "1",
            "HF_TOKEN": token or "",
        }

    def writes(self) -> list[tuple[str, str]]:
        """The requests that were meant to change something."""
        return [(m, p) for m, p in self.requests if m not in ("GET", "HEAD") and "validate-yaml" not in p]

    def add(self, repo_id: str, files: dict[str, bytes], kind: str = "dataset", **settings: Any) -> Repo:
        """A repository that is there already."""
        repo = Repo(repo_id, kind, **settings)
        repo.commit({".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}, "initial commit")
        if files:
            repo.commit({**repo.head.files, **files}, "files")
        self.repos[f"{kind}s/{repo_id}"] = repo
        return repo


def refused(status: int, code: str | None = None, message: str = "", **more: Any) -> JSONResponse:
    headers = {"X-Error-Code": code, "X-Error-Message": message or code} if code else {"X-Error-Message": message}
    return JSONResponse({"error": message or code, **more}, status, headers)


class RefusedError(Exception):
    """Ends a request with an answer."""

    def __init__(self, response: JSONResponse) -> None:
        self.response = response


async def refuse(request: Request, refusal: Any) -> Response:
    response: JSONResponse = refusal.response
    return response


class Api:
    """The routes."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    # who asks, and for what

    def token(self, request: Request) -> str | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if given:
            self.hub.seen_tokens.add(given)
        return given or None

    def known(self, token: str | None) -> bool:
        return token in self.hub.writers or token in self.hub.readers

    def may_write(self, request: Request, repo_id: str) -> bool:
        return repo_id.partition("/")[0] in self.hub.writers.get(self.token(request) or "", set())

    def check_write(self, request: Request, repo: Repo) -> None:
        if not self.may_write(request, repo.repo_id):
            raise RefusedError(refused(403, None, "Forbidden: you have no write access"))

    def repo(self, request: Request) -> Repo:
        kind, repo_id = (
            request.path_params.get("kind", "models"),
            f"{request.path_params['owner']}/{request.path_params['name']}",
        )
        repo, token = self.hub.repos.get(f"{kind}/{repo_id}"), self.token(request)
        if token and not self.known(token):
            raise RefusedError(refused(401, None, "Invalid credentials in Authorization header"))
        if repo is None or (repo.private and not self.may_write(request, repo_id)):
            raise RefusedError(refused(401 if token is None else 404, "RepoNotFound", "Repository not found"))
        return repo

    def at(self, request: Request, repo: Repo) -> Commit:
        revision = request.path_params.get("revision", "main")
        commit = repo.find(revision)
        if commit is None:
            raise RefusedError(refused(404, "RevisionNotFound", f"Invalid rev id: {revision}"))
        return commit

    # reading

    async def whoami(self, request: Request) -> Response:
        token = self.token(request)
        if not self.known(token):
            return refused(401, None, "Invalid username or password.")
        return JSONResponse({"type": "user", "name": "team" if token in self.hub.writers else "reader", "orgs": [], "auth": {}})

    async def info(self, request: Request) -> Response:
        repo = self.repo(request)
        commit = self.at(request, repo)
        siblings = [{"rfilename": path} for path in sorted(commit.files)]
        about = {
            "id": repo.repo_id,
            "sha": commit.sha,
            "private": repo.private,
            "gated": repo.gated,
            "siblings": siblings,
            "tags": [],
        }
        return JSONResponse({**about, **({"sdk": repo.sdk} if repo.sdk else {}), "disabled": False, "downloads": 0, "likes": 0})

    async def tree(self, request: Request) -> Response:
        repo = self.repo(request)
        commit = self.at(request, repo)
        inside = request.path_params.get("path", "").strip("/")
        prefix = f"{inside}/" if inside else ""
        found: dict[str, dict[str, Any]] = {}
        for path, content in sorted(commit.files.items()):
            if not path.startswith(prefix):
                continue
            rest = path.removeprefix(prefix)
            if "/" in rest:
                folder = prefix + rest.partition("/")[0]
                found[folder] = {"type": "directory", "path": folder, "oid": git_oid(folder.encode()), "size": 0}
            if "/" not in rest or request.query_params.get("recursive", "").lower() in ("1", "true"):
                found[path] = self.file(path, content)
        if inside and not found:
            return refused(404, "EntryNotFound", f"{inside} does not exist")
        return JSONResponse(list(found.values()))

    def file(self, path: str, content: bytes) -> dict[str, Any]:
        about: dict[str, Any] = {"type": "file", "path": path, "size": len(content), "oid": git_oid(content)}
        if path.endswith(LFS_SUFFIXES):
            sha = hashlib.sha256(content).hexdigest()
            about |= {"lfs": {"oid": sha, "size": len(content), "pointerSize": 130}, "oid": git_oid(sha.encode())}
        return about

    async def paths_info(self, request: Request) -> Response:
        repo = self.repo(request)
        commit = self.at(request, repo)
        form = await request.form() if "form" in request.headers.get("content-type", "") else await request.json()
        paths = form.getlist("paths") if hasattr(form, "getlist") else form["paths"]
        found = []
        for path in map(str, paths):
            if path in commit.files:
                found.append(self.file(path, commit.files[path]))
            elif any(name.startswith(f"{path}/") for name in commit.files):
                found.append({"type": "directory", "path": path, "oid": git_oid(path.encode()), "size": 0})
        return JSONResponse(found)

    async def refs(self, request: Request) -> Response:
        repo = self.repo(request)
        tags = [{"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": sha} for tag, sha in repo.tags.items()]
        branches = [{"name": "main", "ref": "refs/heads/main", "targetCommit": repo.head.sha}]
        return JSONResponse({"branches": branches, "tags": tags, "converts": []})

    async def resolve(self, request: Request) -> Response:
        repo = self.repo(request)
        if repo.gated and not self.may_write(request, repo.repo_id):
            return refused(403 if self.token(request) else 401, "GatedRepo", "Access to this dataset is restricted")
        commit = self.at(request, repo)
        content = commit.files.get(request.path_params["path"])
        if content is None:
            return Response(status_code=404, headers={"X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit.sha})
        sha = hashlib.sha256(content).hexdigest()
        if request.path_params["path"].endswith(LFS_SUFFIXES):
            self.hub.blobs[sha] = content
            linked = {"X-Linked-Etag": f'"{sha}"', "X-Linked-Size": str(len(content)), "X-Repo-Commit": commit.sha}
            return Response(status_code=302, headers={**linked, "Location": f"http://localhost:{self.hub.port}/blobs/{sha}"})
        return self.ranged(request, content, {"ETag": f'"{git_oid(content)}"', "X-Repo-Commit": commit.sha})

    async def blob(self, request: Request) -> Response:
        content = self.hub.blobs.get(request.path_params["sha"])
        if content is None:
            return Response(status_code=404)
        return self.ranged(request, content, {"ETag": f'"{request.path_params["sha"]}"'})

    def ranged(self, request: Request, content: bytes, headers: dict[str, str]) -> Response:
        headers = {**headers, "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
        asked = request.headers.get("range", "")
        if not asked.startswith("bytes="):
            return Response(content, headers=headers)
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or len(content) - 1), len(content) - 1)
        return Response(content[start : end + 1], 206, {**headers, "Content-Range": f"bytes {start}-{end}/{len(content)}"})

    # writing

    async def create(self, request: Request) -> Response:
        asked = await request.json()
        token = self.token(request)
        if not self.known(token):
            return refused(401, None, "Invalid username or password.")
        owner, kind = asked.get("organization") or "team", asked.get("type") or "model"
        repo_id = f"{owner}/{asked['name']}"
        url = f"{self.hub.endpoint}/{kind}s/{repo_id}"
        if not self.may_write(request, repo_id):
            return refused(403, None, f"You don't have the rights to create a {kind} under the namespace {owner!r}")
        if f"{kind}s/{repo_id}" in self.hub.repos:
            return refused(409, None, f"You already created this {kind} repo", url=url)
        private = bool(asked.get("private")) or asked.get("visibility") == "private"
        self.hub.add(repo_id, {}, kind, private=private, sdk=asked.get("sdk"))
        return JSONResponse({"url": url, "name": repo_id, "id": repo_id})

    async def settings(self, request: Request) -> Response:
        repo = self.repo(request)
        self.check_write(request, repo)
        asked = await request.json()
        repo.gated = asked.get("gated", repo.gated)
        if "private" in asked or "visibility" in asked:
            repo.private = asked.get("private", asked.get("visibility") == "private")
        return JSONResponse({"private": repo.private, "gated": repo.gated})

    async def validate_yaml(self, request: Request) -> Response:
        import yaml

        text = (await request.json())["content"]
        try:
            yaml.safe_load(text.split("---")[1]) if text.startswith("---") else None
        except yaml.YAMLError as error:
            return JSONResponse({"errors": [{"message": str(error)}], "warnings": []}, 400)
        return JSONResponse({"errors": [], "warnings": []})

    async def preupload(self, request: Request) -> Response:
        repo = self.repo(request)
        self.check_write(request, repo)
        told = []
        for file in (await request.json())["files"]:
            there = repo.head.files.get(file["path"])
            about = self.file(file["path"], there) if there is not None else {}
            oid = about.get("lfs", {}).get("oid") or about.get("oid")
            mode = "lfs" if file["path"].endswith(LFS_SUFFIXES) else "regular"
            told.append({"path": file["path"], "uploadMode": mode, "shouldIgnore": False, "oid": oid})
        return JSONResponse({"files": told})

    async def lfs_batch(self, request: Request) -> Response:
        objects = []
        for wanted in (await request.json())["objects"]:
            action = {} if wanted["oid"] in self.hub.blobs else {
                "upload": {"href": f"http://localhost:{self.hub.port}/lfs/{wanted['oid']}"},
                "verify": {"href": f"{self.hub.endpoint}/lfs-verify"},
            }  # fmt: skip
            objects.append({**wanted, **({"actions": action} if action else {})})
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def lfs_put(self, request: Request) -> Response:
        content = await request.body()
        if hashlib.sha256(content).hexdigest() != request.path_params["sha"]:
            return Response(status_code=400)
        self.hub.blobs[request.path_params["sha"]] = content
        return Response(status_code=200)

    async def lfs_verify(self, request: Request) -> Response:
        asked = await request.json()
        return Response(status_code=200 if len(self.hub.blobs.get(asked["oid"], b"")) == asked["size"] else 400)

    async def commit(self, request: Request) -> Response:
        repo = self.repo(request)
        self.check_write(request, repo)
        if self.hub.before_commit:
            faster, self.hub.before_commit = self.hub.before_commit, None
            faster(repo)
        files, message = dict(repo.head.files), ""
        for line in (await request.body()).splitlines():
            entry = json.loads(line)
            value = entry["value"]
            if entry["key"] == "header":
                message = value["summary"]
                if value.get("parentCommit", repo.head.sha) != repo.head.sha:
                    return refused(412, None, "A commit has happened since. Please refresh and try again.")
            elif entry["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif entry["key"] == "lfsFile":
                files[value["path"]] = self.hub.blobs[value["oid"]]
            elif entry["key"] == "deletedFile":
                del files[value["path"]]
            elif entry["key"] == "deletedFolder":
                files = {p: c for p, c in files.items() if not p.startswith(value["path"])}
        done = repo.commit(files, message)
        kind = f"{request.path_params['kind']}/" if request.path_params["kind"] != "models" else ""
        return JSONResponse({"commitUrl": f"{self.hub.endpoint}/{kind}{repo.repo_id}/commit/{done.sha}", "commitOid": done.sha})

    async def tag(self, request: Request) -> Response:
        repo = self.repo(request)
        self.check_write(request, repo)
        commit = self.at(request, repo)
        name = (await request.json())["tag"]
        if name in repo.tags:
            return refused(409, None, f"Tag {name} exists already")
        repo.tags[name] = commit.sha
        return JSONResponse({})

    def application(self) -> Starlette:
        one = "/api/{kind:str}/{owner}/{name}"
        routes = [
            Route("/api/whoami-v2", self.whoami),
            Route("/api/repos/create", self.create, methods=["POST"]),
            Route("/api/validate-yaml", self.validate_yaml, methods=["POST"]),
            Route(one, self.info),
            Route(one + "/revision/{revision}", self.info),
            Route(one + "/tree/{revision}", self.tree),
            Route(one + "/tree/{revision}/{path:path}", self.tree),
            Route(one + "/paths-info/{revision}", self.paths_info, methods=["POST"]),
            Route(one + "/refs", self.refs),
            Route(one + "/settings", self.settings, methods=["PUT"]),
            Route(one + "/preupload/{revision}", self.preupload, methods=["POST"]),
            Route(one + "/commit/{revision}", self.commit, methods=["POST"]),
            Route(one + "/tag/{revision}", self.tag, methods=["POST"]),
            Route("/{kind:str}/{owner}/{name}/resolve/{revision}/{path:path}", self.resolve),
            Route("/{kind:str}/{owner}/{name}.git/info/lfs/objects/batch", self.lfs_batch, methods=["POST"]),
            Route("/lfs/{sha}", self.lfs_put, methods=["PUT"]),
            Route("/lfs-verify", self.lfs_verify, methods=["POST"]),
            Route("/blobs/{sha}", self.blob),
        ]
        return Starlette(routes=routes, exception_handlers={RefusedError: refuse})


@contextmanager
def running(hub: Hub | None = None) -> Iterator[Hub]:
    """Serve a Hub on a free port until the block ends."""
    hub = hub or Hub()
    inner = Api(hub).application()

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            hub.requests.append((scope["method"], path))
            if hub.on_request:
                hub.on_request(scope["method"], path)
            if hub.drop and hub.drop in path:
                send.__self__.transport.abort()  # the connection of uvicorn's own request cycle
                return
            for part, status in hub.answer.items():
                if part in path:
                    await Response(status_code=status)(scope, receive, send)
                    return
        await inner(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(outer, host="127.0.0.1", port=0, log_level="critical", http="h11", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    hub.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield hub
    finally:
        server.should_exit = True
        thread.join(timeout=10)
