"""The explainable scorer: reads the timed transcript by the codebook, no model weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from benchmark.records import Answer
from scorers.heuristic import rules
from scorers.heuristic.profile import PROFILES
from scorers.heuristic.reading import read

MARKED = 0.5


class Heuristic:
    """Reads plan, reasons, cues, options, confidence and the clock by rules; every label with its evidence and a reason."""

    name = "heuristic"
    version = "0.1"

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        for answer in answers:
            yield self._label(answer)

    def _label(self, answer: Answer) -> dict[str, Any]:
        reading = read(answer)
        if not reading.words:
            return {"answer_id": answer.answer_id, "abstained": "the candidate says nothing"}
        profile = PROFILES[answer.round]
        findings = {name: rule(reading, profile) for name, rule in rules.PATTERN_RULES.items()}
        pace, depth = rules.scales(reading, findings)
        rating = rules.rating(reading, findings)
        verdicts = rules.verdict(rating, depth, pace, findings)
        marked = {name: finding for name, finding in findings.items() if finding.strength >= MARKED}
        over_or_under = rules.confidence_direction(reading) if "miscalibrated_confidence" in marked else None
        return {
            "answer_id": answer.answer_id,
            "verdict": max(verdicts, key=verdicts.__getitem__),
            "verdict_probs": {name: round(share, 4) for name, share in verdicts.items()},
            "rating": round(rating, 3),
            "pace": round(pace, 3),
            "depth": round(depth, 3),
            "patterns": {name: round(finding.strength, 4) for name, finding in findings.items()},
            "confidence_direction": over_or_under,
            "signals": {name: round(strength, 4) for name, strength in rules.signals(reading, findings).items()},
            "evidence": [
                {"label": name, "segment": finding.place[0], "start": finding.place[1], "end": finding.place[2]}
                for name, finding in marked.items()
                if finding.place is not None
            ],
            "rationale": _rationale(answer, max(verdicts, key=verdicts.__getitem__), marked),
        }


def _rationale(answer: Answer, verdict: str, marked: dict[str, rules.Finding]) -> str:
    used = f"{100 * answer.budget_share:.0f} % of the time used"
    reasons = "; ".join(f"{name}: {finding.why}" for name, finding in marked.items()) or "no failure pattern stands out"
    return f"{verdict}, {used}. {reasons}."
