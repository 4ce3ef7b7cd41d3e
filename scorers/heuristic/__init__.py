"""The explainable scorer: reads the timed transcript by the codebook, no model weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from benchmark.records import Answer
from scorers.heuristic import rules, thresholds
from scorers.heuristic.explain import Reason, explain
from scorers.heuristic.profile import PROFILES
from scorers.heuristic.reading import read

MARKED = 0.5


class Heuristic:
    """Reads plan, reasons, cues, options, confidence and the clock by rules; every label with its evidence and a reason."""

    name = "heuristic"
    version = "0.2"

    def score(self, answers: Sequence[Answer]) -> Iterable[dict[str, Any]]:
        for answer in answers:
            yield self._label(answer)

    def explain(self, answer: Answer) -> Iterable[Reason]:
        """Each label of an answer with its reason and the words it rests on."""
        return explain(answer, self._label(answer))

    def _label(self, answer: Answer) -> dict[str, Any]:
        reading = read(answer)
        if not reading.words:
            return {"answer_id": answer.answer_id, "abstained": "the candidate says nothing"}
        profile = PROFILES[answer.round]
        findings = {name: rule(reading, profile) for name, rule in rules.PATTERN_RULES.items()}
        rating, (pace, depth) = rules.rating(reading, findings), rules.scales(reading, findings)
        verdicts = rules.verdict(rating, depth, pace, findings, thresholds.VERDICTS)
        verdict = max(verdicts, key=verdicts.__getitem__)
        patterns = {name: round(thresholds.marked_share(name, finding.strength), 4) for name, finding in findings.items()}
        signals = {name: thresholds.marked_share(name, raw) for name, raw in rules.signals(reading, findings).items()}
        marked = {name: findings[name] for name, share in patterns.items() if share >= MARKED}
        over_or_under = rules.confidence_direction(reading) if "miscalibrated_confidence" in marked else None
        return {
            "answer_id": answer.answer_id,
            "verdict": verdict,
            "verdict_probs": {name: round(share, 4) for name, share in verdicts.items()},
            "rating": round(thresholds.on_scale("rating", rating, 1, 5), 3),
            "pace": round(thresholds.on_scale("pace", pace, -2, 2), 3),
            "depth": round(thresholds.on_scale("depth", depth, -2, 2), 3),
            "patterns": patterns,
            "confidence_direction": over_or_under,
            "signals": {name: round(share, 4) for name, share in signals.items()},
            "evidence": [
                {"label": name, "segment": segment, "start": start, "end": end}
                for name, finding in marked.items()
                if (place := finding.where()) is not None
                for segment, start, end in [reading.span(place)]
            ],
            "rationale": _rationale(answer, verdict, marked),
        }


def _rationale(answer: Answer, verdict: str, marked: dict[str, rules.Finding]) -> str:
    used = f"{100 * answer.budget_share:.0f} % of the time used"
    reasons = "; ".join(f"{name}: {finding.why}" for name, finding in marked.items()) or "no failure pattern stands out"
    return f"{verdict}, {used}. {reasons}."
