"""Whether an interval can hold what it says: the conditions that its method asks of the data.

Where one is not met, a 95% interval would miss the truth in more than 6 of 100 tests; `test_coverage` counts
how often. Such an interval is shown, and decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from helpers import metrics, style
from helpers.experiments.checking import checked
from helpers.experiments.effects import Measured, measured
from helpers.experiments.monitoring import ended
from helpers.experiments.observations.aggregates import DENOMINATOR, Observations
from helpers.experiments.protocol import Protocol
from helpers.records import Check

FEWEST = 30
"""Units in each arm (Cochran 1977)."""
APART, MANY = 0.4, 1000
"""Shares farther apart than this need so many units in each arm."""
UNEVEN = 0.1
"""Largest error of the mean denominator of a ratio, as a part of it (Cochran 1977, section 6.3)."""
SKEWED = 0.2
"""Largest skewness of a difference of means."""
MORE_UNITS = "Run longer, or plan a test with more units or an even split."
"""What to do about a condition that is not met."""


Skewness = Mapping[tuple[str, str], float]
"""That of a difference, by treatment and metric."""


@dataclass(frozen=True)
class Unmet:
    """A condition that the interval of one metric does not meet under one treatment.

    `decides` says whether the verdict on that treatment rests on the metric.
    """

    treatment: str
    metric: str
    decides: bool
    reason: str


@dataclass(frozen=True)
class Unmeasured:
    """A metric that decides and has no interval: why, and what to do about it."""

    metric: str
    reason: str
    advice: str


def unmet(protocol: Protocol, observed: Observations, skewness: Skewness) -> tuple[Unmet, ...]:
    """Every metric, under every treatment, whose interval may miss the truth more often than it says."""
    known = metrics.catalogue()
    found = []
    for treatment in protocol.treatments:
        part = protocol.against(treatment, protocol.alpha)
        for name in (name for name in observed.metrics if name in known):
            reasons = list(_reasons(part, observed, name, skewness.get((treatment, name), 0.0)))
            if reasons:
                found.append(Unmet(treatment, name, name in protocol.deciding, reasons[0]))
    return tuple(found)


def check(protocol: Protocol, observed: Observations, found: Sequence[Unmet]) -> Check:
    """What came of the conditions; it stops where the verdict on every treatment rests on one, at the end.

    Until then more units may meet it, and the verdict is to keep running. A treatment that alone does not
    meet one goes without a verdict; the others are decided.
    """
    if not found:
        return checked("interval", "Every interval can hold what it says.", passed=True)
    concerned = [
        name for name in protocol.treatments if any(one.decides and one.treatment == name for one in found)
    ]
    everyone = len(concerned) == len(protocol.treatments)
    misses = "That interval misses" if len(found) == 1 else "Those intervals miss"
    advice = (
        f"no verdict {'' if everyone else f'on {style.listed(concerned)} '}rests on that. {MORE_UNITS}"
        if concerned
        else "decides nothing."
        if len(found) == 1
        else "decide nothing."
    )
    text = f"{_told(protocol, found)}. {misses} the truth more often than said: {advice}"
    return checked("interval", text, passed=False, stops=everyone and ended(protocol, observed))


def unmeasured(protocol: Protocol, observed: Observations) -> tuple[Unmeasured, ...]:
    """Every metric that decides of which the control and the first treatment give no interval, and why."""
    found = ((name, _why_unmeasured(protocol, observed, name)) for name in protocol.deciding)
    return tuple(Unmeasured(name, *why) for name, why in found if why)


def far_apart(found: Measured) -> bool:
    """Whether two shares lie farther apart than Newcombe's interval holds for so many units."""
    apart = abs(found.treatment.mean - found.control.mean)
    return apart > APART and min(found.control.n, found.treatment.n) < MANY


def _told(protocol: Protocol, found: Sequence[Unmet]) -> str:
    """Every reason once; of several treatments, with those that it concerns."""
    concerned: dict[str, list[str]] = {}
    for one in found:
        concerned.setdefault(one.reason, []).append(one.treatment)
    several = len(protocol.treatments) > 1
    return "; ".join(
        f"{reason} ({style.listed(names)})" if several else reason for reason, names in concerned.items()
    )


def _why_unmeasured(protocol: Protocol, observed: Observations, name: str) -> tuple[str, str] | None:
    """Why a metric has no interval, and what to do; None where it has one."""
    if name not in observed.metrics:
        return f"{name} was not measured", "Supply it first."
    if measured(protocol, observed, metrics.get(name)):
        return None
    label = metrics.get(name).label
    ratio = name not in observed.columns
    values = {arm: observed.moments(arm, name + DENOMINATOR if ratio else name) for arm in protocol.arms}
    if few := [arm for arm in values if values[arm].n < 2]:
        return f"{label} has too few values in {style.listed(few)}", "Supply outcomes of more units."
    if ratio and (nothing := [arm for arm in values if values[arm].mean == 0]):
        return f"{label} is divided by zero in {style.listed(nothing)}", "Supply what it is divided by."
    return f"{label} has values too large to have a variance", "Find out whether they are real first."


def _reasons(protocol: Protocol, observed: Observations, name: str, skewness: float) -> Iterator[str]:
    found, label = measured(protocol, observed, metrics.get(name)), metrics.get(name).label
    if found is None:
        return
    arms = dict(zip(protocol.arms, (found.control, found.treatment), strict=True))
    few = [arm for arm in arms if arms[arm].n < FEWEST]
    constant = [arm for arm in arms if found.measure != "share" and arms[arm].variance == 0]
    unit = protocol.counted
    if few:
        n = style.number(arms[few[0]].n)
        yield f"{label} is known of {n} {unit}s of {few[0]}, fewer than {FEWEST}"
    elif constant:
        yield f"{label} does not vary in {style.listed(constant)}"
    elif found.measure == "share" and far_apart(found):
        yield f"{label} lies more than {round(100 * APART)} points apart with fewer than {MANY:,} {unit}s"
    elif found.measure == "ratio" and (arm := _uneven(protocol, observed, name)):
        below = f"what varies so much between the {unit}s of {arm} that its mean is uncertain"
        yield f"{label} is divided by {below}"
    elif not abs(skewness) <= SKEWED:
        sizes = " and ".join(style.number(arm.n) for arm in arms.values())
        yield f"{label} is too skewed for variants of {sizes} {unit}s"


def _uneven(protocol: Protocol, observed: Observations, name: str) -> str:
    """The arm whose mean denominator is not known well enough for the delta method; empty if none."""
    for arm in protocol.arms:
        below = observed.moments(arm, name + DENOMINATOR)
        if math.sqrt(below.variance / below.n) > UNEVEN * abs(below.mean):
            return arm
    return ""
