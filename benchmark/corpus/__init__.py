"""The corpus room: read a corpus from anywhere, check it, describe it."""

from benchmark.corpus.load import Corpus, load_corpus, stream_answers

__all__ = ["Corpus", "load_corpus", "stream_answers"]
