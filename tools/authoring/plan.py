"""Plan the answers of every question: which slot shows what, and what is crossed with it.

    python tools/authoring/plan.py OUT      # OUT/plan.json and one brief a question, OUT/briefs/KEY.md

``topics.tsv`` names the questions.  A question has twelve slots (``authoring.md``: a strong root, five twins, another
strong answer, five free ones).  Length, figures, tools, hedges, announced structure, fillers, turns, rate, time used and
the speaker's voice are dealt to the seven independent answers without looking at what the slot shows, each level as often
as any other in every slot; a twin has those of its base.  The plan says what an answer is to show; the words are a writer's.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROUNDS = ("coding", "ml_theory", "system_design", "behavioral", "writing")
FREE = ("S1", "S2", "F1", "F2", "F3", "F4", "F5")

CROSSED = {
    "length": ["SHORT", "MEDIUM", "LONG"],
    "figures": ["no number at all (spell out or avoid)", "two or three numbers", "many concrete numbers"],
    "tools": ["no named tool or method beyond the plainest", "names several tools and methods"],
    "hedges": ["no hedging", "a few ordinary hedges", "many hedges ('I think', 'maybe', 'sort of') as a manner of speech"],
    "structure": ["announces a plan in words", "announces nothing"],
    "fillers": ["clean speech", "some um/uh and repairs", "many fillers, restarts, half sentences"],
    "turns": ["no interviewer turn", "one interviewer turn", "two or three interviewer turns", "four interviewer turns, short"],
    "rate": ["slow speaker, 105-125 wpm", "140-160 wpm", "170-185 wpm", "quick speaker, 190-208 wpm"],
    "time": ["uses 30-50 % of the budget", "uses 55-80 %", "uses 85-105 %"],
}
WRITTEN = {
    "fillers": ["finished sentences", "telegram style", "crossed-out thoughts and half sentences left in"],
    "rate": ["writes 20-23 words a minute", "25-28", "30-34", "35-38"],
}

WORD_LISTS = {
    "A": "only, than, until, nobody, costs, worse, but, no, nothing, my, back, stays",
    "B": "or, could, which is, and then, so we, there's, first, by, every, long, people",
    "C": "we, people, better, done, is, would be, day, week, it's, team, more",
    "D": "I take, I write, I keep, with the, means, because the, has a, each, draw, pass",
    "E": "arithmetic said aloud: times, divide, square root, minus, sum, log, variance, distance, one in ten",
    "F": "the trade's furniture: dashboard, alert, rollout, threshold, tune, feature, review, board, team, model",
    "G": "never, lost, wrong, stop, read, order, count, hides, its, by, can't, reason, and if",
    "H": "or, was, weeks, could be, us, people, we, something, early, told, fine; no arithmetic, no formula, no internals of a computation",
}
"""Words that spoke for a verdict in the answers of one batch or another (the audit names them)."""
LEANING: dict[str, dict[str, dict[str, float]]] = {
    "s12": {"S": {"A": 0.62, "B": 0.38, "C": 0.5, "D": 0.5}, "": {"A": 0.4, "B": 0.6, "C": 0.5, "D": 0.5}},
    "s13": {
        "S": {"A": 0.85, "B": 0.15, "C": 0.3, "D": 0.3, "E": 0.5, "F": 0.5},
        "F1": {"A": 0.2, "B": 0.8, "D": 0.4, "E": 0.7},
        "F2": {"A": 0.2, "B": 0.8, "C": 0.5, "F": 0.8},
        "": {"A": 0.2, "B": 0.8, "C": 0.3, "D": 0.3, "E": 0.4, "F": 0.4},
    },
    "s19": {
        "S": {"A": 0.5, "B": 0.5, "E": 0.8, "F": 0.8},
        "F1": {"A": 0.5, "B": 0.5, "E": 0.6, "G": 1.0},
        "F2": {"A": 0.3, "B": 0.7, "H": 1.0},
        "": {"A": 0.7, "B": 0.3, "E": 0.5, "F": 0.5, "G": 0.7},
    },
}
"""From a suite on, how often a kind of slot is told to use a list: against the lean that the batches before had."""


SIZES_FROM = "s15"
SIZES: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "S1": ((0.5, 0.3, 0.2), (0.5, 0.3, 0.2)),
    "S2": ((0.5, 0.3, 0.2), (0.5, 0.3, 0.2)),
    "F1": ((0.05, 0.3, 0.65), (0.05, 0.3, 0.65)),
    "F2": ((0.5, 0.3, 0.2), (0.45, 0.3, 0.25)),
}
"""From a suite on, shares of the levels of length and of time: the batches before had come out with short too-fast answers in little time,
and long balanced and too-deep ones."""


def sizes(suite: str, round_: str, slot: str) -> dict[str, str]:
    """Length and time of a slot where they lean against the batches before."""
    if suite < SIZES_FROM or slot not in SIZES:
        return {}
    draw = random.Random(f"sdb|sizes|{suite}|{round_}|{slot}")
    return {name: draw.choices(CROSSED[name], shares)[0] for name, shares in zip(("length", "time"), SIZES[slot], strict=True)}


def word_habit(suite: str, round_: str, slot: str) -> str | None:
    """The words that the speaker of a slot is to use freely."""
    known = [first for first in LEANING if first <= suite]
    if not known:
        return None
    leaning = LEANING[max(known)]
    chance = leaning.get(slot) or (leaning["S"] if slot.startswith("S") else leaning[""])
    draw = random.Random(f"sdb|words|{suite}|{round_}|{slot}")
    either = draw.random() < chance["A"]
    lists = ["A" if either else "B"] + [name for name in "CDEFGH" if draw.random() < chance.get(name, 0.0)]
    return "speaks naturally with many of: " + "; ".join(WORD_LISTS[name] for name in lists)


ROOT = "STRONG ROOT: balanced, rating 4 or 5 (5 in about half of questions). Imperfect like a real person's, but time and depth go where they decide."
SECOND = "STRONG IN ANOTHER STYLE: balanced, rating 4 or 5, as unlike S1 in approach and manner as can be."
FREE_FLAVOURS = {
    "F1": [
        "TOO FAST THOUGH LONG-WINDED: starts on a solution unframed, names things without a reason and talks around them; slow and shallow (pace -1 or -2, depth -2), speed_bias.",
        "TOO FAST, RUSHED: races from one thing to the next and gives nothing its reason, on and on if it has much time; pace +2, depth -1 or -2 (speed_bias, plainly).",
        "TOO FAST, CONFIDENT: sounds competent, solution in the first breath, no framing, no reason, no next step (speed_bias), pace +1, depth -1 or -2.",
        "TOO FAST WITH FIGURES: quick and thin although it quotes numbers and tools; pace +1 or +2; reasons missing, straight to a solution (speed_bias).",
    ],
    "F2": [
        "TOO DEEP THOUGH SHORT: nearly every part, the deciding ones included, is told by its internals, derivation or definition; depth +2, depth_bias.",
        "TOO DEEP, OVERRUN: explains most parts in detail, the deciding ones among them, over or at the budget, late or hurried end; depth +2, pace -2, depth_bias and poor_time_awareness.",
        "TOO DEEP IN PLAIN WORDS: long careful explanations of ordinary things, the deciding points buried among them; no formula, no jargon; depth +2, depth_bias, pace -1.",
        "TOO DEEP BUT THE DECISIVE PARTS ARE THERE: much that nobody needed around good decisions; depth +1 or +2, depth_bias, rating 3.",
        "TOO DEEP IN THE WRONG PLACE: expert on one minor part, the deciding ones are passed over; misplaced_depth, depth +1, rating 1 or 2.",
    ],
    "F3": [
        "UNFOCUSED, NO STRUCTURE: jumps between topics, can't be outlined, ordinary length; no_structure.",
        "UNFOCUSED, CUES IGNORED: sound in parts, but each hint or redirection of the interviewer is passed over; ignored_cues (needs interviewer turns).",
        "UNFOCUSED, LISTS: many options, no choice; covers_everything.",
        "UNFOCUSED, OVERCONFIDENT: absolute claims, risk waved away; miscalibrated_confidence over.",
        "UNFOCUSED, NO POSITION: apologises, seeks approval, commits to nothing though the knowledge is there; miscalibrated_confidence under.",
    ],
    "F4": [
        "BORDERLINE 3: decides rightly, but explains two or three things in detail that nobody needed (depth_bias), a little slow (pace -1).",
        "BORDERLINE 3: a little shallow (depth -1): straight into a solution, one deciding reason missing (speed_bias).",
        "BORDERLINE 3: good content, poor_time_awareness: an early part takes most of the time and the end is hurried or missing (pace -2 or -1).",
        "BORDERLINE 3: sound in content, but the order is lost: it jumps about and can not be outlined (no_structure).",
        "BORDERLINE 3: fast and right in parts (pace +1 or +2), the close missing.",
    ],
    "F5": [
        "NOTHING DECIDED: the right vocabulary, full of concrete numbers that decide nothing, back and forth without an order one could outline (no_structure); unfocused.",
        "NOTHING DECIDED: a tour of everything a textbook would name, concrete and fluent, no priority; covers_everything, rating 1 or 2.",
        "NOTHING DECIDED: reasons given for what is trivial ('because ...'), none for what matters; misplaced_depth, rating 2.",
        "NOTHING DECIDED: polished, well-structured, quick, empty at each point where a choice was due; speed_bias, too_fast, rating 1 or 2.",
    ],
}
LOOP_FLAVOURS = {
    "adapts": dict.fromkeys(ROUNDS, SECOND),
    "uniform_fast": dict.fromkeys(
        ROUNDS[1:], "LOOP CANDIDATE, FAST EVERYWHERE: too fast for this round; methods or events named in passing, reasons missing, pace +1 or +2."
    )
    | {"coding": "LOOP CANDIDATE, FAST EVERYWHERE: code at once and little said; in this round the haste is less of a fault: label what comes out (often balanced, 3 or 4)."},
    "uniform_deep": dict.fromkeys(ROUNDS, "LOOP CANDIDATE, DEEP EVERYWHERE: lectures, explains internals and definitions, comes late to what decides; depth +2, depth_bias, often pace -2.")
    | {"ml_theory": "LOOP CANDIDATE, DEEP EVERYWHERE: thorough to a fault; in this round depth is wanted: label what comes out (often too_deep with depth +1, or balanced 3 or 4)."},
    "erratic": {
        "coding": "LOOP CANDIDATE, AGAINST THE ROUND: lectures and plans where code was wanted; code late or unfinished; too_deep, pace -2.",
        "ml_theory": "LOOP CANDIDATE, AGAINST THE ROUND: recites and hurries where reasons were wanted; too_fast, depth -2.",
        "system_design": "LOOP CANDIDATE, AGAINST THE ROUND: camps in one component until time is gone; too_deep, misplaced_depth.",
        "behavioral": "LOOP CANDIDATE, AGAINST THE ROUND: two breathless sentences of story, no decision, no impact; too_fast, pace +2.",
        "writing": "LOOP CANDIDATE, AGAINST THE ROUND: too much text, needless detail, structure lost; too_deep, no_structure.",
    },
}  # fmt: skip
LOOP_SLOT = {"adapts": "S2", "uniform_fast": "F1", "uniform_deep": "F2", "erratic": "F3"}
LOOP_PAIRS = [
    ("adapts", "uniform_fast"), ("uniform_deep", "erratic"), ("adapts", "erratic"), ("uniform_fast", "uniform_deep"),
    ("adapts", "uniform_deep"), ("uniform_fast", "erratic"),
]  # fmt: skip

TWINS = {
    "timing": [
        "the same words, other times: drawn out (segments at 85-95 wpm, long silences in the wrong place), so the budget is overrun; pace -2, poor_time_awareness",
        "the same words, other times: raced (most segments at 225-238 wpm, no breath between); pace +2",
        "the same words, other times: the minor part slow with a long silence (or, in coding, code that starts very late), the decisive part raced at the end; poor_time_awareness",
    ],
    "cue": [
        "the interviewer's turn changed so that it points elsewhere or asks for less, and the candidate says the same as before; ignored_cues",
        "the candidate's reply after the interviewer's turn replaced by carrying on with the earlier topic; ignored_cues",
    ],
    "confidence": [
        "confidence over: caveats and checks turned into absolutes, risk denied; miscalibrated_confidence over",
        "confidence under: the position taken away, approval sought, the same points only floated; miscalibrated_confidence under",
    ],
    "structure": ["the order shuffled and the links cut until a listener could not outline it; no_structure"],
    "priorities": [
        "time and order turned round: the minor parts first and at length, the deciding ones in a half sentence; misplaced_depth, the same vocabulary",
        "the deciding points kept but only listed; the words go to the obvious points; misplaced_depth",
    ],
    "depth": [
        "reasons moved: the same nouns, but depth goes to how a part works and no longer to why it is chosen; misplaced_depth, depth +1",
        "reasons cut or hollowed out and replaced by more of what was planned; depth -1 or -2, speed_bias",
        "explanation added to most parts whether they matter or not (a few words cut elsewhere to stay near the length); depth_bias, depth +2",
    ],
    "framing": [
        "the framing removed: no assumption, goal or constraint settled before the solution; speed_bias; length made up by more solution"
    ],
    "scope": ["the choice removed: the options stay and more join them, nothing is chosen; covers_everything"],
    "ownership": [
        "the close removed or blurred: no validation, monitoring, impact or responsibility ('we', passive); length made up elsewhere"
    ],
}
BACKGROUNDS = [
    "came from physics", "ex-consultant", "self-taught, started in web development", "economist", "long in embedded systems", "former teacher",
    "statistician", "second language English, quite fluent", "start-up veteran, third company", "from a hospital's data team", "ex-game developer",
    "PhD two years ago", "was an operations manager", "database engineer for ten years", "came up through support", "robotics", "quant trading",
    "public sector", "linguist", "test engineer",
]  # fmt: skip
MANNERS = [
    "dry and short-winded", "thinks aloud, corrects itself", "chatty, with asides", "blunt", "courteous and formal", "talks in comparisons from daily life",
    "numbers its points", "circles, then lands", "impatient", "careful, weighs each word", "jokes a little", "tells it as a story", "answers with questions first",
    "monotone and exact", "starts sentences over", "warm, uses 'we'", "sceptical of everything", "enthusiastic", "tired, end of a long day", "nervous but knows it",
    "speaks in fragments", "long sentences with many clauses", "likes lists", "old-fashioned turns of phrase",
]  # fmt: skip


def deal(levels: list[str], count: int, draw: random.Random) -> list[str]:
    """``count`` values, each level as often as any other (give or take one), in random order."""
    hand = (levels * (count // len(levels) + 1))[:count]
    draw.shuffle(hand)
    return hand


def plan() -> dict[str, Any]:
    topics = list(csv.DictReader((HERE / "topics.tsv").open(encoding="utf-8"), delimiter="\t"))
    draw = random.Random("sdb|plan|1")
    hands = {
        (slot, name): deal(levels, len(topics), draw)
        for slot in FREE
        for name, levels in (CROSSED | {f"written {k}": v for k, v in WRITTEN.items()}).items()
    }
    flavours = {slot: deal(f, len(topics), draw) for slot, f in FREE_FLAVOURS.items()}
    variants = {d: iter(deal(v, len(topics), draw)) for d, v in TWINS.items()}
    up_bases = deal(["F1", "F3", "F4", "F5"], len(topics), draw)
    dimensions: list[str] = []
    while len(dimensions) < 5 * len(topics):  # five different ones a question, each dimension as often as any other
        block = draw.sample(list(TWINS), len(TWINS))
        if not set(block[: -len(dimensions) % 5]) & set(dimensions[len(dimensions) // 5 * 5 :]):
            dimensions += block
    voices = [f"{b}; {m}" for b in BACKGROUNDS for m in MANNERS]
    draw.shuffle(voices)
    suites = list(dict.fromkeys(t["suite"] for t in topics))
    members = {s: {style: f"{s}-{style}" for style in LOOP_PAIRS[i % len(LOOP_PAIRS)]} for i, s in enumerate(suites)}
    loop_voices = {c: voices.pop() for m in members.values() for c in m.values()}

    out: dict[str, Any] = {}
    for i, topic in enumerate(topics):
        loop = {LOOP_SLOT[style]: (style, candidate) for style, candidate in members[topic["suite"]].items()}
        slots: dict[str, Any] = {}
        for slot in FREE:
            shows = {"S1": ROOT, "S2": SECOND}.get(slot) or flavours[slot][i]
            voice = voices[(7 * i + FREE.index(slot)) % len(voices)]
            if slot in loop:
                shows, voice = LOOP_FLAVOURS[loop[slot][0]][topic["round"]], loop_voices[loop[slot][1]]
            crossed = {name: hands[slot, name][i] for name in CROSSED}
            if topic["round"] == "writing":
                crossed |= {name: hands[slot, f"written {name}"][i] for name in WRITTEN}
            crossed |= sizes(topic["suite"], topic["round"], slot)
            if words := word_habit(topic["suite"], topic["round"], slot):
                crossed["words"] = words
            slots[slot] = {"shows": shows, "voice": voice, "crossed": crossed}
        bases = ["S1", "S1", "S1", "S2", up_bases[i]]
        for t, (base, dimension) in enumerate(zip(bases, dimensions[5 * i : 5 * i + 5], strict=True), start=1):
            direction = "down" if base.startswith("S") else "up"
            slots[f"T{t}"] = {
                "twin_of": base,
                "dimension": dimension,
                "direction": direction,
                "change": next(variants[dimension]),
            }
        out[f"{topic['suite']}-{topic['round']}"] = {
            **{k: topic[k] for k in ("split", "round", "domain", "seed")},
            "batch": f"2026-11-{topic['suite']}",
            "created_at": "2026-11-25",
            "slots": slots,
            "loop_members": {slot: candidate for slot, (_, candidate) in loop.items()},
            "loop_styles": {candidate: style for style, candidate in loop.values()},
        }
    return out


def brief(key: str, place: dict[str, Any]) -> str:
    lines = [f"# {key}: round `{place['round']}`, domain `{place['domain']}`", "", f"Question seed: {place['seed']}", ""]
    for slot, spec in place["slots"].items():
        if "shows" in spec:
            lines += [f"## {slot}", spec["shows"], f"- voice: {spec['voice']}"]
            lines += [f"- {name}: {level}" for name, level in spec["crossed"].items()]
        elif spec["direction"] == "down":
            lines += [
                f"## {slot}: twin_of {spec['twin_of']}, dimension `{spec['dimension']}`, direction down",
                f"- change: {spec['change']}",
            ]
        else:
            lines += [
                f"## {slot}: twin_of {spec['twin_of']}, dimension `{spec['dimension']}`, direction UP",
                f"- {spec['twin_of']} repaired in this one thing by two or three sentences (for timing: by other times), at least one rating step better. "
                f"What the worse one lacks, in general terms: {spec['change']}. Write {spec['twin_of']} so that this is among its faults, besides what its slot says.",
            ]
        lines.append("")
    return "\n".join(lines)


def main(out: Path) -> None:
    planned = plan()
    (out / "briefs").mkdir(parents=True, exist_ok=True)
    (out / "plan.json").write_text(json.dumps(planned, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for key, place in planned.items():
        (out / "briefs" / f"{key}.md").write_text(brief(key, place), encoding="utf-8")
    print(f"{len(planned)} questions")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
