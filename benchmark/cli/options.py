"""Options that several commands share, spelt alike everywhere."""

from __future__ import annotations

from pathlib import Path

import click

from benchmark.codebook import SPLITS

corpus = click.option(
    "--corpus",
    metavar="DIR|hf://OWNER/NAME@REV",
    help="Corpus folder or Hub repository.  [default: the corpus in the package]",
)
split = click.option(
    "--split",
    type=click.Choice([*SPLITS, "all"]),
    help="Answers to use.  [default: test where the corpus has one, else all]",
)
reference = click.option(
    "--reference",
    metavar="KIND|IDS",
    help="Whom to measure against: human, model, author, adjudicator, or annotator ids joined by commas.  "
    "[default: human where there are any, else model, else author]",
)
limit = click.option("--limit", type=click.IntRange(min=1), help="Only the first N answers, by id.")
seed = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of resampling and scorers.")
as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else there.")
output = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the record to exactly this path."
)
