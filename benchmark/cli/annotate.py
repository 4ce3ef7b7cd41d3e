"""``bench annotate``: labels by people, from a local page."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchmark.cli import options
from benchmark.errors import InputError

if TYPE_CHECKING:
    import sqlite3

    from benchmark.annotate.store import Person

DEFAULT_PORT = 8377
LOOPBACK = ("127.0.0.1", "localhost", "::1")
project = click.option(
    "--project",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("annotate.db"),
    show_default=True,
    help="The database of the labelling project.",
)


@click.group()
def command() -> None:
    """Collect labels by people on a local page; see how they agree; take them into a corpus.

    \b
    bench annotate serve --annotators ana,ben,cho      make a project, print a link for each
    bench annotate serve                               go on with it
    bench annotate status                              progress and agreement so far
    bench annotate export --into my_corpus             labels as records of a corpus
    """


@command.command(short_help="Serve the page, print the links.")
@project
@options.corpus
@options.split
@click.option(
    "--annotators", metavar="A,B,C", help="Who labels: names for you, never exported. New names join a project that exists."
)
@click.option("--overlap", type=click.IntRange(min=1), help="How many annotators see each answer.  [default: all of them]")
@click.option(
    "--repeats",
    type=click.FloatRange(0, 0.5),
    default=0.05,
    show_default=True,
    help="Share of answers that come a second time, unmarked.",
)
@click.option(
    "--consent",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Your own consent text (Markdown).  [default: the one that comes along]",
)
@options.limit
@options.seed
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for the whole network.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 for any free one.",
)
@click.option("--url", metavar="URL", help="How others reach this server, for the links.  [default: from --host and --port]")
def serve(
    project: Path,
    corpus: str | None,
    split: str | None,
    annotators: str | None,
    overlap: int | None,
    repeats: float,
    consent: Path | None,
    limit: int | None,
    seed: int,
    host: str,
    port: int,
    url: str | None,
) -> None:
    """Serve the labelling page and print one secret link per annotator.

    The first time, --annotators makes the project: who labels which answers, in which order. Later calls need no option: the
    project remembers, and labels already given are never touched.
    """
    from benchmark.annotate import store
    from benchmark.annotate.project import add_annotators, create_project

    uvicorn = _uvicorn()
    names = [name.strip() for name in (annotators or "").split(",") if name.strip()]
    if project.exists():
        if corpus or split or overlap or limit or consent:
            raise InputError(
                [
                    f"{project} exists: --corpus, --split, --overlap, --limit and --consent are for a new project (--project OTHER.db)"
                ]
            )
        database = store.open_database(project)
        for name in add_annotators(database, names):
            click.echo(f"{name} joins", err=True)
    else:
        database = create_project(
            project, corpus, split, names, overlap=overlap, repeats=repeats, seed=seed, limit=limit, consent=consent
        )
    with _listen(host, port) as listener:
        base = url or f"http://{_reachable(host)}:{listener.getsockname()[1]}"
        database.execute("INSERT OR REPLACE INTO meta VALUES ('url', ?)", (base,))
        from benchmark.annotate.server import Server

        hosts = LOOPBACK if host in LOOPBACK and url is None else None
        server = Server(project, hosts)
        _print_links(project, database, base)
        database.close()
        click.echo("Ctrl-C stops the server; everything is saved as it is made.", err=True)
        settings = uvicorn.Config(
            server.app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            http="httptools",
            loop="asyncio",
            timeout_graceful_shutdown=5,
        )
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(settings).run(sockets=[listener])


@command.command(short_help="Print the links again, or renew one.")
@project
@click.option("--renew", metavar="NAME", help="Make this person's old link useless and print a new one.")
def links(project: Path, renew: str | None) -> None:
    """Print everybody's link again; or a new one for somebody whose link got into wrong hands."""
    from benchmark.annotate import store

    database = store.open_database(project)
    if renew is not None:
        found = [person for person in store.people(database) if person.name == renew]
        if not found:
            raise InputError([f"--renew: nobody is called {renew!r} in {project}"])
        store.renew_link(database, found[0].id)
    _print_links(project, database, store.get(database, "url") or f"http://127.0.0.1:{DEFAULT_PORT}", renew)


@command.command(short_help="A link for resolving disagreements.")
@project
@click.option("--by", "name", required=True, metavar="NAME", help="Who decides; not one of the annotators.")
def adjudicate(project: Path, name: str) -> None:
    """A link for resolving disagreements: each answer in dispute with what everybody said, and a form for the decision.

    Decisions are labels of their own (kind `adjudicator`); every original label stays as it was given.
    """
    from benchmark.annotate import store
    from benchmark.annotate.project import add_adjudicator

    database = store.open_database(project)
    add_adjudicator(database, name)
    _print_links(project, database, store.get(database, "url") or f"http://127.0.0.1:{DEFAULT_PORT}", name)
    click.echo("The link works while `bench annotate serve` runs.", err=True)


def _uvicorn() -> Any:
    try:
        import httptools  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn
    except ImportError:
        raise InputError(
            [
                'the labelling page needs an extra: pip install "speed-depth-bench[annotate]" (in a checkout: pip install -e ".[annotate]")'
            ]
        ) from None
    return uvicorn


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except OSError as error:
        listener.close()
        raise InputError([f"--host {host} --port {port}: {error.strerror}"]) from None
    return listener


def _reachable(host: str) -> str:
    """How a browser would write the host."""
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _print_links(path: Path, database: sqlite3.Connection, base: str, only: str | None = None) -> None:
    from benchmark.annotate import store
    from benchmark.annotate.links import load_key, token

    key = load_key(path)
    everyone: list[Person] = [p for p in store.people(database) if only in (None, p.name)]
    width = max((len(p.name) for p in everyone), default=0)
    for person in everyone:
        click.echo(
            f"{person.name:<{width}}  {base.rstrip('/')}/#t={token(key, person)}{'  (adjudicator)' if person.role == 'adjudicator' else ''}"
        )


@command.command(short_help="Write the labels, or put them into a corpus.")
@project
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to.  [default: annotations]")
@click.option(
    "--into",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="A corpus' folder: the labels become part of it.",
)
def export(project: Path, output: Path | None, into: Path | None) -> None:
    """Write everybody's labels as annotators.jsonl and annotations.jsonl, under random ids.

    project.json beside them has what is no label: the consent text, the second labels of repeats, skips and flags. With
    --into, the labels are checked against the corpus and written into its folder; exporting again replaces them.
    """
    from benchmark.annotate import store
    from benchmark.annotate.export import export_project
    from benchmark.annotate.join import join_corpus, json_lines
    from benchmark.files import pretty, write_text

    if output and into:
        raise InputError(["--output and --into: choose one"])
    database = store.open_database(project)
    found = export_project(database)
    if not found.annotations:
        raise InputError([f"{project}: nobody has saved a label yet"])
    if into:
        import json

        sheets = {answer: json.loads(text) for answer, text in database.execute("SELECT answer_id, document FROM sheets")}
        written = join_corpus(into, found.annotators, found.annotations, {}, sheets)
    else:
        folder = output or Path("annotations")
        written = [folder / name for name in ("annotators.jsonl", "annotations.jsonl", "project.json")]
        texts = (json_lines("annotator", found.annotators), json_lines("annotation", found.annotations), pretty(found.project))
        for path, text in zip(written, texts, strict=True):
            write_text(path, text)
    for path in written:
        click.echo(str(path))
    click.echo(f"{len(found.annotations)} annotations by {len(found.annotators)} people", err=True)


@command.command(name="label-studio", short_help="Write a Label Studio project.")
@options.corpus
@options.split
@options.limit
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("label-studio"),
    show_default=True,
    help="Folder to write to.",
)
def label_studio(corpus: str | None, split: str | None, limit: int | None, output: Path) -> None:
    """Write a Label Studio project: labeling_config.xml and tasks.json. Its JSON export comes back by `bench annotate import`."""
    from benchmark.annotate.label_studio import BLIND, labeling_config, tasks
    from benchmark.annotate.sheet import read_material
    from benchmark.files import pretty, write_text

    made = tasks(read_material(corpus, split, limit).sheets)
    write_text(output / "labeling_config.xml", labeling_config())
    write_text(output / "tasks.json", pretty(made))
    click.echo(f"{output / 'labeling_config.xml'}\n{output / 'tasks.json'}")
    click.echo(f"{len(made)} tasks. Note: {BLIND}", err=True)


@command.command(name="import", short_help="Take labels made elsewhere into a corpus.")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into",
    required=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="The corpus' folder that the labels join.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["records", "label-studio", "prodigy", "table"]),
    help="What PATH is.  [default: by its name]",
)
@click.option(
    "--kind",
    type=click.Choice(["human", "model", "author", "adjudicator"]),
    help="Who labelled: needed where the file doesn't say, never guessed.",
)
@click.option("--describe", metavar="TEXT", help="What the annotators truthfully are, for their records.")
@click.option("--prefix", default="", metavar="TEXT", help="Put before the annotators' ids, to tell projects apart.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="For tables: which column is what (answer_id, annotator_id, verdict, rating, …; or label and value).",
)
def import_(
    path: Path, into: Path, form: str | None, kind: str | None, describe: str | None, prefix: str, columns: tuple[str, ...]
) -> None:
    """Take labels made elsewhere into a corpus: our own records, Label Studio, Prodigy, or a table.

    Everything is checked with the corpus first; on any problem nothing is written.

    \b
    bench annotate import annotations/ --into my_corpus
    bench annotate import project-1.json --into my_corpus --kind human
    bench annotate import labels.csv --into my_corpus --kind human --column answer_id=doc --column annotator_id=who --column rating=score
    """
    from benchmark.annotate.imports.read import read_labels
    from benchmark.annotate.join import join_corpus

    found = read_labels(path, into, form, kind, describe, prefix, columns)
    for line in found.left_out:
        click.echo(f"left out: {line}", err=True)
    if not found.annotations:
        raise InputError([f"{path}: it holds no annotation"])
    for written in join_corpus(into, found.annotators, found.annotations, found.places):
        click.echo(str(written))
    click.echo(f"{len(found.annotations)} annotations by {len(found.annotators)} annotators", err=True)


@command.command(short_help="Progress, agreement, disputes, what is missing.")
@project
@click.option(
    "--width",
    type=click.FloatRange(0.01, 1),
    default=0.2,
    show_default=True,
    help="Wanted width of the 95 % interval of agreement.",
)
@options.seed
@options.as_json
def status(project: Path, width: float, seed: int, as_json: bool) -> None:
    """Progress, agreement so far with intervals, where people part, and how many more annotations would settle it."""
    import json

    from benchmark.annotate import store
    from benchmark.annotate.status import project_status

    found = project_status(store.open_database(project), width, seed)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
        return
    from benchmark.cli.annotate_tables import print_status
    from benchmark.cli.tables import console

    print_status(found, console())
