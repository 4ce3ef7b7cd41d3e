"""Asking an OpenAI-compatible endpoint: cached, patient, within limits, and counted."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from dataclasses import dataclass
from typing import Any

from benchmark.errors import InputError
from benchmark.files import canonical
from scorers.llm.cache import ReplyCache

RETRIED = (408, 409, 425, 429)
"""Status codes, besides those from 500 on, that say: try again."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 60.0
_KEPT_CHARACTERS = 200_000


class UnansweredError(Exception):
    """No reply: the reason, in words for a record."""


@dataclass(frozen=True)
class Limits:
    """``patience_s``: how long one request is tried; ``per_minute``: requests a minute at most; ``budget_usd``: stop before more is
    spent than this; prices are dollars a million tokens, None where they are not known."""

    patience_s: float
    per_minute: float | None
    budget_usd: float | None
    usd_in: float | None
    usd_out: float | None

    def price(self, tokens_in: int | None, tokens_out: int | None) -> float | None:
        """Dollars of a reply; None where a price or a count is not known."""
        if self.usd_in is None or self.usd_out is None or tokens_in is None or tokens_out is None:
            return None
        return (tokens_in * self.usd_in + tokens_out * self.usd_out) / 1e6


class Endpoint:
    """One endpoint, used by many threads.

    Waits are shared: when the endpoint says ``Retry-After``, nobody asks before.  A reply, whatever is in it, is an answer and
    kept; only requests that got none are tried again.
    """

    def __init__(
        self,
        *,
        base_url: str | None,
        key: str,
        cache: ReplyCache,
        identity: dict[str, Any],
        limits: Limits,
        timeout_s: float,
        seed: int,
    ) -> None:
        try:
            import openai
        except ImportError:
            raise InputError(["the llm scorer needs the openai package: pip install 'speed-depth-bench[llm]'"]) from None
        self._openai = openai
        self._key = key
        self._client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0, timeout=timeout_s)
        self._cache, self._identity, self._limits = cache, identity, limits
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._spent = 0.0
        self._jitter = random.Random(seed)
        self.requests = 0

    def ask(self, request: dict[str, Any], repeat: int = 0) -> dict[str, Any]:
        """The reply to a chat completion request.

        A dict of ``text``, ``refusal``, ``finish_reason``, ``tokens_in``, ``tokens_out``, ``usd``, ``seconds`` and ``top_logprobs``.
        Raises UnansweredError with the reason when there is none.
        """
        key = hashlib.sha256(canonical({**self._identity, "request": request, "repeat": repeat}).encode()).hexdigest()
        reply = self._cache.get(key)
        if reply is None:
            reply = self._fetch(request)
            self._cache.put(key, reply)
        return {**reply, "usd": self._limits.price(reply["tokens_in"], reply["tokens_out"])}

    def _fetch(self, request: dict[str, Any]) -> dict[str, Any]:
        give_up = time.monotonic() + self._limits.patience_s
        attempt = 0
        while True:
            self._wait_for_turn(give_up)
            started = time.monotonic()
            try:
                completion = self._client.chat.completions.create(**request)
            except self._openai.APIStatusError as error:
                reason = self._words(f"HTTP {error.status_code}: {error.message}")
                if error.status_code not in RETRIED and error.status_code < 500:
                    raise UnansweredError(reason) from None
                wait = _retry_after(error.response.headers)
            except self._openai.APITimeoutError:
                reason, wait = "no reply in time", None
            except self._openai.APIConnectionError as error:
                reason, wait = self._words(f"connection failed: {error.__cause__ or error}"), None
            except (self._openai.APIError, ValueError) as error:  # what came is no completion, and will not become one
                raise UnansweredError(self._words(f"not a completion: {type(error).__name__}: {error}")) from None
            else:
                return self._reply(completion, time.monotonic() - started)
            attempt += 1
            with self._lock:
                pause = self._jitter.uniform(0.75, 1.25) * min(_FIRST_WAIT_S * 2 ** (attempt - 1), _LONGEST_WAIT_S)
                if wait is not None:
                    self._not_before = max(self._not_before, time.monotonic() + wait)
                    pause = wait
            if time.monotonic() + pause > give_up:
                raise UnansweredError(f"{reason} (gave up after {attempt} tries)")
            time.sleep(pause)

    def _wait_for_turn(self, give_up: float) -> None:
        """Take a place in the queue that the rate limit and the endpoint's wishes allow."""
        with self._lock:
            budget = self._limits.budget_usd
            if budget is not None and self._spent >= budget:
                raise UnansweredError(f"budget of {budget:g} dollars spent")
            turn = max(time.monotonic(), self._not_before)
            if self._limits.per_minute:
                self._not_before = turn + 60 / self._limits.per_minute
            self.requests += 1
        if turn > give_up:
            raise UnansweredError("the endpoint asks to wait longer than the patience given")
        time.sleep(max(0.0, turn - time.monotonic()))

    def _reply(self, completion: Any, seconds: float) -> dict[str, Any]:
        choice = (getattr(completion, "choices", None) or [None])[0]
        message = getattr(choice, "message", None)
        if message is None:
            raise UnansweredError("not a completion: no message in it")
        usage = getattr(completion, "usage", None)
        tokens_in, tokens_out = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
        with self._lock:
            self._spent += self._limits.price(tokens_in, tokens_out) or 0.0
        logprobs = getattr(choice, "logprobs", None)
        first = (getattr(logprobs, "content", None) or [None])[0]
        text = message.content
        return {
            "text": text if text is None or len(text) <= _KEPT_CHARACTERS else text[:_KEPT_CHARACTERS],
            "refusal": getattr(message, "refusal", None),
            "finish_reason": choice.finish_reason if text is None or len(text) <= _KEPT_CHARACTERS else "length",
            "tokens_in": tokens_in,
            "tokens_out": tokens_out,
            "seconds": round(seconds, 4),
            "top_logprobs": [[t.token, t.logprob] for t in first.top_logprobs] if first else None,
        }

    def _words(self, text: str) -> str:
        """A message without the key and without line breaks."""
        clean = " ".join(str(text).split())
        return (clean.replace(self._key, "***") if self._key else clean)[:300]


def _retry_after(headers: Any) -> float | None:
    """Seconds that the endpoint asks to wait (RFC 9110, 10.2.3), as a number or a date."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        except ValueError:
            return None
