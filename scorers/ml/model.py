"""All heads of the ``ml`` scorer together: fitting, predicting, and the file they are kept in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.codebook import DEVIATIONS, PATTERNS, RATINGS, SIGNALS, VERDICTS
from benchmark.errors import InputError, Problem
from benchmark.files import canonical, read_json, write_text
from benchmark.scoring import LabelledAnswer
from scorers.ml.linear import Floats, Head, Ints, balancing, fit_head, knots, onto_scale, sigmoid, softmax, threshold

FORMAT = 1
_WORD_WEIGHT = 0.3
"""What a word's column counts beside the others: 1,500 of them would drown the rest.  Chosen on the validation split, of 1, 0.5, 0.3,
0.15 and 0.05, by the verdict's log loss."""
SCALES: dict[str, tuple[int, ...]] = {"rating": RATINGS, "pace": DEVIATIONS, "depth": DEVIATIONS}
SETS: dict[str, tuple[str, ...]] = {"patterns": PATTERNS, "signals": SIGNALS}


@dataclass(frozen=True)
class Model:
    """Fitted heads over named columns.

    ``centre`` and ``spread`` (columns,) standardise the columns.  ``heads`` are ``verdict``, ``rating > 1`` ..., and each pattern
    and signal.  ``decisions`` say how a probability becomes a label: factors of the verdicts, knots of the scales, thresholds
    of the marks.  ``fitted_on`` is what it learnt from, once it is saved.
    """

    features: str
    columns: tuple[str, ...]
    centre: Floats
    spread: Floats
    heads: Mapping[str, Head]
    decisions: Mapping[str, Any]
    fitted_on: Mapping[str, Any]

    def predict(self, x: Floats) -> list[dict[str, Any]]:
        """Predictions for rows of raw features, without ``answer_id``."""
        z = _clip((x - self.centre) / self.spread)
        verdicts = softmax(self.heads["verdict"].logits(z))
        chosen = (verdicts * np.array(self.decisions["verdict"])).argmax(axis=1)
        scales = {
            name: onto_scale(_expected(self.heads, name, z), np.array(self.decisions[name]), scale[0])
            for name, scale in SCALES.items()
        }
        marks = {name: {label: sigmoid(self.heads[label].logits(z))[:, 0] for label in labels} for name, labels in SETS.items()}
        return [
            {
                "verdict": VERDICTS[chosen[i]],
                "verdict_probs": {v: round(float(p), 4) for v, p in zip(VERDICTS, verdicts[i], strict=True)},
                **{name: round(float(values[i]), 4) for name, values in scales.items()},
                **{name: [label for label, p in by.items() if p[i] >= self.decisions[label]] for name, by in marks.items()},
                "pattern_probs": {label: round(float(p[i]), 4) for label, p in marks["patterns"].items()},
                "signal_probs": {label: round(float(p[i]), 4) for label, p in marks["signals"].items()},
            }
            for i in range(len(x))
        ]

    def save(self, path: Path) -> None:
        """Write the model as JSON: numbers and names, nothing that runs."""
        document = {
            "format": FORMAT,
            "features": self.features,
            "fitted_on": dict(self.fitted_on),
            "decisions": dict(self.decisions),
            "columns": list(self.columns),
            "centre": [float(f"{v:.6g}") for v in self.centre],
            "spread": [float(f"{v:.6g}") for v in self.spread],
            "heads": {name: head.document() for name, head in self.heads.items()},
        }
        write_text(path, "{\n" + ",\n".join(f"{canonical(k)}: {canonical(v)}" for k, v in document.items()) + "\n}\n")


def load_model(path: Path) -> Model:
    """Read a model file.  Raises InputError when there is none or it is no model."""
    document = read_json(path)
    try:
        if document["format"] != FORMAT:
            raise InputError([Problem(str(path), 0, "format", f"{document['format']!r}: this version reads {FORMAT}")])
        model = Model(
            features=document["features"],
            columns=tuple(document["columns"]),
            centre=np.array(document["centre"], dtype=np.float64),
            spread=np.array(document["spread"], dtype=np.float64),
            heads={name: Head.from_document(head) for name, head in document["heads"].items()},
            decisions=document["decisions"],
            fitted_on=document["fitted_on"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError([Problem(str(path), 0, "", f"not a model: {type(error).__name__}: {error}")]) from None
    return model


def fit_model(
    features: str,
    columns: Sequence[str],
    x: Floats,
    examples: Sequence[LabelledAnswer],
    seed: int,
    progress: Callable[[str], None] = lambda _: None,
) -> Model:
    """Fit every head on the labelled examples; an example without a label (or with a tied one) is left out of its head."""
    groups = np.unique([e.answer.question_id for e in examples], return_inverse=True)[1]
    centre, spread = x.mean(axis=0), x.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    weight = np.array([_WORD_WEIGHT if features == "all" and column.startswith("word ") else 1.0 for column in columns])
    z = _clip((x - centre) / spread) * weight
    heads: dict[str, Head] = {}
    decisions: dict[str, Any] = {}

    progress("verdict")
    rows, labels = _coded(examples, "verdict", VERDICTS)
    fitted = fit_head(z[rows], labels, len(VERDICTS), groups[rows], seed)
    heads["verdict"] = fitted.head
    wanted = np.bincount(labels, minlength=len(VERDICTS)) / len(labels)
    decisions["verdict"] = np.round(balancing(softmax(fitted.held_out), wanted), 4).tolist()
    for name, scale in SCALES.items():
        progress(name)
        rows, labels = _coded(examples, name, scale)
        held_out = np.zeros(len(rows))
        for k in range(len(scale) - 1):
            fitted = fit_head(z[rows], (labels > k).astype(np.intp), 2, groups[rows], seed)
            heads[f"{name} > {scale[k]}"] = fitted.head
            held_out += sigmoid(fitted.held_out)[:, 0]
        decisions[name] = np.round(knots(held_out, labels, len(scale)), 4).tolist()
    for name, names in SETS.items():
        rows = np.array([i for i, e in enumerate(examples) if e.labels.get(name) is not None], dtype=np.intp)
        for label in names:
            progress(label)
            marked = np.array([label in examples[i].labels[name] for i in rows], dtype=np.intp)
            fitted = fit_head(z[rows], marked, 2, groups[rows], seed)
            heads[label] = fitted.head
            decisions[label] = round(threshold(sigmoid(fitted.held_out)[:, 0], float(marked.mean())), 4)
    heads = {name: replace(head, weights=head.weights * weight) for name, head in heads.items()}
    return Model(features, tuple(columns), centre, spread, heads, decisions, {})


def _expected(heads: Mapping[str, Head], name: str, z: Floats) -> Floats:
    """How many steps above the lowest value the label is expected to be (n,)."""
    scale = SCALES[name]
    steps: Floats = np.sum([sigmoid(heads[f"{name} > {value}"].logits(z))[:, 0] for value in scale[:-1]], axis=0)
    return steps


def _coded(examples: Sequence[LabelledAnswer], name: str, values: Sequence[object]) -> tuple[Ints, Ints]:
    rows = [i for i, e in enumerate(examples) if e.labels.get(name) is not None]
    return np.array(rows, dtype=np.intp), np.array([values.index(examples[i].labels[name]) for i in rows], dtype=np.intp)


def _clip(z: Floats) -> Floats:
    """An answer unlike any in training must not throw a linear model off."""
    return np.clip(z, -4.0, 4.0)
