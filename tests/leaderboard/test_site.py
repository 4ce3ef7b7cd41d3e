"""The site as a reader meets it: Debian's Chromium, opened from a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmark import load_corpus
from leaderboard.build import build_leaderboard
from tests.conftest import small_tables, write_corpus
from tests.leaderboard.conftest import Reader, measure

Opener = Callable[..., Reader]
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"q\" 'q' 🙂🏽 שלום \u2028 \\u003c"
AXE_RUN = """axe.run(document, {resultTypes: ["violations"], preload: false})
    .then(r => r.violations.map(v => [v.impact, v.id, v.nodes.length, v.nodes[0].html]))"""
PAGES = ("index.html", "compare.html", "answers.html", "answer.html#a=ANSWER", "answer.html#a=ANSWER&twin=TWIN", "agreement.html",
         "method.html", "SCORER")  # fmt: skip


def shard(site: Path, name: str) -> Any:
    """The data of a script, as the page gets them."""
    text = (site / "data" / f"{name}.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix(f'window.__shard("{name}", ').removesuffix(");\n"))


@pytest.fixture(scope="session")
def twins(site: Path) -> tuple[str, str]:
    """The better and the worse twin of a pair among the answers that were scored."""
    scored = set(shard(site, "reference-0")["ids"])
    pair = next(c for c in load_corpus().contrasts if c.better in scored and c.worse in scored)
    return pair.better, pair.worse


def names(page: Any) -> list[str]:
    """Row names of the board, top down."""
    found: list[str] = page.eval_on_selector_all("table.board tbody th", "cells => cells.map(c => c.firstChild.textContent)")
    return found


def overall(site: Path, board: int = 0) -> dict[str, float]:
    return {row["name"]: row["cells"]["overall"][0] for row in shard(site, f"board-{board}")["rows"]}


def test_board_sorts_and_the_address_keeps_the_view(read: Opener, site: Path) -> None:
    reader = read()
    page = reader.open("index.html")
    values = overall(site)
    assert names(page) == sorted(values, key=lambda name: -values[name])
    page.click("#sort-rating")
    rating = {row["name"]: row["cells"]["rating"][0] for row in shard(site, "board-0")["rows"]}
    assert names(page) == sorted(rating, key=lambda name: -rating[name])
    assert page.get_attribute("th:has(#sort-rating)", "aria-sort") == "descending"
    page.click("#sort-rating")
    assert names(page) == sorted(rating, key=lambda name: rating[name])
    again = reader.open(f"index.html#{page.url.split('#')[1]}")
    assert names(again) == sorted(rating, key=lambda name: rating[name])


def test_board_filters(read: Opener, site: Path) -> None:
    reader = read()
    page = reader.open("index.html")
    page.uncheck("#kind-floor")
    page.uncheck("#kind-annotators")
    assert sorted(names(page)) == ["heuristic", "whole-numbers"]
    page.check("#kind-annotators")
    page.select_option("#slice", "round:writing")
    page.wait_for_selector("#status:has-text('round writing')")
    own = shard(site, "slices-0-round")["writing"]
    row = next(r for r in shard(site, "board-0")["rows"] if r["name"] == "heuristic")
    tracks = own["rows"][row["id"]]
    assert page.inner_text(f"tr[data-id='{row['id']}'] td.estimate >> nth=1").startswith(f"{tracks['verdict'][0]:.2f}")
    mean = sum(tracks[t][0] for t in ("verdict", "rating", "pace", "depth", "patterns")) / 5
    assert tracks["overall"][0] == pytest.approx(mean, abs=1e-4)
    assert own["rows"][""]["overall"][1] < own["rows"][""]["overall"][0] < own["rows"][""]["overall"][2]
    for by, value in (("pattern", "speed_bias"), ("length", "long")):
        page.select_option("#slice", f"{by}:{value}")
        page.wait_for_selector(f"#status:has-text('{by} {value.replace('_', ' ')}')")
    page.select_option("#slice", "")
    page.fill("#find", "whole")
    page.wait_for_selector("table.board tbody:not(:has(tr:nth-child(2)))")
    assert names(page) == ["whole-numbers"]


def test_whose_labels_stands_over_each_board(read: Opener) -> None:
    page = read().open("index.html")
    assert "No label here is a person's" in page.inner_text("#whose")
    page.select_option("#reference", "1")
    page.wait_for_selector("#whose:has-text('writers')")
    assert names(page) == ["heuristic"]


def test_answers_are_searched_and_filtered_at_once(read: Opener) -> None:
    page = read().open("answers.html")
    corpus = load_corpus()
    assert page.inner_text("#status") == f"{len(corpus.answers):,} of {len(corpus.answers):,} answers"
    page.select_option("#round", "coding")
    page.select_option("#length", "long")
    expected = [a for a in corpus.answers.values() if a.round == "coding" and a.words >= 300]
    page.wait_for_selector(f"#status:has-text('{len(expected):,} of')")
    page.fill("#q", "Because")
    expected = [a for a in expected if "because" in "\n".join(s.text for s in a.segments).lower()]
    page.wait_for_selector(f"#status:has-text('{len(expected):,} of')")
    assert 0 < len(expected) < 1000


def test_answers_that_a_scorer_gets_wrong(read: Opener, site: Path) -> None:
    run = next(r["id"] for r in shard(site, "board-0")["rows"] if r["name"] == "heuristic")
    truth, own = shard(site, "reference-0"), shard(site, f"labels-0-{run}")
    wrong = [i for i, row, labels in zip(truth["ids"], truth["rows"], own, strict=True) if labels[0] not in row[0]]
    page = read().open(f"answers.html#scorer={run}&wrong=verdict")
    assert page.inner_text("#status").startswith(f"{len(wrong)} of")


def test_answer_with_labels_evidence_and_predictions(read: Opener, site: Path) -> None:
    corpus = load_corpus()
    scored = set(shard(site, "reference-0")["ids"])
    annotation = next(a for a in corpus.annotations if a.answer_id in scored and a.evidence and a.evidence[0].end > a.evidence[0].start + 5
                      and corpus.annotators[a.annotator_id].kind == "model")  # fmt: skip
    span = annotation.evidence[0]  # type: ignore[index]
    page = read().open(f"answer.html#a={annotation.answer_id}")
    labels = page.inner_text("#labels")
    for name in ("panel-checklist", "panel-contrarian", "panel-holistic", "author", "heuristic", "whole-numbers", "random"):
        assert name in labels
    card = page.locator(".card", has_text=annotation.annotator_id)
    card.locator("button.chip", has_text=span.label.replace("_", " ")).click()
    marked = "".join(page.eval_on_selector_all("#transcript mark", "marks => marks.map(m => m.textContent)"))
    answer = corpus.answers[annotation.answer_id]
    expected = "".join(
        answer.segments[e.segment].text[e.start : e.end] for e in annotation.evidence or () if e.label == span.label
    )
    assert marked == expected
    card.locator("button.chip", has_text=span.label.replace("_", " ")).click()
    text = page.inner_text("#transcript")
    assert all(" ".join(s.text.split())[:40] in " ".join(text.split()) for s in answer.segments if s.text)
    assert page.locator(".timeline a.block").count() == len(answer.segments)


def test_code_is_coloured_and_loses_no_character(read: Opener, site: Path) -> None:
    answer = next(a for a in load_corpus().answers.values() if any(s.kind == "code" and "def " in s.text for s in a.segments))
    page = read().open(f"answer.html#a={answer.answer_id}")
    code = [s.text for s in answer.segments if s.kind == "code"]
    assert page.eval_on_selector_all("#transcript pre code", "blocks => blocks.map(b => b.textContent)") == code
    assert page.locator("#transcript .tok-k", has_text="def").count() >= 1


def test_following_a_twin_shows_what_differs(read: Opener, twins: tuple[str, str]) -> None:
    better, worse = twins
    page = read().open(f"answer.html#a={worse}")
    page.click(f".twinlinks a[href*='twin={better}']")
    page.wait_for_selector(f"body[data-ready='{worse}{better}']")
    corpus = load_corpus()
    left, right = page.locator(".twintext").all_text_contents()
    for answer_id, text in ((better, left), (worse, right)):
        for segment in corpus.answers[answer_id].segments:
            assert segment.text in text
    assert page.locator(".twintext del").count() + page.locator(".twintext ins").count() > 0
    unmarked = "t => [...t.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join('')"
    same = [text.evaluate(unmarked) for text in page.locator(".twintext").all()]
    assert same[0] == same[1]  # what is unmarked stands in both
    page.click(".twin:first-child h2 a")
    page.wait_for_selector(f"body[data-ready='{better}']")
    assert page.inner_text("h1").startswith(better)


def test_two_scorers_side_by_side(read: Opener, site: Path) -> None:
    rows = {r["name"]: r for r in shard(site, "board-0")["rows"]}
    a, b = rows["heuristic"], rows["random"]
    page = read().open(f"compare.html#a={a['id']}&b={b['id']}")
    first = page.inner_text("#result table tbody tr:first-child")
    difference = a["cells"]["overall"][0] - b["cells"]["overall"][0]
    assert f"+{difference:.2f}" in first
    pairs = shard(site, f"pairs-0-{a['id']}")["overall"]
    at = pairs["order"].index(b["id"])
    assert pairs["low"][at] < difference < pairs["high"][at]
    assert pairs["adjusted"][at] >= pairs["p"][at]
    assert first.rstrip().endswith("heuristic")
    one, two = shard(site, f"labels-0-{a['id']}"), shard(site, f"labels-0-{b['id']}")
    parted = sum(x[0] != y[0] for x, y in zip(one, two, strict=True))
    assert page.inner_text("#parting").startswith(f"{parted} of {len(one)} answers where verdicts differ")
    page.select_option("#other", rows["whole-numbers"]["id"])
    page.wait_for_selector("#result thead th:nth-child(3):text-is('whole-numbers')")
    page.select_option("#part", "rating")
    page.wait_for_selector("#parting:has-text('ratings differ')")


def test_dark_mode_follows_the_system_and_the_button(read: Opener) -> None:
    def brightness(page: Any) -> float:
        return float(
            page.evaluate(
                "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)"
            )
        )

    light, dark = read(color_scheme="light").open("index.html"), read(color_scheme="dark").open("index.html")
    assert brightness(light) > 600
    assert brightness(dark) < 150
    light.click("#theme")
    assert brightness(light) < 150
    light.click("#theme")
    assert brightness(light) > 600


def test_a_phone_scrolls_tables_and_never_the_page(read: Opener, site: Path, twins: tuple[str, str]) -> None:
    reader = read(viewport={"width": 390, "height": 844})
    for address in addresses(site, twins):
        page = reader.open(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
    page = reader.open("index.html")
    assert page.evaluate("document.getElementById('table').scrollWidth > document.getElementById('table').clientWidth")


def test_by_keyboard_alone(read: Opener) -> None:
    page = read().open("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'sort-rating'")
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort='descending'] #sort-rating")
    assert page.evaluate("document.activeElement.id") == "sort-rating"  # sorting does not lose the place
    until(page, "document.activeElement.closest('table.board tbody') && document.activeElement.textContent === 'heuristic'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scorers/*.html")
    until(page, "document.activeElement.textContent === 'Answers'")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-ready]")
    until(page, "document.activeElement.id === 'q'")
    page.keyboard.type("because")
    page.wait_for_selector("#status:not(:has-text('1,200 of'))")
    until(page, "document.activeElement.matches('#list a')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#transcript")
    until(page, "document.activeElement.matches('button.chip')")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def until(page: Any, condition: str, most: int = 160) -> None:
    """Press Tab until the focus is where it is wanted."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"Boolean({condition})"):
            return
    raise AssertionError(f"{most} tabs do not reach: {condition}")


def test_hostile_text_is_shown_as_text(read: Opener, tmp_path: Path) -> None:
    tables = small_tables()
    for answer in tables["answers"]:
        answer["segments"][0]["text"] = HOSTILE + " " + answer["segments"][0]["text"]
    for annotation in tables["annotations"]:
        annotation["rationale"] = HOSTILE
        annotation["evidence"] = [{"label": p, "segment": 0, "start": 0, "end": len(HOSTILE)} for p in annotation["patterns"]]
    for question in tables["questions"]:
        question["prompt"] = HOSTILE
    for annotator in tables["annotators"]:
        annotator["description"] = HOSTILE
    folder = write_corpus(tmp_path / "corpus", tables)

    path = measure(tmp_path / "results", load_corpus(folder), "heuristic", "model")
    record = json.loads(path.read_text())
    record["scorer"] |= {"name": HOSTILE, "params": {"prompt": HOSTILE}}
    path.write_text(json.dumps(record))

    assert build_leaderboard(tmp_path / "results", tmp_path / "board", str(folder)).problems == []
    reader = read(tmp_path / "board" / "site")
    answer_id = "a-31"
    for address in (
        "index.html",
        "answers.html",
        f"answer.html#a={answer_id}",
        f"scorers/{record['run_id']}.html",
        "agreement.html",
        "compare.html",
    ):
        page = reader.open(address)
        assert page.locator("img").count() == 0, address
        assert page.evaluate("[...document.scripts].every(s => s.src.startsWith('file:'))"), address
        if address not in ("compare.html", "answers.html"):
            assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in page.inner_text("body"), address
    page = reader.open(f"answer.html#a={answer_id}")
    assert page.inner_text("#transcript mark >> nth=0").startswith("</script><script>alert(1)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_finding_of_axe(read: Opener, site: Path, twins: tuple[str, str], scheme: str) -> None:
    axe = os.environ.get("AXE_CORE")
    if not axe:
        pytest.skip("AXE_CORE names no axe.min.js (npm pack axe-core; .ci/run does it)")
    reader = read(color_scheme=scheme, bypass_csp=True)
    for address in addresses(site, twins):
        page = reader.open(address)
        page.evaluate(Path(axe).read_text(encoding="utf-8"))
        found = page.evaluate(AXE_RUN)
        assert [one for one in found if one[0] in ("serious", "critical")] == [], address


def addresses(site: Path, twins: tuple[str, str]) -> list[str]:
    """A view of every page."""
    run = next(r["id"] for r in shard(site, "board-0")["rows"] if r["name"] == "heuristic")
    return [
        page.replace("ANSWER", twins[1]).replace("TWIN", twins[0]).replace("SCORER", f"scorers/{run}.html") for page in PAGES
    ]


def test_the_first_page_is_light(site: Path) -> None:
    first = [
        site / "index.html",
        *(site / "assets" / name for name in ("style.css", "base.js", "board.js")),
        site / "data/site.js",
        site / "data/board-0.js",
    ]
    assert sum(path.stat().st_size for path in first) < 200_000
    listed = [
        site / "answers.html",
        *(site / "assets" / name for name in ("style.css", "base.js", "answers.js")),
        site / "data/site.js",
        site / "data/index.js",
    ]
    assert sum(path.stat().st_size for path in listed) < 1_000_000


def test_no_page_carries_script_or_style_of_its_own(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in text
        assert " style=" not in text
        assert "<script>" not in text
