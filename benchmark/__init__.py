"""speed-depth-bench: do scorers see the judgement of where to spend speed and depth?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmark.corpus import Corpus, load_corpus, stream_answers

__version__ = "0.1.0"
__all__ = ["Corpus", "load_corpus", "stream_answers"]


def __getattr__(name: str) -> Any:
    """Names of the corpus room, imported when first asked for: ``bench --help`` pays for none of them."""
    if name not in __all__:
        raise AttributeError(f"module 'benchmark' has no attribute {name!r}")
    from benchmark import corpus

    return getattr(corpus, name)
