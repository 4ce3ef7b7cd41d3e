"""The site of the corpus in the package, built once; and the browser it is read with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmark import load_corpus
from benchmark.cli.report import select
from benchmark.corpus import Corpus
from benchmark.predictions import Predictions, write_predictions
from benchmark.result import build_record, predictions_path, write_record
from benchmark.scoring import Fittable
from benchmark.scoring.fitting import fit_scorer
from benchmark.scoring.registry import make_scorer
from benchmark.scoring.run import run_scorer
from leaderboard.build import build_leaderboard
from tests.conftest import small_tables, write_corpus

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run".split()


def measure(
    folder: Path, corpus: Corpus, name: str, source: str, change: Callable[[dict[str, Any]], None] | None = None
) -> Path:
    """Run a built-in scorer and write its record and predictions; ``change`` alters each prediction and makes it another scorer."""
    split, items, reference = select(corpus, None, None, source)
    scorer, spec = make_scorer(name, (), 0)
    fitted = fit_scorer(scorer, corpus, source) if isinstance(scorer, Fittable) else None
    rows = {row["answer_id"]: dict(row) for row in run_scorer(scorer, items.answers)}
    block = spec.record(fitted)
    if change is not None:
        for row in rows.values():
            change(row)
        block |= {"name": change.__name__.replace("_", "-"), "version": "1.0", "spec_hash": "0" * 64}
    path = folder / f"{block['name']}-{source}.json"
    record = build_record(scorer=block, items=items, split=split, limit=None, reference=reference, predictions=Predictions(rows),
                          seed=0, seconds=0.5)  # fmt: skip
    write_record(path, record)
    write_predictions(predictions_path(path), list(rows.values()))
    return path


def whole_numbers(row: dict[str, Any]) -> None:
    """The heuristic in whole steps, without evidence and probabilities, abstaining on some answers."""
    for field in ("evidence", "verdict_probs", "pattern_probs", "signal_probs", "rationale"):
        row.pop(field, None)
    row["rating"] = round(row["rating"])
    if row["answer_id"].endswith("8"):
        answer_id = row["answer_id"]
        row.clear()
        row.update(answer_id=answer_id, abstained="can't tell")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of three records measured against models and one against the author, on the package's corpus."""
    folder = tmp_path_factory.mktemp("leaderboard")
    corpus = load_corpus()
    for name, source in (("heuristic", "model"), ("random", "model"), ("heuristic", "author")):
        measure(folder / "results", corpus, name, source)
    measure(folder / "results", corpus, "heuristic", "model", whole_numbers)
    assert build_leaderboard(folder / "results", folder / "board").problems == []
    return folder / "board" / "site"


@pytest.fixture(scope="session")
def small_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records and predictions of three scorers on the small corpus, measured once."""
    folder = tmp_path_factory.mktemp("small")
    corpus = load_corpus(write_corpus(folder / "corpus", small_tables()))
    for name in ("heuristic", "constant", "length"):
        measure(folder / "results", corpus, name, "model").rename(folder / "results" / f"{name}.json")
        (folder / "results" / f"{name}-model.predictions.jsonl").rename(folder / "results" / f"{name}.predictions.jsonl")
    return folder / "results"


@pytest.fixture
def results(tmp_path: Path, small_results: Path) -> Path:
    """A copy of them, to be spoilt."""
    return Path(shutil.copytree(small_results, tmp_path / "results"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright (tests/requirements.txt)")
    if not CHROMIUM.is_file():
        pytest.skip(f"the browser tests need Debian's chromium ({CHROMIUM}): apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


class Reader:
    """A page that remembers what went wrong: console messages, script errors, and requests to anywhere but the folder."""

    def __init__(self, browser: Any, site: Path, **options: Any):
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.site = site
        self.wrong: list[str] = []
        self.page.on("console", lambda m: self.wrong.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.wrong.append(f"script: {e}"))
        self.page.on(
            "request", lambda r: None if r.url.startswith(("file:", "data:")) else self.wrong.append(f"request: {r.url}")
        )
        self.page.on("dialog", lambda d: self.wrong.append(f"dialog: {d.message}"))

    def open(self, address: str) -> Any:
        """Open a page of the site, and wait until its script has drawn it."""
        name, _, view = address.partition("#")
        self.page.goto("about:blank")  # else a new view of the same page would not load it again
        self.page.goto(f"{(self.site / name).resolve().as_uri()}{'#' if view else ''}{view}")
        if name.split(".")[0] in ("index", "compare", "answers", "answer"):
            self.page.wait_for_selector("body[data-ready]")
        return self.page


@pytest.fixture
def read(browser: Any, site: Path) -> Iterator[Any]:
    """Opens readers of the site; in the end nothing may have gone wrong in any of them."""
    readers: list[Reader] = []

    def make(folder: Path = site, **options: Any) -> Reader:
        readers.append(Reader(browser, folder, **options))
        return readers[-1]

    yield make
    wrong = [message for reader in readers for message in reader.wrong]
    for reader in readers:
        reader.context.close()
    assert wrong == []
