"""Whether the effect is the same however long a unit has lived with the change: novelty, and its opposite.

A unit has one outcome, so the effect by day since assignment is that of units followed for so many days. They
are taken together by the day on which they were assigned: how long a single unit is followed may itself be an
effect of the treatment, when it was assigned is not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from helpers import metrics, style
from helpers.experiments.observations.aggregates import DAYS_TOGETHER, Observations
from helpers.experiments.observations.linear import Linearized, linearized
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.severity import checked, not_checked
from helpers.metrics import Metric
from helpers.records import Check
from helpers.stats import Difference, Estimate, Moments, difference, two_sided_p
from helpers.stats.categorical import SUSPICIOUS
from helpers.stats.moments import Floats

Axis = Literal["since assignment", "of assignment", "of the test"]
"""What days are counted: how long units were followed; where all were alike, when they were assigned."""

SINGLY = 14
"""Days are shown one by one up to so many; more are shown by weeks."""
ALIKE = 1.0
"""Units are followed alike where no day of assignment is followed so many days longer than another."""
FEWEST = 3
"""Days that a trend needs."""


@dataclass(frozen=True)
class EffectOfDays:
    """The effect of the units of some days; `first` and `last` are days as the axis counts them."""

    first: float
    last: float
    effect: Difference


@dataclass(frozen=True)
class Novelty:
    """The effect on one metric along the days; it changes by `slope` a day, `p` is that of no change.

    `whole` is the effect of all units, which were followed for `followed` days on average.
    """

    axis: Axis
    effects: tuple[EffectOfDays, ...]
    slope: float
    p: float
    whole: float
    followed: float

    @property
    def fades(self) -> bool:
        """Whether the effect gets smaller the longer units are followed, or turns round."""
        return self.slope * self.whole < 0


def novelty(protocol: Protocol, observed: Observations, metric: str) -> Novelty | None:
    """The effect on one metric by day, for the control and the first treatment.

    Each day is linearized about the whole and has the spread of all units, so that days of few units weigh
    what they tell. None without dates, or where fewer than three days have units of both arms.
    """
    found = linearized(protocol, observed, metric)
    days = [day for day in observed.days if found and _has_both(protocol, observed.on([day]), found)]
    if found is None or len(days) < FEWEST:
        return None
    axis, at = _axis(observed, days)
    effects = [_effect(protocol, observed, found, [day]) for day in days]
    se = np.array([effect.se for effect in effects])
    if not (se > 0).all():
        return None
    slope, error = _trend(at, np.array([effect.value for effect in effects]), se)
    return Novelty(
        axis=axis,
        effects=_spans(protocol, observed, found, days, at),
        slope=slope,
        p=two_sided_p(slope / error),
        whole=found.treatment.moments.mean - found.control.moments.mean,
        followed=float(np.average(at, weights=se**-2)) if axis == "since assignment" else 0.0,
    )


def no_course(protocol: Protocol, observed: Observations, metric: Metric) -> str:
    """Why there is no effect by day, where `novelty` gives none, and what would be needed."""
    found = linearized(protocol, observed, metric.name)
    if found is None:
        return f"{metric.label} has no effect"
    if not observed.days:
        return "the units have no day of assignment; fill in assigned_at"
    days = [day for day in observed.days if _has_both(protocol, observed.on([day]), found)]
    if len(days) < FEWEST:
        both = style.listed(protocol.arms)
        return f"{metric.label} is known of both {both} on {len(days)} days, and a trend needs {FEWEST}"
    return f"{metric.label} does not vary within a variant"


def is_steady(found: Novelty, treatments: int) -> bool:
    """Whether the trend may be chance, where as many are looked at as there are treatments (Bonferroni)."""
    return found.p >= SUSPICIOUS / treatments


def steady_or_not(found: Novelty, metric: Metric, *, steady: bool, of: str = "") -> str:
    """What the trend says, and what to do about it; `of` names whose effect it is (" of green")."""
    first, last = (style.number(day) for day in (found.effects[0].first, found.effects[-1].last))
    if steady:
        alike = {
            "since assignment": f"is the same however long units were followed ({first} to {last} days)",
            "of assignment": "is the same for units assigned early and late",
            "of the test": "is the same from the first to the last day",
        }
        return f"The effect{of} {alike[found.axis]}, as far as can be told."
    digits = style.decimals(metric.unit, metric.decimals) + 1
    change = style.change(found.slope, metric.unit, digits)
    told = f"The effect{of} changes by {change} with every day {found.axis} ({style.p_value(found.p)})"
    if found.axis != "since assignment":
        return (
            f"{told}, though all were followed alike: who came, or what else there was, changed meanwhile. "
            "Find out what, and read the days apart."
        )
    if found.fades:
        return (
            f"{told}: what it was at first may have been novelty. Run on until it is level; what lasts is "
            "nearer to the effect on those followed longest."
        )
    return (
        f"{told}: it takes time, or the metric adds up over days. What is shown is the effect after "
        f"{style.number(round(found.followed))} days on average; measure all units after as many."
    )


def effect_lasts(protocol: Protocol, observed: Observations) -> Iterator[Check]:
    """Whether the effect on the primary metric is the same on every day since assignment.

    A trend, weighted by precision, flagged below 0.001 over the number of treatments.
    """
    primary = metrics.catalogue().get(protocol.primary)
    if primary is None:
        return
    parts = [protocol.against(treatment, protocol.alpha) for treatment in protocol.treatments]
    found = {part.treatment: one for part in parts if (one := novelty(part, observed, primary.name))}
    if not found:
        if linearized(parts[0], observed, primary.name):
            text = f"Whether the effect lasts is not known: {no_course(parts[0], observed, primary)}."
            yield not_checked("lasting", text)
        return
    several = len(protocol.treatments) > 1
    changing = {name: one for name, one in found.items() if not is_steady(one, len(protocol.treatments))}
    everyone = {style.listed(list(found)): next(iter(found.values()))}
    told = (
        steady_or_not(one, primary, steady=not changing, of=f" of {name}" if several else "")
        for name, one in (changing or everyone).items()
    )
    yield checked("lasting", " ".join(told), passed=not changing, stops=False)


def _has_both(protocol: Protocol, there: Observations, found: Linearized) -> bool:
    arms = zip(protocol.arms, found.arms, strict=True)
    return all(there.joint(arm).of(form.columns[0]).n > 0 for arm, form in arms)


def _axis(observed: Observations, days: Sequence[date]) -> tuple[Axis, Floats]:
    """What to count days by, and where each day of assignment stands."""
    order = np.array([(day - days[0]).days + 1 for day in days], dtype=float)
    if observed.day_coverage:
        return "of the test", order
    followed = np.array([observed.on([day]).days_followed for day in days])
    if not np.isfinite(followed).all():
        last = max(observed.known_until or days[-1], days[-1])
        followed = np.array([(last - day).days for day in days], dtype=float)
    if np.ptp(followed) < ALIKE:
        return "of assignment", order
    return "since assignment", followed


def _effect(
    protocol: Protocol, observed: Observations, found: Linearized, days: Sequence[date]
) -> Difference:
    """The effect of the units assigned on these days, with the spread of all."""
    there = observed.on(days)
    control, treatment = (
        form.part(observed.joint(arm), there.joint(arm))
        for arm, form in zip(protocol.arms, found.arms, strict=True)
    )
    return difference(_estimate(treatment, protocol.level), _estimate(control, protocol.level))


def _estimate(part: Moments, level: float) -> Estimate:
    se = math.sqrt(part.variance / part.n)
    return Estimate(part.mean, se, None, None, level, part.n, "spread of all units")


def _trend(at: Floats, effects: Floats, se: Floats) -> tuple[float, float]:
    """By how much the effect changes a day, and the error of that: least squares, weighted by precision."""
    weight = se**-2
    centred = at - (weight * at).sum() / weight.sum()
    size = float((weight * centred**2).sum())
    return float((weight * centred * effects).sum()) / size, 1 / math.sqrt(size)


def _spans(
    protocol: Protocol, observed: Observations, found: Linearized, days: Sequence[date], at: Floats
) -> tuple[EffectOfDays, ...]:
    """The effect by day, or by week where there are many days, in the order of the axis."""
    width, first = 1 if len(days) <= SINGLY else DAYS_TOGETHER, round(at.min())
    groups: dict[int, list[int]] = {}
    for place in np.argsort(at, kind="stable"):
        groups.setdefault(int((round(at[place]) - first) // width), []).append(int(place))
    return tuple(
        EffectOfDays(
            float(at[group].min()),
            float(at[group].max()),
            _effect(protocol, observed, found, [days[place] for place in group]),
        )
        for group in groups.values()
    )
