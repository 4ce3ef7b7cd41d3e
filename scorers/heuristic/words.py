"""Words as they are looked up: how they are spelt, their stems, and what they are used for.

Neither capitals nor punctuation are read, and fillers are passed over: a transcript has them by the taste of whoever transcribed.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Any, NamedTuple

from scorers.heuristic.lexicon import FILLERS, PHRASES, SAME_WORD, STOPWORDS

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,]*%?")
_ASCII_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|\d[\d.,]*%?")
"""The same of lower-case ASCII, three times as fast."""
_STEM = 6
_MOST_KNOWN = 100_000


class _Use(NamedTuple):
    """What a word says by itself (categories), and in which phrases it stands: words before it, the phrase, the category."""

    alone: list[str]
    phrases: list[tuple[int, list[str], str]]


def _uses() -> dict[str, _Use]:
    """The lexicon by word; a phrase stands under one of its words that is no stop word, if it has one, and the longest of them."""
    found: dict[str, _Use] = {}
    for category, phrases in PHRASES.items():
        for phrase in phrases:
            words = phrase.split()
            at = max(range(len(words)), key=lambda k: (words[k] not in STOPWORDS, len(words[k])))
            use = found.setdefault(words[at], _Use([], []))
            if len(words) > 1:
                use.phrases.append((at, words, category))
            else:
                use.alone.append(category)
    return found


USES = _uses()


class _WordsOf(dict[str, tuple[Any, ...]]):
    """The words of each run of characters without a space met so far, after each its stem and its use: "well-known)." has one word,
    "b[i]," two.  One look-up for all three, as most of the time of a reading goes into it."""

    def __missing__(self, run: str) -> tuple[Any, ...]:
        if len(self) > _MOST_KNOWN:
            self.clear()
        spelt = run.lower().replace("’", "'")
        words = (_ASCII_TOKEN if spelt.isascii() else _TOKEN).findall(spelt)
        found = tuple(chain.from_iterable((word, _stem(word), USES.get(word)) for word in words if word not in FILLERS))
        self[run] = found
        return found


WORDS_OF = _WordsOf()


def _stem(word: str) -> str:
    """The first letters of a word, or nothing for a word without content."""
    return SAME_WORD.get(word, word)[:_STEM] if len(word) > 2 and word not in STOPWORDS and not word[0].isdigit() else ""


def looked_up(runs: list[str]) -> list[Any]:
    """Each word, its stem and its use, one after the other."""
    return list(chain.from_iterable(map(WORDS_OF.__getitem__, runs)))


def tokens(text: str) -> list[str]:
    """The words of a text as they are looked up: lower case, straight apostrophes, fillers left out."""
    return looked_up(text.split())[::3]


def forget() -> None:
    """Drop every word met so far: readings are the same without, and slower."""
    WORDS_OF.clear()
