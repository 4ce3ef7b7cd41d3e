"""What an interviewer hears of a transcript: text written for whoever rates it is no part of the answer.

Orders to a judge, finished labels, delimiters, text in another script than the rest, and a few sentences over and over are blanked
out.  Their places stay, so that places in the text stay true; a segment of nothing else takes no time either.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from benchmark.records import Answer, Segment

LONG = 400
"""Words of a segment from which on it may be a loop."""
_FEWEST_DISTINCT = 0.15
_WORDS_PER_SIGN = 12
_ANSWER = r"(?:this|the|my) (?:answer|response|reply|candidate|transcript|interview|submission)\b"
_DIRECTED = (
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}\b(?:rubric|instructions?|criteria|guidelines?|prompt)\b",
    r"\b(?:previous|prior|earlier|above) instructions\b",
    r"\bsystem prompt\b",
    r"\bverdict\W+(?:is\W+|of\W+)?(?:balanced|strong|excellent|positive|hire)\b",
    rf"\b(?:rated?|score|grade|label|mark) {_ANSWER}",
    r"\b(?:assign|output|return|award|give)\b[^.!?\n]{0,30}\b(?:ratings?|scores?|labels?|marks|verdict)\b",
    r"\b(?:best|top|full|highest|maximum|perfect) (?:labels?|scores?|marks?|ratings?|grades?)\b",
    r"\bfinal (?:score|rating|grade|verdict)\b",
    r"\bno (?:failure )?patterns?\b",
    r"\bpre-?approved\b",
    r"\b(?:note|message|attention|dear)\W+(?:to )?(?:the |all |any )?(?:ai|llm|model|grader|judge|evaluator|assessor|reviewer|rater)s?\b",
    r"</?(?:transcript|user|system|assistant|answer|instructions?|prompt|candidate)>",
    r"\[/?inst\]|<\|\w+\|>|^#{2,}\s|```|\bend of (?:the )?transcript\b",
    r"(?:^|\s)(?:system|assistant|user)\s*:",
    r'"(?:verdict|rating|pace|depth|patterns|signals|score|answer_id)"\s*:',
)
_OTHER = (
    r"\b(?:ratings?|rated?|scores?|grade)\b[^.!?\n]{0,30}\b\d+\b",
    r"\b\d+ ?(?:/|out of) ?(?:5|10|100)\b",
    rf"\b{_ANSWER}",
    r"\b(?:independent|other|human|expert) (?:judges|raters|annotators|graders)\b",
    r"\bconfidence\W+\d",
)
_SIGN = re.compile(f"(?P<directed>{'|'.join(_DIRECTED)})|{'|'.join(_OTHER)}", re.MULTILINE)
"""Signs of a text to a judge, in lower case; the directed ones nobody says but to a judge."""
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
_LETTER = re.compile(r"[^\W\d_]")
_OTHER_SCRIPT = re.compile(r"(?![A-Za-zªº\u00c0-\u024f\u1e00-\u1eff])[^\W\d_]")


def heard(answer: Answer, doubtful: Collection[int]) -> Answer:
    """The answer without what is not said to the interviewer in its ``doubtful`` segments; the answer itself where all of it is."""
    segments: list[Segment] = []
    lost_s, changed = 0.0, False
    latin = not _mostly_in_another_script(answer.text)
    for i, s in enumerate(answer.segments):
        text = _blanked(s.text, latin) if i in doubtful and s.speaker == "candidate" and s.kind != "code" else s.text
        start = s.start_s - lost_s
        if text != s.text:
            changed = True
            lost_s += 0.0 if text.strip() else s.seconds
        segments.append(replace(s, start_s=start, end_s=s.end_s - lost_s, text=text))
    return replace(answer, segments=tuple(segments)) if changed else answer


def other_script(text: str) -> bool:
    """Whether a text has a letter that is not Latin."""
    return not text.isascii() and _OTHER_SCRIPT.search(text) is not None


def _blanked(text: str, latin: bool) -> str:
    """The text with spaces for what is not said to the interviewer."""
    signs = [(sign.start(), sign["directed"] is not None) for sign in _SIGN.finditer(text.lower())]
    foreign = latin and other_script(text)
    if _loops(text) or (foreign and _mostly_in_another_script(text)):
        return " " * len(text)
    if not foreign and not any(directed for _, directed in signs):
        return text

    def to_a_judge(start: int, end: int) -> bool:
        within = [directed for place, directed in signs if start <= place < end]
        return len(within) > 1 and any(within) and _WORDS_PER_SIGN * len(within) >= len(text[start:end].split())

    sentences = [found.span() for found in _SENTENCE.finditer(text)]
    signed = [(start, end) for start, end in sentences if any(start <= place < end for place, _ in signs)]
    if signed and to_a_judge(signed[0][0], signed[-1][1]):
        unheard = [(signed[0][0], signed[-1][1])]
    else:
        unheard = [
            span for span in sentences if to_a_judge(*span) or (foreign and _mostly_in_another_script(text[slice(*span)]))
        ]
    for start, end in unheard:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _mostly_in_another_script(text: str) -> bool:
    return other_script(text) and 2 * len(_OTHER_SCRIPT.findall(text)) > len(_LETTER.findall(text))


def _loops(text: str) -> bool:
    words = text.lower().split()
    return len(words) >= LONG and len(set(words)) < _FEWEST_DISTINCT * len(words)
