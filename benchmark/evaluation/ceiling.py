"""The annotators' own row: each annotator in the scorer's place, measured against the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from benchmark.ballots import Ballots
from benchmark.codebook import OVERALL_TRACKS, TRACK
from benchmark.evaluation.items import Items
from benchmark.evaluation.predicted import Predicted, from_ballots
from benchmark.evaluation.resampling import Resampler
from benchmark.evaluation.tracks import BLOCK, Bools, label_metrics
from benchmark.metrics.bootstrap import Estimate
from benchmark.metrics.combine import average, ratio
from benchmark.metrics.statistic import Statistic, merged
from benchmark.reference import Reference, combine

METHOD = "leave one annotator out: the annotator and the scorer against the same remaining annotators, on the same answers"
Record = dict[str, Any]
Sides = tuple[list[Statistic], list[Statistic]]


def annotators_row(items: Items, reference: Reference, predicted: Predicted, resampler: Resampler) -> Record:
    """The mean headline of the annotators, the scorer's mean under the same conditions, and their ratio, the share.

    Per track that enters the overall score, and overall.  Null with a reason where the reference is a single annotator, or
    where the scorer gives no such label.
    """
    sides = _sides(items, reference, predicted)
    tracks = {name: _compared(*sides[name], name in _given(predicted), resampler) for name in OVERALL_TRACKS}
    together: Sides = ([], [])
    for annotators, scorers in sides.values():
        together[0].extend(annotators)
        together[1].extend(scorers)
    complete = all(name in _given(predicted) for name in OVERALL_TRACKS)
    return {
        "method": METHOD,
        "overall": _compared(*together, complete, resampler),
        "tracks": tracks,
    }


def annotators_on(items: Items, reference: Reference, selections: Sequence[Bools]) -> list[dict[str, Statistic]]:
    """For each selection of answers (n,), the annotators' mean headline by track, each against the others; empty for one of them."""
    found: list[dict[str, list[Statistic]]] = [{name: [] for name in OVERALL_TRACKS} for _ in selections]
    if len(reference.annotators) < 2:
        return [{} for _ in selections]
    for left_out in reference.annotators:
        rest, labels, labelled = _without(reference.ballots, left_out)
        for one, rows in zip(found, selections, strict=True):
            for name in OVERALL_TRACKS:
                one[name].append(label_metrics(name, items, rest, labels, labelled & rows)[TRACK[name].headline]())
    return [{name: average(statistics) for name, statistics in one.items()} for one in found]


def _without(ballots: Ballots, left_out: str) -> tuple[Reference, Predicted, Bools]:
    """The reference of the other annotators, the one's own labels, and which answers (n,) it labelled."""
    rest = combine("", ballots.of([name for name in ballots.annotators if name != left_out]), None)
    return rest, from_ballots(ballots, left_out), ballots.labelled[:, ballots.annotators.index(left_out)]


def _given(predicted: Predicted) -> set[str]:
    return {name for name in OVERALL_TRACKS if TRACK[name].field in predicted.fields}


def _sides(items: Items, reference: Reference, predicted: Predicted) -> dict[str, Sides]:
    """Per track, a headline statistic of each annotator against the others, and of the scorer in the same place."""
    sides: dict[str, Sides] = {name: ([], []) for name in OVERALL_TRACKS}
    if len(reference.annotators) < 2:
        return sides
    blocks = [slice(start, start + BLOCK) for start in range(0, len(items), BLOCK)]
    for left_out in reference.annotators:
        parts = [_headlines(items.part(b), reference.ballots.part(b), predicted.part(b), left_out) for b in blocks]
        for name, (annotators, scorers) in sides.items():
            annotators.append(merged([part[name][0] for part in parts]))
            scorers.append(merged([part[name][1] for part in parts]))
    return sides


def _headlines(items: Items, ballots: Ballots, predicted: Predicted, left_out: str) -> dict[str, tuple[Statistic, Statistic]]:
    """Per track, the headline of one annotator and of the scorer against the other annotators, where that one labelled."""
    rest, labels, labelled = _without(ballots, left_out)
    return {
        name: (
            label_metrics(name, items, rest, labels, labelled)[TRACK[name].headline](),
            label_metrics(name, items, rest, predicted, labelled)[TRACK[name].headline](),
        )
        for name in OVERALL_TRACKS
    }


def _compared(annotators: list[Statistic], scorers: list[Statistic], given: bool, resampler: Resampler) -> Record:
    if not annotators:
        alone = Estimate(None, None, None, 0, "the reference is a single annotator").record()
        return {"annotator": alone, "scorer": alone, "share": alone}
    own = average(annotators)
    ceiling = resampler.estimate(own).record()
    if not given:
        absent = Estimate(None, None, None, 0, "the scorer does not give the label").record()
        return {"annotator": ceiling, "scorer": absent, "share": absent}
    scorer = average(scorers)
    share = replace(ratio(scorer, own), undefined="the annotators agree no better than by chance")
    return {"annotator": ceiling, "scorer": resampler.estimate(scorer).record(), "share": resampler.estimate(share).record()}
