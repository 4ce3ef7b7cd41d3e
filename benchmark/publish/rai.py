"""The twenty properties of Croissant's Responsible AI vocabulary 1.0, filled from the corpus.

What the records say is counted here; what only people know stands in the front matter of the corpus' ``README.md`` under
``responsible_ai`` and goes before what is counted.  A property that neither fills is left out.
Source: http://mlcommons.org/croissant/RAI/1.0
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from benchmark.corpus.load import Corpus
from benchmark.errors import InputError, Problem
from benchmark.publish.about import RESPONSIBLE_AI, About

FIELDS = {
    "dataCollection": False,
    "dataCollectionType": True,
    "dataCollectionMissingData": False,
    "dataCollectionRawData": False,
    "dataCollectionTimeframe": True,
    "dataImputationProtocol": False,
    "dataManipulationProtocol": False,
    "dataPreprocessingProtocol": True,
    "dataAnnotationProtocol": False,
    "dataAnnotationPlatform": True,
    "dataAnnotationAnalysis": True,
    "annotationsPerItem": False,
    "annotatorDemographics": True,
    "machineAnnotationTools": True,
    "dataReleaseMaintenancePlan": False,
    "personalSensitiveInformation": True,
    "dataSocialImpact": False,
    "dataBiases": True,
    "dataLimitations": True,
    "dataUseCases": True,
}
"""Every property, and whether it may have several values (for the maintenance plan mlcroissant says one, the text many)."""
_LABELS = ("verdict", "rating", "pace", "depth", "patterns", "signals", "evidence", "rationale", "seconds_spent")


def responsible_ai(corpus: Corpus, about: About) -> dict[str, Any]:
    """The properties, keyed ``rai:NAME``.  Raises InputError for a name that is none, or several values where one is allowed."""
    problems = []
    for name, value in about.responsible_ai.items():
        place = f"{RESPONSIBLE_AI}.{name}"
        if name not in FIELDS:
            problems.append(Problem("README.md", 0, place, "is no property of Croissant's RAI vocabulary"))
        elif not isinstance(value, str) and not (
            FIELDS[name] and isinstance(value, list) and all(isinstance(v, str) for v in value)
        ):
            problems.append(
                Problem("README.md", 0, place, "has to be a text" + (" or a list of texts" if FIELDS[name] else ""))
            )
    if problems:
        raise InputError(problems)
    filled = {**_counted(corpus, about), **about.responsible_ai}
    return {f"rai:{name}": filled[name] for name in FIELDS if filled.get(name)}


def _counted(corpus: Corpus, about: About) -> dict[str, Any]:
    kinds = Counter(corpus.annotators[a.annotator_id].kind for a in corpus.annotations)
    per_answer = Counter(a.answer_id for a in corpus.annotations)
    spread = sorted({per_answer.get(answer_id, 0) for answer_id in corpus.answers})
    dates = sorted(a.created_at[:10] for a in corpus.annotations if a.created_at)
    books = sorted({a.codebook_version for a in corpus.annotations if a.codebook_version})
    missing = [
        f"{name} {count:,} of {len(corpus.annotations):,}"
        for name in _LABELS
        if (count := sum(getattr(a, name) is None for a in corpus.annotations))
    ]
    who = [f"{a.annotator_id} ({a.kind}): {a.description}" for _, a in sorted(corpus.annotators.items())]
    return {
        "dataCollectionMissingData": f"Labels that were not given are null, annotations without: {'; '.join(missing)}."
        if missing
        else None,
        "dataCollectionTimeframe": [dates[0], dates[-1]] if dates else None,
        "dataAnnotationProtocol": f"Labels follow the project's codebook, version {', '.join(books)}." if books else None,
        "dataAnnotationAnalysis": [
            "Every annotator's labels are kept.  The config `reference` is computed from them and never replaces them: it names "
            "whose labels it combines and how."
        ],
        "annotationsPerItem": f"{_range(spread)} an answer: "
        + ", ".join(f"{n:,} by {kind} annotators" for kind, n in sorted(kinds.items()))
        if kinds
        else None,
        "annotatorDemographics": who if kinds["human"] else ["No person labelled this release."],
        "machineAnnotationTools": [
            f"{a.annotator_id}: {a.description}" for _, a in sorted(corpus.annotators.items()) if a.kind == "model"
        ],
        "dataReleaseMaintenancePlan": " ".join(
            [
                f"Version {about.version} of {about.date}. A published version is a tag and never changes; corrections are a new version.",
                *(f"{e.get('version')} ({e.get('date')}): {e.get('what')}" for e in about.changelog),
            ]
        ),
        "dataUseCases": ["Testing: measuring scorers and LLM judges of interview answers.", "Not for training."],
    }


def _range(counts: list[int]) -> str:
    return str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
