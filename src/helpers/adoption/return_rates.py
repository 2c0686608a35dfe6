"""Who comes back so many days, weeks or months after signing up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpers.adoption.observations import ReturnedUsers, Usage, returned_users
from helpers.findings import NoData
from helpers.periods import Period
from helpers.stats import Estimate, clustered_proportion, proportion

AgeUnit = Literal["day", "week", "month"]
"""The unit of age: a day, seven days, thirty days."""

CameBack = Literal["bounded", "unbounded", "rolling"]
"""When a user counts as back: in that unit, then or at any time later, in a window that ends with it."""

DAYS: dict[AgeUnit, int] = {"day": 1, "week": 7, "month": 30}
AGES: dict[AgeUnit, int] = {"day": 30, "week": 12, "month": 11}
"""The last age shown."""

STATED: dict[AgeUnit, int] = {"day": 7, "week": 4, "month": 1}
"""The age that is told in words."""


@dataclass(frozen=True)
class Returning:
    """What counts as coming back: the unit of age, and which days of use count at each.

    `bounded`: a day of use within that unit. `unbounded`: then or later, for which the
    newest have had the least time. `rolling`: within the `window` days that end with it.

        >>> Returning("week").windows(7)[:2]
        ((0, 7), (7, 14))
        >>> Returning("day", "rolling").windows(7)[9]
        (3, 10)
    """

    unit: AgeUnit = "week"
    reading: CameBack = "bounded"

    def windows(self, window: int) -> tuple[tuple[int, int | None], ...]:
        """Of each age the first day since sign-up that counts, and the day after the last; None is open."""
        days = DAYS[self.unit]
        starts = [age * days for age in range(AGES[self.unit] + 1)]
        if self.reading == "unbounded":
            return tuple((start, None) for start in starts)
        if self.reading == "rolling":
            return tuple((max(0, start + days - window), start + days) for start in starts)
        return tuple((start, start + days) for start in starts)

    def at(self, age: int, window: int) -> str:
        """When a user counts as back at one age: `in week 4 after sign-up`."""
        if self.reading == "unbounded":
            return f"in {self.unit} {age} after sign-up or later"
        if self.reading == "rolling":
            return f"within the {window} days that end with {self.unit} {age} after sign-up"
        return f"in {self.unit} {age} after sign-up"

    def words(self, window: int) -> str:
        """When a user counts as back, as a subtitle says it: `in each week after sign-up`."""
        if self.reading == "unbounded":
            return f"in each {self.unit} after sign-up or at any time later"
        if self.reading == "rolling":
            return f"within the {window} days that end with each {self.unit} after sign-up"
        return f"in each {self.unit} after sign-up"


@dataclass(frozen=True)
class ReturnRates:
    """The users who signed up in one period, by age.

    Attributes:
        signed_up: the period.
        users: how many signed up in it.
        shares: by age the share that came back, of those watched so long; ages of small groups are left out.
    """

    signed_up: Period
    users: int
    shares: dict[int, Estimate]


def return_rates(usage: Usage, returning: Returning) -> tuple[ReturnRates, ...]:
    """Who came back at each age, of the sign-ups of the period and of each that it is compared with.

    Shares from 0 to 1 with Wilson's interval (1927), over accounts where users belong to some. Only users who
    were watched to the end of an age count at it, so that a curve never falls because the newest had less
    time.

        >>> from helpers.adoption import example_usage
        >>> summer, spring = return_rates(example_usage(), Returning("week"))
        >>> [(age, share.n, round(share.value, 2)) for age, share in spring.shares.items()][:3]
        [(0, 23, 0.52), (1, 23, 0.35), (2, 23, 0.35)]

    Raises:
        NoData: nobody who signed up in these periods has been watched for a whole unit.
    """
    scope, windows = usage.scope, returning.windows(usage.rule.window)
    rows = returned_users(usage, scope.periods_compared, windows)
    found = tuple(_rates(usage, period, rows) for period in scope.periods_compared)
    if not found[0].shares:
        raise NoData(f"Of the sign-ups of {scope.period.label} none was watched for a {returning.unit}.")
    return tuple(rates for rates in found if rates.shares)


def _rates(usage: Usage, period: Period, rows: tuple[ReturnedUsers, ...]) -> ReturnRates:
    own = [row for row in rows if row.signed_up == period]
    large = [row for row in own if row.users >= usage.scope.min_group]
    level = usage.scope.level
    return ReturnRates(
        period, max((row.users for row in own), default=0), {row.age: _share(row, level) for row in large}
    )


def _share(row: ReturnedUsers, level: float) -> Estimate:
    if row.accounts:
        return clustered_proportion(row.accounts, level)
    return proportion(row.returned, row.users, level)
