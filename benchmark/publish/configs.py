"""The configs of a published corpus: which tables there are, and which split each of their rows belongs to.

An answer says its split; a question, an annotation, a contrast and a loop belong where their answers are.  Annotators belong to
no split: their config has the one split ``full``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from benchmark.codebook import PATTERNS, SIGNALS, SPLITS, VERDICTS
from benchmark.corpus.arrow import to_arrow
from benchmark.corpus.load import Corpus
from benchmark.corpus.source import TABLES
from benchmark.errors import InputError
from benchmark.reference import METHOD, Reference, build_reference, choose_annotators
from scorers.llm.prompt import transcript

if TYPE_CHECKING:
    import pyarrow as pa

FULL = "full"
"""The split of a table whose rows belong to none.  (``all`` is taken: to ``datasets`` it means every split together.)"""
CONFIGS = {
    "answers": "timed transcripts: segments of speech, code, silence or written text",
    "questions": "prompt, round, time budget, what decides a good answer and what should be passed quickly",
    "annotations": "one annotator's labels of one answer, with evidence spans and a rationale",
    "annotators": "who or what labelled",
    "contrasts": "two answers to one question that differ in one thing, the better named",
    "loops": "one candidate's answers across the rounds, with each annotator's verdict on them together",
    "reference": "computed, not given by anyone: what the counted annotators say together of each answer",
    "judge": "computed: the transcript as a judge reads it, and the verdict of the majority; answers without a majority left out",
}
DEFAULT_CONFIG = "answers"

Tables = dict[str, dict[str, "pa.Table"]]


def corpus_tables(corpus: Corpus, canary: str | None, source: str | None = None) -> Tables:
    """Arrow tables by config and split, rows in the order of their ids, splits in the order of the codebook.

    ``canary`` goes to rows that carry none.  ``source`` chooses whose labels the computed configs combine (people where there
    are any, else models, else authors); a corpus that nobody labelled has no computed configs.  Raises InputError naming every
    row whose answers are in several splits.
    """
    tables: Tables = {}
    problems: list[str] = []
    answers_to: dict[str, list[str]] = {}
    for answer in corpus.answers.values():
        answers_to.setdefault(answer.question_id, []).append(answer.answer_id)
    for table in sorted(TABLES, key=list(CONFIGS).index):
        by_split: dict[str, list[dict[str, Any]]] = {}
        for row in corpus.documents[table]:
            splits = _splits(corpus, table, row, answers_to)
            if len(splits) > 1:
                problems.append(
                    f"{table}: {row[f'{TABLES[table]}_id']}: its answers are in several splits: {', '.join(sorted(splits))}"
                )
            by_split.setdefault(min(splits), []).append({**row, "canary": row.get("canary", canary)})
        if by_split:
            tables[table] = {split: to_arrow(table, by_split[split]) for split in (*SPLITS, FULL) if split in by_split}
    if problems:
        raise InputError(problems)
    if corpus.annotations:
        chosen, annotators = choose_annotators(corpus, source)
        for split in SPLITS:
            answers = [answer.answer_id for answer in corpus.split(split)]
            if answers:
                reference = build_reference(corpus, chosen, annotators, answers)
                tables.setdefault("reference", {})[split] = reference_table(corpus, reference, canary)
                if (judged := judge_table(corpus, reference, canary)).num_rows:
                    tables.setdefault("judge", {})[split] = judged
    return tables


def _splits(corpus: Corpus, table: str, row: dict[str, Any], answers_to: Mapping[str, list[str]]) -> set[str]:
    """The splits of the answers that a row is about; ``test``, the default split, for a question that nobody answered."""
    if table == "annotators":
        return {FULL}
    if table == "questions":
        answers: Iterable[str] = answers_to.get(row["question_id"], ())
    elif table == "contrasts":
        answers = (row["better"], row["worse"])
    elif table == "loops":
        answers = row["answer_ids"]
    else:
        answers = (row["answer_id"],)
    return {corpus.answers[answer_id].split for answer_id in answers} or {"test"}


def reference_schema() -> pa.Schema:
    """Columns of the config ``reference``; shares and weights are of the counted annotators, 0 to 1."""
    import pyarrow as pa

    def shares(labels: Sequence[str]) -> pa.DataType:
        return pa.struct([pa.field(label, pa.float64()) for label in labels])

    return pa.schema(
        [
            ("answer_id", pa.string()),
            ("question_id", pa.string()),
            ("round", pa.string()),
            ("split", pa.string()),
            ("verdict", pa.string()),
            ("verdict_weights", shares(VERDICTS)),
            ("rating", pa.float64()),
            ("pace", pa.float64()),
            ("depth", pa.float64()),
            ("patterns", pa.list_(pa.string())),
            ("pattern_shares", shares(PATTERNS)),
            ("signals", pa.list_(pa.string())),
            ("signal_shares", shares(SIGNALS)),
            ("source", pa.string()),
            ("annotators", pa.list_(pa.string())),
            ("method", pa.string()),
            ("canary", pa.string()),
        ]
    )


def reference_table(corpus: Corpus, reference: Reference, canary: str | None) -> pa.Table:
    """The reference of ``benchmark.reference``, a row per answer: null where nobody gave the label, or where votes are tied."""
    import pyarrow as pa

    rows = []
    for i, answer_id in enumerate(reference.answer_ids):
        answer = corpus.answers[answer_id]
        weights = reference.verdict[i]
        rows.append(
            {
                "answer_id": answer_id,
                "question_id": answer.question_id,
                "round": answer.round,
                "split": answer.split,
                **reference_labels(reference, i),
                "verdict_weights": dict(zip(VERDICTS, map(float, weights), strict=True)) if weights.any() else None,
                "pattern_shares": _shares(reference.patterns[i], PATTERNS),
                "signal_shares": _shares(reference.signals[i], SIGNALS),
                "source": reference.source,
                "annotators": list(reference.annotators),
                "method": METHOD,
                "canary": canary,
            }
        )
    return pa.Table.from_pylist(rows, schema=reference_schema())


def judge_table(corpus: Corpus, reference: Reference, canary: str | None) -> pa.Table:
    """Transcript and verdict of every answer on which a majority agrees."""
    import pyarrow as pa

    names = ("answer_id", "question_id", "round", "transcript", "verdict", "canary")
    rows = [
        dict(zip(names, (answer_id, answer.question_id, answer.round, transcript(answer), verdict, canary), strict=True))
        for i, answer_id in enumerate(reference.answer_ids)
        if (verdict := majority_verdict(reference, i)) is not None and (answer := corpus.answers[answer_id])
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))


def majority_verdict(reference: Reference, i: int) -> str | None:
    """The verdict that more annotators gave than any other; None for a tie, or where nobody gave one."""
    best = reference.verdict[i].argmax()
    return VERDICTS[best] if reference.verdict[i][best] == 1 else None


def reference_labels(reference: Reference, i: int) -> dict[str, Any]:
    """The labels of answer number ``i``: null where nobody gave one, or where votes for the verdict are tied."""
    return {
        "verdict": majority_verdict(reference, i),
        **{field: _number(getattr(reference, field)[i]) for field in ("rating", "pace", "depth")},
        "patterns": _present(reference.patterns[i], PATTERNS),
        "signals": _present(reference.signals[i], SIGNALS),
    }


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _present(shares: Sequence[float], labels: Sequence[str]) -> list[str] | None:
    return None if _number(shares[0]) is None else [label for label, share in zip(labels, shares, strict=True) if share > 0.5]


def _shares(shares: Sequence[float], labels: Sequence[str]) -> dict[str, float] | None:
    return None if _number(shares[0]) is None else dict(zip(labels, map(float, shares), strict=True))
