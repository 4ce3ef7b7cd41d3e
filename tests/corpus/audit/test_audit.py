"""The audit finds what is planted and is silent where nothing is."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from benchmark.codebook import VERDICTS
from tests.conftest import Tables, bench, speech, write_corpus

WORDS = """measure queue latency reason model data label cost night feature index batch cache signal drift score window sample
price route sensor grid claim order shelf driver patient lesion token prompt vector table column error budget alert""".split()


def planted(shortcut: str | None, questions: int = 12, per_question: int = 8) -> Tables:
    """A corpus whose verdicts are random but for one ``shortcut``: ``word``, ``length``, ``silence`` or ``prompt``."""
    draw = random.Random(7)
    tables: Tables = {name: [] for name in ("questions", "answers", "annotators", "annotations", "contrasts")}
    tables["annotators"] = [{"annotator_id": "m", "kind": "model", "description": "planted", "canary": "c"}]
    for q in range(questions):
        favourite = draw.choice(VERDICTS)
        prompt = f"What about case {q}? {favourite if shortcut == 'prompt' else ''}"
        tables["questions"].append(
            {"question_id": f"q-{q}", "round": "coding", "prompt": prompt, "time_budget_s": 200, "critical_points": [],
             "obvious_points": [], "canary": "c"}
        )  # fmt: skip
        for a in range(per_question):
            verdict = favourite if shortcut == "prompt" else draw.choice(VERDICTS)
            place = VERDICTS.index(verdict)
            count = 30 + 40 * place if shortcut == "length" else draw.choice([30, 70, 110, 150])
            said = draw.choices(WORDS, k=count)
            if shortcut == "word":
                said[::5] = [f"signpost{'abcd'[place]}"] * len(said[::5])
            first = speech(" ".join(said), 1.0 + (10 * place if shortcut == "silence" else draw.choice([0, 10, 20, 30])))
            answer_id = f"a-{q}-{a}"
            tables["answers"].append(
                {"answer_id": answer_id, "question_id": f"q-{q}", "round": "coding", "medium": "spoken", "segments": [first],
                 "split": "test", "canary": "c"}
            )  # fmt: skip
            tables["annotations"].append(
                {"annotation_id": f"n-{answer_id}", "answer_id": answer_id, "annotator_id": "m", "verdict": verdict,
                 "rating": draw.randint(1, 5), "patterns": [], "evidence": [], "canary": "c"}
            )  # fmt: skip
    return tables


def audited(folder: Path, tables: Tables) -> dict[str, dict[str, Any]]:
    done = bench("corpus", "audit", "--corpus", write_corpus(folder / "c", tables), "--json", cwd=folder)
    assert done.returncode == 1, done.stderr  # a corpus this small breaks a limit on counts whatever else it does
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


PROBE = {
    "word": "verdict kappa: bag of words",
    "length": "verdict kappa: length and budget share only",
    "silence": "verdict kappa: timing and turn counts only",
}


@pytest.mark.parametrize("shortcut", PROBE)
def test_a_probe_finds_the_shortcut_planted_for_it(tmp_path: Path, shortcut: str) -> None:
    check = audited(tmp_path, planted(shortcut))[PROBE[shortcut]]
    assert check["value"] > 0.8
    assert check["low"] <= check["value"] <= check["high"]
    assert check["passed"] is False


def test_without_a_shortcut_the_probes_find_nothing(tmp_path: Path) -> None:
    found = audited(tmp_path, planted(None))
    assert all(abs(found[name]["value"]) < 0.2 for name in PROBE.values())


def test_answers_to_one_question_are_never_in_training_and_test_at_once(tmp_path: Path) -> None:
    """Each question has one verdict and its prompt names it in a word of its own only: unseen questions can't be told."""
    tables = planted("prompt")
    for i, question in enumerate(tables["questions"]):
        question["prompt"] = f"uniqueword{i}"
    assert audited(tmp_path, tables)["verdict kappa: question text only"]["value"] < 0.2


def test_shared_text_twins_names_rates_and_canaries(tmp_path: Path) -> None:
    tables = planted(None)
    answers = tables["answers"]
    run = "one two three four five six seven eight nine ten eleven twelve"
    for i in (0, 9):
        answers[i]["segments"] = [speech(f"{answers[i]['segments'][0]['text'][:60]} {run}", 0.0)]
    copied = answers[16]["segments"][0]["text"]
    answers[24]["segments"] = [speech(copied, 0.0)]
    answers[2]["segments"] = [speech("alpha beta gamma delta Helen went home then", 0.0)]
    answers[3]["segments"] = [speech("wholly other words stand here and nothing is kept", 0.0, rate=300)]
    tables["contrasts"] = [{"contrast_id": "t-1", "better": "a-0-2", "worse": "a-0-3", "dimension": "cue", "canary": "c"}]
    del answers[5]["canary"]
    tables["answers"][8]["split"] = "train"
    found = audited(tmp_path, tables)
    assert found["pairs of answers, not twins, that share a run of 12 words"]["value"] == 2  # the run, and the copy
    assert run in found["pairs of answers, not twins, that share a run of 12 words"]["detail"]
    near = found["near duplicates (MinHash, Jaccard 0.4 or more), not twins"]
    assert (near["value"], near["detail"]) == (1, "a-2-0 and a-3-0")
    assert found["twins of which the shorter shares less than 60% of its words"]["value"] == 1
    assert found["personal names"]["detail"] == "a-0-2: Helen"
    assert found["rows without the canary"]["value"] == 1
    assert found["questions in more than one split"]["value"] == 1
    assert found["speech outside 90 to 220 words a minute (timing twins 80 to 240)"]["value"] == 1


def test_twins_may_share_what_others_may_not(tmp_path: Path) -> None:
    tables = planted(None)
    copied = tables["answers"][0]["segments"][0]["text"]
    tables["answers"][1]["segments"] = [speech(copied, 0.0)]
    tables["contrasts"] = [{"contrast_id": "t-1", "better": "a-0-0", "worse": "a-0-1", "dimension": "timing", "canary": "c"}]
    found = audited(tmp_path, tables)
    assert found["pairs of answers, not twins, that share a run of 12 words"]["value"] == 0
    assert found["near duplicates (MinHash, Jaccard 0.4 or more), not twins"]["value"] == 0
    assert found["twins of which the shorter shares less than 60% of its words"]["value"] == 0


def test_counts_and_prevalence(tmp_path: Path) -> None:
    tables = planted(None)
    for i, row in enumerate(tables["annotations"]):
        row["patterns"] = ["no_structure"] if i % 2 else []
        row["evidence"] = [{"label": "no_structure", "segment": 0, "start": 0, "end": 3}] * (i % 2)
    found = audited(tmp_path, tables)
    assert found["share of answers with no_structure"]["value"] == 0.5
    assert found["share of answers with no_structure"]["passed"] is False
    scarcest = next(check for name, check in found.items() if name.startswith("scarcest verdict"))
    assert scarcest["value"] == min(sum(r["verdict"] == v for r in tables["annotations"]) for v in VERDICTS)


def test_the_same_corpus_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    folder = write_corpus(tmp_path / "c", planted(None))
    for name in ("one.json", "two.json"):
        bench("corpus", "audit", "--corpus", folder, "--seed", "3", "--output", name, cwd=tmp_path)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_a_corpus_without_labels_is_refused_in_one_line(tmp_path: Path) -> None:
    tables = planted(None)
    del tables["annotations"], tables["annotators"]
    done = bench("corpus", "audit", "--corpus", write_corpus(tmp_path / "c", tables), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "error: corpus c: no annotations to measure against\n")
