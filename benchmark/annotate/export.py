"""Labels out of a project, as the records of a corpus."""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from benchmark.annotate import store

Document = dict[str, Any]
DESCRIPTIONS = {
    "annotator": "A person, labelling alone by codebook {codebook} on the page of `bench annotate`, after a training round; "
    "shown the question, the writer's points and the timed transcript, and no labels.",
    "adjudicator": "A person who decided answers in dispute after seeing every annotator's labels of them (codebook {codebook}). "
    "Not an independent view.",
}
KINDS = {"annotator": "human", "adjudicator": "adjudicator"}


class Export(NamedTuple):
    """``annotators`` and ``annotations`` are records; ``project`` is what belongs to them and is none: consent, repeats, skips, flags."""

    annotators: list[Document]
    annotations: list[Document]
    project: Document


def export_project(database: sqlite3.Connection) -> Export:
    """The latest labels of every answer by everybody, under their pseudonyms; names, links and training answers stay behind."""
    codebook = store.get(database, "codebook_version") or ""
    annotators, annotations = [], []
    repeats: list[Document] = []
    skipped: list[Document] = []
    flags: list[Document] = []
    for person in sorted(store.people(database), key=lambda p: p.pseudonym):
        labelled = []
        for state in sorted(store.states(database, person.id), key=lambda s: s.answer_id):
            place = {"annotator_id": person.pseudonym, "answer_id": state.answer_id}
            if state.flagged:
                flags.append({**place, "note": state.note})
            if state.skipped is not None:
                skipped.append({**place, "reason": state.skipped, "at": state.at})
            if state.labels is None:
                continue
            times = {"seconds_spent": state.seconds, "codebook_version": codebook, "created_at": state.at}
            if state.repeat:
                repeats.append({**place, **state.labels, **times})
            else:
                labelled.append({"annotation_id": f"n-{state.answer_id}-{person.pseudonym}", **place, **state.labels, **times})
        if labelled:
            description = DESCRIPTIONS[person.role].format(codebook=codebook)
            consent = store.consented(database, person.id)
            annotators.append(
                {
                    "annotator_id": person.pseudonym,
                    "kind": KINDS[person.role],
                    "description": description,
                    "consent_version": consent,
                }
            )
            annotations += labelled
    texts = dict(database.execute("SELECT version, text FROM consents").fetchall())
    about = {
        key: store.get(database, key) for key in ("corpus_name", "split", "overlap", "repeats", "seed", "codebook_version")
    }
    project = {**about, "consents": texts, "repeats": repeats, "skipped": skipped, "flags": flags}
    return Export(annotators, annotations, project)
