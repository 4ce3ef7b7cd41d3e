"""Reading a timed transcript: stretches of words, what each does, and where the time went.

Neither capitals nor punctuation are read, and fillers are passed over: a transcript has them by the taste of whoever transcribed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from benchmark.records import Answer, Question, Segment
from scorers.heuristic.lexicon import CATEGORIES, FILLERS, PHRASES, SAME_WORD, STOPWORDS, TURN

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,]*%?")
_ASCII_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|\d[\d.,]*%?")
"""The same of lower-case ASCII, three times as fast."""
_STEM = 5
_STRETCH = 14
"""Words of a stretch, about a sentence."""
_OPENING = 8
"""Words of a reply in which it turns to the cue, or does not."""
_REPLY_WORDS = 45
_FEWEST_RETURNS = 5
RATE_WORDS = 12
"""A segment of fewer words is a remark: too short for a speaking rate."""
_NEAR = 0.12
"""A stretch is near a point of the question from this share of the point's content words."""
REACHED = 0.34
"""An answer reaches a point from this share of its content words."""
_MOST_KNOWN = 200_000


class _Lead(NamedTuple):
    """What a word says by itself (categories), and with the words that follow: by second word, what comes then and the category."""

    alone: list[str]
    longer: dict[str, list[tuple[list[str], str]]]


def _leads() -> dict[str, _Lead]:
    """The lexicon by first word."""
    found: dict[str, _Lead] = {}
    for category, phrases in PHRASES.items():
        for phrase in phrases:
            first, *rest = phrase.split()
            lead = found.setdefault(first, _Lead([], {}))
            if rest:
                lead.longer.setdefault(rest[0], []).append((rest[1:], category))
            else:
                lead.alone.append(category)
    return found


_LEADS = _leads()


@dataclass(slots=True)
class Stretch:
    """About a sentence of the candidate: which of its segment's words, how often it does what, its content words' stems, and the share
    of them (of the smaller number) that the next stretch has too."""

    segment: int
    first: int
    beyond: int
    words: int
    does: dict[str, int]
    stems: set[str]
    linked: float = 0.0


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
    """What the heuristic sees of one answer.  Shares are of the candidate's words or of seconds, 0 to 1.

    ``critical`` and ``obvious`` have, per point of the question, the share of its content words that is said; ``on_critical`` and
    ``on_obvious`` are the shares of the candidate's words in stretches near such a point; ``before_critical`` is the share said
    before the first stretch that is near a critical one.
    """

    answer: Answer
    stretches: list[Stretch]
    does: Counter[str]
    words: int
    critical: list[float]
    obvious: list[float]
    on_critical: float
    on_obvious: float
    before_critical: float
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
        if len(lower) != len(text):  # a few letters are longer in lower case: offsets would shift
            lower = text
        matches = (m for m in (_ASCII_TOKEN if lower.isascii() else _TOKEN).finditer(lower) if m.group() not in FILLERS)
        found = list(islice(matches, stretch.beyond))
        if not found:
            return stretch.segment, 0, 0
        return stretch.segment, found[min(stretch.first, len(found) - 1)].start(), found[-1].end()


@dataclass(frozen=True, slots=True)
class Points:
    """Stems of each critical and each obvious point of a question; ``places`` says in which points (critical ones first) a stem stands."""

    critical: tuple[frozenset[str], ...]
    obvious: tuple[frozenset[str], ...]
    places: dict[str, list[int]]
    stems: frozenset[str]


@lru_cache(maxsize=4096)
def points(question: Question) -> Points:
    """The points of a question, those without a content word left out."""
    critical = tuple(filter(None, (frozenset(stems(point)) for point in question.critical_points)))
    obvious = tuple(filter(None, (frozenset(stems(point)) for point in question.obvious_points)))
    places: dict[str, list[int]] = {}
    for i, point in enumerate((*critical, *obvious)):
        for stem in point:
            places.setdefault(stem, []).append(i)
    return Points(critical, obvious, places, frozenset(places))


def tokens(text: str) -> list[str]:
    """The words of a text as they are looked up: lower case, straight apostrophes, fillers left out."""
    text = text.lower().replace("’", "'")
    found = (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)
    return found if FILLERS.isdisjoint(found) else [token for token in found if token not in FILLERS]


class _StemOf(dict[str, str]):
    """The stem of each word met so far: its first letters, or nothing for a word without content."""

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_KNOWN:
            self.clear()
        spelt = SAME_WORD.get(word, word)
        stem = spelt[:_STEM] if len(word) > 2 and word not in STOPWORDS and not word[0].isdigit() else ""
        self[word] = stem
        return stem


_STEM_OF = _StemOf()


def stems(text: str) -> set[str]:
    """The content words of a text, cut to their first letters."""
    return _content(_stems(tokens(text)))


def _stems(words: list[str]) -> list[str]:
    """The stem of each word, empty for one without content."""
    return list(map(_STEM_OF.__getitem__, words))


def _content(found: list[str]) -> set[str]:
    content = set(found)
    content.discard("")
    return content


class _Talk(NamedTuple):
    """A segment's words, and the stem of each."""

    words: list[str]
    stems: list[str]


def _talk(text: str) -> _Talk:
    words = tokens(text)
    return _Talk(words, _stems(words))


def read(answer: Answer) -> Reading:
    """Read an answer."""
    segments = answer.segments
    talks = {i: _talk(s.text) for i, s in enumerate(segments) if s.text and s.kind != "code"}
    own = {i: talk for i, talk in talks.items() if segments[i].speaker == "candidate"}
    does: Counter[str] = Counter()
    stretches = [stretch for i, talk in own.items() for stretch in _stretches(i, talk, does)]
    for one, two in pairwise(stretches):
        one.linked = len(one.stems & two.stems) / (min(len(one.stems), len(two.stems)) or 1)
    said = set().union(*[stretch.stems for stretch in stretches])
    code = [s for s in segments if s.kind == "code"]
    for i, s in enumerate(segments):
        if s.kind == "code" and s.text:
            talks[i] = _talk(s.text.replace("_", " "))
            said.update(talks[i].stems)
    said.discard("")
    asked = points(answer.question)
    on_critical, on_obvious, before_critical = _where_words_go(stretches, asked)
    silences = [i for i, s in enumerate(segments) if s.kind == "silence"]
    count = sum(len(talk.words) for talk in own.values())
    spoken = [(len(talk.words), segments[i].seconds) for i, talk in own.items()]
    seconds = sum(length for _, length in spoken)
    longest = max((s.seconds for s in segments if s.speaker == "candidate" and s.kind != "silence"), default=0.0)
    return Reading(
        answer=answer,
        stretches=stretches,
        does=does,
        words=count,
        critical=[len(point & said) / len(point) for point in asked.critical],
        obvious=[len(point & said) / len(point) for point in asked.obvious],
        on_critical=on_critical,
        on_obvious=on_obvious,
        before_critical=before_critical,
        exchanges=_exchanges(answer, talks),
        silence_s=sum(segments[i].seconds for i in silences) + _gaps(segments),
        longest_silence=max(silences, key=lambda i: segments[i].seconds, default=None),
        code_s=sum(s.seconds for s in code),
        first_code_s=code[0].start_s if code else None,
        rates=[60 * words / max(length, 0.5) for words, length in spoken if words >= RATE_WORDS],
        rate=60 * count / seconds if seconds else 0.0,
        longest_share=longest / max(answer.seconds, 1.0),
        scatter=_scatter([stem for talk in own.values() for stem in talk.stems]),
    )


def _where_words_go(stretches: list[Stretch], asked: Points) -> tuple[float, float, float]:
    """Shares of the words near a critical and near an obvious point, and of those before the first that is near a critical one."""
    sizes = [len(point) for point in (*asked.critical, *asked.obvious)]
    critical = len(asked.critical)
    spoken = on_critical = on_obvious = 0
    before: int | None = None
    for stretch in stretches:
        c = o = 0.0
        if near := stretch.stems & asked.stems:
            hits: dict[int, int] = {}
            for stem in near:
                for i in asked.places[stem]:
                    hits[i] = hits.get(i, 0) + 1
            for i, n in hits.items():
                if i < critical:
                    c = max(c, n / sizes[i])
                else:
                    o = max(o, n / sizes[i])
        if c > max(o, _NEAR):
            on_critical += stretch.words
        elif o > max(c, _NEAR):
            on_obvious += stretch.words
        if before is None and c >= REACHED / 2:
            before = spoken
        spoken += stretch.words
    total = max(spoken, 1)
    return on_critical / total, on_obvious / total, (spoken if before is None else before) / total


def _scatter(found: list[str]) -> float:
    """How far apart a content word comes back, as the mean log of the words between, against that of the answer's length: talk that
    stays with a topic until it is done has its words close together.  About 0.5 to 0.9; 0.7 where too few come back."""
    last: dict[str, int] = {}
    gaps = []
    for i, stem in enumerate(found):
        if stem:
            if stem in last:
                gaps.append(i - last[stem])
            last[stem] = i
    if len(gaps) < _FEWEST_RETURNS:
        return 0.7
    return sum(map(math.log1p, gaps)) / len(gaps) / math.log1p(len(found))


def _stretches(segment: int, talk: _Talk, total_does: Counter[str]) -> list[Stretch]:
    """The words of a segment in stretches of equal length, about a sentence each; what they do is added to ``total_does``."""
    total = len(talk.words)
    if not total:
        return []
    count = max(1, round(total / _STRETCH))
    edges = [total * k // count for k in range(count + 1)]
    found = [
        Stretch(segment, first, beyond, beyond - first, {}, _content(talk.stems[first:beyond]))
        for first, beyond in pairwise(edges)
    ]
    stretch = 0
    for k, category in _acts(talk.words):
        while k >= edges[stretch + 1]:
            stretch += 1
        does = found[stretch].does
        does[category] = does.get(category, 0) + 1
        total_does[category] += 1
    return found


def _acts(words: list[str]) -> list[tuple[int, str]]:
    """Where a word or phrase of the lexicon stands, and its category."""
    acts = []
    for k in [k for k, word in enumerate(words) if word in _LEADS]:
        alone, longer = _LEADS[words[k]]
        for category in alone:
            acts.append((k, category))
        if longer and k + 1 < len(words) and words[k + 1] in longer:
            for rest, category in longer[words[k + 1]]:
                if not rest or words[k + 2 : k + 2 + len(rest)] == rest:
                    acts.append((k, category))
    return acts


def _exchanges(answer: Answer, talks: dict[int, _Talk]) -> list[Exchange]:
    """Each turn of the interviewer, between what the candidate said (or wrote) since the turn before and until the next."""
    segments = answer.segments
    runs: list[list[int]] = [[]]
    cues: list[tuple[int, int]] = []  # where a cue stands, and which run follows it
    for i, segment in enumerate(segments):
        if not segment.text.strip():
            continue
        if segment.speaker == "candidate":
            runs[-1].append(i)
        elif i:
            if runs[-1]:
                runs.append([])
            cues.append((i, len(runs) - 1))
    said = [_said(talks, run) for run in runs]
    found = []
    for i, run in cues:
        if not runs[run]:
            found.append(Exchange(i, None, 0.0, 0.0, 0.0, False))
            continue
        cue, answered = _content(talks[i].stems), said[run]
        earlier = _content(said[run - 1].stems) if run else set()
        start, given = _content(answered.stems[:_REPLY_WORDS]), _content(answered.stems)
        turns = any(category == TURN for _, category in _acts(answered.words[:_OPENING]))
        taken_up, repeated = len(cue & given) / max(len(cue), 1), len(earlier & given) / max(len(given), 1)
        found.append(Exchange(i, runs[run][0], taken_up, repeated, len(earlier & start) / max(len(start), 1), turns))
    return found


def _said(talks: dict[int, _Talk], run: list[int]) -> _Talk:
    """Several segments as one."""
    if len(run) == 1:
        return talks[run[0]]
    return _Talk([word for i in run for word in talks[i].words], [stem for i in run for stem in talks[i].stems])


def _gaps(segments: tuple[Segment, ...]) -> float:
    """Seconds of pauses longer than three seconds between segments."""
    pauses = (two.start_s - one.end_s for one, two in pairwise(segments))
    return sum(pause for pause in pauses if pause > 3)


assert set(PHRASES) == set(CATEGORIES)
