"""``bench``: finds the command, and turns wrong input into one clear line per problem and exit status 2."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from benchmark import __version__
from benchmark.errors import InputError

COMMANDS = {
    "run": ("benchmark.cli.run", "Score a corpus with a scorer and measure it against the annotators."),
    "fit": ("benchmark.cli.fit", "Fit a scorer on a train split and keep the model."),
    "score": ("benchmark.cli.score", "Measure a file of predictions; needs no scorer."),
    "compare": ("benchmark.cli.compare", "Paired tests between runs: who beats whom."),
    "agreement": ("benchmark.cli.agreement", "Agreement between annotators, of a corpus or of any table of ratings."),
    "alt-test": ("benchmark.cli.alt_test", "Could this scorer stand in for an annotator?"),
    "explain": ("benchmark.cli.explain", "Why a scorer labels an answer as it does."),
    "ensemble": ("benchmark.cli.ensemble", "Average files of predictions into one."),
    "probe": ("benchmark.cli.probe", "Behavioural tests: what fools a scorer?"),
    "scorers": ("benchmark.cli.scorers", "List the scorers, or show one with its parameters."),
    "corpus": ("benchmark.cli.corpus", "Validate, describe, audit, format, read and build a corpus."),
    "annotate": ("benchmark.cli.annotate", "Collect labels by people on a local page, and take them into a corpus."),
    "publish": ("benchmark.cli.publish", "Publish a corpus to the Hugging Face Hub."),
    "export": (
        "benchmark.cli.export",
        "Corpora and results as others read them: CSV, JUDGE-BENCH, Inspect, lm-eval, Every Eval Ever.",
    ),
    "import": ("benchmark.cli.import_", "Read a JUDGE-BENCH dataset as a table of ratings or a corpus."),
    "leaderboard": ("benchmark.cli.leaderboard", "Turn result records into a page, a table and a CSV file."),
}
MOST_PROBLEMS = 200


class LazyGroup(click.Group):
    """Commands whose modules are imported when they are called, so that ``--help`` costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="bench")
def bench() -> None:
    """Measure scorers of senior ML interview answers against the people and models who labelled them.

    \b
    bench run --scorer heuristic        score the corpus in the package, evaluate, print the table
    bench run --scorer my_scorer.py     the same with a scorer of your own
    bench score predictions.jsonl       the same with predictions of any system
    """


def main(argv: list[str] | None = None) -> Any:
    """Entry point.  Exit status: 0 done, 1 ran but something failed, 2 wrong input."""
    try:
        return bench.main(args=argv, prog_name="bench")
    except InputError as error:
        for problem in error.problems[:MOST_PROBLEMS]:
            click.echo(f"error: {problem}", err=True)
        if len(error.problems) > MOST_PROBLEMS:
            click.echo(f"error: and {len(error.problems) - MOST_PROBLEMS} more", err=True)
        sys.exit(2)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {place}{error.strerror or error}", err=True)
        sys.exit(2)
