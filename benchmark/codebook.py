"""The vocabulary of the benchmark, declared once.

Schemas, validation, tracks, the command line and the leaderboard all read it from here; ``tests/test_schemas.py`` proves
that ``schemas/`` agrees.  What each word means is in ``docs/codebook.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CODEBOOK_VERSION = "1.0"

ROUNDS = ("coding", "ml_theory", "system_design", "behavioral", "writing")
SPLITS = ("train", "validation", "test")
MEDIA = ("spoken", "written")
SPEAKERS = ("interviewer", "candidate")
SEGMENT_KINDS = ("speech", "code", "silence", "text")
ANNOTATOR_KINDS = ("human", "model", "author", "adjudicator")

VERDICTS = ("balanced", "too_fast", "too_deep", "unfocused")
RATINGS = (1, 2, 3, 4, 5)
DEVIATIONS = (-2, -1, 0, 1, 2)
"""The scale of ``pace`` (slow to rushed) and ``depth`` (shallow to deep): distance from what the round asks for."""

WEAK_RATING, STRONG_RATING = 2, 4
"""A rating at or below the first is weak, at or above the second strong."""

PATTERNS = (
    "speed_bias",
    "depth_bias",
    "no_structure",
    "misplaced_depth",
    "ignored_cues",
    "covers_everything",
    "poor_time_awareness",
    "miscalibrated_confidence",
)
SIGNALS = (
    "structured_thinking",
    "efficient_execution",
    "deep_reasoning",
    "clear_communication",
    "system_ownership",
)
CONFIDENCE_DIRECTIONS = ("over", "under")
LOOP_VERDICTS = ("adapts", "uniform_fast", "uniform_deep", "erratic")
DIMENSIONS = (
    "timing",
    "cue",
    "confidence",
    "structure",
    "priorities",
    "depth",
    "framing",
    "scope",
    "ownership",
)

LENGTH_BANDS = (("short", 0, 150), ("medium", 150, 300), ("long", 300, None))
"""Bands of the candidate's words (code left out): name, lowest count, first count beyond it."""

Level = Literal["nominal", "ordinal", "binary"]


@dataclass(frozen=True, slots=True)
class Track:
    """One thing a scorer is measured on.

    ``field`` is the label field of annotations and predictions it reads, ``categories`` the declared scale (in order where
    ``level`` is ordinal), ``headline`` the metric that stands for the track, ``in_overall`` whether it enters the overall
    score, ``meaning`` the headline's name in tables.
    """

    name: str
    field: str
    categories: tuple[str | int, ...]
    level: Level | None
    headline: str
    in_overall: bool
    meaning: str


TRACKS: tuple[Track, ...] = (
    Track("verdict", "verdict", VERDICTS, "nominal", "kappa", True, "Cohen's kappa"),
    Track("rating", "rating", RATINGS, "ordinal", "quadratic_kappa", True, "quadratic kappa"),
    Track("pace", "pace", DEVIATIONS, "ordinal", "quadratic_kappa", True, "quadratic kappa"),
    Track("depth", "depth", DEVIATIONS, "ordinal", "quadratic_kappa", True, "quadratic kappa"),
    Track("patterns", "patterns", PATTERNS, "binary", "mean_kappa", True, "mean of 8 kappas"),
    Track("signals", "signals", SIGNALS, "binary", "mean_kappa", False, "mean of 5 kappas"),
    Track("preference", "rating", (), None, "accuracy", False, "strong above weak"),
    Track("contrasts", "rating", (), None, "above", False, "better twin above"),
    Track("evidence", "evidence", (), None, "token_f1", False, "token F1"),
    Track("loops", "verdict", LOOP_VERDICTS, "nominal", "kappa", False, "Cohen's kappa"),
)
TRACK = {track.name: track for track in TRACKS}
OVERALL_TRACKS = tuple(track.name for track in TRACKS if track.in_overall)
