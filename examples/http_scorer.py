"""A scorer behind HTTP: posts each answer as JSON, takes a prediction back.

bench run --scorer examples/http_scorer.py -S url=http://127.0.0.1:8000/score
"""

import dataclasses
import json
import urllib.request


class HttpScorer:
    """Any service that answers a POST of question and segments with the fields of a prediction."""

    name = "http"
    version = "1.0"

    def __init__(self, url: str, timeout_s: float = 30.0):
        self.url, self.timeout_s = url, timeout_s

    def score(self, answers):
        for answer in answers:
            body = {
                "question": dataclasses.asdict(answer.question),
                "segments": [dataclasses.asdict(s) for s in answer.segments],
            }
            request = urllib.request.Request(self.url, json.dumps(body).encode(), {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=self.timeout_s) as reply:
                    yield {"answer_id": answer.answer_id, **json.load(reply)}
            except (OSError, ValueError) as error:
                yield {"answer_id": answer.answer_id, "abstained": f"{type(error).__name__}: {error}"}
