"""What is imported when: ``bench --help`` and ``bench run`` stay light."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmark.cli.main import COMMANDS
from tests.conftest import ROOT, bench

HEAVY = {"pandas", "scipy", "datasets", "torch", "pyarrow", "sklearn", "huggingface_hub", "jinja2"}


def imported(tmp_path: object, *arguments: str) -> set[str]:
    code = (
        "import sys\nfrom benchmark.cli.main import main\n"
        f"try: main({list(arguments)!r})\nexcept SystemExit: pass\n"
        "print('|'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=str(tmp_path),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    return {name.partition(".")[0] for name in done.stderr.splitlines()[-1].split("|")}


def test_help_imports_nothing_heavy(tmp_path: object) -> None:
    modules = imported(tmp_path, "--help")
    assert not modules & (HEAVY | {"numpy", "rich", "jsonschema_rs"})
    assert "click" in modules


def test_a_run_imports_nothing_it_does_not_use(tmp_path: object) -> None:
    assert not imported(tmp_path, "run", "--scorer", "heuristic", "--json") & HEAVY


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path: object, command: str) -> None:
    done = bench(command, "--help", cwd=tmp_path)  # type: ignore[arg-type]
    assert done.returncode == 0
    assert "Usage: bench" in done.stdout
