"""Whether an interval can hold what it says: the conditions that its method asks of the data.

Where one is not met, a 95% interval would miss the truth in more than 6 of 100 tests; `test_coverage` counts
how often. Such an interval is shown, and decides nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from helpers import metrics, style
from helpers.experiments.effects.estimation import ArmStatistics, arm_statistics
from helpers.experiments.observations.aggregates import DENOMINATOR, Observations
from helpers.experiments.protocol import Protocol

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
MISSES = "That interval misses the truth more often than said."
NOTHING_TO_COMPARE = (
    "There is nothing to compare. Find out whether it is counted; where it is, decide by another metric."
)


Skewness = Mapping[tuple[str, str], float]
"""That of a difference, by treatment and metric."""


@dataclass(frozen=True)
class UnmetCondition:
    """A condition that the interval of one metric does not meet under one treatment.

    `decides` says whether the verdict on that treatment rests on the metric. It is `silent` where every unit
    has the same value, as where nobody or everybody reached it: no width of an interval mends that.
    """

    treatment: str
    metric: str
    decides: bool
    reason: str
    silent: bool = False

    @property
    def consequence(self) -> str:
        """What follows for the interval, and what to do about it."""
        return NOTHING_TO_COMPARE if self.silent else f"{MISSES} {MORE_UNITS}"


@dataclass(frozen=True)
class UnmeasuredMetric:
    """A metric that decides and has no interval: why, and what to do about it."""

    metric: str
    reason: str
    advice: str


def unmet(protocol: Protocol, observed: Observations, skewness: Skewness) -> tuple[UnmetCondition, ...]:
    """Every metric, under every treatment, whose interval may miss the truth more often than it says."""
    known = metrics.catalogue()
    found = []
    for treatment in protocol.treatments:
        part = protocol.against(treatment, protocol.alpha)
        for name in (name for name in observed.metrics if name in known):
            decides, silent = name in protocol.deciding, _one_value(part, observed, name)
            reasons = [silent] if silent else []
            reasons += _reasons(part, observed, name, skewness.get((treatment, name), 0.0))
            if reasons:
                found.append(UnmetCondition(treatment, name, decides, reasons[0], silent=bool(silent)))
    return tuple(found)


def why_unread(protocol: Protocol, observed: Observations, metric: str, skewness: float) -> str:
    """Why the difference between two arms in one metric decides nothing; empty where it may."""
    silent = _one_value(protocol, observed, metric)
    return silent or next(_reasons(protocol, observed, metric, skewness), "")


def unmeasured(protocol: Protocol, observed: Observations) -> tuple[UnmeasuredMetric, ...]:
    """Every metric that decides of which the control and the first treatment give no interval, and why."""
    found = ((name, _why_unmeasured(protocol, observed, name)) for name in protocol.deciding)
    return tuple(UnmeasuredMetric(name, *why) for name, why in found if why)


def far_apart(found: ArmStatistics) -> bool:
    """Whether two shares lie farther apart than Newcombe's interval holds for so many units."""
    apart = abs(found.treatment.mean - found.control.mean)
    return apart > APART and min(found.control.n, found.treatment.n) < MANY


def _why_unmeasured(protocol: Protocol, observed: Observations, name: str) -> tuple[str, str] | None:
    """Why a metric has no interval, and what to do; None where it has one."""
    if name not in observed.metrics:
        return f"{name} was not measured", "Supply it first."
    if arm_statistics(protocol, observed, metrics.get(name)):
        return None
    label = metrics.get(name).label
    ratio = name not in observed.columns
    values = {arm: observed.moments(arm, name + DENOMINATOR if ratio else name) for arm in protocol.arms}
    if few := [arm for arm in values if values[arm].n < 2]:
        return f"{label} has too few values in {style.listed(few)}", "Supply outcomes of more units."
    if ratio and (nothing := [arm for arm in values if values[arm].mean == 0]):
        return f"{label} is divided by zero in {style.listed(nothing)}", "Supply what it is divided by."
    return f"{label} has values too large to have a variance", "Find out whether they are real first."


def _one_value(protocol: Protocol, observed: Observations, name: str) -> str:
    """That every unit has the same value of a metric; empty where they differ, or too few are known.

    A share that nobody reached still tells that a harm is small: as a guard-rail it is read.
    """
    found, label = arm_statistics(protocol, observed, metrics.get(name)), metrics.get(name).label
    if found is None or min(found.control.n, found.treatment.n) < FEWEST:
        return ""
    arms, both = (found.control, found.treatment), style.listed(protocol.arms)
    if found.measure != "share":
        alike = not any(arm.variance for arm in arms) and arms[0].mean == arms[1].mean
        return f"{label} is the same for every {protocol.sample_unit} of {both}" if alike else ""
    if name in {rail.metric for rail in protocol.guard_rails}:
        return ""
    who = {0.0: "nobody", 1.0: "everybody"}.get(sum(arm.mean for arm in arms) / 2, "")
    return f"{who} in {both} reached {label}" if who else ""


def _reasons(protocol: Protocol, observed: Observations, name: str, skewness: float) -> Iterator[str]:
    found, label = arm_statistics(protocol, observed, metrics.get(name)), metrics.get(name).label
    if found is None:
        return
    arms = dict(zip(protocol.arms, (found.control, found.treatment), strict=True))
    few = [arm for arm in arms if arms[arm].n < FEWEST]
    constant = [arm for arm in arms if found.measure != "share" and arms[arm].variance == 0]
    unit = protocol.sample_unit
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
