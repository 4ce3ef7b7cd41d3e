"""Splits that leak, clocks that lie, names, and the canary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from benchmark.codebook import SPLITS
from benchmark.corpus.audit.check import Check
from benchmark.corpus.audit.names import GIVEN_NAMES
from benchmark.corpus.checks import content_problems
from benchmark.corpus.load import Corpus, Rows

_CAPITALISED = re.compile(r"(?<![\w.])[A-Z][a-z]+\b")
_SHOWN = 5


def hygiene_checks(corpus: Corpus, rows: Rows) -> Iterator[Check]:
    """Everything that one occurrence of is too much."""
    problems = content_problems(rows)
    rate = [p for p in problems if "words a minute" in p.message]
    spans = [p for p in problems if p.field.startswith("evidence")]
    yield _none("speech outside 90 to 220 words a minute (timing twins 80 to 240)", [str(p) for p in rate], len(corpus.answers))
    evidence = sum(len(a.evidence or ()) for a in corpus.annotations)
    yield _none("evidence that is empty, outside its segment or for a pattern not marked", [str(p) for p in spans], evidence)
    other = [str(p) for p in problems if p not in rate and p not in spans]
    yield _none("other problems that `bench corpus validate` finds", other, sum(map(len, rows.values())))

    split_of: dict[str, set[str]] = defaultdict(set)
    for answer in corpus.answers.values():
        split_of[answer.question_id].add(answer.split)
    yield _none("questions in more than one split", [q for q, s in split_of.items() if len(s) > 1], len(split_of))
    loops = [l.loop_id for l in corpus.loops if len({corpus.answers[a].split for a in l.answer_ids}) > 1]
    yield _none("loops over more than one split", loops, len(corpus.loops))
    prompts: dict[str, set[str]] = defaultdict(set)
    for question in corpus.questions.values():
        prompts[" ".join(question.prompt.lower().split())].update(split_of[question.question_id])
    yield _none("prompts that stand in more than one split", [p for p, s in prompts.items() if len(s) > 1], len(prompts))

    named = [f"{answer_id}: {name}" for answer_id, name in _names(corpus)]
    yield _none("personal names", named, len(corpus.answers))
    canary = _canary(corpus)
    missing = [
        f"{table} {i}"
        for table, documents in corpus.documents.items()
        for i, d in enumerate(documents)
        if d.get("canary") != canary
    ]
    total = sum(len(documents) for documents in corpus.documents.values())
    if canary is None:
        yield Check("hygiene", "rows without the canary", None, most=0, n=total, detail="the corpus carries no canary")
    else:
        yield _none("rows without the canary", missing, total)
    domains: dict[str, set[str]] = defaultdict(set)
    for question in corpus.questions.values():
        if question.domain:
            domains[question.domain].update(split_of[question.question_id])
    only = sorted(d for d, splits in domains.items() if splits == {"test"})
    yield Check("hygiene", "domains that occur in test only", len(only), n=len(domains), detail=", ".join(only))
    for split in SPLITS:
        of_split = sum(s == {split} for s in split_of.values())
        yield Check("hygiene", f"share of questions in {split}", of_split / max(1, len(split_of)), n=len(split_of))


def _none(name: str, found: list[str], n: int) -> Check:
    return Check("hygiene", name, len(found), most=0, n=n, detail="; ".join(found[:_SHOWN]))


def _canary(corpus: Corpus) -> str | None:
    """The canary that most questions carry."""
    given = [d["canary"] for d in corpus.documents["questions"] if d.get("canary")]
    return max(set(given), key=given.count) if given else None


def _names(corpus: Corpus) -> Iterator[tuple[str, str]]:
    texts = [(a.answer_id, s.text) for a in corpus.answers.values() for s in a.segments if s.kind != "code"]
    texts += [(q.question_id, q.prompt) for q in corpus.questions.values()]
    for identifier, text in texts:
        for word in _CAPITALISED.findall(text):
            if word.lower() in GIVEN_NAMES:
                yield identifier, word
