"""How a labelling project stands: progress, agreement so far, where people part, and how much more would settle it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from benchmark.agreement.bootstrap import bootstrap
from benchmark.agreement.coefficients import compute, registry
from benchmark.agreement.ratings import MISSING, Ratings
from benchmark.agreement_report import Table, main_coefficient
from benchmark.annotate import store
from benchmark.annotate.adjudicate import disagreement, labels_by_answer
from benchmark.annotate.store import Person, State
from benchmark.ballots import corpus_ballots
from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.corpus.load import Corpus
from benchmark.corpus_agreement import label_tables
from benchmark.files import bundled
from benchmark.metrics.statistic import cluster_sums
from benchmark.records import Annotation, Annotator, Answer, Question, Span

Document = dict[str, Any]
RESAMPLES = 1000
FEW_QUESTIONS = 5
FIELDS = ("verdict", "rating", "pace", "depth")
PAIR = {"nominal": "cohen_kappa", "ordinal": "cohen_kappa_quadratic"}
_MOST_GROWTH = 64


def project_status(database: sqlite3.Connection, width: float, seed: int) -> Document:
    """Everything ``bench annotate status --json`` says.

    ``width`` is the wanted width of a 95 % interval of agreement (alpha).  Intervals resample questions, as everywhere; people are
    named as the team calls them: this is for the team, and no part of an export.
    """
    everyone = [p for p in store.people(database) if p.role == "annotator"]
    states = {person.name: store.states(database, person.id) for person in everyone}
    tables = _tables(database, everyone, states)
    labelled = {name: {s.answer_id for s in own if s.labels is not None} for name, own in states.items()}
    return {
        "project": {key: store.get(database, key) for key in ("corpus_name", "split", "overlap", "seed", "codebook_version")},
        "annotators": [_progress(database, person, states[person.name]) for person in everyone],
        "answers": {
            "in_project": int(database.execute("SELECT count(*) FROM sheets").fetchone()[0]),
            "labelled": len(set().union(*labelled.values())) if labelled else 0,
            "labelled_twice_or_more": sum(
                sum(a in own for own in labelled.values()) > 1 for a in set().union(*labelled.values())
            ),
        },
        "agreement": {name: _agreement(table, seed) for name, table in tables.items() if table.level != "set"},
        "pairs": _pairs(tables, seed),
        "disagreements": _entries(tables),
        "answers_in_dispute": _disputed(database),
        "self_agreement": _self_agreement(states),
        "needed": {name: _needed(tables[name], width, seed) for name in FIELDS},
        "wanted_width": width,
        "flags": [
            {"annotator": name, "answer_id": s.answer_id, "note": s.note}
            for name, own in states.items()
            for s in own
            if s.flagged
        ],
        "skips": [
            {"annotator": n, "answer_id": s.answer_id, "reason": s.skipped}
            for n, own in states.items()
            for s in own
            if s.skipped is not None
        ],
    }


def _progress(database: sqlite3.Connection, person: Person, own: Sequence[State]) -> Document:
    seconds = [s.seconds for s in own if s.labels is not None]
    passed = store.trained(database, person.id)
    steps = [
        bool(p)
        for (p,) in database.execute(
            "SELECT passed FROM training WHERE annotator = ? AND step = 'check' ORDER BY rowid", (person.id,)
        )
    ]
    return {
        "name": person.name,
        "id": person.pseudonym,
        "consented": store.consented(database, person.id) is not None,
        "training_steps": len(passed),
        "check_attempts": len(steps),
        "assigned": len(own),
        "done": sum(s.status == "done" for s in own),
        "skipped": sum(s.status == "skipped" for s in own),
        "flagged": sum(s.flagged for s in own),
        "median_seconds": float(np.median(seconds)) if seconds else None,
        "hours": sum(seconds) / 3600,
    }


def _tables(database: sqlite3.Connection, everyone: Sequence[Person], states: dict[str, list[State]]) -> dict[str, Table]:
    """The labels so far as tables of ratings, by ``label_tables``, as if they were a corpus."""
    answers: dict[str, Answer] = {}
    questions: dict[str, Question] = {}
    for answer_id, question_id in database.execute("SELECT answer_id, question_id FROM sheets ORDER BY answer_id"):
        questions.setdefault(question_id, Question(question_id, "", "", 1.0))
        answers[answer_id] = Answer(answer_id, questions[question_id], "spoken", ())
    annotations = []
    for name, own in states.items():
        for s in own:
            if s.labels is not None and not s.repeat:
                labels = dict(s.labels)
                spans = tuple(Span(**span) for span in labels.pop("evidence"))
                lists: Document = {field: tuple(labels.pop(field)) for field in ("patterns", "signals")}
                annotations.append(Annotation(f"{s.answer_id} {name}", s.answer_id, name, evidence=spans, **lists, **labels))
    annotators = {person.name: Annotator(person.name, "human", "") for person in everyone}
    corpus = Corpus("", None, None, "", questions, answers, annotators, tuple(annotations), (), (), {})
    clusters = np.unique([answer.question_id for answer in answers.values()], return_inverse=True)[1]
    return label_tables(corpus_ballots(corpus, list(annotators), list(answers)), clusters, ())


def _compared(table: Table) -> Table:
    """The answers that two people or more have labelled; questions numbered anew, so that those without labels are not resampled."""
    used = (table.ratings.codes != MISSING).sum(axis=1) > 1
    ratings = Ratings(table.ratings.codes[used], table.ratings.categories, table.ratings.values)
    assert table.clusters is not None
    return replace(table, ratings=ratings, clusters=np.unique(table.clusters[used], return_inverse=True)[1])


def _agreement(table: Table, seed: int) -> Document:
    key, table = main_coefficient(table.level), _compared(table)
    found = bootstrap(table.ratings, [key], resamples=RESAMPLES, seed=seed, clusters=table.clusters)[key]
    return {"coefficient": key, **found.record()}


def _pairs(tables: dict[str, Table], seed: int) -> list[Document]:
    """Cohen's kappa (quadratic on scales) of every two annotators with its interval, for verdict and the scales."""
    pairs = []
    for a, b in combinations(range(len(next(iter(tables.values())).annotators or ())), 2):
        for field in FIELDS:
            table = tables[field]
            names = table.annotators or ()
            both = (table.ratings.codes[:, [a, b]] != MISSING).all(axis=1)
            if not both.any():
                continue
            ratings = Ratings(table.ratings.codes[both][:, [a, b]], table.ratings.categories, table.ratings.values)
            key = PAIR[table.level]
            assert table.clusters is not None
            clusters = np.unique(table.clusters[both], return_inverse=True)[1]
            value = bootstrap(ratings, [key], resamples=RESAMPLES, seed=seed, clusters=clusters)[key]
            pairs.append(
                {
                    "annotators": [names[a], names[b]],
                    "label": field,
                    "coefficient": key,
                    "answers": int(both.sum()),
                    **value.record(),
                }
            )
    return pairs


def _entries(tables: dict[str, Table]) -> list[Document]:
    """The entries of the codebook, those first on which the chance-corrected agreement is lowest, each with its place in the codebook."""
    places = codebook_places()
    found = []
    for name in (*FIELDS, *PATTERNS, *SIGNALS):
        table = tables[name]
        given = (table.ratings.codes != MISSING).sum(axis=1) > 1
        codes = table.ratings.codes[given]
        differing = [len(set(row[row != MISSING].tolist())) > 1 for row in codes]
        value = compute(registry()[main_coefficient(table.level)], table.ratings)
        share = float(np.mean(differing)) if differing else None
        line, anchor = places[name]
        where = {"codebook": f"docs/codebook.md#{anchor}", "line": line}
        found.append(
            {
                "entry": name,
                "alpha": value.value,
                "reason": value.reason,
                "answers": len(codes),
                "answers_apart": share,
                **where,
            }
        )
    return sorted(found, key=lambda d: (d["alpha"] is None, d["alpha"] or 0.0, d["entry"]))


def _disputed(database: sqlite3.Connection) -> list[Document]:
    """The answers on which labels part most."""
    scored = [
        (disagreement([own for _, own in given]), a, [p.name for p, _ in given])
        for a, given in labels_by_answer(database).items()
    ]
    ranked = sorted((s for s in scored if s[0] > 0), key=lambda s: (-s[0], s[1]))
    return [{"answer_id": a, "score": round(score, 3), "annotators": names} for score, a, names in ranked]


def _self_agreement(states: dict[str, list[State]]) -> Document:
    """First against second labels of the answers that came back, over all annotators: shares, and alpha where there are enough."""
    pairs = []
    for own in states.values():
        first = {s.answer_id: s.labels for s in own if not s.repeat and s.labels is not None}
        pairs += [(first[s.answer_id], s.labels) for s in own if s.repeat and s.labels is not None and s.answer_id in first]
    if not pairs:
        return {"answers": 0, "reason": "no answer has come back to anybody yet"}
    ones = {field: float(np.mean([a[field] == b[field] for a, b in pairs])) for field in FIELDS}
    sets = {field: float(np.mean([set(a[field]) == set(b[field]) for a, b in pairs])) for field in ("patterns", "signals")}
    within = float(np.mean([abs(a["rating"] - b["rating"]) <= 1 for a, b in pairs]))
    return {"answers": len(pairs), "same": {**ones, **sets}, "rating_within_one": within}


def _needed(table: Table, width: float, seed: int) -> Document:
    """How many more annotations, of the kind given so far, would narrow alpha's interval to ``width``.

    By simulation: questions like those labelled so far are drawn again, m of them for growing m, and the middle 95 % of alpha over 1,000
    draws is the interval that m questions would have.  The smallest m that is narrow enough is found by doubling, then halving the gap.
    """
    table = _compared(table)
    nothing = {"now": None, "more_annotations": None, "questions": None}
    clusters = table.clusters
    have = 0 if clusters is None else len(np.unique(clusters))
    if have < FEW_QUESTIONS:
        return {**nothing, "reason": f"answers to {have} questions have two annotators; a simulation needs {FEW_QUESTIONS}"}
    build = registry()[main_coefficient(table.level)].statistic
    statistic = None if build is None else build(table.ratings)
    if statistic is None or clusters is None:
        return {**nothing, "reason": "too many distinct rows to resample"}
    statistic = replace(statistic, sums=cluster_sums(statistic.sums, clusters, have))

    def reach(questions: int) -> float:
        weights = np.random.default_rng(seed).multinomial(questions, np.full(have, 1 / have), size=RESAMPLES).astype(np.float64)
        drawn = statistic(weights)
        drawn = drawn[~np.isnan(drawn)]
        return float(np.subtract(*np.quantile(drawn, [0.975, 0.025]))) if len(drawn) >= RESAMPLES / 2 else float("nan")

    now = reach(have)
    if np.isnan(now):
        return {**nothing, "reason": "no variation yet"}
    most = have
    while reach(most) > width:
        if most >= have * _MOST_GROWTH:
            return {**nothing, "now": now, "reason": f"not even {_MOST_GROWTH} times the annotations would do"}
        most *= 2
    least = max(most // 2, 1) if most > have else have
    while most - least > 1:
        middle = (most + least) // 2
        least, most = (least, middle) if reach(middle) <= width else (middle, most)
    per_question = float((table.ratings.codes != MISSING).sum()) / have
    return {"now": now, "more_annotations": round((most - have) * per_question), "questions": most, "reason": None}


def codebook_places() -> dict[str, tuple[int, str]]:
    """Where the codebook tells of each label: the line, counted from 1, and the anchor of the heading it stands under."""
    places: dict[str, tuple[int, str]] = {}
    anchor = ""
    for number, line in enumerate((bundled("docs") / "codebook.md").read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            anchor = re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
            places.update(dict.fromkeys(re.findall(r"`(\w+)`", line), (number, anchor)))
        elif line.startswith("| `"):
            places.setdefault(line.split("`")[1], (number, anchor))
    return places
