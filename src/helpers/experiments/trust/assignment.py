"""Whether units were assigned as planned: the split as a whole and in parts, one variant each, the unit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb
from scipy.stats import t

from helpers import style
from helpers.experiments.observations.aggregates import NOT_KNOWN, Observations, several_weeks
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.randomization import Randomization
from helpers.experiments.trust.severity import (
    TOLERATED,
    checked,
    counts_in_words,
    not_checked,
    planned_split,
)
from helpers.records import Check
from helpers.stats import (
    Estimate,
    Moments,
    independence,
    mean_difference,
    proportion,
    sample_ratio,
    sequential_sample_ratio,
)
from helpers.stats.categorical import SUSPICIOUS

FEW = 5
"""Fewest expected units of a part in the test of all parts together."""
UNDATED = "a day not known"
"""What units without a date of assignment were assigned on."""


def whole_split(protocol: Protocol, observed: Observations) -> Check:
    """The units of the arms against the planned split."""
    counts = [observed.assigned(arm) for arm in protocol.arms]
    if sum(counts) == 0:
        return checked("sample_ratio", "No unit is in a planned variant: supply assignments.", passed=False)
    p = odds_of_split(protocol, observed)
    text = (
        f"Units were split {counts_in_words(counts)} ({' to '.join(protocol.arms)}); planned was "
        f"{planned_split(protocol)} ({style.p_value(p)})"
    )
    if p < SUSPICIOUS:
        text += ", which chance does not explain. Find where units get lost before reading any effect."
    else:
        text += ", within chance." if p >= 0.01 else ", unusual, but above the limit of 0.001."
    return checked("sample_ratio", text, passed=p >= SUSPICIOUS)


def split_within_pools(protocol: Protocol, observed: Observations) -> Iterator[Check]:
    """The units of the variants that are read as one arm, against their planned weights.

    0.001 over the number of pools; where clusters are assigned, units are no single ones, and none is tested.
    """
    told, odd = [], False
    for pool, members in protocol.pools.items() if not protocol.cluster else ():
        counts = [observed.pooled.get(name, 0) for name in members]
        weights = [protocol.variants[name] for name in members]
        p = sample_ratio(counts, [weight / sum(weights) for weight in weights]).p if sum(counts) else 1.0
        odd = odd or p < SUSPICIOUS / len(protocol.pools)
        told.append(f"{pool}: {counts_in_words(counts)} ({' to '.join(members)}, {style.p_value(p)})")
    if told:
        why = "chance does not explain that: find where units get lost" if odd else "within chance"
        text = f"Units within arms that are pooled: {'; '.join(told)}; {why}."
        yield checked("pools", text, passed=not odd)


def odds_of_split(protocol: Protocol, observed: Observations) -> float:
    """P of the planned split; valid at every look where the design has several.

    Where the day of some units is not known, neither is their order: all are one batch, which is as valid.
    """
    counts = [observed.assigned(arm) for arm in protocol.arms]
    if protocol.design == "fixed-horizon":
        return sample_ratio(counts, protocol.split).p
    if np.isnat(observed.day).any():
        return sequential_sample_ratio([counts], protocol.split)[-1]
    days = [observed.on([day]) for day in observed.days]
    batches = [[day.assigned(arm) for arm in protocol.arms] for day in days]
    return sequential_sample_ratio(batches, protocol.split)[-1]


@dataclass(frozen=True)
class WeeklyShare:
    """The share of one week's units that a treatment got, with its Wilson interval; None where none came."""

    first_day: date
    units: int
    share: Estimate | None


def weekly_shares(plan: Protocol, observed: Observations, treatment: str) -> tuple[WeeklyShare, ...]:
    """The share of all units assigned to one treatment, week by week.

    Raises:
        NoData: the units have no dates, or all lie within a week.
    """
    found = []
    for week in several_weeks(observed):
        part = observed.on(week)
        units = sum(part.assigned(arm) for arm in plan.arms)
        share = proportion(part.assigned(treatment), units, plan.level) if units else None
        found.append(WeeklyShare(week[0], units, share))
    return tuple(found)


def split_of_parts(protocol: Protocol, observed: Observations) -> Iterator[Check]:
    """Whether the split is the same on every day, platform, region and segment.

    Independence of variant and part, flagged below 0.001 over the number of these tests. Units without a date
    are a day of their own.
    """
    days = np.where(np.isnat(observed.day), UNDATED, np.datetime_as_string(observed.day))
    parts = {"day": days, **observed.parts} if observed.days else dict(observed.parts)
    for name, values in parts.items():
        if len(np.unique(values)) < 2:
            yield not_checked(f"split_by_{name}", _one_part(name, str(values[0])))
            continue
        odd = _odd_one(protocol, observed, values, SUSPICIOUS / len(parts))
        if odd is None:
            text = f"The split does not differ between {name}s by more than chance."
            yield checked(f"split_by_{name}", text, passed=True)
            continue
        where, counts, p = odd
        text = (
            f"The split differs by {name} ({style.p_value(p)}): {counts_in_words(counts)} "
            f"({' to '.join(protocol.arms)}) on {where}. An effect then mixes with what sets that {name} "
            f"apart; find out why, or read the {name}s apart."
        )
        yield checked(f"split_by_{name}", text, passed=False)


def _one_part(name: str, value: str) -> str:
    """Why a split cannot be looked at by a part of which there is one value."""
    if value == NOT_KNOWN:
        return f"No unit's {name} is known: fill in the column to see whether the split is the same in each."
    return f"All units are of one {name} ({value}): there is nothing to compare."


def one_variant_each(protocol: Protocol, observed: Observations) -> Check:
    """Units in two variants, which are left out."""
    if observed.day_coverage:
        return not_checked("one_variant", "Daily totals do not tell units apart: that needs assignments.")
    units = sum(observed.assigned(arm) for arm in protocol.arms) + observed.crossed
    share = observed.crossed / units if units else 0.0
    if observed.crossed == 0:
        return checked("one_variant", "Each unit stands in one variant.", passed=True)
    text = (
        f"{style.number(observed.crossed)} units ({style.value(share, 'share')}) stand in two variants "
        "and are left out."
    )
    if share > TOLERATED:
        text += (
            f" Find out how they crossed over: was something smaller assigned than a {protocol.unit}, "
            "a session or a device?"
        )
    return checked("one_variant", text, passed=False, stops=share > TOLERATED)


def unit_as_planned(protocol: Protocol, observed: Observations, seen: Randomization) -> Iterator[Check]:
    """Whether what was assigned, and what an outcome stands for, is the unit that the protocol names."""
    if not seen.groups and not observed.day_coverage:
        text = (
            f"Whether each {protocol.unit} was assigned on its own is not known: name what it belongs to "
            "(account, household) in the column cluster_id of assignments."
        )
        yield not_checked("unit", text)
    if seen.groups:
        yield _clusters_divided(protocol, seen) if protocol.cluster else _units_alone(protocol, seen)
    if seen.ungrouped and protocol.cluster:
        share = seen.ungrouped / seen.units
        text = (
            f"{style.number(seen.ungrouped)} of {style.number(seen.units)} {protocol.unit}s "
            f"({style.value(share, 'share')}) have no cluster_id and are left out: which {protocol.cluster} "
            "they were assigned with is not known. Fill in the column."
        )
        yield checked("grouped", text, passed=False, stops=share > TOLERATED)
    if seen.repeated:
        text = (
            f"{style.number(seen.repeated)} of {style.number(seen.outcomes)} rows of outcomes repeat a unit; "
            f"only the first of each counts. Where a row is less than a {protocol.unit} (a visit, an order), "
            f"add the rows up to one a {protocol.unit}; where they are copies, remove them."
        )
        yield checked("one_outcome", text, passed=False, stops=seen.repeated > TOLERATED * seen.outcomes)


def alike_before(protocol: Protocol, observed: Observations) -> Check:
    """Whether the arms were alike before the start, by every covariate: 0.001 over their number.

    A covariate that has one value for all, or none, tells nothing of them.
    """
    silent = {name: why for name in observed.covariates if (why := _tells_nothing(protocol, observed, name))}
    tested: dict[str, float] = {}
    for name in (name for name in observed.covariates if name not in silent):
        reference, *others = (observed.moments(arm, name) for arm in protocol.arms)
        for other in others:
            if min(reference.n, other.n) >= 2 and reference.finite and other.finite:
                tested[name] = min(tested.get(name, 1.0), odds_of_means(reference, other))
    also = "; ".join(silent.values())
    if not tested:
        why = also or "outcomes have no number from before the start; add such a column, named pre_…"
        return not_checked(
            "alike_before", f"Whether the arms were alike before the start is not known: {why}."
        )
    limit = SUSPICIOUS / len(tested) / (len(protocol.arms) - 1)
    odd = [f"{name} ({style.p_value(p)})" for name, p in tested.items() if p < limit]
    text = (
        f"The arms differed before the start: {style.listed(odd)}. The assignment was not random; find "
        "out how."
        if odd
        else f"The arms were alike before the start, by {style.listed(list(tested))}."
    )
    return checked("alike_before", f"{text} Not looked at: {also}." if also else text, passed=not odd)


def _tells_nothing(protocol: Protocol, observed: Observations, name: str) -> str:
    """Why a covariate cannot tell whether the arms were alike; empty where it can."""
    if observed.known_before.get(name) == 0:
        return f"no value of {name} is known"
    arms = [observed.moments(arm, name) for arm in protocol.arms]
    alone = len({arm.mean for arm in arms if arm.n}) < 2 and not any(arm.variance for arm in arms)
    return f"{name} has one value for all {protocol.sample_unit}s" if alone else ""


def odds_of_means(one: Moments, other: Moments) -> float:
    """P that random assignment sets the means of two arms so far apart, or a larger one.

    Of values that are 0 or 1, independence of value and arm. Of others the larger p of Welch's and Student's
    *t*: where values are skewed and one arm is small, Welch is misled by a small arm that misses the tail and
    so hardly varies, Student by one that caught it; neither by what misleads the other. Where neither arm
    varies, that all of one mean fall into one arm and all of the other into the other: a permutation test,
    since there is no error to compare them with.
    """
    if _is_share(one) and _is_share(other):
        p = independence([[arm.successes, arm.n - arm.successes] for arm in (one, other)])
        return 1.0 if p is None else p
    found = mean_difference(other.as_mean(0.95), one.as_mean(0.95))
    if found.p is not None:
        return max(found.p, _student(one, other))
    return 1.0 if found.value == 0 else min(1.0, 2 / float(comb(one.n + other.n, one.n)))


def _is_share(values: Moments) -> bool:
    """Whether all values are 0 or 1, as their variance then tells."""
    if not 0 <= values.mean <= 1:
        return False
    variance = values.mean * (1 - values.mean) * values.n / (values.n - 1)
    return math.isclose(values.variance, variance, rel_tol=1e-9, abs_tol=1e-15)


def _student(one: Moments, other: Moments) -> float:
    """Two-sided p of Student's *t*, which takes both arms to vary alike."""
    freedom = one.n + other.n - 2
    parts = (math.sqrt(arm.variance) * math.sqrt((arm.n - 1) / freedom) for arm in (one, other))
    error = math.hypot(*parts) * math.sqrt(1 / one.n + 1 / other.n)
    return float(2 * t.sf(abs(other.mean - one.mean) / error, freedom))


def _odd_one(
    protocol: Protocol, observed: Observations, values: NDArray[np.str_], limit: float
) -> tuple[str, list[int], float] | None:
    """The part whose split is least like the others, its units, and p; None where all are alike.

    Parts of few units are left to the others, unless an arm has units in those alone.
    """
    names = np.unique(values)
    table = np.array(
        [
            [observed.units[(values == name) & (observed.variant == arm)].sum() for arm in protocol.arms]
            for name in names
        ]
    )
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(1, table.sum())
    kept = expected.min(axis=1) >= FEW
    if kept.sum() < 2 or not table[kept].any(axis=0).all():
        kept[:] = True
    p = independence(table[kept])
    if p is None or p >= limit:
        return None
    off = ((table - expected) ** 2 / np.maximum(expected, 1)).sum(axis=1) * kept
    worst = int(np.argmax(off))
    return str(names[worst]), [int(count) for count in table[worst]], p


def _clusters_divided(protocol: Protocol, seen: Randomization) -> Check:
    """Whether each cluster stands in one variant, as an assignment by cluster leaves it."""
    if seen.divided == 0:
        return checked("unit", f"Each {protocol.cluster} stands in one variant, as planned.", passed=True)
    share = seen.divided / seen.groups
    text = (
        f"{style.number(seen.divided)} of {style.number(seen.groups)} {protocol.cluster}s "
        f"({style.value(share, 'share')}) stand in several variants, though the protocol assigns whole "
        f"{protocol.cluster}s."
    )
    if share > TOLERATED:
        text += f" If each {protocol.unit} was assigned alone, take cluster out of the protocol."
    return checked("unit", text, passed=False, stops=share > TOLERATED)


def _units_alone(protocol: Protocol, seen: Randomization) -> Check:
    """Whether units of one group share a variant more often than units that are assigned one by one."""
    if seen.p_together >= SUSPICIOUS:
        return checked("unit", f"Each {protocol.unit} was assigned on its own, as planned.", passed=True)
    text = (
        f"{style.number(seen.together)} of {style.number(seen.several)} groups (cluster_id) have all their "
        f"{protocol.unit}s in one variant; one by one, about {style.number(seen.expected)} would "
        f"({style.p_value(seen.p_together)}). Whole groups were assigned, not each {protocol.unit}, so every "
        "interval is too narrow. Name the group in the protocol, as in cluster: account."
    )
    return checked("unit", text, passed=False)
