"""Sending a build to the Hub: one commit, and nothing is seen of it until it is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.errors import InputError, Problem
from benchmark.files import write_text
from benchmark.hub import CLIENT_ERRORS, reason
from benchmark.publish.about import to_yaml
from benchmark.publish.build import Build
from benchmark.publish.plan import Plan
from benchmark.publish.remote import Published, look

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@dataclass(frozen=True)
class Sent:
    """Where it can be found now."""

    commit: str
    links: tuple[str, ...]


def send(api: HfApi, build: Build, plan: Plan, progress: Callable[[str], None]) -> Sent:
    """Carry out a plan: repository, gate, commit, tag, in that order, so that a gated corpus is never open for a moment.

    The commit names the commit that the plan was made against; where somebody was faster the Hub refuses it.  Raises what the
    client raises, and InputError where what the Hub has afterwards is not what was sent.
    """
    repo_id, published = plan.published.repo_id, plan.published
    parent = published.commit
    if parent is None:
        progress("creating the repository")
        api.create_repo(repo_id, repo_type="dataset", private=bool(plan.private))
        parent = look(api, repo_id).commit
    if plan.sets_private:
        progress("changing the visibility")
        api.update_repo_settings(repo_id, repo_type="dataset", private=plan.private)
    if plan.sets_gate:
        progress("switching the gate on")
        api.update_repo_settings(repo_id, repo_type="dataset", gated="auto")
    commit = parent
    if plan.commits:
        progress("uploading")
        version = f"{build.about.name} {build.about.version}"
        commit = _commit(api, repo_id, "dataset", build.folder, plan.uploads, plan.gone, version, parent)
    assert commit is not None
    if plan.tags:
        progress("tagging")
        try:
            api.create_tag(repo_id, repo_type="dataset", tag=plan.tag, revision=commit)
        except CLIENT_ERRORS as error:
            message = f"commit {commit} is published, but not its tag: {reason(error)}; run it again"
            raise InputError([Problem(repo_id, 0, f"tag {plan.tag}", message)]) from None
    progress("checking what is there now")
    try:
        there = look(api, repo_id)
    except CLIENT_ERRORS as error:
        message = f"commit {commit} is published, but could not be looked at again: {reason(error)}"
        raise InputError([Problem(repo_id, 0, "", message)]) from None
    _verify(there, build)
    home = f"{api.endpoint}/datasets/{repo_id}"
    return Sent(commit, (home, f"{home}/tree/{plan.tag}"))


@dataclass(frozen=True)
class SpacePlan:
    """A static Space as it should be, in ``folder``, and the files in which the Space that is there differs."""

    published: Published
    folder: Path
    stale: tuple[str, ...]


def plan_space(space: Published, site: Path, title: str, dataset: str) -> SpacePlan:
    """Make a site a Space (its ``README.md`` is written here) and compare.  What else lies in the Space stays."""
    if space.commit is not None and space.sdk not in (None, "static"):
        raise InputError([Problem(space.repo_id, 0, "", f"is taken: a Space of the kind {space.sdk!r}, not a static one")])
    front_matter = {"title": title, "sdk": "static", "pinned": False, "license": "apache-2.0", "datasets": [dataset]}
    write_text(site / "README.md", f"---\n{to_yaml(front_matter)}---\n\n# {title}\n")
    paths = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return SpacePlan(space, site, tuple(p for p in paths if p not in space.files or not space.files[p].same_as(site / p)))


def send_space(api: HfApi, plan: SpacePlan, message: str, private: bool) -> str:
    """Push a Space in one commit; gives its link."""
    space = plan.published
    if space.commit is None:
        api.create_repo(space.repo_id, repo_type="space", space_sdk="static", private=private)
        space = look(api, space.repo_id, "space")
    if plan.stale:
        _commit(api, space.repo_id, "space", plan.folder, plan.stale, (), message, space.commit)
    return f"{api.endpoint}/spaces/{space.repo_id}"


def _commit(
    api: HfApi,
    repo_id: str,
    kind: str,
    folder: Path,
    uploads: tuple[str, ...],
    gone: tuple[str, ...],
    message: str,
    parent: str | None,
) -> str:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    done = api.create_commit(
        repo_id,
        [
            *(CommitOperationAdd(path_in_repo=path, path_or_fileobj=folder / path) for path in uploads),
            *(CommitOperationDelete(path_in_repo=path) for path in gone),
        ],
        commit_message=message,
        repo_type=kind,
        parent_commit=parent,
    )
    return str(done.oid)


def _verify(published: Published, build: Build) -> None:
    wrong = [p for p in build.files if p not in published.files or not published.files[p].same_as(build.folder / p)]
    wrong += [path for path in published.ours if path not in build.files]
    if wrong:
        raise InputError([Problem(published.repo_id, 0, path, "is not there as it was sent") for path in wrong])
