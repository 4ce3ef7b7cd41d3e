"""``bench publish``: a corpus to the Hugging Face Hub."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape

from benchmark.cli import options
from benchmark.cli.tables import console
from benchmark.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmark.corpus.load import Corpus, Rows
    from benchmark.publish.plan import Plan
    from benchmark.publish.upload import SpacePlan

Say = Callable[[str], None]


@click.command()
@click.option(
    "--repo-id", required=True, metavar="OWNER/NAME", help="The dataset repository to publish to; made if it is not there."
)
@options.corpus
@options.reference
@click.option("--private/--public", default=None, help="Who may see it.  [default: as it is; public for a new one]")
@click.option("--gated", is_flag=True, help="Readers agree to terms first.  A gate that is there stays.")
@click.option("--tag", metavar="vX", help="Tag of the commit.  [default: v and the version in corpus.json]")
@click.option("--space", metavar="OWNER/NAME", help="Push the leaderboard as a static Space as well.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    default=Path("leaderboard/results"),
    show_default=True,
    help="Folder of records, for --space.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--allow-broken-limits", is_flag=True, help="Publish although the audit found a limit broken; it says which.")
@options.as_json
def command(
    repo_id: str,
    corpus: str | None,
    reference: str | None,
    private: bool | None,
    gated: bool,
    tag: str | None,
    space: str | None,
    results: Path,
    dry_run: bool,
    yes: bool,
    allow_broken_limits: bool,
    as_json: bool,
) -> None:
    """Publish a corpus to the Hugging Face Hub: check it, show what would change, ask, and send it in one commit.

    The token is the one of `hf auth login` or HF_TOKEN.  Publishing the same again changes nothing; a version that is published
    is never changed.  Needs the extra `audit`.  What is published: docs/publish.md.
    """
    for option, name in (("--repo-id", repo_id), ("--space", space)):
        if name is not None and (name.count("/") != 1 or not all(name.split("/"))):
            raise InputError([f"{option}: expected OWNER/NAME, not {name!r}"])
    from huggingface_hub import HfApi

    from benchmark.corpus.load import build_corpus
    from benchmark.corpus.source import open_source
    from benchmark.publish.about import read_about
    from benchmark.publish.build import build
    from benchmark.publish.plan import make_plan
    from benchmark.publish.remote import look, refuse_another
    from benchmark.publish.upload import plan_space, send, send_space

    source = open_source(corpus)
    about = read_about(source.folder)
    rows = _valid(source)
    loaded = build_corpus(source, rows)
    api = HfApi()
    with _one_line(repo_id), tempfile.TemporaryDirectory() as name, _status() as say:
        say("asking the Hub")
        if not dry_run:
            api.whoami()
        published = look(api, repo_id)
        refuse_another(api, published, about.name)
        site = look(api, space, "space") if space else None
        broken = _audit(loaded, rows, reference, allow_broken_limits, say)
        gated = gated or published.gated
        made = build(
            source, loaded, Path(name) / "build", repo_id=repo_id, gated=gated, reference=reference,
            progress=lambda step: say(f"build: {step}"),
        )  # fmt: skip
        say("comparing with what is published")
        plan = make_plan(api, made, published, tag or about.tag, private, gated)
        pages = plan_space(site, _site(results, Path(name), corpus), f"{about.name} leaderboard", repo_id) if site else None
        outcome = {**plan.record(), "broken_limits": broken, "published": False, "commit": published.commit}
        outcome["links"] = [f"{api.endpoint}/datasets/{repo_id}"]
        if pages is not None:
            outcome["space"] = {"repo_id": space, "files_changed": list(pages.stale)}
            outcome["links"].append(f"{api.endpoint}/spaces/{space}")
        if not as_json:
            _show(plan, pages)
        say("")  # a question, then the client's own bars
        if not dry_run and not (plan.nothing and (pages is None or not pages.stale)):
            if not yes and not _agreed(repo_id, space):
                click.echo("nothing was published", err=True)
                sys.exit(1)
            sent = send(api, made, plan, lambda step: click.echo(step, err=True))
            outcome |= {"published": True, "commit": sent.commit, "links": list(sent.links)}
            if pages is not None:
                click.echo("pushing the leaderboard", err=True)
                with _one_line(pages.published.repo_id, f"commit {sent.commit} of {repo_id} is published"):
                    outcome["links"].append(send_space(api, pages, f"Leaderboard of {about.name}", bool(private)))
    if as_json:
        click.echo(json.dumps(outcome, indent=2, ensure_ascii=False))
    elif not dry_run:
        click.echo("\n".join([f"commit {outcome['commit']}", *outcome["links"]]))


@contextmanager
def _one_line(repo_id: str, so: str = "what is published is untouched") -> Iterator[None]:
    """Whatever the Hub or the way to it refuses, said in one line, and what that means."""
    from benchmark.hub import CLIENT_ERRORS, reason

    try:
        yield
    except CLIENT_ERRORS as error:
        raise InputError([Problem(repo_id, 0, "", f"{reason(error)}; {so}")]) from None


def _valid(source: Any) -> Rows:
    """The rows of a corpus with which nothing is wrong."""
    from benchmark.corpus.checks import content_problems, structural_problems
    from benchmark.corpus.load import read_rows

    rows, problems = read_rows(source)
    problems += structural_problems(rows)
    problems += content_problems(rows)
    if problems:
        raise InputError(sorted(problems))
    return rows


def _audit(corpus: Corpus, rows: Rows, reference: str | None, allowed: bool, say: Say) -> list[str]:
    """The limits that the audit found broken; raises InputError naming them unless that is allowed."""
    from benchmark.corpus.audit import run_audit

    done = run_audit(corpus, rows, reference, 0, lambda step: say(f"audit: {step}"))
    broken = [
        f"audit: {check.name}: {check.value:g} is not {'at most' if check.most is not None else 'at least'} "
        f"{check.most if check.most is not None else check.least:g}"
        for check in done.failed
        if check.value is not None
    ]
    if broken and not allowed:
        raise InputError([*broken, "the audit's limits have to hold, or --allow-broken-limits says that this is known"])
    for line in broken:
        click.echo(f"warning: {line}", err=True)
    return broken


def _agreed(repo_id: str, space: str | None) -> bool:
    try:
        return click.confirm(f"Publish to {repo_id}{f' and {space}' if space else ''}?", err=True)
    except click.Abort:
        return False


def _show(plan: Plan, pages: SpacePlan | None) -> None:
    from rich.table import Table

    terminal = console()
    published = plan.published
    terminal.print(f"{escape(published.repo_id)}: {f'commit {published.commit[:12]}' if published.commit else 'not there yet'}")
    if pages is not None:
        told = f"{len(pages.stale)} files to send" if pages.stale else "nothing would change"
        terminal.print(f"Space {escape(pages.published.repo_id)}: {told}")
    if plan.nothing:
        terminal.print("nothing would change")
        return
    for word, paths in (("new", plan.new), ("changed", plan.changed), ("removed", plan.gone)):
        if paths:
            terminal.print(f"{word:<8} {len(paths)} file{'s' if len(paths) > 1 else ''}: {escape(', '.join(paths))}")
    table = Table("config", "rows", "new", "removed", "changed", title="rows", title_justify="left")
    for config, counted in plan.rows.items():
        table.add_row(config, *(f"{n:,}" for n in (counted.rows, counted.new, counted.gone, counted.changed)))
    terminal.print(table)
    if plan.labels:
        terminal.print("labels changed: " + ", ".join(f"{name} {count:,}" for name, count in plan.labels.items()))
    if plan.sets_private:
        terminal.print(f"becomes {'private' if plan.private else 'public'}")
    if plan.sets_gate:
        terminal.print("becomes gated")
    terminal.print(f"tag {escape(plan.tag)}{'' if plan.tags else ' is there already'}")


def _site(results: Path, work: Path, location: str | None) -> Path:
    """The leaderboard of the records, as a folder."""
    from leaderboard.build import build_leaderboard

    built = build_leaderboard(results, work / "board", location)
    if built.problems or not built.written:
        raise InputError(built.problems or [f"--results: no record in {results} is of this corpus"])
    return work / "board" / "site"


@contextmanager
def _status() -> Iterator[Say]:
    """Says on stderr what is being done; an empty step clears the line for a question."""
    with console(sys.stderr).status("") as status:

        def say(step: str) -> None:
            if step:
                status.update(step)
                status.start()
            else:
                status.stop()

        yield say
