"""Checks of an experiment that is known only by daily totals: which days count, and who led on how many."""

from __future__ import annotations

from collections.abc import Iterator

from helpers import metrics, style
from helpers.experiments.observations.aggregates import Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.severity import checked
from helpers.records import Check
from helpers.stats import sign_test


def every_day(observed: Observations) -> Iterator[Check]:
    """Whether every metric of daily totals is known on every day."""
    if not observed.day_coverage:
        return
    short = [
        f"{name} on {counted.days} of {counted.of} days"
        for name, counted in observed.day_coverage.items()
        if counted.days < counted.of
    ]
    text = (
        f"Not every metric is counted on every day: {style.listed(short)}. Numerator and denominator are "
        "added up over those days only."
        if short
        else "Every metric is counted on every day."
    )
    yield checked("days", text, passed=not short, stops=False)


def by_day(protocol: Protocol, observed: Observations) -> Iterator[Check]:
    """On how many days each registered metric of daily totals was higher with the treatment (sign test).

    A second opinion that takes a day for one observation: it holds where the trials of a day are not
    independent, and has little power. It never decides.
    """
    told = [
        _led(observed, (protocol.control, treatment), name)
        for name in protocol.registered
        if name in observed.day_coverage and name in observed.columns
        for treatment in protocol.treatments
    ]
    if told:
        text = f"Counting days: {style.listed(told)}. A day is one observation here; this never decides."
        yield checked("by_day", text, passed=True)


def _led(observed: Observations, arms: tuple[str, str], metric: str) -> str:
    """`Payments a click is higher with treatment on 4 of 23 days (p = 0.003)`; equal days are left out."""
    before, after = (_rates(observed, arm, metric) for arm in arms)
    found = sign_test(after[day] - before[day] for day in after.keys() & before.keys())
    return (
        f"{metrics.get(metric).label} is higher with {arms[1]} on {found.ahead} of {found.of} days "
        f"({style.p_value(found.p)})"
    )


def _rates(observed: Observations, arm: str, metric: str) -> dict[object, float]:
    """The share, or mean, of each day that has the metric, over all parts."""
    found = {day: observed.on([day]).moments(arm, metric) for day in observed.days}
    return {day: moments.mean for day, moments in found.items() if moments.n}
