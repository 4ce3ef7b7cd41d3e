"""What a corpus says of itself: ``corpus.json``, the front matter and the body of its ``README.md``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmark.errors import InputError, Problem
from benchmark.files import read_json

RESPONSIBLE_AI = "responsible_ai"
"""Key of the front matter whose texts go to Croissant instead of the card: RAI field (without ``rai:``) to text or texts."""
_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n+", re.DOTALL)


@dataclass(frozen=True)
class About:
    """Name, version, date of the version, licence (SPDX), canary and authors of a corpus; its card, if it has one."""

    name: str
    version: str
    date: str
    license: str
    authors: tuple[str, ...]
    canary: str | None = None
    changelog: tuple[Mapping[str, str], ...] = ()
    front_matter: Mapping[str, Any] = field(default_factory=dict)
    body: str | None = None
    responsible_ai: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tag(self) -> str:
        """The tag that a version is published under."""
        return f"v{self.version}"

    @property
    def license_url(self) -> str:
        """Where SPDX explains the licence."""
        return f"https://spdx.org/licenses/{self.license}.html"


def read_about(folder: Path) -> About:
    """Read what is needed to publish a corpus.  Raises InputError naming every thing that is missing."""
    path = folder / "corpus.json"
    about = read_json(path)
    if not isinstance(about, dict):
        raise InputError([Problem(str(path), 0, "", "not a JSON object")])
    problems = [
        Problem(str(path), 0, name, "is missing; a published corpus has one")
        for name in ("name", "version", "license")
        if not isinstance(about.get(name), str) or not about[name].strip()
    ]
    changelog = [entry for entry in about.get("changelog", ()) if isinstance(entry, dict)]
    dates = [entry["date"] for entry in changelog if entry.get("version") == about.get("version") and entry.get("date")]
    if not dates:
        problems.append(Problem(str(path), 0, "changelog", f"has no entry with the date of version {about.get('version')}"))
    if not (folder / "LICENSE").is_file():
        problems.append(Problem(str(folder / "LICENSE"), 0, "", "is missing; a published corpus has its licence beside it"))
    if problems:
        raise InputError(problems)
    front_matter, body = read_card(folder / "README.md")
    return About(
        name=about["name"],
        version=about["version"],
        date=dates[0],
        license=about["license"],
        authors=tuple(about.get("authors") or [f"The {about['name']} developers"]),
        canary=about.get("canary"),
        changelog=tuple(changelog),
        front_matter={key: value for key, value in front_matter.items() if key != RESPONSIBLE_AI},
        body=body,
        responsible_ai=front_matter.get(RESPONSIBLE_AI, {}),
    )


def read_card(path: Path) -> tuple[dict[str, Any], str | None]:
    """Front matter and body of a card; no body where there is no file.  Raises InputError for front matter that is no mapping."""
    import yaml

    if not path.is_file():
        return {}, None
    text = path.read_text(encoding="utf-8")
    found = _FRONT_MATTER.match(text)
    if found is None:
        return {}, text
    try:
        front_matter = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise InputError([Problem(str(path), line, "front matter", f"not YAML: {getattr(error, 'problem', error)}")]) from None
    if not isinstance(front_matter, dict):
        raise InputError([Problem(str(path), 1, "front matter", "not a mapping")])
    return front_matter, text[found.end() :]


def to_yaml(document: Mapping[str, Any]) -> str:
    """YAML in the order given, text as it is."""
    import yaml

    text: str = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=1000)
    return text
