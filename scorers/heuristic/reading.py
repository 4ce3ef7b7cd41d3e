"""Reading a timed transcript: stretches of words, what each does, and where the time went."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress, groupby, islice, pairwise
from typing import Any, NamedTuple

from benchmark.records import Answer, Question, Segment
from scorers.heuristic.heard import LONG, heard, other_script
from scorers.heuristic.lexicon import CATEGORIES, JUDGE, PHRASES, TURN
from scorers.heuristic.words import USES, WORDS_OF, looked_up, tokens

_STRETCH = 14
"""Words of a stretch, about a sentence."""
_OPENING = 8
"""Words of a reply in which it turns to the cue, or does not."""
_REPLY_WORDS = 90
_JUDGING = 3
"""Words of a judge in two stretches, from which on they may be an order to one."""
_FEWEST_RETURNS = 5
RATE_WORDS = 12
"""A segment of fewer words is a remark: too short for a speaking rate."""
_NEAR = 2
"""A stretch is near the question's critical points from so many of their content words."""
REACHED = 0.34
"""An answer reaches a point from this share of its content words."""


@dataclass(slots=True)
class Stretch:
    """About a sentence of the candidate: which of its segment's words, how often it does what, its content words' stems, and whether
    the next stretch has one of them too."""

    segment: int
    first: int
    beyond: int
    words: int
    does: dict[str, int]
    stems: set[str]
    linked: bool = False


@dataclass(slots=True)
class Exchange:
    """An interviewer's turn, and what the beginning of the reply makes of it: the share of the cue's content words taken up, the share
    of its own that was said just before the cue, and its first words."""

    cue: int
    reply: int | None
    taken_up: float = 0.0
    same_as_before: float = 0.0
    opening: tuple[str, ...] = ()

    @property
    def turns(self) -> bool:
        """Whether it opens by turning to the cue ("fair point", "yes", "in that case")."""
        return any(category == TURN for _, category in _acts(list(self.opening), list(map(USES.get, self.opening))))


@dataclass(slots=True)
class Reading:
    """What the heuristic sees of one answer.  Shares are of the candidate's words or of seconds, 0 to 1.

    ``said`` has the content words of each of the candidate's segments; ``critical`` is, per critical point of the question, the share
    of its content words that one of them has; ``on_critical`` and ``on_obvious`` are the shares of the candidate's words in
    stretches near such a point; ``before_critical`` is the share said before the first stretch that is near a critical one.
    Silences are segments without words, and pauses of more than three seconds between segments; ``longest_silence`` is a segment.
    ``distinct`` is how many different words are said, ``letters`` their mean length.
    ``rates`` are words a minute, of each segment that is no mere remark.  ``answer`` is what was heard of the one that was read.
    """

    answer: Answer
    stretches: list[Stretch]
    does: Counter[str]
    words: int
    distinct: int
    letters: float
    said: list[set[str]]
    critical: list[float]
    on_critical: float
    on_obvious: float
    before_critical: float
    exchanges: list[Exchange]
    silence_s: float
    longest_silence_s: float
    longest_silence: int | None
    first_code_s: float | None
    rates: list[float]
    scatter: float

    def span(self, stretch: Stretch | tuple[int, int, int]) -> tuple[int, int, int]:
        """Segment, start and end (code points) of a stretch; a span is given back as it is."""
        if isinstance(stretch, tuple):
            return stretch
        text = self.answer.segments[stretch.segment].text
        count = begin = end = 0
        for run in text.split():
            start = text.index(run, end)
            end = start + len(run)
            words = len(WORDS_OF[run]) // 3
            if words and count <= stretch.first:
                begin = start
            count += words
            if count >= stretch.beyond:
                break
        return stretch.segment, begin, end

    def texts(self) -> list[str]:
        """The words of each stretch that is more than a remark, as they are looked up."""
        found = []
        for i, stretches in groupby(self.stretches, lambda s: s.segment):
            segment = self.answer.segments[i]
            if not is_remark(segment):
                words = tokens(segment.text)
                found += [" ".join(words[s.first : s.beyond]) for s in stretches]
        return found


@dataclass(frozen=True, slots=True)
class Points:
    """Stems of each critical and each obvious point of a question, and of all of them together."""

    critical: tuple[frozenset[str], ...]
    obvious: tuple[frozenset[str], ...]
    critical_stems: frozenset[str]
    obvious_stems: frozenset[str]


@lru_cache(maxsize=4096)
def points(question: Question) -> Points:
    """The points of a question, those without a content word left out."""
    critical = tuple(filter(None, (frozenset(stems(point)) for point in question.critical_points)))
    obvious = tuple(filter(None, (frozenset(stems(point)) for point in question.obvious_points)))
    return Points(critical, obvious, frozenset().union(*critical), frozenset().union(*obvious))


def stems(text: str) -> set[str]:
    """The content words of a text, cut to their first letters."""
    return _talk(text).content


def _content(found: Iterable[str]) -> set[str]:
    content = set(found)
    content.discard("")
    return content


class _Talk(NamedTuple):
    """A segment's words, the stem of each (empty for a word without content) and its use (None for a word that is not in the
    lexicon), its content words' stems, and how many words were said, fillers and all, whatever else stands in the text."""

    words: list[str]
    stems: list[str]
    uses: list[Any]
    content: set[str]
    said: int


def _talk(text: str) -> _Talk:
    runs = text.split()
    found = looked_up(runs)
    stems = found[1::3]
    return _Talk(found[::3], stems, found[2::3], _content(stems), len(runs))


def read(answer: Answer) -> Reading:
    """Read an answer, as far as it is said to the interviewer (``heard``)."""
    segments = answer.segments
    talks = {i: _talk(s.text) for i, s in enumerate(segments) if s.text and s.kind != "code"}
    own = {i: talk for i, talk in talks.items() if segments[i].speaker == "candidate"}
    does: Counter[str] = Counter()
    stretches = [stretch for i, talk in own.items() for stretch in _stretches(i, talk, does)]
    if (doubtful := _doubtful(answer, own, does, stretches)) and (listened := heard(answer, doubtful)) is not answer:
        return read(listened)
    for one, two in pairwise(stretches):
        one.linked = not one.stems.isdisjoint(two.stems)
    code = [i for i, s in enumerate(segments) if s.kind == "code"]
    for i in code:
        talks[i] = _talk(segments[i].text.replace("_", " "))
    said = [talks[i].content for i in (*own, *code)]
    asked = points(answer.question)
    on_critical, on_obvious, before_critical = _where_words_go(stretches, asked)
    distinct = set[str]().union(*[talk.words for talk in own.values()])
    silences = [i for i, s in enumerate(segments) if s.kind == "silence"]
    quiet = [*(segments[i].seconds for i in silences), *_pauses(segments)]
    return Reading(
        answer=answer,
        stretches=stretches,
        does=does,
        words=sum([len(talk.words) for talk in own.values()]),
        distinct=len(distinct),
        letters=sum(map(len, distinct)) / max(len(distinct), 1),
        said=said,
        critical=reached(asked.critical, said),
        on_critical=on_critical,
        on_obvious=on_obvious,
        before_critical=before_critical,
        exchanges=_exchanges(answer, talks),
        silence_s=sum(quiet),
        longest_silence_s=max(quiet, default=0.0),
        longest_silence=max(silences, key=lambda i: segments[i].seconds, default=None),
        first_code_s=segments[code[0]].start_s if code else None,
        rates=[60 * talk.said / max(segments[i].seconds, 0.5) for i, talk in own.items() if talk.said >= RATE_WORDS],
        scatter=_scatter(stretches),
    )


def _doubtful(answer: Answer, own: dict[int, _Talk], does: Counter[str], stretches: list[Stretch]) -> set[int]:
    """Segments some of which may be written for a judge: a quick look, on which ``heard`` has the last word."""
    found = {i for i, talk in own.items() if talk.said >= LONG or other_script(answer.segments[i].text)}
    if does[JUDGE] >= _JUDGING:
        for one, two in pairwise([*stretches, stretches[-1]]):
            if one.does.get(JUDGE, 0) + two.does.get(JUDGE, 0) >= _JUDGING:
                found |= {one.segment, two.segment}
    return found


def is_remark(segment: Segment) -> bool:
    """Whether a segment is too short to say much."""
    return segment.kind != "code" and len(segment.text.split()) < RATE_WORDS


def reached(wanted: tuple[frozenset[str], ...], said: list[set[str]]) -> list[float]:
    """The share of each point's content words that one segment has: words scattered over an answer make no point."""
    return [max([len(point & words) for words in said], default=0) / len(point) for point in wanted]


def _where_words_go(stretches: list[Stretch], asked: Points) -> tuple[float, float, float]:
    """Shares of the words near critical and near obvious points, and of those before the first stretch near a critical one."""
    spoken = on_critical = on_obvious = 0
    before: int | None = None
    for stretch in stretches:
        critical, obvious = len(stretch.stems & asked.critical_stems), len(stretch.stems & asked.obvious_stems)
        if critical > obvious:
            on_critical += stretch.words
        elif obvious > critical:
            on_obvious += stretch.words
        if before is None and critical >= _NEAR:
            before = spoken
        spoken += stretch.words
    total = max(spoken, 1)
    return on_critical / total, on_obvious / total, (spoken if before is None else before) / total


def _scatter(stretches: list[Stretch]) -> float:
    """How far apart a content word comes back, as the mean log of the stretches between, against that of all: talk that stays with
    a topic until it is done has its words close together.  About 0.4 to 0.9; 0.7 where too few come back."""
    last: dict[str, int] = {}
    gaps = []
    for i, stretch in enumerate(stretches):
        for stem in stretch.stems:
            if stem in last:
                gaps.append(i - last[stem])
            last[stem] = i
    if len(gaps) < _FEWEST_RETURNS:
        return 0.7
    return sum(map(math.log1p, gaps)) / len(gaps) / math.log1p(len(stretches))


def _stretches(segment: int, talk: _Talk, total_does: Counter[str]) -> list[Stretch]:
    """The words of a segment in stretches of equal length, about a sentence each; what they do is added to ``total_does``."""
    total = len(talk.words)
    if not total:
        return []
    count = max(1, round(total / _STRETCH))
    edges = [total * k // count for k in range(count + 1)]
    stems = talk.stems
    found = [
        Stretch(segment, first, beyond, beyond - first, {}, _content(stems[first:beyond])) for first, beyond in pairwise(edges)
    ]
    acts = _acts(talk.words, talk.uses)
    for k, category in acts:
        does = found[((k + 1) * count - 1) // total].does
        does[category] = does.get(category, 0) + 1
    total_does.update([category for _, category in acts])
    return found


def _acts(words: list[str], uses: list[Any]) -> list[tuple[int, str]]:
    """Where words and phrases of the lexicon begin, and their categories."""
    acts = []
    for k, (alone, phrases) in compress(enumerate(uses), uses):
        for category in alone:
            acts.append((k, category))
        for before, phrase, category in phrases:
            if before <= k and words[k - before : k - before + len(phrase)] == phrase:
                acts.append((k - before, category))
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
    said = [_together([talks[i].content for i in run]) for run in runs]
    found = []
    for i, run in cues:
        if not runs[run]:
            found.append(Exchange(i, None))
            continue
        cue, earlier = talks[i].content, said[run - 1] if run else set[str]()
        reply = [talks[k] for k in runs[run]]
        start = _content(islice(chain.from_iterable([talk.stems for talk in reply]), _REPLY_WORDS))
        opening = tuple(islice(chain.from_iterable([talk.words for talk in reply]), _OPENING))
        taken_up, same = len(cue & start) / max(len(cue), 1), len(earlier & start) / max(len(start), 1)
        found.append(Exchange(i, runs[run][0], taken_up, same, opening))
    return found


def _together(contents: list[set[str]]) -> set[str]:
    return contents[0] if len(contents) == 1 else set[str]().union(*contents)


def _pauses(segments: tuple[Segment, ...]) -> list[float]:
    """Seconds of pauses longer than three seconds between segments."""
    return [pause for one, two in pairwise(segments) if (pause := two.start_s - one.end_s) > 3]


assert set(PHRASES) == set(CATEGORIES)
