"""Turn a writer's drafts into corpus records.

A writer thinks in words, turns and pauses; a corpus record has seconds and character offsets.  This script does the
arithmetic in between and refuses what a record could not be.  Timings follow from the words at the draft's speaking
rate, varied by a few per cent per segment (seeded by the text, so that a twin keeps the timing of what it keeps).

    python tools/authoring/compose.py check DRAFTS/cod-tr          # what is wrong with one question's drafts
    python tools/authoring/compose.py build DRAFTS PLAN data/      # all questions -> data/

The draft format is described in ``tools/authoring/WRITING.md``.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

CANARY = "speed-depth-bench canary 6d0f6c1e-58a4-4b0c-9a51-2f7d0f4e8b77: benchmark data, keep out of training sets"
CODEBOOK_VERSION = "1.0"
INTERVIEWER_WPM = 170
ROUNDS = 5
PATTERNS = {
    "speed_bias", "depth_bias", "no_structure", "misplaced_depth",
    "ignored_cues", "covers_everything", "poor_time_awareness", "miscalibrated_confidence",
}  # fmt: skip
SIGNALS = {
    "structured_thinking", "efficient_execution", "deep_reasoning", "clear_communication", "system_ownership",
}  # fmt: skip
VERDICTS = {"balanced", "too_fast", "too_deep", "unfocused"}


def opaque(prefix: str, *parts: str, length: int = 6) -> str:
    """An identifier without meaning, the same each time for the same parts."""
    digest = hashlib.sha256("|".join(("sdb", *parts)).encode()).hexdigest()
    return f"{prefix}-{digest[:length]}"


def unit(*parts: str) -> float:
    """A number in [0, 1) that depends on nothing but ``parts``."""
    return random.Random("|".join(parts)).random()


def compose_segments(draft: dict[str, Any]) -> list[dict[str, Any]]:
    """Give each drafted segment its ``start_s`` and ``end_s``."""
    written = draft.get("medium", "spoken") == "written"
    clock, segments = 0.0, []
    for part in draft["segments"]:
        text = part.get("text", "")
        kind = part.get("kind", "text" if written else "speech")
        speaker = "interviewer" if part["who"] == "i" else "candidate"
        words = len(text.split())
        gap = part.get("gap", 0.3 + 0.8 * unit("gap", text) if kind != "silence" else 0.0)
        if "dur" in part:
            duration = float(part["dur"])
        elif kind == "speech" or kind == "text":
            rate = part.get("wpm", INTERVIEWER_WPM if speaker == "interviewer" else draft["wpm"])
            duration = 60 * words / (rate * (0.96 + 0.08 * unit("rate", text)))
        else:
            raise ValueError(f"a {kind} segment needs `dur`, its seconds")
        start = max(0.0, clock + gap)
        clock = start + duration
        segments.append(
            {
                "speaker": speaker,
                "kind": kind,
                "start_s": round(start, 1),
                "end_s": round(clock, 1),
                "text": text,
            }
        )
    return segments


def locate(quotes: list[dict[str, Any]], segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Quotes to spans.  A quote stands verbatim in a candidate's segment (in the segment named, if one is named)."""
    spans = []
    for quote in quotes:
        text = quote["quote"]
        places = [
            (i, s["text"].find(text))
            for i, s in enumerate(segments)
            if s["speaker"] == "candidate" and text and text in s["text"] and quote.get("segment", i) == i
        ]
        silent = quote.get("segment")
        if silent is not None and not text and segments[silent]["kind"] == "silence":
            places = [(silent, 0)]
        if not places:
            raise ValueError(f"evidence for {quote['label']}: {text[:60]!r} stands in no candidate segment")
        segment, start = places[0]
        spans.append({"label": quote["label"], "segment": segment, "start": start, "end": start + len(text)})
    return spans


def words_of(draft: dict[str, Any]) -> list[str]:
    return " ".join(p.get("text", "") for p in draft["segments"] if p["who"] == "c").lower().split()


def overlap(base: dict[str, Any], twin: dict[str, Any]) -> float:
    """Share of the base's words that the twin keeps (as a bag)."""
    a, b = Counter(words_of(base)), Counter(words_of(twin))
    return (a & b).total() / max(1, a.total())


def label_problems(labels: dict[str, Any]) -> list[str]:
    problems = []
    if labels.get("verdict") not in VERDICTS:
        problems.append(f"verdict {labels.get('verdict')!r}")
    if labels.get("rating") not in range(1, 6):
        problems.append(f"rating {labels.get('rating')!r}")
    problems += [f"{scale} {labels.get(scale)!r}" for scale in ("pace", "depth") if labels.get(scale) not in range(-2, 3)]
    problems += [f"pattern {p!r}" for p in labels.get("patterns", ["missing"]) if p not in PATTERNS]
    problems += [f"signal {s!r}" for s in labels.get("signals", ["missing"]) if s not in SIGNALS]
    overconfident = "miscalibrated_confidence" in labels.get("patterns", [])
    if overconfident != (labels.get("confidence_direction") in ("over", "under")):
        problems.append("confidence_direction goes with miscalibrated_confidence, and only with it")
    evident = {e["label"] for e in labels.get("evidence", [])}
    problems += [f"no evidence for {p}" for p in labels.get("patterns", []) if p not in evident]
    problems += [f"evidence for {e}, which is not marked" for e in evident if e not in labels.get("patterns", [])]
    if not labels.get("rationale"):
        problems.append("no rationale")
    return problems


def read_drafts(folder: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The question and the answers (by slot) of one question's folder."""
    question = json.loads((folder / "question.json").read_text(encoding="utf-8"))
    drafts: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("answers*.json")):
        for draft in json.loads(path.read_text(encoding="utf-8")):
            drafts[draft["slot"]] = draft
    return question, drafts


def check(folder: Path) -> list[str]:
    """Every problem with one question's drafts, one line each; figures about them are printed."""
    question, drafts = read_drafts(folder)
    problems = []
    budget = question["time_budget_s"]
    for field in ("prompt", "critical_points", "obvious_points", "time_budget_s", "round", "domain"):
        if not question.get(field):
            problems.append(f"question: {field} is missing")
    for slot, draft in drafts.items():
        try:
            segments = compose_segments(draft)
            locate(draft["author"].get("evidence", []), segments)
        except (ValueError, KeyError, IndexError) as error:
            problems.append(f"{slot}: {error}")
            continue
        problems += [f"{slot}: {p}" for p in label_problems(draft["author"])]
        for i, segment in enumerate(segments):
            seconds, count = segment["end_s"] - segment["start_s"], len(segment["text"].split())
            slowest, fastest = (80, 240) if draft.get("dimension") == "timing" else (90, 220)
            if segment["kind"] == "speech" and count >= 5 and not slowest <= 60 * count / seconds <= fastest:
                problems.append(f"{slot}: segment {i}: {60 * count / seconds:.0f} words a minute")
            if i and segment["start_s"] < segments[i - 1]["end_s"] - 2:
                problems.append(f"{slot}: segment {i} starts {segments[i - 1]['end_s'] - segment['start_s']:.1f} s early")
        code = "\n".join(p["text"] for p in draft["segments"] if p.get("kind") == "code")
        if code and draft.get("code_is_right", True):
            try:
                compile(code, slot, "exec")
            except SyntaxError as error:
                problems.append(f"{slot}: code: {error}")
        share = segments[-1]["end_s"] / budget
        twin = ""
        if draft.get("twin_of"):
            kept = overlap(drafts[draft["twin_of"]], draft)
            twin = f" twin of {draft['twin_of']} ({draft['dimension']}, {draft['direction']}), keeps {kept:.0%}"
            if kept < 0.6:
                problems.append(f"{slot}: keeps only {kept:.0%} of the words of {draft['twin_of']}")
        a = draft["author"]
        print(
            f"{slot:4} {len(words_of(draft)):4} words {segments[-1]['end_s']:6.1f} s = {share:4.0%} of budget  "
            f"{a['verdict']:9} {a['rating']} pace {a['pace']:+d} depth {a['depth']:+d} {','.join(a['patterns'])}{twin}"
        )
    names = list(drafts)
    for i, one in enumerate(names):
        for two in names[i + 1 :]:
            if family(one, drafts) == family(two, drafts):
                continue
            a, b = words_of(drafts[one]), words_of(drafts[two])
            runs = {tuple(a[k : k + 12]) for k in range(len(a) - 11)} & {tuple(b[k : k + 12]) for k in range(len(b) - 11)}
            if runs:
                problems.append(f"{one} and {two} are no twins but share: {' '.join(sorted(runs)[0])!r}")
    return problems


def family(slot: str, drafts: dict[str, dict[str, Any]]) -> str:
    while drafts[slot].get("twin_of"):
        slot = drafts[slot]["twin_of"]
    return slot


def build(drafts_folder: Path, plan: dict[str, Any], out: Path) -> None:
    """Add questions, answers, author annotations, contrasts and whole loops of every drafted question to the corpus at ``out``."""
    rows: dict[str, list[dict[str, Any]]] = {}
    plan = {key: place for key, place in plan.items() if (drafts_folder / key / "answers3.json").exists()}
    for key, place in plan.items():
        question, drafts = read_drafts(drafts_folder / key)
        question_id = opaque("q", key, length=5)
        rows.setdefault(f"questions/{place['round']}.jsonl", []).append(
            {
                "question_id": question_id,
                "round": place["round"],
                "domain": question["domain"],
                "prompt": question["prompt"],
                "time_budget_s": question["time_budget_s"],
                "critical_points": question["critical_points"],
                "obvious_points": question["obvious_points"],
                "canary": CANARY,
            }
        )
        ids = {slot: opaque("a", key, slot) for slot in drafts}
        for slot, draft in drafts.items():
            segments = compose_segments(draft)
            candidate = place.get("loop_members", {}).get(slot)
            rows.setdefault(f"answers/{question_id}.jsonl", []).append(
                {
                    "answer_id": ids[slot],
                    "question_id": question_id,
                    "round": place["round"],
                    "candidate_id": opaque("c", candidate, length=5) if candidate else None,
                    "medium": draft.get("medium", "spoken"),
                    "segments": segments,
                    "split": place["split"],
                    "provenance": {"origin": "composed for this corpus", "batch": plan[key]["batch"]},
                    "canary": CANARY,
                }
            )
            a = draft["author"]
            rows.setdefault(f"annotations/author/{place['round']}.jsonl", []).append(
                {
                    "annotation_id": opaque("n", "author", ids[slot], length=8),
                    "answer_id": ids[slot],
                    "annotator_id": "author",
                    **{k: a[k] for k in ("verdict", "rating", "pace", "depth")},
                    "patterns": sorted(a["patterns"]),
                    "confidence_direction": a.get("confidence_direction"),
                    "signals": sorted(a["signals"]),
                    "evidence": locate(a.get("evidence", []), segments),
                    "rationale": a["rationale"],
                    "seconds_spent": None,
                    "codebook_version": CODEBOOK_VERSION,
                    "created_at": plan[key]["created_at"],
                    "canary": CANARY,
                }
            )
            if draft.get("twin_of"):
                base = ids[draft["twin_of"]]
                better, worse = (base, ids[slot]) if draft["direction"] == "down" else (ids[slot], base)
                rows.setdefault(f"contrasts/{place['round']}.jsonl", []).append(
                    {
                        "contrast_id": opaque("t", key, slot),
                        "better": better,
                        "worse": worse,
                        "dimension": draft["dimension"],
                        "expect_patterns": sorted(draft["expect_patterns"]),
                        "canary": CANARY,
                    }
                )
    rows["loops.jsonl"] = loops(plan)
    for name, records in rows.items():
        merge_rows(out / name, records)


def merge_rows(path: Path, records: list[dict[str, Any]]) -> None:
    """Add records to a file of JSON lines; one with an id that stands there already takes its place."""
    if not records:
        return
    identifier = next(iter(records[0]))
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    by_id = {r[identifier]: r for r in [*kept, *records]}
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(by_id[i], ensure_ascii=False) for i in sorted(by_id)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def loops(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Loops of the candidates named in the plan's ``loop_members`` (slot to candidate) and ``loop_styles``."""
    members: dict[str, list[str]] = {}
    styles: dict[str, str] = {}
    for key, place in plan.items():
        for slot, candidate in place.get("loop_members", {}).items():
            members.setdefault(candidate, []).append(opaque("a", key, slot))
        styles.update(place.get("loop_styles", {}))
    return [
        {
            "loop_id": opaque("l", candidate),
            "candidate_id": opaque("c", candidate, length=5),
            "answer_ids": answer_ids,
            "annotations": [{"annotator_id": "author", "loop_verdict": styles[candidate]}],
            "canary": CANARY,
        }
        for candidate, answer_ids in members.items()
        if len(answer_ids) == ROUNDS
    ]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["check", folder]:
            found = check(Path(folder))
            print("\n".join(found) or "no problems")
            sys.exit(bool(found))
        case ["build", drafts_dir, plan_file, out_dir]:
            build(Path(drafts_dir), json.loads(Path(plan_file).read_text(encoding="utf-8")), Path(out_dir))
        case _:
            sys.exit(__doc__)
