"""Every coefficient by its key, with what it means and what it can be asked of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from benchmark.agreement import chance, cohen, icc, krippendorff, ranks, tables, weights
from benchmark.agreement.ratings import Floats, Ratings
from benchmark.agreement.result import Agreement, undefined
from benchmark.metrics.statistic import Statistic

Compute = Callable[[Ratings], Agreement]
Build = Callable[[Ratings], Statistic | None]

NOMINAL, ORDINAL, NUMERIC = "nominal", "ordinal", "interval"
MOST_CATEGORIES = 200
"""With more distinct values than this (measurements, say) a coefficient that counts categories is not computed."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient.

    ``level`` is the least level of measurement at which it says something; ``statistic`` builds it as a function of sums over
    items, for the bootstrap (None where the sums would take too much memory); ``two``: for two raters only; ``categorical``: it
    counts categories; ``ordered``: it matters who gave which rating.
    """

    key: str
    meaning: str
    level: str
    compute: Compute
    statistic: Build | None = None
    two: bool = False
    categorical: bool = True
    ordered: bool = False


@cache
def registry() -> dict[str, Coefficient]:
    """All coefficients by key."""
    found = [*_chance_corrected(), *_alphas(), *_two_raters(), *_numeric()]
    return {coefficient.key: coefficient for coefficient in found}


def all_coefficients(ratings: Ratings) -> dict[str, Agreement]:
    """Every coefficient of the ratings; one that can't be asked of them is undefined with the reason."""
    folded = ratings.folded() if ratings.categories <= MOST_CATEGORIES else ratings
    unordered = folded.unordered() if ratings.categories <= MOST_CATEGORIES else ratings
    return {key: compute(c, folded if c.ordered else unordered) for key, c in registry().items()}


def compute(coefficient: Coefficient, ratings: Ratings) -> Agreement:
    """One coefficient, or why it can't be asked of these ratings."""
    if coefficient.two and ratings.raters != 2:
        return undefined("for two raters")
    if coefficient.categorical and ratings.categories > MOST_CATEGORIES:
        return undefined(f"{ratings.categories} distinct values are too many to be categories")
    return coefficient.compute(ratings)


def _chance_corrected() -> list[Coefficient]:
    schemes = {"": weights.nominal, **{f"_{name}": scheme for name, scheme in weights.SCHEMES.items()}}
    families: list[tuple[str, str, Any, str]] = [
        ("percent_agreement", "mean share of agreeing pairs of raters", chance.percent_agreement, "percent"),
        ("fleiss_kappa_gwet", "Fleiss' kappa, ratings may be missing", chance.fleiss_kappa, "fleiss"),
        ("brennan_prediger", "Brennan and Prediger's coefficient", chance.brennan_prediger, "brennan_prediger"),
        ("gwet_ac", "Gwet's AC", chance.gwet_ac, "gwet"),
    ]
    found = []
    for suffix, scheme in schemes.items():
        level, by = (ORDINAL, f", {suffix[1:]} weights") if suffix else (NOMINAL, "")
        for key, meaning, function, kind in families:
            name = ("gwet_ac2" if suffix else "gwet_ac1") + suffix if key == "gwet_ac" else key + suffix
            build = partial(_chance_statistic, kind, scheme)
            found.append(Coefficient(name, meaning + by, level, partial(_under, function, scheme), build))
        conger = partial(_under, chance.conger_kappa, scheme)
        conger_build = partial(_under, chance.conger_statistic, scheme)
        found.append(
            Coefficient(f"conger_kappa{suffix}", f"Conger's kappa{by}", level, conger, conger_build, ordered=True),
        )
    found.append(
        Coefficient(
            "percent_agreement_all",
            "share of items on which all raters agree",
            NOMINAL,
            chance.percent_agreement_all,
            chance.percent_agreement_all_statistic,
        )
    )
    build = partial(_chance_statistic, "fleiss", weights.nominal)
    found.append(Coefficient("fleiss_kappa", "Fleiss' kappa, equally many ratings per item", NOMINAL, _fleiss_classic, build))
    found.append(Coefficient("fleiss_kappa_z0", "Fleiss' kappa over its standard error by chance", NOMINAL, _fleiss_z0))
    found.append(
        Coefficient(
            "light_kappa",
            "mean of Cohen's kappa over pairs of raters",
            NOMINAL,
            cohen.light_kappa,
            partial(tables.statistic, finish=tables.light_kappa, complete=False),
            ordered=True,
        )
    )
    return found


def _alphas() -> list[Coefficient]:
    said = "Krippendorff's alpha"
    nominal = partial(_by_distance, krippendorff.nominal_distance)
    ratio = partial(_by_distance, krippendorff.ratio_distance)
    ordinal, interval = krippendorff.ordinal_statistic, krippendorff.interval_statistic
    return [
        Coefficient("alpha_nominal", f"{said}, nominal metric", NOMINAL, krippendorff.alpha_nominal, nominal),
        Coefficient(
            "alpha_ordinal", f"{said}, ordinal metric", ORDINAL, krippendorff.alpha_ordinal, ordinal, categorical=False
        ),
        Coefficient(
            "alpha_interval", f"{said}, interval metric", NUMERIC, krippendorff.alpha_interval, interval, categorical=False
        ),
        Coefficient("alpha_ratio", f"{said}, ratio metric", "ratio", krippendorff.alpha_ratio, ratio),
    ]


def _two_raters() -> list[Coefficient]:
    found = []
    for suffix, scheme in {"": weights.nominal, "_linear": weights.linear, "_quadratic": weights.quadratic}.items():
        level, by = (ORDINAL, f", {suffix[1:]} weights") if suffix else (NOMINAL, "")
        found += [
            Coefficient(
                f"cohen_kappa{suffix}",
                f"Cohen's kappa{by}",
                level,
                partial(_under, cohen.cohen_kappa, scheme),
                partial(_under, cohen.kappa_statistic, scheme),
                two=True,
                ordered=True,
            ),
            Coefficient(
                f"cohen_kappa{suffix}_se0",
                f"standard error of Cohen's kappa{by} by chance",
                level,
                partial(_under, cohen.cohen_kappa_se0, scheme),
                two=True,
                ordered=True,
            ),
        ]
    for power, name in ((1, "linear"), (2, "quadratic")):
        found.append(
            Coefficient(
                f"cohen_kappa_{name}_valueweights",
                f"Cohen's kappa, {name} weights by the categories' values",
                NUMERIC,
                partial(_by_value, cohen.cohen_kappa, power),
                partial(_by_value, cohen.kappa_statistic, power),
                two=True,
                ordered=True,
            )
        )
    higher, lower = partial(_specific, -1), partial(_specific, 0)
    for key, meaning, function, build in (
        ("scott_pi", "Scott's pi", cohen.scott_pi, _of_pair(tables.scott_pi)),
        ("p_pos", "agreement on the higher of two categories", higher, partial(_specific_statistic, -1)),
        ("p_neg", "agreement on the lower of two categories", lower, partial(_specific_statistic, 0)),
        ("prevalence_index", "how uneven the two categories are", cohen.prevalence_index, _of_pair(tables.prevalence_index)),
        ("bias_index", "how differently the raters use the categories", cohen.bias_index, _of_pair(tables.bias_index)),
    ):
        found.append(Coefficient(key, meaning, NOMINAL, function, build, two=True, ordered=True))
    for key, meaning, level, function, build in (
        ("kendall_tau_b", "Kendall's tau-b", ORDINAL, ranks.kendall_tau_b, _of_pair(tables.kendall_tau_b)),
        ("spearman", "Spearman's rho", ORDINAL, ranks.spearman, _of_pair(tables.spearman)),
        ("pearson", "Pearson's correlation", NUMERIC, ranks.pearson, ranks.pearson_statistic),
    ):
        found.append(Coefficient(key, meaning, level, function, build, two=True, categorical=False, ordered=True))
    return found


def _numeric() -> list[Coefficient]:
    concordance = "Kendall's W, corrected for ties"
    found = [
        Coefficient(
            "kendall_w",
            concordance,
            ORDINAL,
            lambda r: ranks.kendall_w(r).w,
            partial(_concordance_statistic, True),
            categorical=False,
            ordered=True,
        ),
        Coefficient(
            "kendall_w_uncorrected",
            "Kendall's W, not corrected for ties",
            ORDINAL,
            lambda r: ranks.kendall_w(r).uncorrected,
            partial(_concordance_statistic, False),
            categorical=False,
            ordered=True,
        ),
    ]
    for part in ("chisq", "p"):
        compute_part = partial(_part, ranks.kendall_w, "w", part)
        meaning = f"{'chi-square' if part == 'chisq' else 'p'} of Kendall's W"
        found.append(Coefficient(f"kendall_w_{part}", meaning, ORDINAL, compute_part, categorical=False, ordered=True))
    layouts = {"1": "one-way", "2": "two-way random, agreement", "3": "two-way mixed, consistency"}
    for form in icc.FORMS:
        of = "mean of the raters" if form.endswith("k") else "single rater"
        whole = partial(icc.icc, form=form)
        build = partial(icc.icc_statistic, form=form)
        meaning = f"intraclass correlation, {layouts[form[3]]}, {of}"
        found.append(Coefficient(form, meaning, NUMERIC, partial(_estimate, whole), build, categorical=False, ordered=True))
        for part in ("f", "p"):
            key, meaning = f"{form}_{'F' if part == 'f' else 'p'}", f"{'F' if part == 'f' else 'p'} of {form}"
            compute_part = partial(_part, whole, "estimate", part)
            found.append(Coefficient(key, meaning, NUMERIC, compute_part, categorical=False, ordered=True))
    meaning = "how many independent raters they are worth (Kish's design effect)"
    found.append(
        Coefficient(
            "effective_raters",
            meaning,
            ORDINAL,
            ranks.effective_raters,
            _effective_raters_statistic,
            categorical=False,
            ordered=True,
        )
    )
    return found


def _under(function: Any, scheme: Callable[[int], Floats], ratings: Ratings) -> Any:
    return function(ratings, scheme(ratings.categories))


def _chance_statistic(kind: str, scheme: Callable[[int], Floats], ratings: Ratings) -> Statistic:
    return chance.statistic(ratings, scheme(ratings.categories), kind)


def _by_distance(distance: Callable[[Ratings], Floats], ratings: Ratings) -> Statistic:
    return krippendorff.distance_statistic(ratings, distance(ratings))


def _of_pair(finish: tables.Finish) -> Build:
    """A coefficient of two raters as a function of their joint table; ranks need only the values that occur."""

    def build(ratings: Ratings) -> Statistic | None:
        of_ranks = finish in (tables.spearman, tables.kendall_tau_b)
        return tables.statistic(tables.of_seen(ratings) if of_ranks else ratings, finish, complete=True)

    return build


def _specific_statistic(category: int, ratings: Ratings) -> Statistic | None:
    finish = tables.specific_agreement(_place(category, ratings))
    return tables.statistic(ratings, finish, complete=True)


def _concordance_statistic(corrected: bool, ratings: Ratings) -> Statistic | None:
    return tables.statistic(tables.of_seen(ratings), tables.kendall_w(ratings.raters, corrected), complete=True)


def _effective_raters_statistic(ratings: Ratings) -> Statistic | None:
    seen = tables.of_seen(ratings)
    mean, r = tables.mean_correlation(seen.scale), ratings.raters

    def finish(found: Floats) -> Floats:
        shared = 1 + (r - 1) * mean(found)
        return np.where(shared > 0, r / np.where(shared > 0, shared, 1.0), np.nan)

    return tables.statistic(seen, finish, complete=False)


def _by_value(function: Any, power: int, ratings: Ratings) -> Any:
    distance = np.abs(ratings.scale[:, None] - ratings.scale[None, :]) ** power
    return function(ratings, distance / (distance.max() or 1.0))


def _specific(category: int, ratings: Ratings) -> Agreement:
    """Positive (the higher value) or negative agreement of two categories."""
    if ratings.categories != 2:
        return undefined("for two categories")
    return cohen.specific_agreement(ratings, _place(category, ratings))


def _place(category: int, ratings: Ratings) -> int:
    """The place of the lowest (0) or highest (-1) category."""
    return int(np.argsort(ratings.scale)[category])


def _fleiss_classic(ratings: Ratings) -> Agreement:
    sizes = np.unique(ratings.counts.sum(axis=1))
    if len(sizes[sizes > 0]) != 1:
        return undefined("the items have different numbers of ratings: see fleiss_kappa_gwet")
    found = chance.fleiss_kappa(ratings, weights.nominal(ratings.categories))
    return Agreement(found.value, n=found.n, reason=found.reason)


def _fleiss_z0(ratings: Ratings) -> Agreement:
    """Kappa over its standard error were the ratings independent (Fleiss, Nee and Landis 1979)."""
    found = _fleiss_classic(ratings)
    if found.value is None:
        return found
    p = ratings.multiplicity @ ratings.counts
    p = p / p.sum()
    r, spread = float(ratings.counts.sum(axis=1).max()), float(p @ (1 - p))
    variance = 2 / (found.n * r * (r - 1)) * (spread**2 - float((p * (1 - p)) @ (1 - 2 * p))) / spread**2
    return Agreement(found.value / variance**0.5, n=found.n) if variance > 0 else undefined("no variance by chance", found.n)


def _estimate(whole: Callable[[Ratings], icc.Icc], ratings: Ratings) -> Agreement:
    return whole(ratings).estimate


def _part(whole: Callable[[Ratings], Any], estimate: str, part: str, ratings: Ratings) -> Agreement:
    """A companion of a coefficient (its F, its p) under a key of its own."""
    found = whole(ratings)
    base: Agreement = getattr(found, estimate)
    value = getattr(found, part)
    return undefined(base.reason or "not defined here", base.n) if value is None else Agreement(value, n=base.n)
