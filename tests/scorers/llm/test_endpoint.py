"""The judge against an endpoint that misbehaves: every answer ends scored, or abstained with the right reason."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmark import load_corpus
from benchmark.errors import InputError
from benchmark.predictions import row_problems
from benchmark.records import Answer
from benchmark.scoring.registry import make_scorer
from scorers.llm import Llm
from tests.conftest import ROOT, bench
from tests.scorers.llm.misbehaving import Endpoint, misbehaving

KEY = "sk-very-secret-0123456789"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("BENCH_LLM_API_KEY", KEY)
    with misbehaving() as state:
        yield state


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    return [answer.blind() for answer in load_corpus().split("test")[:6]]


def judge(endpoint: Endpoint, tmp_path: Path, **settings: Any) -> Llm:
    given = {"timeout_s": 1.5, "patience_s": 20.0, **settings}
    return Llm(model="m", base_url=endpoint.base_url, cache=str(tmp_path / "replies.sqlite"), **given)


def test_a_good_reply_is_a_prediction(endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    rows = list(judge(endpoint, tmp_path, usd_per_million_in=1.0, usd_per_million_out=10.0).score(answers))
    assert [row["answer_id"] for row in rows] == [a.answer_id for a in answers]
    for row, answer in zip(rows, answers, strict=True):
        assert row_problems(row, answer) == []
        assert (row["verdict"], row["rating"], row["patterns"], row["tokens_in"], row["usd"]) == (
            "balanced",
            4,
            [],
            1000,
            0.002,
        )
    sent = endpoint.seen[0]
    assert sent["response_format"]["json_schema"]["strict"]
    assert sent["temperature"] == 0
    assert sent["messages"][0]["role"] == "system"


REASONS = {
    "refusal": "refused",
    "filtered": "refused",
    "truncated": "reply cut off at 100 tokens",
    "empty": "empty reply",
    "invalid": "reply is not JSON",
    "nan": "reply is not JSON",
    "wrong label": "reply is not valid: verdict",
    "out of range": "reply is not valid: rating",
    "no rating": "reply has no rating",
    "gigantic": "reply cut off at 100 tokens",
    "no choices": "not a completion",
    "html": "not a completion",
    "401": "HTTP 401",
}


@pytest.mark.parametrize("what", REASONS)
def test_a_bad_reply_is_an_abstention_with_its_reason_and_is_not_asked_for_again(
    what: str, endpoint: Endpoint, tmp_path: Path, answers: list[Answer]
) -> None:
    endpoint.behave = lambda number, body: what
    rows = list(judge(endpoint, tmp_path).score(answers[:3]))
    assert [row["answer_id"] for row in rows] == [a.answer_id for a in answers[:3]]
    for row in rows:
        assert row["abstained"].startswith(REASONS[what])
        assert "rating" not in row
        assert row_problems({k: v for k, v in row.items() if v is not None}) == []
        assert KEY not in json.dumps(row)
    if what in ("invalid", "wrong label", "truncated"):
        assert all(row["raw"] for row in rows)
    if what == "gigantic":
        assert len(rows[0]["raw"]) < 30_000
    assert len(endpoint.seen) == 3


@pytest.mark.parametrize("what", ["429", "500", "slow", "cut"])
def test_what_got_no_answer_is_tried_again(what: str, endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    endpoint.behave = lambda number, body: what if number == 1 else "good"
    rows = list(judge(endpoint, tmp_path).score(answers[:2]))
    assert [row["verdict"] for row in rows] == ["balanced", "balanced"]
    assert max(endpoint.answered.values()) == 1
    assert len(endpoint.seen) == 4
    if what == "429":  # nobody asks before the second that the endpoint wanted is over
        first = endpoint.times[0]
        assert not [t for t in endpoint.times if first + 0.3 < t < first + 0.95]


def test_patience_ends(endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    endpoint.behave = lambda number, body: "500"
    [row] = judge(endpoint, tmp_path, patience_s=1.5).score(answers[:1])
    assert row["abstained"].startswith("HTTP 500: ")
    assert "gave up after" in row["abstained"]


def test_a_second_run_makes_no_request_and_says_the_same(endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    endpoint.behave = lambda number, body: "good" if "coding" in body["messages"][1]["content"] else "invalid"
    first = list(judge(endpoint, tmp_path).score(answers))
    asked = len(endpoint.seen)
    assert list(judge(endpoint, tmp_path).score(answers)) == first
    assert len(endpoint.seen) == asked == len(answers)
    list(judge(endpoint, tmp_path, temperature=0.5).score(answers[:1]))  # another request is another reply
    assert len(endpoint.seen) == asked + 1


def test_a_budget_is_kept(endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    made = judge(endpoint, tmp_path, concurrency=1, usd_per_million_in=1.0, usd_per_million_out=10.0, budget_usd=0.003)
    rows = list(made.score(answers))
    assert [("abstained" in row) for row in rows] == [False, False, True, True, True, True]
    assert rows[-1]["abstained"] == "budget of 0.003 dollars spent"
    with pytest.raises(ValueError, match="prices"):
        Llm(model="m", base_url=endpoint.base_url, budget_usd=1.0)


def test_an_unknown_price_is_not_zero(endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    [row] = judge(endpoint, tmp_path).score(answers[:1])
    assert row.get("usd") is None


def test_a_rate_limit_is_kept(endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    list(judge(endpoint, tmp_path, requests_per_minute=240.0).score(answers[:4]))
    gaps = [b - a for a, b in zip(sorted(endpoint.times), sorted(endpoint.times)[1:], strict=False)]
    assert min(gaps) > 0.2


def test_repeats_are_combined_and_kept(endpoint: Endpoint, tmp_path: Path, answers: list[Answer]) -> None:
    endpoint.behave = lambda number, body: "invalid" if body["seed"] == 1 else "good"
    [row] = judge(endpoint, tmp_path, repeats=3, temperature=1.0).score(answers[:1])
    assert row["verdict"] == "balanced"
    assert row["verdict_probs"] == {"balanced": 1.0}
    assert [bool(one) for one in row["repeats"]] == [True, False, True]
    assert row["tokens_in"] == 3000
    assert row_problems({k: v for k, v in row.items() if v is not None}) == []


def test_the_key_is_nowhere(endpoint: Endpoint, tmp_path: Path) -> None:
    settings = ["-S", "model=m", "-S", f"base_url={endpoint.base_url}", "-S", f"cache={tmp_path / 'c.sqlite'}"]
    endpoint.behave = lambda number, body: "401" if number % 2 else "good"
    done = bench("run", "--scorer", "llm", *settings, "--limit", "4", "--output", tmp_path / "r.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert endpoint.headers[0] == f"Bearer {KEY}"
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) >= 3
    assert not any(KEY.encode() in data for data in kept)
    assert KEY not in done.stdout + done.stderr


def test_killed_in_mid_run_it_goes_on_where_it_stopped(endpoint: Endpoint, tmp_path: Path) -> None:
    def slowly(number: int, body: dict[str, Any]) -> str:
        time.sleep(0.15)
        return "good"

    endpoint.behave = slowly
    settings = [
        "-S",
        "model=m",
        "-S",
        f"base_url={endpoint.base_url}",
        "-S",
        f"cache={tmp_path / 'c.sqlite'}",
        "-S",
        "concurrency=2",
    ]
    arguments = ["run", "--scorer", "llm", *settings, "--limit", "20", "--output", str(tmp_path / "r.json")]
    command = [sys.executable, "-c", "from benchmark.cli.main import main; main()", *arguments]
    run = subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while sum(endpoint.answered.values()) < 6 and time.monotonic() < deadline:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    time.sleep(0.5)
    before = sum(endpoint.answered.values())
    assert 6 <= before < 20
    assert not (tmp_path / "r.json").exists()
    done = bench(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    again = sum(endpoint.answered.values()) - before
    assert again <= 20 - before + 2  # the two on their way when it was killed may be asked for again
    assert json.loads((tmp_path / "r.json").read_text())["coverage"]["scored"] == 20


def test_dry_run_makes_no_request(endpoint: Endpoint, tmp_path: Path) -> None:
    settings = [
        "-S",
        "model=m",
        "-S",
        f"base_url={endpoint.base_url}",
        "-S",
        "usd_per_million_in=1",
        "-S",
        "usd_per_million_out=2",
    ]
    done = bench("run", "--scorer", "llm", *settings, "--limit", "3", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "requests     3" in done.stdout
    assert "dollars" in done.stdout
    assert "ignored_cues" in done.stdout
    assert endpoint.seen == []


def test_wrong_settings_are_refused_in_one_line(tmp_path: Path) -> None:
    for setting, words in (
        ("mode=think", "one of generate, logprobs"),
        ("repeats=0", "at least 1"),
        ("prompt_file=no.md", "no.md"),
    ):
        with pytest.raises(InputError, match=words):
            make_scorer("llm", ["model=m", "base_url=http://127.0.0.1:9/v1", setting])
    with pytest.raises(InputError, match="no such file"):
        make_scorer("llm", ["model=missing.gguf"])
