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
from helpers.experiments.observations import DENOMINATOR, Observations
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


Skewness = Mapping[tuple[str, str], float]
"""That of a difference, by treatment and metric."""


@dataclass(frozen=True)
class Unmet:
    """A condition that the interval of one metric does not meet; whether the verdict rests on that metric."""

    metric: str
    decides: bool
    reason: str


def unmet(protocol: Protocol, observed: Observations, skewness: Skewness) -> tuple[Unmet, ...]:
    """Every metric, under every treatment, whose interval may miss the truth more often than it says."""
    deciding = {protocol.primary, *(rail.metric for rail in protocol.guard_rails)}
    known = metrics.catalogue()
    found: dict[str, Unmet] = {}
    for treatment in protocol.treatments:
        part = protocol.against(treatment, protocol.alpha)
        for name in (name for name in observed.metrics if name in known):
            reasons = list(_reasons(part, observed, name, skewness.get((treatment, name), 0.0)))
            if reasons:
                found.setdefault(name, Unmet(name, name in deciding, reasons[0]))
    return tuple(found.values())


def check(protocol: Protocol, observed: Observations, found: Sequence[Unmet]) -> Check:
    """What came of the conditions; one that a verdict rests on stops it, once the test has ended.

    Until then more units may meet it, and the verdict is to keep running.
    """
    if not found:
        return checked("interval", "Every interval can hold what it says.", passed=True)
    deciding = any(one.decides for one in found)
    misses = "That interval misses" if len(found) == 1 else "Those intervals miss"
    advice = (
        "no verdict rests on that. Run longer, or plan a test with more units or an even split."
        if deciding
        else "decides nothing."
        if len(found) == 1
        else "decide nothing."
    )
    text = f"{'; '.join(one.reason for one in found)}. {misses} the truth more often than said: {advice}"
    stops = deciding and ended(protocol, observed)
    return checked("interval", text, passed=False, stops=stops)


def far_apart(found: Measured) -> bool:
    """Whether two shares lie farther apart than Newcombe's interval holds for so many units."""
    apart = abs(found.treatment.mean - found.control.mean)
    return apart > APART and min(found.control.n, found.treatment.n) < MANY


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
        yield f"{label} is divided by what varies much between the few {unit}s of {arm}"
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
