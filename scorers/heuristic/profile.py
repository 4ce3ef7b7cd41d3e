"""What each round asks for, as the numbers that the rules compare a reading with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """Expectations of one round.

    ``reasons``: reasons, costs and rejected alternatives per hundred words in an answer of ordinary depth.  ``explain``: talk of
    mechanisms per hundred words that is still ordinary.  ``enough``: words (or written words) below which an answer is thin
    unless it reasons densely.  ``code_by``: share of the budget by which code should have begun.  ``own``: how often "I" per
    hundred words where ownership matters, else 0.
    """

    reasons: float
    explain: float
    enough: int
    code_by: float | None = None
    own: float = 0.0


PROFILES = {
    "coding": Profile(reasons=2.0, explain=1.2, enough=60, code_by=0.3),
    "ml_theory": Profile(reasons=3.0, explain=2.4, enough=120),
    "system_design": Profile(reasons=3.0, explain=1.4, enough=150),
    "behavioral": Profile(reasons=2.0, explain=0.6, enough=130, own=4.0),
    "writing": Profile(reasons=2.2, explain=0.9, enough=140),
}
