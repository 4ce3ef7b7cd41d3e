"""The page in a real browser: three annotators, ten answers each, keyboard only, through a crash of the server."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmark.annotate import store
from benchmark.annotate.training import material
from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from tests.annotate.conftest import Served, annotate_tables, sample_labels
from tests.conftest import bench

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt-get install chromium)")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ANSWERS = {a["answer_id"]: a for a in annotate_tables()["answers"]}
EVIL = "<img src=x onerror='window.hacked=1'><script>window.hacked=1</script>"
Plan = dict[str, Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def make_plan(draw: random.Random, answer: dict[str, Any], who: str) -> Plan:
    """What one annotator presses on one answer: spans as (pattern, segment, first word, words)."""
    spans = []
    for pattern in draw.sample(range(8), draw.randint(0, 3)):
        for _ in range(draw.randint(1, 2)):
            segment = draw.randrange(len(answer["segments"]))
            count = len(re.findall(r"\S+", answer["segments"][segment]["text"]))
            first = draw.randrange(count) if count else 0
            spans.append((pattern, segment, first, draw.randint(1, min(4, count - first)) if count else 0))
    return {
        "spans": spans,
        "pace": draw.randrange(5),
        "depth": draw.randrange(5),
        "rating": draw.randrange(5),
        "verdict": draw.randrange(4),
        "signals": sorted(draw.sample(range(5), draw.randint(0, 3))),
        "confidence": draw.randrange(2),
        "rationale": f"{who} says: “naïve” & <b>late</b> 🙂 {draw.randrange(1000)}",
    }


def expected(plan: Plan, answer: dict[str, Any]) -> dict[str, Any]:
    """The labels that these keys mean, offsets counted by Python in code points."""
    evidence = set()
    for pattern, segment, first, count in plan["spans"]:
        words = list(re.finditer(r"\S+", answer["segments"][segment]["text"]))
        place = (words[first].start(), words[first + count - 1].end()) if words else (0, 0)
        evidence.add((segment, *place, pattern))
    patterns = [name for i, name in enumerate(PATTERNS) if any(span[0] == i for span in plan["spans"])]
    return {
        "verdict": VERDICTS[plan["verdict"]],
        "rating": RATINGS[plan["rating"]],
        "pace": DEVIATIONS[plan["pace"]],
        "depth": DEVIATIONS[plan["depth"]],
        "patterns": patterns,
        "confidence_direction": ("over", "under")[plan["confidence"]] if "miscalibrated_confidence" in patterns else None,
        "signals": [SIGNALS[i] for i in plan["signals"]],
        "evidence": [{"label": PATTERNS[p], "segment": s, "start": a, "end": b} for s, a, b, p in sorted(evidence)],
        "rationale": plan["rationale"],
    }


def press(page: Any, keys: str) -> None:
    for key in keys.split():
        page.keyboard.press(key)


def mark(page: Any, plan: Plan, segments: int) -> None:
    for pattern, segment, first, count in plan["spans"]:
        press(page, "ArrowUp " * segments + "ArrowDown " * segment + "ArrowRight " * first + "Shift+ArrowRight " * (count - 1))
        press(page, f"{pattern + 1}")


def choose(page: Any, plan: Plan) -> None:
    if any(span[0] == PATTERNS.index("miscalibrated_confidence") for span in plan["spans"]):
        press(page, f"c {plan['confidence'] + 1}")
    press(page, f"p {plan['pace'] + 1} d {plan['depth'] + 1} r {plan['rating'] + 1} v {plan['verdict'] + 1}")
    for signal in plan["signals"]:
        press(page, f"s {signal + 1}")


def write(page: Any, plan: Plan) -> None:
    press(page, "w")
    page.keyboard.insert_text(plan["rationale"])
    press(page, "Escape")


def arrive(page: Any, heading: str) -> None:
    page.wait_for_function("text => document.querySelector('h1')?.textContent === text", arg=heading, timeout=15000)


def begin(page: Any, link: str) -> None:
    """Consent, the four worked answers, the check: all by keyboard."""
    page.goto(link)
    arrive(page, "Welcome")
    assert "#" not in page.url
    page.wait_for_function("() => document.activeElement.tagName === 'BUTTON'")
    press(page, "Enter")
    examples = material()["examples"]
    for number, example in enumerate(examples, start=1):
        arrive(page, f"Training {number} of {len(examples) + 1}")
        page.wait_for_selector(".note")
        press(page, "p 3 d 3 r 3 v 1 w")
        page.keyboard.insert_text("A practice.")
        press(page, "Control+Enter")
        page.wait_for_selector(".feedback")
        assert example["labels"]["rationale"] in page.inner_text(".feedback")
        press(page, "Escape Enter")
    arrive(page, f"Training {len(examples) + 1} of {len(examples) + 1}")
    page.wait_for_selector("fieldset")
    for question in material()["check"]:
        press(page, "Space" + " ArrowDown" * question["right"])
        press(page, "Tab")
    press(page, "Enter")
    page.wait_for_selector("text=All right.")
    page.wait_for_function("() => document.activeElement.textContent === 'Start labelling'")
    press(page, "Enter")


def test_three_annotators_by_keyboard_through_a_crash(
    browser: Any, serve: Callable[..., Served], talks: Path, tmp_path: Path
) -> None:
    server = serve("--corpus", talks, "--repeats", "0", "--overlap", "3")
    database = store.open_database(server.folder / "annotate.db")
    people = {p.name: p for p in store.people(database)}
    orders = {name: [s.answer_id for s in store.states(database, p.id)] for name, p in people.items()}
    database.close()
    assert {len(order) for order in orders.values()} == {10}
    draw = random.Random(6)
    plans = {(name, answer): make_plan(draw, ANSWERS[answer], name) for name in people for answer in orders[name]}
    pages = {name: browser.new_context().new_page() for name in people}
    asked: list[str] = []
    for name, page in pages.items():
        page.on("request", lambda request: asked.append(request.url))
        begin(page, server.links[name])

    for turn in range(10):
        for name, page in pages.items():
            answer = orders[name][turn]
            plan, segments = plans[name, answer], len(ANSWERS[answer]["segments"])
            arrive(page, f"Answer {turn + 1} of 10")
            page.wait_for_selector(".transcript")
            mark(page, plan, segments)
            if turn == 3:  # in mid-work
                page.wait_for_timeout(600)
                if name == "ben":  # who loses his tab as well
                    page.close()
                    page = pages[name] = pages["ana"].context.browser.contexts[1].new_page()
                    page.goto(server.base)
                    arrive(page, "Answer 4 of 10")
                    page.wait_for_selector(".transcript")
                server.kill()
            choose(page, plan)
            write(page, plan)
            press(page, "Enter")
            if turn == 3:
                page.wait_for_selector("#banner:not([hidden])")
                assert "Your work is kept" in page.inner_text("#banner")
                assert page.inner_text("h1") == "Answer 4 of 10"
                server.restart()
            arrive(page, f"Answer {turn + 2} of 10" if turn < 9 else "Done")
    assert {url.split("/")[2] for url in asked} == {f"127.0.0.1:{server.port}"}

    done = bench("annotate", "export", "--project", server.folder / "annotate.db", "--output", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "out" / "annotations.jsonl").read_text(encoding="utf-8").splitlines()]
    name_of = {p.pseudonym: p.name for p in people.values()}
    found = {(name_of[row["annotator_id"]], row["answer_id"]): row for row in rows}
    assert len(found) == len(rows) == 30
    for (name, answer), plan in plans.items():
        wanted = expected(plan, ANSWERS[answer])
        got = {field: found[name, answer][field] for field in wanted}
        assert json.dumps(got, ensure_ascii=False) == json.dumps(wanted, ensure_ascii=False)
    database = store.open_database(server.folder / "annotate.db")
    assert database.execute("SELECT count(*), max(revision) FROM revisions").fetchone() == (30, 1)
    assert database.execute("SELECT count(*) FROM drafts").fetchone() == (0,)
    database.close()
    for page in pages.values():
        page.context.close()


def ready(browser: Any, server: Served, name: str, stopped_clock: bool = False) -> Any:
    """A page of somebody who has been through the training before."""
    database = store.open_database(server.folder / "annotate.db")
    person = next(p for p in store.people(database) if p.name == name)
    store.add_consent(database, person.id, "1.0", "")
    for example in [*(e["step"] for e in material()["examples"]), "check"]:
        store.add_training(database, person.id, example, {}, True)
    database.close()
    page = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True).new_page()
    if stopped_clock:
        page.clock.install()
    page.goto(server.links[name])
    return page


def latest(server: Served) -> list[tuple[Any, ...]]:
    database = store.open_database(server.folder / "annotate.db")
    rows = database.execute("SELECT position, revision, labels, skipped FROM revisions ORDER BY id").fetchall()
    database.close()
    return [(position, revision, labels and json.loads(labels), skipped) for position, revision, labels, skipped in rows]


def test_undo_skip_flag_going_back_and_a_draft_in_this_browser_only(
    browser: Any, serve: Callable[..., Served], talks: Path
) -> None:
    server = serve("--corpus", talks, "--repeats", "0", names="ana")
    page = ready(browser, server, "ana")
    arrive(page, "Answer 1 of 10")
    page.wait_for_selector(".transcript")
    pressed = "document.querySelectorAll('.pattern[aria-pressed=true]').length"
    press(page, "ArrowDown 1 ArrowDown 2 z")
    assert page.evaluate(pressed) == 1
    press(page, "z z")
    assert page.evaluate(pressed) == 0
    press(page, "y y Shift+2")
    assert page.evaluate(pressed) == 1
    press(page, "Enter")
    page.wait_for_selector(".problems:not(:empty)")
    assert {"verdict: choose one", "rationale: one or two sentences are needed"} <= set(
        page.inner_text(".problems").splitlines()
    )
    press(page, "m")
    page.keyboard.insert_text("Is this <i>really</i> late?")
    press(page, "Enter x")
    page.wait_for_function("() => document.querySelector('#dialog h2')?.textContent === 'Skip this answer'")
    page.keyboard.insert_text("I know who said it.")
    press(page, "Enter")
    arrive(page, "Answer 2 of 10")
    press(page, "[")
    arrive(page, "Answer 1 of 10")
    page.wait_for_selector(".note")
    assert "Skipped: I know who said it." in page.inner_text(".note")
    assert page.evaluate(pressed) == 0  # a skip drops the draft
    press(page, "p 3 d 3 r 4 v 1 w")
    page.keyboard.insert_text("I can label it after all.")
    press(page, "Control+Enter")
    arrive(page, "Answer 2 of 10")
    rows = latest(server)
    assert [(row[0], row[1], row[3]) for row in rows] == [(1, 1, "I know who said it."), (1, 2, None)]
    # with the server gone, what was typed is in this browser: the page is closed, the server comes back, the page is opened
    page.wait_for_selector(".transcript")
    server.kill()
    press(page, "ArrowDown r 5 w")
    page.keyboard.insert_text("Typed while the server was away.")
    page.wait_for_timeout(100)
    context = page.context
    page.close()
    server.restart()
    page = context.new_page()
    page.goto(server.base)
    page.wait_for_function("() => document.querySelector('#rationale')?.value === 'Typed while the server was away.'")
    assert page.get_attribute("[data-field=rating][data-value='5']", "aria-checked") == "true"
    page.wait_for_function("() => document.querySelector('#saved')?.textContent === 'draft saved'")
    context.close()


def test_fingers_and_mouse_select_too(browser: Any, serve: Callable[..., Served], talks: Path) -> None:
    """On a tablet: words selected by the browser's own means, pattern tapped; across segments a span in each."""
    server = serve("--corpus", talks, "--repeats", "0", names="ana")
    page = ready(browser, server, "ana")
    arrive(page, "Answer 1 of 10")
    page.wait_for_selector(".transcript")
    select = """([from, start, to, end]) => {
        const piece = (i) => document.querySelector(`[data-segment="${i}"]`).firstChild.firstChild;
        document.getSelection().setBaseAndExtent(piece(from), start, piece(to), end);
    }"""
    page.evaluate(select, [0, 0, 0, 10])  # the woman at her computer: seven UTF-16 units, five code points... and more
    page.wait_for_timeout(50)
    page.tap(".pattern >> nth=1")
    page.evaluate(select, [4, 10, 4, 12])  # the first of 𝒏𝒐𝒕
    page.wait_for_timeout(50)
    page.tap(".pattern >> nth=0")
    page.tap("[data-field=pace][data-value='0']")
    for field, value in (("depth", "0"), ("rating", "3"), ("verdict", '"balanced"')):
        page.tap(f"[data-field={field}][data-value='{value}']")
    page.fill("#rationale", "By finger.")
    page.tap("text=Save and go on")
    arrive(page, "Answer 2 of 10")
    answer = next(iter(ANSWERS.values()))
    ((_, _, labels, _),) = latest(server)
    spans = [
        (e["label"], e["segment"], answer["segments"][e["segment"]]["text"][e["start"] : e["end"]]) for e in labels["evidence"]
    ]
    assert spans == [("depth_bias", 0, "👩🏽‍💻 So"), ("speed_bias", 4, "𝒏")]
    nameless = """() => [...document.querySelectorAll('button, textarea')].filter((e) =>
        !(e.getAttribute('aria-label') || e.textContent.trim() || document.querySelector(`label[for='${e.id}']`))).length"""
    assert page.evaluate(nameless) == 0  # every control has a name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = """() => [...document.querySelectorAll('.form .choices button, .bar button')].filter((e) =>
        e.offsetParent && e.getBoundingClientRect().height < 44).length"""
    assert page.evaluate(small) == 0
    page.context.close()


def test_an_adjudicator_decides_with_everybodys_labels_in_view(browser: Any, serve: Callable[..., Served], talks: Path) -> None:
    server = serve("--corpus", talks, "--repeats", "0", names="ana,ben")
    database = store.open_database(server.folder / "annotate.db")
    for person, verdict in zip(store.people(database), ("too_deep", "unfocused"), strict=True):
        for s in store.states(database, person.id)[:4]:
            labels = sample_labels(
                verdict=verdict if s.answer_id.endswith("0") else "balanced",
                rating=3,
                rationale=f"says {person.pseudonym} {EVIL}",
            )
            store.save(database, person.id, s.position, labels, None, 5.0, f"key-{person.id}-{s.position:05d}")
    originals = database.execute("SELECT * FROM revisions ORDER BY id").fetchall()
    people = store.people(database)
    database.close()
    link = bench("annotate", "adjudicate", "--by", "judge", cwd=server.folder).stdout.split()[1]
    page = browser.new_context().new_page()
    page.goto(link)
    arrive(page, "Welcome")
    page.wait_for_function("() => document.activeElement.tagName === 'BUTTON'")
    press(page, "Enter")
    page.wait_for_selector(".others")
    shown = page.inner_text(".others")
    assert all(f"says {p.pseudonym} {EVIL}" in shown for p in people)
    assert page.query_selector(".others img, .others script") is None
    assert page.evaluate("() => window.hacked") is None
    assert "verdict" in page.inner_text(".others tr.differs")
    assert page.query_selector("[data-field=verdict][aria-checked=true]") is None
    press(page, "p 3 d 3 r 3 v 4 w")
    page.keyboard.insert_text("Decided.")
    press(page, "Control+Enter")
    page.wait_for_function(
        "() => document.querySelector('progress')?.value === 1 || document.querySelector('h1')?.textContent === 'Done'"
    )
    database = store.open_database(server.folder / "annotate.db")
    assert database.execute("SELECT * FROM revisions ORDER BY id").fetchall()[: len(originals)] == originals
    assert database.execute("SELECT count(*) FROM revisions").fetchone() == (len(originals) + 1,)
    database.close()
    page.context.close()


def test_idle_time_is_not_counted(browser: Any, serve: Callable[..., Served], talks: Path) -> None:
    server = serve("--corpus", talks, "--repeats", "0", names="ana")
    page = ready(browser, server, "ana", stopped_clock=True)
    page.wait_for_selector(".transcript")
    press(page, "p 3 d 3 r 3 v 1 w")
    page.keyboard.insert_text("Slowly.")
    for _ in range(4):
        page.clock.run_for(20_000)
        press(page, "Shift")
    page.clock.run_for(3_600_000)  # an hour at lunch: a minute of it counts
    press(page, "Control+Enter")
    arrive(page, "Answer 2 of 10")
    database = store.open_database(server.folder / "annotate.db")
    ((seconds,),) = database.execute("SELECT seconds FROM revisions").fetchall()
    database.close()
    assert 138 <= seconds <= 142
    page.context.close()
