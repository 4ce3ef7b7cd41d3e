"""The dataset card: YAML counted from the Parquet files, and the corpus' own data sheet below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmark.corpus.load import Corpus
from benchmark.publish.about import About, to_yaml
from benchmark.publish.configs import CONFIGS, DEFAULT_CONFIG, Tables
from benchmark.publish.parquet import parquet_path

GATE = {
    "extra_gated_heading": "Benchmark data: keep it out of training sets",
    "extra_gated_prompt": "The corpus is there to measure scorers.  A model that was trained on it can no longer be measured with it.",
    "extra_gated_fields": {"I will not train a model on this data": "checkbox"},
}
"""What a reader of a gated repository agrees to."""
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))


def card(corpus: Corpus, about: About, tables: Tables, folder: Path, repo_id: str | None, gated: bool) -> str:
    """The text of ``README.md`` for a build in ``folder``, whose Parquet files are ``tables``."""
    front_matter = {**_defaults(corpus, about), **about.front_matter, **(GATE if gated else {}), **data_yaml(tables, folder)}
    text = to_yaml(front_matter)
    body = about.body if about.body is not None else _body(corpus, about)
    return f"---\n{text}---\n\n{body.strip()}\n\n{_configs_section(tables, repo_id)}"


def data_yaml(tables: Tables, folder: Path) -> dict[str, Any]:
    """``configs`` and ``dataset_info`` of the card: files, features and sizes; ``datasets`` enforces them when it loads."""
    from datasets import DatasetInfo, Features, SplitDict, SplitInfo

    configs, infos = [], []
    for config, splits in tables.items():
        files = [{"split": split, "path": parquet_path(config, split)} for split in splits]
        configs.append({"config_name": config, "data_files": files, **({"default": True} if config == DEFAULT_CONFIG else {})})
        sizes = SplitDict()
        for split, table in splits.items():
            sizes.add(SplitInfo(name=split, num_bytes=table.nbytes, num_examples=table.num_rows))
        info = DatasetInfo(
            features=Features.from_arrow_schema(next(iter(splits.values())).schema),
            splits=sizes,
            download_size=sum((folder / file["path"]).stat().st_size for file in files),
            dataset_size=sum(table.nbytes for table in splits.values()),
        )
        infos.append({"config_name": config, **info._to_yaml_dict()})  # what datasets itself writes into cards
    return {"configs": configs, "dataset_info": infos}


def markdown_table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A table whose cells can't end it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        f"| {' | '.join(' '.join(str(cell).split()).replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def _defaults(corpus: Corpus, about: About) -> dict[str, Any]:
    kinds = {annotator.kind for annotator in corpus.annotators.values()}
    created = {"human": "other", "adjudicator": "other", "model": "machine-generated"}
    return {
        "license": about.license.lower(),
        "pretty_name": about.name,
        "task_categories": ["text-classification"],
        "tags": ["interview", "llm-as-a-judge", "evaluation", "inter-annotator-agreement"],
        "size_categories": [next((name for most, name in _SIZES if len(corpus.answers) < most), "n>10M")],
        "annotations_creators": sorted({created[kind] for kind in kinds - {"author"}}) or ["no-annotation"],
    }


def _configs_section(tables: Tables, repo_id: str | None) -> str:
    where = repo_id or "OWNER/NAME"
    rows = [
        [f"`{config}`", ", ".join(f"`{split}` {table.num_rows:,}" for split, table in splits.items()), CONFIGS[config]]
        for config, splits in tables.items()
    ]
    return (
        "## Configs\n"
        f"{markdown_table(['config', 'splits and rows', 'what a row is'], rows)}\n\n"
        "```python\n"
        "from datasets import load_dataset\n\n"
        f'answers = load_dataset("{where}", "answers", split="test")  # revision="TAG" pins a version\n'
        "```\n\n"
        f"`bench run --scorer heuristic --corpus hf://{where}@TAG` measures a scorer on it.  Times are seconds from the start of the\n"
        "answer; `start` and `end` of evidence count Unicode code points of the segment's text.  `provenance` is JSON text.\n"
        "A label that is null was not given, an empty list is none of them.\n"
    )


def _body(corpus: Corpus, about: About) -> str:
    """A data sheet for a corpus that brings none: what can be counted, and nothing that can't."""
    given: Mapping[str, int] = {
        name: sum(a.annotator_id == name for a in corpus.annotations) for name in sorted(corpus.annotators)
    }
    labelled = [[f"`{name}`", a.kind, given[name], a.description] for name, a in sorted(corpus.annotators.items())]
    changes = [f"- **{entry.get('version')}** ({entry.get('date')}): {entry.get('what', '')}" for entry in about.changelog]
    who = (
        markdown_table(["annotator", "kind", "answers", "what it is"], labelled) if labelled else "Nobody has labelled it yet."
    )
    canary = [f"Each row carries the canary `{about.canary}`.", ""] if about.canary else []
    return "\n".join(
        [
            f"# {about.name} {about.version}",
            "",
            f"{len(corpus.answers):,} timed answers to {len(corpus.questions):,} interview questions, in the shape of "
            "speed-depth-bench's records: every annotator's labels, never averaged away.",
            "",
            "## Who labelled it",
            who,
            "",
            "## Use",
            "To measure scorers and judges of interview answers.  Please keep it out of training data.",
            *canary,
            "## Licence and changes",
            f"{about.license} (`LICENSE`).  Cite with `CITATION.cff`.",
            "",
            *changes,
        ]
    )
