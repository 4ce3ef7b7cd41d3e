"""What is published: one look at a repository, at one commit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark.errors import InputError, Problem
from benchmark.files import read_json
from benchmark.publish.configs import CONFIGS

if TYPE_CHECKING:
    import pyarrow as pa
    from huggingface_hub import HfApi

FILES = ("README.md", "LICENSE", "CITATION.cff", "corpus.json", "croissant.json", "eval.yaml")
"""The files of a build beside the Parquet files.  Whatever else lies in a repository is not ours to touch."""


@dataclass(frozen=True)
class RemoteFile:
    """Size in bytes, and what identifies the content: SHA-256 where the Hub keeps one, else git's blob id."""

    size: int
    sha256: str | None
    blob_id: str

    def same_as(self, path: Path) -> bool:
        """Whether a local file has this content."""
        content = path.read_bytes()
        if len(content) != self.size:
            return False
        if self.sha256 is not None:
            return hashlib.sha256(content).hexdigest() == self.sha256
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() == self.blob_id


@dataclass(frozen=True)
class Published:
    """A repository as it was seen.  ``commit`` is None where there is no repository."""

    repo_id: str
    kind: str = "dataset"
    commit: str | None = None
    private: bool = False
    gated: bool = False
    sdk: str | None = None
    files: Mapping[str, RemoteFile] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def ours(self) -> list[str]:
        """The files that a build made."""
        return [path for path in self.files if is_ours(path)]


def is_ours(path: str) -> bool:
    """Whether a build may have made the file at this path."""
    folder, _, name = path.rpartition("/")
    return path in FILES or (folder in CONFIGS and name.endswith(".parquet"))


def look(api: HfApi, repo_id: str, kind: str = "dataset") -> Published:
    """Look at a repository; one that is not there, or that the token does not show, is empty.  Raises what the client raises."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        info: Any = api.repo_info(repo_id, repo_type=kind)
    except GatedRepoError:
        raise
    except RepositoryNotFoundError:
        return Published(repo_id, kind)
    files = files_at(api, repo_id, kind, info.sha)
    tags = {tag.name: tag.target_commit for tag in api.list_repo_refs(repo_id, repo_type=kind).tags}
    return Published(repo_id, kind, info.sha, bool(info.private), bool(info.gated), getattr(info, "sdk", None), files, tags)


def files_at(api: HfApi, repo_id: str, kind: str, revision: str) -> dict[str, RemoteFile]:
    """The files of a revision."""
    from huggingface_hub.hf_api import RepoFile

    return {
        entry.path: RemoteFile(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
        for entry in api.list_repo_tree(repo_id, repo_type=kind, revision=revision, recursive=True)
        if isinstance(entry, RepoFile)
    }


def fetch(api: HfApi, published: Published, path: str) -> Path:
    """Download one file at the commit that was seen; gives its place in the client's cache."""
    return Path(api.hf_hub_download(published.repo_id, path, repo_type=published.kind, revision=published.commit))


def fetch_table(api: HfApi, published: Published, path: str) -> pa.Table:
    """A published Parquet file as a table."""
    import pyarrow.parquet as pq

    return pq.read_table(fetch(api, published, path))


def refuse_another(api: HfApi, published: Published, name: str) -> None:
    """Raise InputError where the repository holds something that is not the corpus ``name``: its name is taken."""
    if "corpus.json" in published.files:
        about = read_json(fetch(api, published, "corpus.json"))
        theirs = about.get("name") if isinstance(about, dict) else None
        if theirs == name:
            return
        raise InputError([Problem(published.repo_id, 0, "", f"is taken: it holds the corpus {theirs!r}, not {name!r}")])
    foreign = sorted(set(published.files) - {".gitattributes", "README.md"})
    if foreign:
        raise InputError([Problem(published.repo_id, 0, "", f"is taken: it holds {foreign[0]} and no corpus.json")])
