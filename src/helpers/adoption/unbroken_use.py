"""How long users go on without leaving out a quarter, as seen and told ahead."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from helpers.adoption.observations import Usage
from helpers.findings import NoData
from helpers.periods import Period
from helpers.stats import Estimate, Reached, Renewals, reached, shifted_beta_geometric

AHEAD = 4
"""Quarters told ahead: a year."""


@dataclass(frozen=True)
class UnbrokenCohort:
    """Those who used the feature in their quarter of sign-up, and how many have in every quarter since.

    Attributes:
        quarter: the quarter of sign-up.
        going_on: users in that quarter and in each one after that is over; none of them ever rises.
    """

    quarter: Period
    going_on: tuple[int, ...]


@dataclass(frozen=True)
class HeldOut:
    """What would have been forecast for the newest quarter without knowing it, beside what came.

    Attributes:
        quarter: the newest quarter that is over.
        users: those who had gone on until the quarter before.
        forecast: the share of them forecast to go on, with the limits of what would be seen.
        came: the share that did.
    """

    quarter: Period
    users: int
    forecast: Estimate
    came: float


@dataclass(frozen=True)
class UnbrokenUse:
    """The share of users that goes on through so many quarters after the one of sign-up.

    Attributes:
        cohorts: what was counted, oldest first.
        seen: the share that has stopped by each age (Kaplan & Meier 1958).
        model: the shifted beta-geometric curve through it.
        oldest: the age of the oldest cohort, in quarters.
        held_out: the check of the model on the newest quarter; None where too little is known before it.
    """

    cohorts: tuple[UnbrokenCohort, ...]
    seen: Reached
    model: Renewals
    oldest: int
    held_out: HeldOut | None

    @property
    def users(self) -> int:
        """How many have gone on until now."""
        return sum(cohort.going_on[-1] for cohort in self.cohorts)

    @property
    def forecast(self) -> Estimate | None:
        """The share of those who have gone on until now that does for a year; None where there is nobody."""
        if not self.users:
            return None
        ages = [len(cohort.going_on) - 1 for cohort in self.cohorts]
        return self.model.going_on(ages, [cohort.going_on[-1] for cohort in self.cohorts], AHEAD)


def unbroken_use(usage: Usage) -> UnbrokenUse:
    """Unbroken use by quarters since sign-up: as seen, and told ahead by Fader & Hardie's model (2007).

    Shares from 0 to 1. Use is unbroken while every quarter after the one of sign-up has a day of it.

        >>> from helpers.adoption import example_usage
        >>> found = unbroken_use(example_usage())
        >>> [cohort.going_on for cohort in found.cohorts]
        [(11, 7, 7), (12, 9), (7,)]
        >>> round(found.seen.by(2).value, 2), round(found.model.surviving(2).value, 2)
        (0.3, 0.69)

    Raises:
        NoData: too little is over: two cohorts and three quarters after them are needed.
    """
    cohorts, level = unbroken_cohorts(usage), usage.scope.level
    model = shifted_beta_geometric([cohort.going_on for cohort in cohorts], level)
    if model is None:
        raise NoData(
            "How long users go on is told from two sign-up cohorts that three quarters follow, and there are "
            "fewer."
        )
    oldest = max(len(cohort.going_on) for cohort in cohorts) - 1
    return UnbrokenUse(cohorts, _seen(cohorts, level), model, oldest, _held_out(cohorts, level))


def unbroken_cohorts(usage: Usage) -> tuple[UnbrokenCohort, ...]:
    """The cohorts of the quarters shown that are over, as far as anybody used the feature; oldest first."""
    counts = usage.unbroken_quarters
    over = [quarter for quarter in usage.quarters if usage.covers_end_of(quarter)]
    return tuple(
        UnbrokenCohort(quarter, tuple(counts.get((quarter, later), 0) for later in over[at:]))
        for at, quarter in enumerate(over)
        if counts.get((quarter, quarter))
    )


def _seen(cohorts: tuple[UnbrokenCohort, ...], level: float) -> Reached:
    """When users stopped: each at the age of the first quarter without use, or not yet at the last age."""
    ends = [
        (age, True, before - after)
        for cohort in cohorts
        for age, (before, after) in enumerate(pairwise(cohort.going_on), 1)
    ]
    ends += [(len(cohort.going_on) - 1, False, cohort.going_on[-1]) for cohort in cohorts]
    ages, stopped, users = zip(*ends, strict=True)
    return reached(ages, stopped, users, level)


def _held_out(cohorts: tuple[UnbrokenCohort, ...], level: float) -> HeldOut | None:
    """The model of all quarters but the newest, asked for it."""
    known = [cohort.going_on[:-1] for cohort in cohorts]
    model = shifted_beta_geometric(known, level)
    waiting = [row for row in known if row]
    people = [row[-1] for row in waiting]
    if model is None or not sum(people):
        return None
    forecast = model.going_on([len(row) - 1 for row in waiting], people)
    came = sum(cohort.going_on[-1] for cohort in cohorts if len(cohort.going_on) > 1)
    newest = cohorts[0].quarter.shift(len(cohorts[0].going_on) - 1)
    return HeldOut(newest, sum(people), forecast, came / sum(people))
