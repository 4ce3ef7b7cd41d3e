"""Scorers: what one is, how it is found, and how it is run over answers."""

from benchmark.scoring.protocol import Fittable, LabelledAnswer, Scorer, ScorerSpec

__all__ = ["Fittable", "LabelledAnswer", "Scorer", "ScorerSpec"]
