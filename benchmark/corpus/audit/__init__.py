"""``bench corpus audit``: does the corpus measure judgement, or can something that does not read tell the answers apart?

The limits are those of the authoring plan (``docs/audit.md``).  Every number is computed from the records alone, with a
seed, on any corpus folder; what can't be computed says why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmark.corpus.audit.check import Check
from benchmark.corpus.audit.counts import count_checks
from benchmark.corpus.audit.hygiene import hygiene_checks
from benchmark.corpus.audit.overlap import overlap_checks
from benchmark.corpus.audit.probes import run_probes, strongest_words
from benchmark.corpus.audit.spread import spread_checks
from benchmark.corpus.load import Corpus, Rows
from benchmark.errors import InputError
from benchmark.reference import build_reference, choose_annotators

STRONGEST = 12


@dataclass(frozen=True, slots=True)
class Audit:
    """Every check of a corpus, against one reference."""

    corpus: Corpus
    source: str
    annotators: tuple[str, ...]
    seed: int
    checks: tuple[Check, ...]
    strongest: dict[str, list[str]]

    @property
    def failed(self) -> list[Check]:
        """The checks whose limit is broken."""
        return [check for check in self.checks if check.passed is False]

    def record(self) -> dict[str, Any]:
        """One JSON document; the same corpus and seed give the same bytes."""
        return {
            "corpus": {"name": self.corpus.name, "version": self.corpus.version, "fingerprint": self.corpus.fingerprint},
            "reference": {"source": self.source, "annotators": list(self.annotators)},
            "seed": self.seed,
            "passed": not self.failed,
            "checks": [_rounded(check.record()) for check in self.checks],
            "strongest_words": self.strongest,
        }


def run_audit(corpus: Corpus, rows: Rows, source: str | None, seed: int, progress: Callable[[str], None]) -> Audit:
    """Audit a corpus against the labels of ``source`` (people where there are any, else models, else authors).

    ``progress`` is told what is being done.  Raises InputError when the packages of the extra ``audit`` are not installed.
    """
    try:
        import datasketch  # noqa: F401
        import sklearn  # noqa: F401
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        message = f"the audit needs {error.name}: pip install 'speed-depth-bench[audit]'"
        raise InputError([message]) from None
    source, annotators = choose_annotators(corpus, source)
    answers = list(corpus.answers.values())
    reference = build_reference(corpus, source, annotators, [a.answer_id for a in answers])
    in_test = build_reference(corpus, source, annotators, [a.answer_id for a in corpus.split("test")])
    with threadpool_limits(1, user_api="blas"):  # many small fits: threads get in each other's way
        checks = run_probes(answers, reference.verdict, seed, progress)
    progress("overlap")
    checks += overlap_checks(answers, corpus.contrasts, seed)
    progress("counts and spread")
    checks += count_checks(answers, reference, in_test)
    checks += spread_checks(answers, reference.rating, seed)
    progress("hygiene")
    checks += hygiene_checks(corpus, rows)
    return Audit(corpus, source, annotators, seed, tuple(checks), strongest_words(answers, reference.verdict, STRONGEST))


def _rounded(record: dict[str, Any]) -> dict[str, Any]:
    """Four digits: what differs beyond is the machine's, not the corpus'."""
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in record.items()}
