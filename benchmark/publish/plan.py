"""What publishing would change, counted before anything is sent: files, rows, labels, the tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmark.errors import InputError, Problem
from benchmark.publish.build import Build
from benchmark.publish.croissant import KEYS
from benchmark.publish.parquet import parquet_path
from benchmark.publish.remote import Published, RemoteFile, fetch_table, files_at, is_ours

if TYPE_CHECKING:
    import pyarrow as pa
    from huggingface_hub import HfApi

LABELS = ("verdict", "rating", "pace", "depth", "patterns", "confidence_direction", "signals", "evidence", "rationale")


@dataclass(frozen=True)
class Rows:
    """Rows of one config: counts of the build, and of those that are new, gone, or differ."""

    rows: int
    new: int
    gone: int
    changed: int


@dataclass(frozen=True)
class Plan:
    """What would be done to ``published``."""

    published: Published
    tag: str
    private: bool | None
    gated: bool
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    rows: Mapping[str, Rows] = field(default_factory=dict)
    labels: Mapping[str, int] = field(default_factory=dict)

    @property
    def uploads(self) -> tuple[str, ...]:
        """The files to send."""
        return (*self.new, *self.changed)

    @property
    def commits(self) -> bool:
        """Whether the content would change."""
        return bool(self.uploads or self.gone)

    @property
    def sets_private(self) -> bool:
        """Whether the visibility of a repository that is there would change."""
        return self.published.commit is not None and self.private is not None and self.private != self.published.private

    @property
    def sets_gate(self) -> bool:
        """Whether the gate would be switched on."""
        return self.gated and not self.published.gated

    @property
    def tags(self) -> bool:
        """Whether the tag would be made."""
        return self.tag not in self.published.tags

    @property
    def nothing(self) -> bool:
        """Whether all is as it should be already."""
        return not (self.commits or self.sets_private or self.sets_gate or self.tags)

    def record(self) -> dict[str, Any]:
        """The plan as JSON."""
        return {
            "repo_id": self.published.repo_id,
            "published_commit": self.published.commit,
            "creates_repository": self.published.commit is None,
            "files": {"new": list(self.new), "changed": list(self.changed), "removed": list(self.gone)},
            "rows": {
                config: {"rows": r.rows, "new": r.new, "removed": r.gone, "changed": r.changed}
                for config, r in self.rows.items()
            },
            "labels_changed": dict(self.labels),
            "tag": {"name": self.tag, "new": self.tags},
            "private": self.private if self.sets_private or self.published.commit is None else self.published.private,
            "gated": self.gated,
            "nothing_to_do": self.nothing,
        }


def make_plan(api: HfApi, build: Build, published: Published, tag: str, private: bool | None, gated: bool) -> Plan:
    """Compare a build with what is published.

    Raises InputError where the tag stands at content other than this: a published version is never changed.
    """
    new, changed, gone = _differences(build, published.files)
    stands = published.tags.get(tag)
    if stands is not None and any(_differences(build, files_at(api, published.repo_id, published.kind, stands))):
        message = f"is published already, at commit {stands[:12]}, with other content: give the corpus a new version, or another --tag"
        raise InputError([Problem(published.repo_id, 0, f"tag {tag}", message)])
    rows, labels = _row_changes(api, build, published, set(changed) | set(gone))
    return Plan(published, tag, private, gated, new, changed, gone, rows, labels)


def _differences(build: Build, files: Mapping[str, RemoteFile]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Paths that are new, changed and gone."""
    new = tuple(path for path in build.files if path not in files)
    changed = tuple(path for path in build.files if path in files and not files[path].same_as(build.folder / path))
    return new, changed, tuple(path for path in files if is_ours(path) and path not in build.files)


def _row_changes(api: HfApi, build: Build, published: Published, touched: set[str]) -> tuple[dict[str, Rows], dict[str, int]]:
    """Rows by config, compared across splits by their id.  Only configs with a file in ``touched`` are downloaded."""
    counted: dict[str, Rows] = {}
    labels: Counter[str] = Counter()
    configs = {path.partition("/")[0] for path in published.ours if path.endswith(".parquet")} | set(build.tables)
    for config in sorted(configs, key=list(KEYS).index):
        splits = build.tables.get(config, {})
        total = sum(table.num_rows for table in splits.values())
        before = [path for path in published.ours if path.startswith(f"{config}/")]
        paths = {parquet_path(config, split) for split in splits}
        if not before:
            counted[config] = Rows(total, total, 0, 0)
        elif not touched & {*before, *paths} and paths == set(before):
            counted[config] = Rows(total, 0, 0, 0)
        else:
            old = _keyed(config, [fetch_table(api, published, path) for path in before])
            now = _keyed(config, list(splits.values()))
            both = [(old[key], now[key]) for key in now if key in old]
            differ = [(one, other) for one, other in both if one != other]
            counted[config] = Rows(total, len(now.keys() - old.keys()), len(old.keys() - now.keys()), len(differ))
            if config == "annotations":
                labels.update(name for one, other in differ for name in LABELS if one.get(name) != other.get(name))
    return counted, {name: labels[name] for name in LABELS if labels[name]}


def _keyed(config: str, tables: list[pa.Table]) -> dict[Any, dict[str, Any]]:
    return {row[KEYS[config]]: row for table in tables for row in table.to_pylist()}
