"""Pictures of the leaderboard for README, from the real site in the real browser.

pip install playwright; apt-get install chromium
bench leaderboard && python tools/screenshots.py            # writes docs/images/
"""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
ARGUMENTS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run".split()
ANSWER = "a-039808"
SHOTS = (
    ("board", "index.html", 1360, 760, "light"),
    ("answer", f"answer.html#a={ANSWER}", 1360, 900, "light"),
    ("board-dark", "index.html", 1360, 760, "dark"),
    ("board-phone", "index.html", 390, 844, "light"),
    ("answer-phone", f"answer.html#a={ANSWER}", 390, 844, "dark"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, default=ROOT / "leaderboard/site")
    parser.add_argument("--output", type=Path, default=ROOT / "docs/images")
    parser.add_argument("--browser", default="/usr/bin/chromium")
    parser.add_argument("--only", nargs="*", default=["board", "answer"], help=f"of {', '.join(name for name, *_ in SHOTS)}")
    options = parser.parse_args()
    if not (options.site / "index.html").is_file():
        raise SystemExit(f"{options.site}: no site here; `bench leaderboard` makes it")
    options.output.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=ARGUMENTS)
        for name, page_name, width, height, scheme in SHOTS:
            if name not in options.only:
                continue
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto(f"{(options.site / page_name.split('#')[0]).resolve().as_uri()}#{page_name.partition('#')[2]}")
            page.wait_for_selector("body[data-ready]")
            page.screenshot(path=options.output / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
