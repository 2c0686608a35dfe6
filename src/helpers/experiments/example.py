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
        _day(arm, date(2026, 7, 6) + timedelta(days=day), region, activated)
        for arm, activated in (("control", 0.40), ("treatment", 0.46))
        for day in range(20)
        for region in ("AMER", "EMEA")
    ]
    return conclude(plan, Observations.of(days, {"activated"}))


def _day(variant: str, day: date, region: str, activated: float) -> VariantDay:
    """Fifty users of one variant and region, all followed."""
    known = {
        "activated": Moments(50, activated, activated * (1 - activated) * 50 / 49),
        "support_contacts": Moments(50, 0.25, 0.25),
    }
    return VariantDay(variant, day, assigned=50, followed=50, metrics=known, parts={"region": region})
