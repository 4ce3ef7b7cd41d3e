"""``croissant.json``: Croissant 1.1 with RAI properties, provenance per label and terms of use, all derived from the build.

Specification: http://mlcommons.org/croissant/1.1 (provenance by PROV-O, terms by ODRL inside ``usageInfo``, as it recommends).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark.corpus.load import Corpus
from benchmark.publish.about import About
from benchmark.publish.configs import CONFIGS, Tables
from benchmark.publish.parquet import parquet_path
from benchmark.publish.rai import responsible_ai
from benchmark.reference import METHOD

if TYPE_CHECKING:
    import pyarrow as pa

CONFORMS_TO = ("http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0")
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "annotation": "cr:annotation",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "excludes": "cr:excludes",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "readLines": "cr:readLines",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sdVersion": "cr:sdVersion",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
    "unArchive": "cr:unArchive",
    "value": "cr:value",
}
KEYS = {
    "answers": "answer_id",
    "questions": "question_id",
    "annotations": "annotation_id",
    "annotators": "annotator_id",
    "contrasts": "contrast_id",
    "loops": "loop_id",
    "reference": "answer_id",
    "judge": "answer_id",
}
_REFERENCES = {
    "question_id": "questions/question_id",
    "answer_id": "answers/answer_id",
    "annotator_id": "annotators/annotator_id",
    "better": "answers/answer_id",
    "worse": "answers/answer_id",
}
_LABELS = ("verdict", "rating", "pace", "depth", "patterns", "confidence_direction", "signals", "evidence")
"""Columns that are somebody's judgement, each with its own provenance."""


def croissant(corpus: Corpus, about: About, tables: Tables, folder: Path, repo_id: str | None) -> dict[str, Any]:
    """The document for a build in ``folder``, whose Parquet files are ``tables``; paths in it are relative to the folder."""
    home = f"https://huggingface.co/datasets/{repo_id}" if repo_id else f"urn:{about.name}:{about.version}"
    people = [{"@type": "Organization", "name": name} for name in about.authors]
    return {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": about.name,
        "description": _description(corpus),
        "url": home,
        "version": about.version,
        "sdVersion": about.version,
        "datePublished": about.date,
        "license": about.license_url,
        "creator": people,
        "publisher": people,
        "keywords": list(about.front_matter.get("tags", ())) or ["evaluation", "llm-as-a-judge"],
        "inLanguage": about.front_matter.get("language", "en"),
        "isLiveDataset": False,
        "citeAs": _bibtex(about, home),
        "usageInfo": terms(about),
        "prov:wasAttributedTo": [_agent(a.annotator_id, a.kind, a.description) for _, a in sorted(corpus.annotators.items())],
        **responsible_ai(corpus, about),
        "distribution": _distribution(tables, folder),
        "recordSet": [_record_set(config, next(iter(splits.values())).schema) for config, splits in tables.items()],
    }


def terms(about: About) -> list[dict[str, Any]]:
    """Terms of use for machines: the canary as a request not to train, and the same as an ODRL offer.

    ODRL has no word for training, so the prohibited action is one of the corpus' own, narrower than ``odrl:use``.  The licence
    is the legal text; this asks for what it leaves open.
    """
    told = "Evaluation only: please do not train, fine-tune or distil models on this data, so that it can go on measuring them."
    action = f"urn:{about.name}:terms:train-model"
    return [
        {
            "@type": "DefinedTerm",
            "name": "No training",
            "termCode": "no-training",
            "description": f"{told}  Canary in every row: {about.canary}" if about.canary else told,
            "inDefinedTermSet": f"urn:{about.name}:terms",
        },
        {
            "@type": ["CreativeWork", "odrl:Offer"],
            "name": "Evaluation, not training",
            "description": told,
            "odrl:permission": {
                "@type": "odrl:Permission",
                "odrl:action": {
                    "@id": f"urn:{about.name}:terms:evaluate-model",
                    "name": "Evaluate models",
                    "odrl:includedIn": {"@id": "odrl:use"},
                },
            },
            "odrl:prohibition": {
                "@type": "odrl:Prohibition",
                "odrl:action": {
                    "@id": action,
                    "name": "Train, fine-tune or distil models",
                    "odrl:includedIn": {"@id": "odrl:use"},
                },
            },
        },
    ]


def _description(corpus: Corpus) -> str:
    kinds = sorted({corpus.annotators[a.annotator_id].kind for a in corpus.annotations})
    by = f"labelled by annotators of the kind{'s' if len(kinds) > 1 else ''} {', '.join(kinds)}" if kinds else "not labelled"
    return (
        f"{len(corpus.answers):,} timed answers to {len(corpus.questions):,} interview questions, {by}, every annotator's labels kept; "
        "to measure how close scorers come to annotators in judging where a candidate spends speed and depth."
    )


def _bibtex(about: About, home: str) -> str:
    key = "".join(c if c.isalnum() else "-" for c in about.name)
    return (
        f"@misc{{{key}, title = {{{about.name}}}, author = {{{' and '.join('{' + a + '}' for a in about.authors)}}}, "
        f"year = {{{about.date[:4]}}}, version = {{{about.version}}}, howpublished = {{{home}}}}}"
    )


def _agent(annotator_id: str, kind: str, description: str) -> dict[str, Any]:
    agent = {"human": "prov:Person", "model": "prov:SoftwareAgent"}.get(kind, "prov:Agent")
    return {
        "@type": agent,
        "@id": f"#annotator-{annotator_id}",
        "prov:label": annotator_id,
        "description": f"{kind}: {description}",
    }


def _distribution(tables: Tables, folder: Path) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = []
    for config, splits in tables.items():
        for split in splits:
            content = (folder / parquet_path(config, split)).read_bytes()
            files.append(
                {
                    "@type": "cr:FileObject",
                    "@id": f"{config}-{split}",
                    "name": f"{config}-{split}",
                    "description": f"Config {config}, split {split}.",
                    "contentUrl": parquet_path(config, split),
                    "contentSize": f"{len(content)} B",
                    "encodingFormat": "application/x-parquet",
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
            )
        files.append(
            {
                "@type": "cr:FileSet",
                "@id": f"{config}-files",
                "name": f"{config}-files",
                "description": f"Every split of config {config}.",
                "encodingFormat": "application/x-parquet",
                "includes": f"{config}/*.parquet",
            }
        )
    return files


def _record_set(config: str, schema: pa.Schema) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": config,
        "name": config,
        "description": CONFIGS[config],
        "key": {"@id": f"{config}/{KEYS[config]}"},
        "field": [_field(config, column) for column in schema],
    }


def _field(config: str, column: pa.Field) -> dict[str, Any]:
    import pyarrow as pa

    path = f"{config}/{column.name}"
    source = {"fileSet": {"@id": f"{config}-files"}, "extract": {"column": column.name}}
    is_list = pa.types.is_list(column.type)
    inner = column.type.value_type if is_list else column.type
    field: dict[str, Any] = {"@type": "cr:Field", "@id": path, "name": path}
    if is_list:
        field |= {"isArray": True, "arrayShape": "-1"}
    if pa.types.is_struct(inner):
        field["subField"] = [
            {
                "@type": "cr:Field",
                "@id": f"{path}/{part.name}",
                "name": f"{path}/{part.name}",
                "dataType": _data_type(part.type),
                "source": {**source, "transform": {"jsonPath": part.name}},
            }
            for part in inner
        ]
    else:
        field |= {"dataType": _data_type(inner), "source": source}
    if config == "annotations" and column.name in _LABELS:
        field |= _given_by(path, config)
    elif config == "reference" and column.name in _LABELS:
        field |= _computed(column.name)
    if "dataType" in field and column.name in _LABELS and config in ("annotations", "reference", "judge"):
        field["dataType"] = [field["dataType"], "cr:Label"]
    if column.name in _REFERENCES and _REFERENCES[column.name] != path:
        field["references"] = {"field": {"@id": _REFERENCES[column.name]}}
    return field


def _given_by(path: str, config: str) -> dict[str, Any]:
    """Provenance of a label, row by row: who gave it and when."""
    source = {"fileSet": {"@id": f"{config}-files"}}

    def about(name: str, column: str, data_type: str, meaning: str) -> dict[str, Any]:
        return {
            "@type": "cr:Field",
            "@id": f"{path}/{name}",
            "name": f"{path}/{name}",
            "dataType": data_type,
            "equivalentProperty": meaning,
            "source": {**source, "extract": {"column": column}},
        }

    return {
        "annotation": [
            about("annotator", "annotator_id", "sc:Text", "prov:wasAttributedTo"),
            about("created_at", "created_at", "sc:Text", "prov:generatedAtTime"),
        ]
    }


def _computed(label: str) -> dict[str, Any]:
    """Provenance of a reference label: nobody gave it, it is computed from what annotators gave."""
    return {
        "prov:wasDerivedFrom": {"@id": f"annotations/{label}"},
        "prov:wasGeneratedBy": {"@type": "prov:Activity", "prov:label": METHOD},
    }


def _data_type(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:Integer" if pa.types.is_integer(kind) else "sc:Text"
