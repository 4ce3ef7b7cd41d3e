"""Running a scorer over answers: batches in, one checked prediction per answer out, whatever the scorer does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS, VERDICTS
from benchmark.errors import InputError
from benchmark.predictions import row_problems
from benchmark.records import Answer
from benchmark.reference import Reference
from benchmark.scoring.protocol import LabelledAnswer, Scorer

BATCH = 64
Row = dict[str, Any]


def run_scorer(scorer: Scorer, answers: Sequence[Answer], beat: Callable[[], None] = lambda: None) -> Iterator[Row]:
    """Yield one prediction per answer, in the answers' order, batch by batch; ``beat`` as in ``score_batch``."""
    for start in range(0, len(answers), BATCH):
        yield from score_batch(scorer, [answer.blind() for answer in answers[start : start + BATCH]], beat)


def score_batch(scorer: Scorer, batch: Sequence[Answer], beat: Callable[[], None] = lambda: None) -> list[Row]:
    """One prediction per answer of a batch, in that order; ``beat`` is called whenever something came from the scorer.

    A batch that raises is scored again answer by answer, so that only the answer at fault is lost.  An exception, or a
    prediction that is not valid, becomes a row with ``failed`` and the reason.
    """
    try:
        rows = _collect(scorer.score(batch), batch, beat)
    except InputError:  # something is missing for every answer: say it, once
        raise
    except Exception:
        rows = {}
        for answer in batch:
            beat()
            try:
                rows.update(_collect(scorer.score([answer]), [answer], beat))
            except InputError:
                raise
            except Exception as error:
                rows[answer.answer_id] = {"failed": f"{type(error).__name__}: {error}"}
    given = [(answer.answer_id, rows.get(answer.answer_id, _SILENT)) for answer in batch]
    return [{"answer_id": answer_id, **{k: v for k, v in row.items() if k != "answer_id"}} for answer_id, row in given]


def training_examples(answers: Sequence[Answer], reference: Reference) -> list[LabelledAnswer]:
    """Answers with their reference labels, for ``Fittable.fit``; ``reference`` is built over the same answers in that order."""
    return [
        LabelledAnswer(
            answer.blind(),
            {
                "verdict": VERDICTS[int(weights.argmax())] if weights.max() == 1 else None,
                "rating": _whole(reference.rating[i]),
                "pace": _whole(reference.pace[i]),
                "depth": _whole(reference.depth[i]),
                "patterns": _names(reference.patterns[i], PATTERNS),
                "signals": _names(reference.signals[i], SIGNALS),
            },
        )
        for i, (answer, weights) in enumerate(zip(answers, reference.verdict, strict=True))
    ]


_SILENT = {"abstained": "the scorer gave no prediction"}


def _collect(predictions: Iterable[Mapping[str, Any]], batch: Sequence[Answer], beat: Callable[[], None]) -> dict[str, Row]:
    asked = {answer.answer_id: answer for answer in batch}
    rows: dict[str, Row] = {}
    for prediction in predictions:
        beat()
        row = _plain(dict(prediction))
        answer = asked.get(row.get("answer_id", ""))
        if answer is None:
            raise ValueError(f"a prediction for {row.get('answer_id')!r}, which was not asked for")
        if answer.answer_id in rows:
            raise ValueError(f"two predictions for {answer.answer_id!r}")
        problems = _not_finite(row) or row_problems(row, answer)
        if problems:
            field, message = problems[0]
            row = {"failed": f"not a valid prediction: {field}: {message}" if field else f"not a valid prediction: {message}"}
        rows[answer.answer_id] = row
    return rows


def _plain(value: Any) -> Any:
    """NumPy numbers as Python's, tuples as lists: what JSON and the schema know."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value


def _not_finite(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """JSON has no NaN, so the schema can't see one."""
    flat = {**row, **{f"{k}.{k2}": v2 for k, v in row.items() if isinstance(v, Mapping) for k2, v2 in v.items()}}
    return [(k, f"{v} is not a number") for k, v in flat.items() if isinstance(v, float) and not math.isfinite(v)]


def _whole(value: float) -> int | None:
    return None if math.isnan(value) else int(value)


def _names(presence: Any, labels: Sequence[str]) -> list[str] | None:
    if math.isnan(presence[0]):
        return None
    return [label for label, share in zip(labels, presence, strict=True) if share > 0.5]
