"""Blind labelling by a panel: hand out batches, take labels in.

    python tools/authoring/label.py batches data/ OUT panel-holistic              # OUT/panel-holistic-w1-1.md ... and keys.json beside OUT
    python tools/authoring/label.py check data/ OUT panel-holistic-w1-1           # what is wrong with one batch's labels
    python tools/authoring/label.py merge data/ OUT panel-holistic "2026-11-25"   # -> data/annotations/panel-holistic/
    python tools/authoring/label.py loop-sheets data/ OUT                 # the loops, candidate by candidate, per protocol
    python tools/authoring/label.py merge-loops data/ OUT                 # their labels -> data/loops.jsonl

A batch shows question and transcript and nothing else, under numbers that mean nothing.  Members of a family of twins go to
different batches where they can, and stand far apart where they can't.  A wave of batches takes the answers that the protocol
has neither labelled nor handed out.  Labels quote their evidence; ``merge`` finds the quotes, refuses what is missing or
malformed, and writes annotations; a batch without labels waits.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from compose import CANARY, CODEBOOK_VERSION, label_problems, locate, merge_rows, opaque

Document = dict[str, Any]
BATCH = 40
LOOPS = 8
PROTOCOLS = ("panel-holistic", "panel-checklist", "panel-contrarian")
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


def read_keys(out: Path) -> dict[str, list[str]]:
    """Batch name to the ids of its items, kept beside the folder that labellers see."""
    path = out.parent / "keys.json"
    return json.loads(path.read_text()) if path.exists() else {}


def write_batches(data: Path, out: Path, protocol: str) -> None:
    questions = {q["question_id"]: q for q in read(data, "questions")}
    keys = read_keys(out)
    own = [name for name in keys if name.startswith(f"{protocol}-w")]
    labelled = {a["answer_id"] for a in read(data, "annotations") if a["annotator_id"] == protocol}
    out_already = labelled.union(*(keys[name] for name in own))
    answers = [a for a in read(data, "answers") if a["answer_id"] not in out_already]
    wave = 1 + len({name.split("-w")[1].split("-")[0] for name in own})
    draw = random.Random(f"sdb|{protocol}|{wave}")
    out.mkdir(parents=True, exist_ok=True)
    count = max(1, -(-len(answers) // BATCH))
    for b, batch in enumerate(spread(answers, families(read(data, "contrasts")), count, draw), start=1):
        name = f"{protocol}-w{wave}-{b}"
        keys[name] = [answer["answer_id"] for answer in batch]
        text = "\n".join(render(i, a, questions[a["question_id"]]) for i, a in enumerate(batch, start=1))
        (out / f"{name}.md").write_text(text, encoding="utf-8")
        print(name, len(batch), "answers; nearest of one question:", nearest_same_question(batch))
    (out.parent / "keys.json").write_text(json.dumps(keys, indent=1))


def batch_rows(
    answers: dict[str, Document], out: Path, name: str, ids: list[str], day: str
) -> tuple[list[Document], list[str]]:
    """The annotations of one batch, and what is wrong with its labels."""
    protocol = name.split("-w")[0]
    rows, problems = [], []
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
                **{k: labels.get(k) for k in ("verdict", "rating", "pace", "depth")},
                "patterns": sorted(labels.get("patterns", [])),
                "confidence_direction": labels.get("confidence_direction"),
                "signals": sorted(labels.get("signals", [])),
                "evidence": evidence,
                "rationale": labels.get("rationale"),
                "seconds_spent": None,
                "codebook_version": CODEBOOK_VERSION,
                "created_at": day,
                "canary": CANARY,
            }
        )
    return rows, problems


def merge(data: Path, out: Path, protocol: str, day: str) -> list[str]:
    answers = {a["answer_id"]: a for a in read(data, "answers")}
    by_round: dict[str, list[Document]] = {}
    problems = []
    for name, ids in read_keys(out).items():
        if not name.startswith(f"{protocol}-w") or not list(out.glob(f"{name}.labels*.json")):
            continue
        rows, wrong = batch_rows(answers, out, name, ids, day)
        problems += wrong
        for row in rows if not wrong else ():
            by_round.setdefault(answers[row["answer_id"]]["round"], []).append(row)
    for round_, rows in by_round.items():
        merge_rows(data / "annotations" / protocol / f"{round_}.jsonl", rows)
    print(f"{protocol}: {sum(map(len, by_round.values()))} annotations")
    return problems


def write_loops(data: Path, out: Path) -> None:
    """Sheets of whole loops that a protocol has neither labelled nor been handed, at most ``LOOPS`` candidates each."""
    questions = {q["question_id"]: q for q in read(data, "questions")}
    answers = {a["answer_id"]: a for a in read(data, "answers")}
    keys = read_keys(out)
    out.mkdir(parents=True, exist_ok=True)
    for protocol in PROTOCOLS:
        handed = {i for name, ids in keys.items() if name.startswith(f"loops-{protocol}-") for i in ids}
        fresh = [
            loop
            for loop in read(data, "loops")
            if loop["loop_id"] not in handed and all(a["annotator_id"] != protocol for a in loop["annotations"])
        ]
        done = sum(name.startswith(f"loops-{protocol}-") for name in keys)
        order = random.Random(f"sdb|loops|{protocol}|{done}").sample(fresh, len(fresh))
        for start in range(0, len(order), LOOPS):
            name = f"loops-{protocol}-{done + start // LOOPS + 1}"
            sheet = order[start : start + LOOPS]
            text = ""
            for i, loop in enumerate(sheet, start=1):
                members = [answers[a] for a in loop["answer_ids"]]
                items = [render(k, a, questions[a["question_id"]]) for k, a in enumerate(members, 1)]
                text += f"# Candidate {i}\n\n" + "\n".join(items)
            (out / f"{name}.md").write_text(text, encoding="utf-8")
            keys[name] = [loop["loop_id"] for loop in sheet]
            print(name, len(sheet), "candidates")
    (out.parent / "keys.json").write_text(json.dumps(keys, indent=1))


def merge_loops(data: Path, out: Path) -> list[str]:
    loops = {loop["loop_id"]: loop for loop in read(data, "loops")}
    problems = []
    for name, ids in read_keys(out).items():
        path = out / f"{name}.labels.json"
        if not name.startswith("loops-") or not path.exists():
            continue
        protocol = name.removeprefix("loops-").rpartition("-")[0]
        given = {row["candidate"]: row for row in json.loads(path.read_text(encoding="utf-8"))}
        for i, loop_id in enumerate(ids, start=1):
            if given.get(i, {}).get("loop_verdict") not in LOOP_VERDICTS:
                problems.append(f"{name}: candidate {i}: {given.get(i)}")
                continue
            loop = loops[loop_id]
            loop["annotations"] = [a for a in loop["annotations"] if a["annotator_id"] != protocol]
            loop["annotations"].append(
                {"annotator_id": protocol, "loop_verdict": given[i]["loop_verdict"], "rationale": given[i]["rationale"]}
            )
    merge_rows(data / "loops.jsonl", list(loops.values()))
    return problems


if __name__ == "__main__":
    found: list[str] = []
    match sys.argv[1:]:
        case ["batches", data_dir, out_dir, protocol_name]:
            write_batches(Path(data_dir), Path(out_dir), protocol_name)
        case ["check", data_dir, out_dir, batch_name]:
            by_id = {a["answer_id"]: a for a in read(Path(data_dir), "answers")}
            found = batch_rows(by_id, Path(out_dir), batch_name, read_keys(Path(out_dir))[batch_name], "")[1]
            print("\n".join(found) or "no problems")
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
