"""A local endpoint that speaks chat completions and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmark.codebook import PATTERNS, SIGNALS

GOOD = {
    "evidence": [],
    "patterns": dict.fromkeys(PATTERNS, False),
    "signals": dict.fromkeys(SIGNALS, True),
    "confidence_direction": None,
    "pace": 0,
    "depth": -1,
    "rating": 4,
    "verdict": "balanced",
    "rationale": "Fine.",
}


class Endpoint:
    """``behave(number, body)`` names what happens to a request: its number among those of the same prompt (from 1), and its body."""

    def __init__(self) -> None:
        self.behave: Any = lambda number, body: "good"
        self.seen: list[dict[str, Any]] = []
        self.answered: Counter[str] = Counter()
        self.times: list[float] = []
        self.headers: list[str] = []
        self.lock = threading.Lock()
        self.base_url = ""


def _completion(content: str | None, finish: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return {
        "id": "x", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }  # fmt: skip


@contextmanager
def misbehaving() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            prompt = json.dumps(body["messages"]) + str(body.get("seed"))
            with state.lock:
                state.seen.append(body)
                state.times.append(time.monotonic())
                state.headers.append(self.headers.get("authorization", ""))
                number = sum(json.dumps(b["messages"]) + str(b.get("seed")) == prompt for b in state.seen)
            what = state.behave(number, body)
            if what == "429":
                self.reply(429, {"error": {"message": "slow down"}}, {"Retry-After": "1"})
            elif what == "500":
                self.reply(500, {"error": {"message": "oops"}})
            elif what == "401":
                self.reply(401, {"error": {"message": f"Incorrect API key: {self.headers['authorization']}"}})
            elif what == "slow":
                time.sleep(3)
                self.close_connection = True
            elif what == "cut":
                self.send_response(200)
                self.send_header("content-length", "5000")
                self.end_headers()
                self.wfile.write(b'{"id": "x", "choices"')
                self.close_connection = True
            elif what == "html":
                self.reply(200, "<html>gateway</html>")
            else:
                with state.lock:
                    state.answered[prompt] += 1
                self.reply(200, self.content(what))

        def content(self, what: str) -> dict[str, Any]:
            if what == "refusal":
                return _completion(None, refusal="I can't help with that.")
            if what == "truncated":
                return _completion('{"verdict": "bal', finish="length")
            if what == "filtered":
                return _completion("", finish="content_filter")
            if what == "no choices":
                return {**_completion("x"), "choices": []}
            texts = {
                "good": json.dumps(GOOD),
                "fenced": f"```json\n{json.dumps(GOOD)}\n```",
                "empty": "",
                "invalid": "The answer is a 4, I think {",
                "nan": json.dumps({**GOOD, "rating": float("nan")}),
                "wrong label": json.dumps({**GOOD, "verdict": "great"}),
                "out of range": json.dumps({**GOOD, "rating": 11}),
                "no rating": json.dumps({k: v for k, v in GOOD.items() if k != "rating"}),
                "gigantic": "x" * 3_000_000,
            }
            return _completion(texts[what])

        def reply(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
            data = document.encode() if isinstance(document, str) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-type", "text/html" if isinstance(document, str) else "application/json")
            self.send_header("content-length", str(len(data)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
