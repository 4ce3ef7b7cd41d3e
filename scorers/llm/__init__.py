"""A language model as judge, by the codebook: any OpenAI-compatible endpoint, or a small model on this machine."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean
from typing import Any, Literal

from benchmark.codebook import PATTERNS, SIGNALS
from benchmark.records import Answer
from scorers.llm import prompt, reply
from scorers.llm.cache import ReplyCache
from scorers.llm.embedded import DEFAULT, serve, weights_of
from scorers.llm.endpoint import Endpoint, Limits, UnansweredError
from scorers.weights import cache_folder

KEY_VARIABLES = ("BENCH_LLM_API_KEY", "OPENAI_API_KEY")
_CHARACTERS_PER_TOKEN = 4.0


class Llm:
    """A judge that is given the codebook and the timed transcript, and replies in labels.

    ``model``: a name at ``base_url``, the path of a GGUF file, or ``smollm2``, a 135M model run on this machine: it proves the
    plumbing, its judgement is worthless.  ``mode``: ``generate`` asks for all labels as JSON, ``logprobs`` for one letter a label.
    ``repeats``: independent replies that are combined.  ``evidence``: ask for quotes and a rationale (default: yes, but not of the
    embedded model, which loops on quotes).  The key comes from BENCH_LLM_API_KEY or OPENAI_API_KEY alone.
    """

    name = "llm"
    version = "1.0"

    def __init__(
        self,
        model: str = DEFAULT,
        base_url: str | None = None,
        mode: Literal["generate", "logprobs"] = "generate",
        temperature: float = 0.0,
        repeats: int = 1,
        max_tokens: int = 900,
        evidence: bool | None = None,
        prompt_file: str | None = None,
        concurrency: int = 4,
        requests_per_minute: float | None = None,
        timeout_s: float = 120.0,
        patience_s: float = 600.0,
        usd_per_million_in: float | None = None,
        usd_per_million_out: float | None = None,
        budget_usd: float | None = None,
        cache: str | None = None,
        seed: int = 0,
    ) -> None:
        if repeats < 1 or concurrency < 1 or max_tokens < 1:
            raise ValueError("repeats, concurrency and max_tokens are at least 1")
        if budget_usd is not None and (usd_per_million_in is None or usd_per_million_out is None):
            raise ValueError("a budget needs prices: -S usd_per_million_in=... -S usd_per_million_out=...")
        self.model, self.base_url, self.mode = model, base_url, mode
        self.temperature, self.repeats, self.max_tokens, self.seed = temperature, repeats, max_tokens, seed
        self.concurrency, self.timeout_s = concurrency, timeout_s
        self.limits = Limits(patience_s, requests_per_minute, budget_usd, usd_per_million_in, usd_per_million_out)
        self.rubric, prompt_hash = prompt.load_rubric(Path(prompt_file) if prompt_file else None)
        self.fingerprints = {"prompt_sha256": prompt_hash}
        self.embedded = base_url is None and (model == DEFAULT or model.endswith(".gguf"))
        self.evidence = not self.embedded if evidence is None else evidence
        self._weights = weights_of(model) if self.embedded else None
        self._cache_path = Path(cache) if cache else cache_folder() / "replies.sqlite"
        self._made: Endpoint | None = None

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        self._endpoint()  # what is missing is said once, before any answer
        with ThreadPoolExecutor(1 if self.embedded else self.concurrency) as pool:
            yield from pool.map(self._judge, answers)

    def dry_run(self, answers: Sequence[Answer]) -> str:
        """The first prompt as it would be sent, and what the run would cost, with no request made."""
        first = self._requests(answers[0])[0][1]
        shown = "\n\n".join(f"--- {m['role']} ---\n{m['content']}" for m in first["messages"])
        requests = [request for answer in answers for _, request in self._requests(answer)]
        tokens_in = self.repeats * sum(len(m["content"]) for r in requests for m in r["messages"]) / _CHARACTERS_PER_TOKEN
        tokens_out = self.repeats * sum(r["max_tokens"] for r in requests)
        usd = self.limits.price(round(tokens_in), tokens_out)
        cost = "unknown (no prices given)" if usd is None else f"at most {usd:.2f} dollars"
        return (
            f"{shown}\n\n--- estimate ---\nrequests     {self.repeats * len(requests)}\ntokens in    about {tokens_in:,.0f}\n"
            f"tokens out   at most {tokens_out:,}\ncost         {cost}"
        )

    def _endpoint(self) -> Endpoint:
        if self._made is None:
            if self.embedded:
                served = serve(self._weights)
                where: str | None = served.base_url
                key, identity = served.key, {"weights": served.weights}
            else:
                key = next((os.environ[name] for name in KEY_VARIABLES if os.environ.get(name)), "none")
                where, identity = self.base_url, {"base_url": self.base_url or "default"}
            self._made = Endpoint(
                base_url=where, key=key, cache=ReplyCache(self._cache_path), identity=identity, limits=self.limits,
                timeout_s=self.timeout_s, seed=self.seed,
            )  # fmt: skip
        return self._made

    def _requests(self, answer: Answer) -> list[tuple[str, dict[str, Any]]]:
        """The requests for an answer, each with the label it asks for (``all`` when generating)."""
        common = {"model": self.model, "temperature": self.temperature, "seed": self.seed}
        if self.mode == "generate":
            form = {
                "type": "json_schema",
                "json_schema": {
                    "name": "labels",
                    "strict": True,
                    "schema": reply.SCHEMA if self.evidence else reply.LABELS_ONLY,
                },
            }
            messages = prompt.generate_messages(self.rubric, answer, self.evidence)
            return [("all", {**common, "messages": messages, "max_tokens": self.max_tokens, "response_format": form})]
        return [
            (
                name,
                {
                    **common,
                    "messages": prompt.choice_messages(self.rubric, answer, wording, options),
                    "max_tokens": 1,
                    "logprobs": True,
                    "top_logprobs": 20,
                },
            )
            for name, (wording, options) in prompt.choices().items()
        ]

    def _judge(self, answer: Answer) -> dict[str, Any]:
        drawn = [self._once(answer, repeat) for repeat in range(self.repeats)]
        row = drawn[0] if self.repeats == 1 else combined(drawn)
        counted = {
            field: None if any(one[field] is None for one in drawn) else round(sum(one[field] for one in drawn), 8)
            for field in ("seconds", "tokens_in", "tokens_out", "usd")
        }
        return {"answer_id": answer.answer_id, **row, **{k: v for k, v in counted.items() if v is not None}}

    def _once(self, answer: Answer, repeat: int) -> dict[str, Any]:
        endpoint = self._endpoint()
        replies: dict[str, dict[str, Any]] = {}
        row: dict[str, Any] | None = None
        for name, request in self._requests(answer):
            try:
                replies[name] = endpoint.ask({**request, "seed": self.seed + repeat}, repeat)
            except UnansweredError as reason:
                row = {"abstained": str(reason)}
                break
        if row is None:
            row = self._read(replies, answer)
        counts = {
            field: None
            if not replies or any(r[field] is None for r in replies.values())
            else sum(r[field] for r in replies.values())
            for field in ("seconds", "tokens_in", "tokens_out", "usd")
        }
        return {**row, **counts}

    def _read(self, replies: dict[str, dict[str, Any]], answer: Answer) -> dict[str, Any]:
        if self.mode == "generate":
            return reply.from_generated(replies["all"], answer)
        shares = {name: reply.from_choice(replies[name], options) for name, (_, options) in prompt.choices().items()}
        known = {name: by for name, by in shares.items() if not isinstance(by, str)}
        wrong = next((f"{name}: {reason}" for name, reason in shares.items() if isinstance(reason, str)), None)
        return {"abstained": wrong} if wrong else reply.from_choices(known)


def combined(drawn: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Several replies to one answer as one prediction: the most frequent verdict (of equals the first given), mean scales, shares of
    marks; abstained where more replies than not are abstentions.  Each reply's labels are kept under ``repeats``."""
    given = [one for one in drawn if "abstained" not in one]
    if 2 * len(given) <= len(drawn):
        return next(one for one in drawn if "abstained" in one)
    votes = Counter(one["verdict"] for one in given)
    row: dict[str, Any] = {
        "verdict": max(votes, key=lambda v: votes[v]),
        "verdict_probs": {v: round(n / len(given), 4) for v, n in votes.items()},
    }
    for field in ("rating", "pace", "depth"):
        values = [one[field] for one in given if one.get(field) is not None]
        if values:
            row[field] = round(mean(values), 4)
    for field, labels in (("patterns", PATTERNS), ("signals", SIGNALS)):
        if all(one.get(field) is not None for one in given):
            row[field] = {label: round(mean(_share(one[field], label) for one in given), 4) for label in labels}
    row["repeats"] = [
        {f: one.get(f) for f in ("verdict", "rating", "pace", "depth")} if "abstained" not in one else {} for one in drawn
    ]
    row["raw"] = "\n---\n".join(str(one.get("raw", "")) for one in drawn)
    return row


def _share(given: Any, label: str) -> float:
    return float(given.get(label, 0.0)) if isinstance(given, dict) else float(label in given)
