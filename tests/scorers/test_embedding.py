"""The sentence model behind ``features=embedding``, for real."""

from __future__ import annotations

import numpy as np

from benchmark import load_corpus
from scorers.ml.embedding import embed, embedding_features


def test_sentences_of_one_meaning_are_closer_than_others() -> None:
    one, same, other = embed(
        ["The cat sleeps on the sofa.", "A kitten is napping on the couch.", "A matrix has rows and columns."]
    )
    assert abs(np.linalg.norm(one) - 1) < 1e-6
    assert one @ same > one @ other + 0.2


def test_features_do_not_depend_on_company_and_tell_a_reply_from_a_swerve() -> None:
    corpus = load_corpus()
    cue = next(c for c in corpus.contrasts if c.dimension == "cue")
    answers = [corpus.answers[cue.better].blind(), corpus.answers[cue.worse].blind(), corpus.split("train")[0].blind()]
    names, together = embedding_features(answers)
    assert together.shape == (3, len(names))
    assert np.isfinite(together).all()
    _, alone = embedding_features(answers[1:2])
    assert np.allclose(alone[0], together[1], atol=1e-5)
