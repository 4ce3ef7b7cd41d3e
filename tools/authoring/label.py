"""Blind labelling by a panel: hand out batches, take labels in.

    python tools/authoring/label.py batches data/ panel-holistic 4 OUT     # OUT/panel-holistic-1.md ... and OUT/keys.json
    python tools/authoring/label.py merge data/ OUT panel-holistic "2026-11-23"   # -> data/annotations/panel-holistic.jsonl
    python tools/authoring/label.py loop-sheets data/ OUT                 # the loops, candidate by candidate, per protocol
    python tools/authoring/label.py merge-loops data/ OUT                 # their labels -> data/loops.jsonl

A batch shows question and transcript and nothing else, under numbers that mean nothing.  Members of a family of twins go to
different batches where they can, and stand far apart where they can't.  Labels quote their evidence; ``merge`` finds the
quotes, refuses what is missing or malformed, and writes annotations.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from compose import CANARY, CODEBOOK_VERSION, label_problems, locate, opaque

Document = dict[str, Any]
LOOP_VERDICTS = ("adapts", "uniform_fast", "uniform_deep", "erratic")


def read(folder: Path, table: str) -> list[Document]:
    inside = folder / table
    files = sorted(inside.rglob("*.jsonl")) if inside.is_dir() else [folder / f"{table}.jsonl"]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def families(contrasts: list[Document]) -> dict[str, str]:
    """Answer id to a representative of its family of twins."""
    head: dict[str, str] = {}

    def find(a: str) -> str:
        while head.setdefault(a, a) != a:
            a = head[a]
        return a

    for contrast in contrasts:
        head[find(contrast["better"])] = find(contrast["worse"])
    return {a: find(a) for a in list(head)}


def spread(answers: list[Document], family: dict[str, str], count: int, draw: random.Random) -> list[list[Document]]:
    """Deal answers into ``count`` batches, the members of a family to different ones, each batch in a far-apart order."""
    batches: list[list[Document]] = [[] for _ in range(count)]
    groups: dict[str, list[Document]] = {}
    for answer in draw.sample(answers, len(answers)):
        groups.setdefault(family.get(answer["answer_id"], answer["answer_id"]), []).append(answer)
    for group in sorted(groups.values(), key=len, reverse=True):
        for answer in group:
            name = family.get(answer["answer_id"], answer["answer_id"])

            def cost(batch: list[Document], name: str = name, answer: Document = answer) -> tuple[int, int, int, float]:
                kin = sum(family.get(o["answer_id"], o["answer_id"]) == name for o in batch)
                same = sum(o["question_id"] == answer["question_id"] for o in batch)
                return kin, same, len(batch), draw.random()

            min(batches, key=cost).append(answer)
    return [max((draw.sample(b, len(b)) for _ in range(400)), key=nearest_same_question) for b in batches]


def nearest_same_question(batch: list[Document]) -> int:
    last: dict[str, int] = {}
    nearest = len(batch)
    for i, answer in enumerate(batch):
        nearest = min(nearest, i - last.get(answer["question_id"], -len(batch)))
        last[answer["question_id"]] = i
    return nearest


def render(number: int, answer: Document, question: Document) -> str:
    lines = [
        f"## Item {number}",
        "",
        f"Round: {answer['round']} ({answer['medium']}). Time budget: {question['time_budget_s']:.0f} s. "
        f"The answer ends at {answer['segments'][-1]['end_s']:.0f} s.",
        "",
        f"Question: {question['prompt']}",
        "",
        "What decides a good answer: " + "; ".join(question["critical_points"]),
        "Obvious, to be passed quickly: " + "; ".join(question["obvious_points"]),
        "",
        "Transcript:",
        "",
    ]
    for i, s in enumerate(answer["segments"]):
        lines.append(f"[{i}] {s['start_s']:.1f}-{s['end_s']:.1f} s  {s['speaker']}, {s['kind']}:")
        lines += [f"```python\n{s['text']}\n```" if s["kind"] == "code" else s["text"], ""]
    return "\n".join(lines)


def write_batches(data: Path, protocol: str, count: int, out: Path) -> None:
    questions = {q["question_id"]: q for q in read(data, "questions")}
    draw = random.Random(f"sdb|{protocol}")
    keys: dict[str, list[str]] = {}
    out.mkdir(parents=True, exist_ok=True)
    for b, batch in enumerate(spread(read(data, "answers"), families(read(data, "contrasts")), count, draw), start=1):
        name = f"{protocol}-{b}"
        keys[name] = [answer["answer_id"] for answer in batch]
        text = "\n".join(render(i, a, questions[a["question_id"]]) for i, a in enumerate(batch, start=1))
        (out / f"{name}.md").write_text(text, encoding="utf-8")
        print(name, len(batch), "answers; nearest of one question:", nearest_same_question(batch))
    path = out.parent / "keys.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**kept, **keys}, indent=1))


def merge(data: Path, out: Path, protocol: str, day: str) -> list[str]:
    answers = {a["answer_id"]: a for a in read(data, "answers")}
    keys = json.loads((out.parent / "keys.json").read_text())
    rows, problems = [], []
    for name, ids in keys.items():
        if name.rpartition("-")[0] != protocol:
            continue
        given: dict[int, Document] = {}
        for file in sorted(out.glob(f"{name}.labels*.json")):
            given.update({row["item"]: row for row in json.loads(file.read_text(encoding="utf-8"))})
        for item, answer_id in enumerate(ids, start=1):
            if item not in given:
                problems.append(f"{name}: item {item} is not labelled")
                continue
            labels = given[item]
            try:
                evidence = locate(labels["evidence"], answers[answer_id]["segments"])
            except (ValueError, KeyError, IndexError) as error:
                problems.append(f"{name}: item {item}: {error}")
                continue
            problems += [f"{name}: item {item}: {p}" for p in label_problems(labels)]
            rows.append(
                {
                    "annotation_id": opaque("n", protocol, answer_id, length=8),
                    "answer_id": answer_id,
                    "annotator_id": protocol,
                    **{k: labels[k] for k in ("verdict", "rating", "pace", "depth")},
                    "patterns": sorted(labels["patterns"]),
                    "confidence_direction": labels.get("confidence_direction"),
                    "signals": sorted(labels["signals"]),
                    "evidence": evidence,
                    "rationale": labels["rationale"],
                    "seconds_spent": None,
                    "codebook_version": CODEBOOK_VERSION,
                    "created_at": day,
                    "canary": CANARY,
                }
            )
    if not problems:
        lines = [json.dumps(r, ensure_ascii=False) for r in sorted(rows, key=lambda r: r["annotation_id"])]
        (data / "annotations" / f"{protocol}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{protocol}: {len(rows)} annotations")
    return problems


def write_loops(data: Path, out: Path) -> None:
    """Sheets of whole loops for each protocol."""
    questions = {q["question_id"]: q for q in read(data, "questions")}
    answers = {a["answer_id"]: a for a in read(data, "answers")}
    loops = read(data, "loops")
    out.mkdir(parents=True, exist_ok=True)
    for protocol in ("panel-holistic", "panel-checklist", "panel-contrarian"):
        order = random.Random(f"sdb|loops|{protocol}").sample(loops, len(loops))
        text = ""
        for i, loop in enumerate(order, start=1):
            members = [answers[a] for a in loop["answer_ids"]]
            text += f"# Candidate {i}\n\n" + "\n".join(
                render(k, a, questions[a["question_id"]]) for k, a in enumerate(members, 1)
            )
        (out / f"loops-{protocol}.md").write_text(text, encoding="utf-8")
        path = out.parent / "keys.json"
        kept = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**kept, f"loops-{protocol}": [loop["loop_id"] for loop in order]}, indent=1))


def merge_loops(data: Path, out: Path) -> list[str]:
    loops = {loop["loop_id"]: loop for loop in read(data, "loops")}
    keys = json.loads((out.parent / "keys.json").read_text())
    problems = []
    for protocol in ("panel-holistic", "panel-checklist", "panel-contrarian"):
        given = {row["candidate"]: row for row in json.loads((out / f"loops-{protocol}.labels.json").read_text())}
        for i, loop_id in enumerate(keys[f"loops-{protocol}"], start=1):
            if given.get(i, {}).get("loop_verdict") not in LOOP_VERDICTS:
                problems.append(f"loops-{protocol}: candidate {i}: {given.get(i)}")
                continue
            loop = loops[loop_id]
            loop["annotations"] = [a for a in loop["annotations"] if a["annotator_id"] != protocol]
            loop["annotations"].append(
                {"annotator_id": protocol, "loop_verdict": given[i]["loop_verdict"], "rationale": given[i]["rationale"]}
            )
    if not problems:
        lines = [json.dumps(loops[i], ensure_ascii=False) for i in sorted(loops)]
        (data / "loops.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return problems


if __name__ == "__main__":
    found: list[str] = []
    match sys.argv[1:]:
        case ["batches", data_dir, protocol_name, number, out_dir]:
            write_batches(Path(data_dir), protocol_name, int(number), Path(out_dir))
        case ["merge", data_dir, out_dir, protocol_name, date]:
            found = merge(Path(data_dir), Path(out_dir), protocol_name, date)
        case ["loop-sheets", data_dir, out_dir]:
            write_loops(Path(data_dir), Path(out_dir))
        case ["merge-loops", data_dir, out_dir]:
            found = merge_loops(Path(data_dir), Path(out_dir))
        case _:
            sys.exit(__doc__)
    print("\n".join(found), file=sys.stderr)
    sys.exit(bool(found))
