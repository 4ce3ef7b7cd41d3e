"""How fast are the scorers that need no model?  Answers a second on one core, medians of several runs.

    python benchmarks/scoring.py

The issue's wish: heuristic 3,000 (answers of 260 words), ml (features=transcript) 1,000.  The peer is scikit-learn's TF-IDF with
logistic regression on the same answers (fitted before, predicting timed), as a common bag-of-words scorer would be; beside it its
TF-IDF transform alone, and spaCy's tokeniser (pip install spacy; no model), which the issue of scale names.
"""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable

from benchmark import load_corpus
from scorers.heuristic import Heuristic
from scorers.heuristic.words import forget
from scorers.ml import Ml

RUNS = 7


def rate(run: Callable[[], object], count: int) -> float:
    """Answers a second of processor time: the median of several runs, after one to warm up."""
    run()
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    return count / statistics.median(seconds)


def main() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    corpus = load_corpus()
    answers = [answer.blind() for answer in corpus.answers.values()]
    verdicts = {a.answer_id: a.verdict for a in corpus.annotations if corpus.annotators[a.annotator_id].kind == "author"}
    texts, labels = [a.text for a in answers], [verdicts[a.answer_id] for a in answers]
    words = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=3), LogisticRegression(max_iter=500)).fit(texts, labels)
    found = {"scikit-learn TF-IDF + logistic regression": rate(lambda: words.predict(texts), len(answers))}
    found["its TF-IDF transform alone"] = rate(lambda: words[0].transform(texts), len(answers))
    with contextlib.suppress(ImportError):
        import spacy

        english = spacy.blank("en")
        found["spaCy's English tokeniser alone"] = rate(lambda: [english(text) for text in texts], len(answers))
    found["heuristic"] = rate(lambda: list(Heuristic().score(answers)), len(answers))

    def forgetful() -> None:
        forget()
        list(Heuristic().score(answers))

    found["heuristic, every word met for the first time"] = rate(forgetful, len(answers))
    for features in ("transcript", "words"):
        scorer = Ml(features=features)  # type: ignore[arg-type]
        if scorer.fitted_on:
            found[f"ml features={features}"] = rate(lambda s=scorer: list(s.score(answers)), len(answers))  # type: ignore[misc]
    peer = found["scikit-learn TF-IDF + logistic regression"]
    words_each = statistics.mean(answer.words for answer in answers)
    print(f"{len(answers)} answers of {words_each:.0f} words, processor time, median of {RUNS} runs")
    for name, value in found.items():
        print(f"{name:<45} {value:9,.0f} answers/s   {value / peer:5.2f} x the first row")


if __name__ == "__main__":
    main()
