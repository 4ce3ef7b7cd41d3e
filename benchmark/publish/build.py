"""``bench corpus build``: everything that is published, in a folder, from nothing but the corpus."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmark.corpus.load import Corpus, load_corpus
from benchmark.corpus.source import Source
from benchmark.errors import InputError, Problem
from benchmark.files import pretty, read_json, write_text
from benchmark.publish.about import About, read_about, to_yaml
from benchmark.publish.card import card
from benchmark.publish.configs import Tables, corpus_tables
from benchmark.publish.croissant import croissant
from benchmark.publish.croissant_checks import croissant_problems
from benchmark.publish.eval_yaml import eval_yaml
from benchmark.publish.parquet import parquet_path, read_tables, write_parquet

MARK = "croissant.json"
"""What tells a build from any other folder, which is never overwritten."""


@dataclass(frozen=True)
class Build:
    """A build on disk."""

    folder: Path
    about: About
    tables: Tables

    @property
    def files(self) -> list[str]:
        """Paths from the folder, sorted."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())


def build(
    source: Source,
    corpus: Corpus,
    output: Path,
    *,
    repo_id: str | None = None,
    gated: bool = False,
    reference: str | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Build:
    """Write a corpus as it is published to ``output``, replacing a build that is there, whole or not at all.

    ``repo_id`` is where it will be found, ``gated`` whether readers have to agree to terms, ``reference`` whose labels the
    computed configs combine.  Raises InputError where the corpus lacks something, or ``output`` holds anything but a build.
    """
    about = read_about(source.folder)
    if output.exists() and not (output.is_dir() and ((output / MARK).is_file() or not any(output.iterdir()))):
        raise InputError([Problem(str(output), 0, "", "is there already and is no build; nothing was written")])
    output.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=".tmp", dir=output.parent))
    try:
        work.chmod(0o755)
        made = _write(source, corpus, about, work, repo_id, gated, reference, progress)
        if output.exists():
            shutil.rmtree(output)
        work.rename(output)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return Build(output, about, made)


def _write(
    source: Source,
    corpus: Corpus,
    about: About,
    folder: Path,
    repo_id: str | None,
    gated: bool,
    reference: str | None,
    progress: Callable[[str], None],
) -> Tables:
    progress("tables")
    for config, splits in corpus_tables(corpus, about.canary, reference).items():
        for split, table in splits.items():
            progress(f"{config}, {split}")
            write_parquet(table, folder / parquet_path(config, split))
    tables = read_tables(folder)  # what follows is counted from what was written
    progress("card and croissant")
    about_text = pretty(read_json(source.folder / "corpus.json"))
    write_text(folder / "corpus.json", about_text)
    shutil.copyfile(source.folder / "LICENSE", folder / "LICENSE")
    write_text(folder / "CITATION.cff", _citation(source.folder, about, repo_id))
    write_text(folder / "eval.yaml", eval_yaml(about, tables))
    document = croissant(corpus, about, tables, folder, repo_id)
    write_text(folder / MARK, pretty(document))
    write_text(folder / "README.md", card(corpus, about, tables, folder, repo_id, gated))
    problems = croissant_problems(document, folder)
    if problems:
        raise InputError(problems)
    progress("reading back")
    if load_corpus(folder).fingerprint != corpus.fingerprint:
        raise InputError([f"{corpus.name}: Parquet can't hold a number of it exactly; nothing was written"])
    return tables


def _citation(folder: Path, about: About, repo_id: str | None) -> str:
    """The corpus' own citation file, or one made of what ``corpus.json`` says (Citation File Format 1.2)."""
    own = folder / "CITATION.cff"
    if own.is_file():
        return own.read_text(encoding="utf-8")
    document = {
        "cff-version": "1.2.0",
        "message": "If you use this corpus, please cite it, with its version and the reference (whose labels) you measured against.",
        "title": about.name,
        "type": "dataset",
        "version": about.version,
        "date-released": about.date,
        "license": about.license,
        "authors": [{"name": name} for name in about.authors],
        **({"repository-artifact": f"https://huggingface.co/datasets/{repo_id}"} if repo_id else {}),
    }
    return to_yaml(document)
