"""Text that stands twice: runs of words, near duplicates, and what twins keep of each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from benchmark.corpus.audit.check import Check
from benchmark.corpus.audit.features import candidate_words
from benchmark.records import Answer, Contrast

RUN = 12
SHINGLE = 5
NEAR_DUPLICATE = 0.4
"""Estimated Jaccard similarity of five-word shingles from which two answers are near duplicates."""
_PERMUTATIONS = 128
TWIN_KEEPS = 0.60
_SHOWN = 5


def families(answers: Sequence[Answer], contrasts: Sequence[Contrast]) -> dict[str, str]:
    """Answer id to a representative of its family: the answers that contrasts connect."""
    head = {a.answer_id: a.answer_id for a in answers}

    def find(name: str) -> str:
        while head[name] != name:
            name = head[name]
        return name

    for contrast in contrasts:
        head[find(contrast.better)] = find(contrast.worse)
    return {name: find(name) for name in head}


def shared_runs(words: Mapping[str, Sequence[str]], family: Mapping[str, str], run: int = RUN) -> dict[tuple[str, str], str]:
    """Pairs of answers of different families that share ``run`` words in a row, with the first such run."""
    holders: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for answer_id, own in words.items():
        for i in range(len(own) - run + 1):
            holders[tuple(own[i : i + run])].setdefault(family[answer_id], answer_id)
    found: dict[tuple[str, str], str] = {}
    for text, by_family in holders.items():
        for one, two in combinations(sorted(by_family.values()), 2):
            found.setdefault((one, two), " ".join(text))
    return found


def near_duplicates(words: Mapping[str, Sequence[str]], family: Mapping[str, str], seed: int) -> list[tuple[str, str]]:
    """Pairs of different families whose shingles are alike by MinHash (Broder 1997), banded by datasketch."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=NEAR_DUPLICATE, num_perm=_PERMUTATIONS)
    empty = MinHash(num_perm=_PERMUTATIONS, seed=seed + 1)
    sketches = {}
    for answer_id, own in words.items():
        sketch = empty.copy()
        sketch.update_batch([" ".join(own[i : i + SHINGLE]).encode() for i in range(max(1, len(own) - SHINGLE + 1))])
        sketches[answer_id] = sketch
        index.insert(answer_id, sketch)
    found = set()
    for answer_id, sketch in sketches.items():
        for other in index.query(sketch):
            alike = family[other] != family[answer_id] and sketch.jaccard(sketches[other]) >= NEAR_DUPLICATE
            if alike:
                found.add((min(answer_id, other), max(answer_id, other)))
    return sorted(found)


def kept_share(one: Sequence[str], two: Sequence[str]) -> float:
    """Share of the words of the shorter of two answers that the other has too, as bags: what a twin kept, or cut."""
    a, b = Counter(one), Counter(two)
    return (a & b).total() / max(1, min(a.total(), b.total()))


def overlap_checks(answers: Sequence[Answer], contrasts: Sequence[Contrast], seed: int) -> Iterator[Check]:
    """No shared text but between twins, and enough between those."""
    words = {a.answer_id: candidate_words(a) for a in answers}
    family = families(answers, contrasts)
    runs = shared_runs(words, family)
    shown = "; ".join(f"{one} and {two}: {text!r}" for (one, two), text in list(runs.items())[:_SHOWN])
    yield Check(
        "overlap",
        f"pairs of answers, not twins, that share a run of {RUN} words",
        len(runs),
        most=0,
        n=len(words),
        detail=shown,
    )
    alike = near_duplicates(words, family, seed)
    shown = "; ".join(f"{one} and {two}" for one, two in alike[:_SHOWN])
    yield Check(
        "overlap",
        f"near duplicates (MinHash, Jaccard {NEAR_DUPLICATE} or more), not twins",
        len(alike),
        most=0,
        n=len(words),
        detail=shown,
    )
    whole = {a.answer_id: a.text.lower().split() for a in answers}  # code is part of what a twin keeps
    kept = {c: kept_share(whole[c.better], whole[c.worse]) for c in contrasts}
    few = [c.contrast_id for c, share in kept.items() if share < TWIN_KEEPS]
    least = f"least {min(kept.values()):.0%}, mean {sum(kept.values()) / len(kept):.0%}" if kept else "no contrasts"
    detail = "; ".join(filter(None, [least, ", ".join(few[:_SHOWN])]))
    name = f"twins of which the shorter shares less than {TWIN_KEEPS:.0%} of its words"
    yield Check("overlap", name, len(few) if kept else None, most=0, n=len(kept), detail=detail)
