"""Reading a timed transcript: sentences, what each does, and where the time went."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from benchmark.records import Answer, Question, Segment
from scorers.heuristic.lexicon import CATEGORIES, PHRASES, STOPWORDS, TURN

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d.,]*%?|[.?!;]+(?=\s|$)|-(?=$)|…")
_STEM = 5
_REPLY_WORDS = 45


def _index() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First word of every phrase to the words that follow and the phrase's category, the longest first."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for category, phrases in PHRASES.items():
        for phrase in phrases:
            first, *rest = phrase.split()
            index.setdefault(first, []).append((tuple(rest), category))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


_INDEX = _index()


@dataclass(slots=True)
class Sentence:
    """A sentence of the candidate: its place, its words' stems, how often it does what."""

    segment: int
    start: int
    end: int
    words: int = 0
    numbers: int = 0
    commas: int = 0
    does: dict[str, int] = field(default_factory=dict)
    stems: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Exchange:
    """An interviewer's turn, and what the reply makes of it: share of the cue's words taken up, whether it turns."""

    cue: int
    reply: int | None
    taken_up: float
    same_as_before: float
    turns: bool


@dataclass(slots=True)
class Reading:
    """What the heuristic sees of one answer.  Shares are of the candidate's words or of seconds, 0 to 1."""

    answer: Answer
    sentences: list[Sentence]
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
    rate: float
    rushed_end: bool
    cut_off: bool
    longest_share: float

    def per_hundred(self, category: str) -> float:
        """How often per hundred words."""
        return 100 * self.does[category] / max(self.words, 40)


@lru_cache(maxsize=4096)
def points(question: Question) -> tuple[tuple[frozenset[str], ...], tuple[frozenset[str], ...]]:
    """Stems of each critical and each obvious point of a question."""
    return (
        tuple(frozenset(stems(point)) for point in question.critical_points),
        tuple(frozenset(stems(point)) for point in question.obvious_points),
    )


def stems(text: str) -> set[str]:
    """The content words of a text, cut to their first letters."""
    return {w[:_STEM] for w in re.findall(r"[a-z]{3,}", text.lower()) if w not in STOPWORDS}


def read(answer: Answer) -> Reading:
    """Read an answer."""
    sentences: list[Sentence] = []
    for i, segment in enumerate(answer.segments):
        if segment.speaker == "candidate" and segment.kind in ("speech", "text"):
            sentences += _sentences(i, segment.text)
    does: Counter[str] = Counter()
    said: set[str] = set()
    for sentence in sentences:
        does.update(sentence.does)
        said |= sentence.stems
    code = [s for s in answer.segments if s.kind == "code"]
    for segment in code:
        said |= stems(segment.text.replace("_", " "))
    critical, obvious = points(answer.question)
    own = [s for s in answer.segments if s.speaker == "candidate"]
    silences = [i for i, s in enumerate(answer.segments) if s.kind == "silence"]
    words = sum(sentence.words for sentence in sentences)
    last = next((s for s in reversed(own) if s.text.strip()), None)
    spoken = [s for s in own if s.kind in ("speech", "text")]
    seconds = sum(s.seconds for s in spoken)
    rate = 60 * words / seconds if seconds else 0.0
    return Reading(
        answer=answer,
        sentences=sentences,
        does=does,
        words=words,
        numbers=sum(sentence.numbers for sentence in sentences),
        critical=[len(point & said) / len(point) for point in critical if point],
        obvious=[len(point & said) / len(point) for point in obvious if point],
        exchanges=_exchanges(answer),
        silence_s=sum(answer.segments[i].seconds for i in silences) + _gaps(answer.segments),
        longest_silence=max(silences, key=lambda i: answer.segments[i].seconds, default=None),
        code_s=sum(s.seconds for s in code),
        first_code_s=code[0].start_s if code else None,
        rate=rate,
        rushed_end=len(spoken) > 1 and _rate(spoken[-1]) > 1.25 * rate,
        cut_off=last is not None
        and last.kind != "code"
        and not last.text.rstrip().endswith((".", "?", "!", '"', "”", ")", "'", ":")),
        longest_share=max((s.seconds for s in own if s.kind != "silence"), default=0.0) / max(answer.seconds, 1.0),
    )


def _sentences(segment: int, text: str) -> list[Sentence]:
    found: list[Sentence] = []
    current: Sentence | None = None
    tokens = [(m.group().lower().replace("’", "'"), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    names = [token for token, _, _ in tokens]
    for k, (token, start, end) in enumerate(tokens):
        if token[0] in ".?!;…-":
            if current is not None:
                current.end = end
                found.append(current)
                current = None
            continue
        if current is None:
            current = Sentence(segment, start, end)
        current.end = end
        if token[0].isdigit():
            current.numbers += 1
            current.words += 1
            continue
        current.words += 1
        if len(token) > 2 and token not in STOPWORDS:
            current.stems.add(token[:_STEM])
        for rest, category in _INDEX.get(token, ()):
            if not rest or tuple(names[k + 1 : k + 1 + len(rest)]) == rest:
                current.does[category] = current.does.get(category, 0) + 1
    if current is not None:
        found.append(current)
    for sentence in found:
        sentence.commas = text.count(",", sentence.start, sentence.end)
    return found


def _exchanges(answer: Answer) -> list[Exchange]:
    found = []
    segments = answer.segments
    for i, segment in enumerate(segments):
        if segment.speaker != "interviewer" or not segment.text.strip() or i == 0:
            continue
        reply = next(
            (k for k in range(i + 1, len(segments)) if segments[k].speaker == "candidate" and segments[k].text.strip()), None
        )
        before = next(
            (k for k in range(i - 1, -1, -1) if segments[k].speaker == "candidate" and segments[k].text.strip()), None
        )
        cue = stems(segment.text)
        if reply is None:
            found.append(Exchange(i, None, 0.0, 0.0, False))
            continue
        opening = segments[reply].text.split()[:_REPLY_WORDS]
        start = " ".join(opening).lower()
        answered = stems(segments[reply].text)
        earlier = stems(segments[before].text) if before is not None else set()
        found.append(
            Exchange(
                cue=i,
                reply=reply,
                taken_up=len(cue & answered) / max(len(cue), 1),
                same_as_before=len(earlier & stems(start)) / max(len(stems(start)), 1),
                turns=any(re.search(rf"\b{phrase}\b", " ".join(start.split()[:7])) for phrase in PHRASES[TURN]),
            )
        )
    return found


def _gaps(segments: tuple[Segment, ...]) -> float:
    """Seconds of pauses longer than three seconds between segments."""
    pauses = (two.start_s - one.end_s for one, two in pairwise(segments))
    return sum(pause for pause in pauses if pause > 3)


def _rate(segment: Segment) -> float:
    return 60 * len(segment.text.split()) / max(segment.seconds, 0.1)


assert set(PHRASES) == set(CATEGORIES)
