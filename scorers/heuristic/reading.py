"""Reading a timed transcript: stretches of words, what each does, and where the time went.

Neither capitals nor punctuation are read, and fillers are passed over: a transcript has them by the taste of whoever transcribed.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from benchmark.records import Answer, Question, Segment
from scorers.heuristic.lexicon import CATEGORIES, FILLERS, PHRASES, SAME_WORD, STOPWORDS, TURN

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,]*%?")
_NUMBER = re.compile(r"\d[\d.,]*")
_STEM = 5
_STRETCH = 14
"""Words of a stretch, about a sentence."""
_OPENING = 8
"""Words of a reply in which it turns to the cue, or does not."""
_REPLY_WORDS = 45
_FEWEST_RETURNS = 5
_MOST_KNOWN = 200_000


def _index() -> tuple[dict[str, list[str]], dict[str, dict[str, list[tuple[list[str], str]]]]]:
    """The lexicon by first word: categories of single words; by first and second word, what follows and the category of phrases."""
    single: dict[str, list[str]] = {}
    longer: dict[str, dict[str, list[tuple[list[str], str]]]] = {}
    for category, phrases in PHRASES.items():
        for phrase in phrases:
            first, *rest = phrase.split()
            if rest:
                longer.setdefault(first, {}).setdefault(rest[0], []).append((rest[1:], category))
            else:
                single.setdefault(first, []).append(category)
    return single, longer


_SINGLE, _LONGER = _index()


@dataclass(slots=True)
class Stretch:
    """About a sentence of the candidate: which of its segment's words, how often it does what, its content words' stems."""

    segment: int
    first: int
    beyond: int
    words: int
    does: dict[str, int]
    stems: set[str]


@dataclass(slots=True)
class Exchange:
    """An interviewer's turn, and what the reply makes of it: share of the cue's words taken up, share of the reply (of its
    opening) that was said before the cue, whether it turns."""

    cue: int
    reply: int | None
    taken_up: float
    repeated: float
    same_as_before: float
    turns: bool


@dataclass(slots=True)
class Reading:
    """What the heuristic sees of one answer.  Shares are of the candidate's words or of seconds, 0 to 1."""

    answer: Answer
    stretches: list[Stretch]
    does: Counter[str]
    words: int
    numbers: int
    critical: list[float]
    obvious: list[float]
    exchanges: list[Exchange]
    silence_s: float
    longest_silence: int | None
    code_s: float
    first_code_s: float | None
    rates: list[float]
    rate: float
    longest_share: float
    scatter: float

    def per_hundred(self, category: str) -> float:
        """How often per hundred words."""
        return 100 * self.does[category] / max(self.words, 40)

    def span(self, stretch: Stretch | tuple[int, int, int]) -> tuple[int, int, int]:
        """Segment, start and end (code points) of a stretch; a span is given back as it is."""
        if isinstance(stretch, tuple):
            return stretch
        text = self.answer.segments[stretch.segment].text
        lower = text.lower()
        matches = _TOKEN.finditer(lower if len(lower) == len(text) else text)
        spans = [m.span() for m in matches if m.group() not in FILLERS]
        if not spans:
            return stretch.segment, 0, 0
        last = len(spans) - 1
        return stretch.segment, spans[min(stretch.first, last)][0], spans[min(stretch.beyond - 1, last)][1]


@lru_cache(maxsize=4096)
def points(question: Question) -> tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]]:
    """Stems of each critical and each obvious point of a question."""
    return (
        tuple(frozenset(stems(point)) for point in question.critical_points),
        tuple(frozenset(stems(point)) for point in question.obvious_points),
    )


def tokens(text: str) -> list[str]:
    """The words of a text as they are looked up: lower case, straight apostrophes, one spelling, fillers left out."""
    found = [token for token in _TOKEN.findall(text.lower().replace("’", "'")) if token not in FILLERS]
    return found if _SPELT_TWO_WAYS.isdisjoint(found) else [SAME_WORD.get(token, token) for token in found]


class _StemOf(dict[str, str]):
    """The stem of each word met so far: its first letters, or nothing for a word without content."""

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_KNOWN:
            self.clear()
        stem = word[:_STEM] if len(word) > 2 and word not in STOPWORDS and not word[0].isdigit() else ""
        self[word] = stem
        return stem


_STEM_OF = _StemOf()
_SPELT_TWO_WAYS = frozenset(SAME_WORD)


def stems(text: str) -> set[str]:
    """The content words of a text, cut to their first letters."""
    return _stems(tokens(text))


def _stems(words: list[str]) -> set[str]:
    found = set(map(_STEM_OF.__getitem__, words))
    found.discard("")
    return found


def read(answer: Answer) -> Reading:
    """Read an answer."""
    segments = answer.segments
    words_of = {i: tokens(s.text) for i, s in enumerate(segments) if s.text and s.kind != "code"}
    stretches = [
        stretch
        for i, s in enumerate(segments)
        if s.speaker == "candidate" and i in words_of
        for stretch in _stretches(i, words_of[i])
    ]
    does: Counter[str] = Counter()
    said: set[str] = set()
    for stretch in stretches:
        said |= stretch.stems
        for category, times in stretch.does.items():
            does[category] += times
    code = [s for s in segments if s.kind == "code"]
    for s in code:
        said |= stems(s.text.replace("_", " "))
    critical, obvious = points(answer.question)
    own = [s for s in segments if s.speaker == "candidate"]
    silences = [i for i, s in enumerate(segments) if s.kind == "silence"]
    words = sum(stretch.words for stretch in stretches)
    spoken = [
        (len(words_of[i]), s.end_s - s.start_s) for i, s in enumerate(segments) if s.speaker == "candidate" and i in words_of
    ]
    seconds = sum(length for _, length in spoken)
    return Reading(
        answer=answer,
        stretches=stretches,
        does=does,
        words=words,
        numbers=sum(len(_NUMBER.findall(s.text)) for i, s in enumerate(segments) if s.speaker == "candidate" and i in words_of),
        critical=[len(point & said) / len(point) for point in critical if point],
        obvious=[len(point & said) / len(point) for point in obvious if point],
        exchanges=_exchanges(answer, words_of),
        silence_s=sum(segments[i].seconds for i in silences) + _gaps(segments),
        longest_silence=max(silences, key=lambda i: segments[i].seconds, default=None),
        code_s=sum(s.seconds for s in code),
        first_code_s=code[0].start_s if code else None,
        rates=[60 * count / max(length, 0.5) for count, length in spoken if count >= 5],
        rate=60 * words / seconds if seconds else 0.0,
        longest_share=max((s.seconds for s in own if s.kind != "silence"), default=0.0) / max(answer.seconds, 1.0),
        scatter=_scatter(
            [w for i, s in enumerate(segments) if s.speaker == "candidate" and i in words_of for w in words_of[i]]
        ),
    )


def _scatter(words: list[str]) -> float:
    """How far apart a content word comes back, as the mean log of the words between, against that of the answer's length: talk that
    stays with a topic until it is done has its words close together.  About 0.5 to 0.9; 0.7 where too few come back."""
    last: dict[str, int] = {}
    gaps = []
    for i, stem in enumerate(map(_STEM_OF.__getitem__, words)):
        if stem:
            if stem in last:
                gaps.append(i - last[stem])
            last[stem] = i
    if len(gaps) < _FEWEST_RETURNS:
        return 0.7
    return sum(map(math.log1p, gaps)) / len(gaps) / math.log1p(len(words))


def _stretches(segment: int, words: list[str]) -> list[Stretch]:
    """The words of a segment in stretches of equal length, about a sentence each."""
    total = len(words)
    if not total:
        return []
    count = max(1, round(total / _STRETCH))
    edges = [total * k // count for k in range(count + 1)]
    found = []
    for first, beyond in pairwise(edges):
        found.append(Stretch(segment, first, beyond, beyond - first, {}, _stems(words[first:beyond])))
    for k, category in _acts(words):
        does = found[bisect_right(edges, k) - 1].does
        does[category] = does.get(category, 0) + 1
    return found


def _acts(words: list[str]) -> list[tuple[int, str]]:
    """Where a word or phrase of the lexicon stands, and its category."""
    acts = [(k, category) for k, word in enumerate(words) if word in _SINGLE for category in _SINGLE[word]]
    for k, (word, following) in enumerate(pairwise(words)):
        if word in _LONGER and following in _LONGER[word]:
            for rest, category in _LONGER[word][following]:
                if not rest or words[k + 2 : k + 2 + len(rest)] == rest:
                    acts.append((k, category))
    return acts


def _exchanges(answer: Answer, words_of: dict[int, list[str]]) -> list[Exchange]:
    found = []
    segments = answer.segments
    talks = [i for i, s in enumerate(segments) if s.speaker == "candidate" and s.text.strip()]
    for i, segment in enumerate(segments):
        if segment.speaker != "interviewer" or not segment.text.strip() or i == 0:
            continue
        reply = next((k for k in talks if k > i), None)
        before = next((k for k in reversed(talks) if k < i), None)
        if reply is None:
            found.append(Exchange(i, None, 0.0, 0.0, 0.0, False))
            continue
        cue, answered = _stems(words_of[i]), words_of.get(reply) or tokens(segments[reply].text.replace("_", " "))
        earlier = stems(segments[before].text) if before is not None else set()
        start = _stems(answered[:_REPLY_WORDS])
        opening = answered[:_OPENING]
        turns = any(category == TURN for _, category in _acts(opening))
        given = _stems(answered)
        taken_up, repeated = len(cue & given) / max(len(cue), 1), len(earlier & given) / max(len(given), 1)
        found.append(Exchange(i, reply, taken_up, repeated, len(earlier & start) / max(len(start), 1), turns))
    return found


def _gaps(segments: tuple[Segment, ...]) -> float:
    """Seconds of pauses longer than three seconds between segments."""
    pauses = (two.start_s - one.end_s for one, two in pairwise(segments))
    return sum(pause for pause in pauses if pause > 3)


assert set(PHRASES) == set(CATEGORIES)
