"""A small finished experiment, to try the page's functions on."""

from __future__ import annotations

from datetime import date, timedelta

from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.protocol import GuardRail, Protocol
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.stats import Moments


def example() -> Readout:
    """The readout of 4,000 users over 20 days, of whom 40% and 46% activated; no table is read.

    Its metrics are those of the shipped catalogue.

        >>> example().verdict.decision
        'Ship'
    """
    plan = Protocol(
        id="checkout",
        title="One-step checkout",
        hypothesis="Fewer steps raise activation.",
        owner="growth",
        variants={"control": 1, "treatment": 1},
        control="control",
        primary="activated",
        minimum_effect=0.02,
        guard_rails=(GuardRail(metric="support_contacts", margin=0.05),),
        planned_sample=4000,
    )
    days = [
        _day(arm, date(2026, 7, 6) + timedelta(days=day), activated)
        for arm, activated in (("control", 0.40), ("treatment", 0.46))
        for day in range(20)
    ]
    return conclude(plan, Observations.of(days, {"activated"}))


def _day(variant: str, day: date, activated: float) -> VariantDay:
    """A hundred users of one variant, all followed."""
    known = {
        "activated": Moments(100, activated, activated * (1 - activated) * 100 / 99),
        "support_contacts": Moments(100, 0.25, 0.25),
    }
    return VariantDay(variant, day, assigned=100, followed=100, metrics=known)
