"""Finding scorers: built in, installed (entry point group ``bench.scorers``), ``module:Class``, or ``path.py[:Class]``."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType, NoneType
from typing import Any, Literal

from benchmark.errors import InputError
from benchmark.files import canonical
from benchmark.scoring.protocol import Scorer, ScorerSpec

GROUP = "bench.scorers"
BUILT_IN = {
    "heuristic": "scorers.heuristic:Heuristic",
    "ml": "scorers.ml:Ml",
    "llm": "scorers.llm:Llm",
    "constant": "scorers.constant:Constant",
    "random": "scorers.random:Random",
    "length": "scorers.length:Length",
}
ScorerClass = Callable[..., Scorer]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a scorer: its name, type as written, and default (``required`` when it has none)."""

    name: str
    type: str
    default: Any
    required: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A scorer as ``bench scorers`` lists it; ``broken`` is why it can't be loaded."""

    name: str
    origin: str
    version: str | None
    summary: str
    fitted: bool
    broken: str | None = None


def list_scorers() -> Iterator[Listing]:
    """Every built-in and installed scorer, broken ones included."""
    found = [(name, "built in", target) for name, target in BUILT_IN.items()]
    found += [(point.name, f"package {point.dist.name if point.dist else '?'}", point.value) for point in _plugins()]
    for name, origin, target in found:
        try:
            scorer = _load(target)
        except Exception as error:  # a plugin may break in any way; listing it must not
            yield Listing(name, origin, None, "", False, f"{type(error).__name__}: {error}")
        else:
            version, summary = str(getattr(scorer, "version", "?")), _summary(scorer)
            yield Listing(name, origin, version, summary, hasattr(scorer, "fit"))


def find_scorer(name: str) -> ScorerClass:
    """The scorer class of that name.  Raises InputError when there is none, or it can't be loaded, or is no scorer."""
    target = BUILT_IN.get(name) or next((point.value for point in _plugins() if point.name == name), None)
    if target is None and ":" not in name and not name.endswith(".py"):
        known = ", ".join([*BUILT_IN, *sorted(point.name for point in _plugins())])
        raise InputError([f"--scorer: no scorer {name!r} (known: {known}; or module:Class, or path.py:Class)"])
    try:
        found = _load(target or name)
    except InputError:
        raise
    except Exception as error:  # the user's own file or package: say what it raised
        raise InputError([f"--scorer: {name}: {type(error).__name__}: {error}"]) from error
    if not callable(getattr(found, "score", None)) or not isinstance(getattr(found, "name", None), str):
        raise InputError([f"--scorer: {name}: not a scorer (it needs `name`, `version` and `score(answers)`)"])
    scorer: ScorerClass = found
    return scorer


def parameters(scorer: ScorerClass) -> list[Parameter]:
    """The keyword parameters of a scorer class."""
    return [
        Parameter(
            name=p.name,
            type=p.annotation if isinstance(p.annotation, str) else getattr(p.annotation, "__name__", str(p.annotation)),
            default=None if p.default is p.empty else p.default,
            required=p.default is p.empty,
        )
        for p in inspect.signature(scorer).parameters.values()
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    ]


def make_scorer(name: str, settings: Sequence[str] = (), seed: int = 0) -> tuple[Scorer, ScorerSpec]:
    """Construct a scorer from ``key=value`` settings, and freeze what it is.

    A scorer with a parameter ``seed`` gets ``seed`` unless the settings say otherwise.  Raises InputError for an unknown
    key, a value of the wrong type, a missing one, or one that the constructor refuses with ValueError or TypeError.
    """
    scorer_class = find_scorer(name)
    known = {p.name: p for p in parameters(scorer_class)}
    types = _types(scorer_class)
    given: dict[str, Any] = {"seed": seed} if "seed" in known else {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or key not in known:
            choices = ", ".join(known) or "none"
            raise InputError([f"-S {setting}: scorer {name} has no parameter {key!r} (it has: {choices}; -S key=value)"])
        given[key] = _parse(setting, text, types.get(key, str))
    missing = [p.name for p in known.values() if p.required and p.name not in given]
    if missing:
        raise InputError([f"--scorer: {name} needs -S {missing[0]}=..."])
    params = {p.name: given.get(p.name, p.default) for p in known.values()}
    try:
        scorer = scorer_class(**given)
        params |= getattr(scorer, "fingerprints", {})  # of files that make it what it is: a prompt, a model
        spec = ScorerSpec(scorer.name, str(getattr(scorer, "version", "0")), params)
        canonical(params)
    except (ValueError, TypeError) as error:
        raise InputError([f"--scorer: {name}: {error}"]) from error
    return scorer, spec


def _plugins() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda point: point.name)


def _load(target: str) -> Any:
    place, _, attribute = target.rpartition(":") if ":" in target else (target, "", "")
    module = _module_from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    if attribute:
        return getattr(module, attribute)
    candidates = [
        c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__ and hasattr(c, "score")
    ]
    if len(candidates) != 1:
        names = ", ".join(c.__name__ for c in candidates) or "none"
        raise InputError([f"--scorer: {target}: expected one class with `score`, found {names}; name it: {target}:Class"])
    return candidates[0]


def _module_from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise InputError([f"--scorer: {path}: no such file"])
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise InputError([f"--scorer: {path}: not a Python file"])
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _summary(scorer: Any) -> str:
    return (inspect.getdoc(scorer) or "").partition("\n")[0]


def _types(scorer: ScorerClass) -> Mapping[str, Any]:
    constructor = getattr(scorer, "__init__", scorer)
    try:
        return typing.get_type_hints(constructor)
    except (NameError, TypeError):
        return {}


def _parse(setting: str, text: str, kind: Any) -> Any:
    """A setting's text as the parameter's annotated type."""
    options = typing.get_args(kind)
    if typing.get_origin(kind) is Literal:
        if text not in map(str, options):
            raise InputError([f"-S {setting}: one of {', '.join(map(str, options))}"])
        return next(option for option in options if str(option) == text)
    if NoneType in options:
        if text.lower() == "none":
            return None
        kind = next(option for option in options if option is not NoneType)
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise InputError([f"-S {setting}: true or false"])
        return text.lower() == "true"
    if kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            raise InputError([f"-S {setting}: not {'a whole number' if kind is int else 'a number'}"]) from None
    return text
