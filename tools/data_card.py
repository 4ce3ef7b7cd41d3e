"""Write the data sheet of a corpus from the data and its audit: ``README.md`` in the corpus' folder.

python tools/data_card.py            # data/, after: bench corpus audit --output data/audit.json
python tools/data_card.py my_corpus  # another one, after: bench corpus audit --corpus my_corpus --output my_corpus/audit.json

What it says of whose labels these are follows the annotators: as soon as people are among them, theirs is the reference.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jinja2

from benchmark import load_corpus
from benchmark.agreement_report import SHOWN
from benchmark.codebook import ANNOTATOR_KINDS, DIMENSIONS, PATTERNS, SIGNALS, SPLITS, VERDICTS
from benchmark.corpus import Corpus
from benchmark.corpus.audit.counts import label_counts
from benchmark.corpus.scan import scanned
from benchmark.corpus.stats import corpus_stats
from benchmark.corpus_agreement import corpus_agreement
from benchmark.files import read_json, write_text
from benchmark.reference import build_reference, choose_annotators

ROOT = Path(__file__).parents[1]
COEFFICIENTS = {
    "fleiss_kappa_gwet": "Fleiss' kappa", "conger_kappa": "Conger's kappa", "conger_kappa_quadratic": "Conger's kappa, quadratic", "gwet_ac1": "AC1",
    "gwet_ac2_quadratic": "AC2, quadratic", "brennan_prediger": "Brennan-Prediger", "kendall_w": "Kendall's W", "alpha_jaccard": "alpha with Jaccard distance",
    "percent_agreement": "share of pairs that agree",
}  # fmt: skip
RESAMPLES = 2000


def table(header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines)


def number(estimate: dict[str, Any] | None) -> str:
    if estimate is None or estimate["value"] is None:
        return "–"
    interval = "" if estimate.get("low") is None else f" [{estimate['low']:.2f}, {estimate['high']:.2f}]"
    return f"{estimate['value']:.2f}{interval}"


def label_table(corpus: Corpus, stats: dict[str, Any]) -> str:
    source, annotators = choose_annotators(corpus, None)
    reference = label_counts(build_reference(corpus, source, annotators, list(corpus.answers)))
    names = list(stats["annotators"])
    rows = []
    for field, values in reference.items():
        for value, count in values.items():
            given = [stats["annotators"][name][field].get(value.lstrip("+"), 0) for name in names]
            rows.append([f"{field} `{value}`", *given, f"{count:.1f}".removesuffix(".0")])
    return table(["label", *names, "reference"], rows)


def agreement_table(agreement: dict[str, Any]) -> str:
    rows = []
    for label, one in agreement["labels"].items():
        main, *others = SHOWN[one["level"]]
        found = one["coefficients"]
        told = [
            f"{COEFFICIENTS[key]} {number({**found[key], 'low': None})}"
            for key in others
            if key in COEFFICIENTS and key in found
        ]
        rows.append([label, number(found[main]), "; ".join(told)])
    return table(["label", "Krippendorff's alpha [95 %]", "other coefficients"], rows)


def audit_table(audit: dict[str, Any]) -> str:
    def limit(check: dict[str, Any]) -> str:
        ends = {"at least": check["least"], "at most": check["most"]}
        return ", ".join(f"{name} {end:g}" for name, end in ends.items() if end is not None)

    def value(check: dict[str, Any]) -> str:
        return str(check["value"]) if isinstance(check["value"], int) else number(check)

    verdict = {True: "holds", False: "**broken**", None: ""}
    return table(
        ["check", "value", "limit", ""], [[c["name"], value(c), limit(c), verdict[c["passed"]]] for c in audit["checks"]]
    )


def author_agreement(corpus: Corpus) -> str:
    """How often the author's intent is what the passes say together."""
    source, annotators = choose_annotators(corpus, None)
    labelled = {a.answer_id for a in corpus.annotations if a.annotator_id in annotators}
    reference = build_reference(corpus, source, annotators, sorted(labelled))
    row = {a: i for i, a in enumerate(reference.answer_ids)}
    own = [a for a in corpus.annotations if corpus.annotators[a.annotator_id].kind == "author" and a.answer_id in labelled]
    if not own:
        return "no answer has both"
    verdict = sum(reference.verdict[row[a.answer_id], VERDICTS.index(str(a.verdict))] for a in own) / len(own)
    apart = [abs(reference.rating[row[a.answer_id]] - float(a.rating or 0)) for a in own]
    within = sum(d <= 1 for d in apart) / len(own)
    return f"the same verdict for {verdict:.0%} of answers, the same rating for {sum(d == 0 for d in apart) / len(own):.0%}, within one step for {within:.0%}"


def example(corpus: Corpus) -> str:
    """The shortest train answer that is all speech and has one interviewer turn, with what its annotators said."""
    train = corpus.split("train") or corpus.split("all")
    spoken = [
        a for a in train
        if all(s.kind == "speech" for s in a.segments) and sum(s.speaker == "interviewer" for s in a.segments) == 1
    ]  # fmt: skip
    answer = min(spoken or train, key=lambda a: (a.words, a.answer_id))
    lines = [f"> **{answer.round}**, budget {answer.question.time_budget_s:.0f} s: {answer.question.prompt}", ">"]
    lines += [f"> [{s.start_s:.0f}-{s.end_s:.0f} s] *{s.speaker}*: {s.text or f'({s.kind})'}  " for s in answer.segments]
    own = [a for a in corpus.annotations if a.answer_id == answer.answer_id]
    rows = [
        [a.annotator_id, a.verdict, a.rating, a.pace, a.depth, ", ".join(a.patterns or ()) or "none", a.rationale] for a in own
    ]
    return "\n".join(lines) + "\n\n" + table(["annotator", "verdict", "rating", "pace", "depth", "patterns", "rationale"], rows)


def kind_agreement(corpus: Corpus, folder: Path, kind: str) -> dict[str, Any] | None:
    """How the annotators of one kind agree: their number, the answers that two or more labelled, the table, their independent number; None where fewer than two."""
    names = sorted({a.annotator_id for a in corpus.annotations if corpus.annotators[a.annotator_id].kind == kind})
    if len(names) < 2:
        return None
    counts = Counter(a.answer_id for a in corpus.annotations if a.annotator_id in names)
    agreement = corpus_agreement(str(folder), "all", kind, None, resamples=RESAMPLES, seed=0)
    raters = {k: v["coefficients"].get("effective_raters", {}).get("value") for k, v in agreement["labels"].items()}
    told = ", ".join(f"{raters[k]:.1f} for {k}" for k in ("rating", "pace", "depth") if raters.get(k))
    return {
        "annotators": len(names),
        "answers": sum(n > 1 for n in counts.values()),
        "table": agreement_table(agreement),
        "effective": told,
    }


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data"
    corpus = load_corpus(data)
    audit = read_json(data / "audit.json")
    if audit["corpus"]["fingerprint"] != corpus.fingerprint:
        raise SystemExit(
            f"{data / 'audit.json'} is of another state of the corpus: run bench corpus audit --corpus {data} --output {data / 'audit.json'}"
        )
    with scanned(data) as scan:
        stats = corpus_stats(scan)
    labelled = {
        kind: {a.answer_id for a in corpus.annotations if corpus.annotators[a.annotator_id].kind == kind}
        for kind in ANNOTATOR_KINDS
    }
    people = sum(annotator.kind == "human" for annotator in corpus.annotators.values()) if labelled["human"] else 0
    questions = {split: len({a.question_id for a in corpus.split(split)}) for split in SPLITS}
    domains: dict[str, set[str]] = {}
    for answer in corpus.answers.values():
        domains.setdefault(str(answer.question.domain), set()).add(answer.split)
    test_only = sorted(d for d, s in domains.items() if s == {"test"})
    counts = {**stats["rows"]}
    size = "n<1K" if counts["answers"] < 1000 else "1K<n<10K"
    template = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True).from_string(
        (ROOT / "tools" / "data_card.md.j2").read_text(encoding="utf-8")
    )
    about = read_json(data / "corpus.json") if (data / "corpus.json").is_file() else {}
    text = template.render(
        size=size,
        version=corpus.version,
        fingerprint=corpus.fingerprint,
        n=counts,
        domains=stats["domains"],
        patterns=", ".join(f"`{p}`" for p in PATTERNS),
        signals=", ".join(f"`{s}`" for s in SIGNALS),
        example=example(corpus),
        rounds=table(
            ["round", "questions", *SPLITS, "answers"],
            [
                [f"`{r}`", stats["questions"][r], *(by[s] for s in SPLITS), sum(by.values())]
                for r, by in stats["answers"].items()
            ],
        ),
        labels=label_table(corpus, stats),
        dimensions=table(["contrast dimension", *DIMENSIONS], [["pairs", *(stats["contrasts"][d] for d in DIMENSIONS)]]),
        annotators=[
            {**d, "answers": stats["annotators"][d["annotator_id"]]["answers"]} for d in corpus.documents["annotators"]
        ],
        people=people,
        labelled={kind: len(answers) for kind, answers in labelled.items()},
        agreement={kind: kind_agreement(corpus, data, kind) for kind in ("human", "model")},
        author=author_agreement(corpus),
        audit=audit_table(audit),
        splits=", ".join(f"{count} in `{split}` ({len(corpus.split(split))} answers)" for split, count in questions.items()),
        test_only=", ".join(test_only) or "No domains",
        changelog=about.get("changelog", []),
    )
    write_text(data / "README.md", text)


if __name__ == "__main__":
    main()
