"""Who did what in which quarter: the one table that every figure of adoption is counted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from helpers.findings import NoData
from helpers.periods import Period, between, last_covered, quarter_of
from helpers.records import project
from helpers.sources import LoadedTable

ALL = "all"


@dataclass(frozen=True)
class Definition:
    """What counts as use and as adoption.

    A user has adopted when they used the feature (any event, where it is `all`) on `days_needed` separate
    days within `window` calendar days: the last of these days lies at most `window - 1` days after the first.
    """

    period: Period
    feature: str = ALL
    region: str = ALL
    days_needed: int = 3
    window: int = 7
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.days_needed < 1:
            raise ValueError(f"days_needed == {self.days_needed}, must be >= 1.")
        if self.window < self.days_needed:
            raise ValueError(f"window == {self.window}, must be >= days_needed == {self.days_needed}.")

    @property
    def rule(self) -> str:
        """The definition in words: `used dashboards on 3 separate days within 7 calendar days`."""
        what = "were active" if self.feature == ALL else f"used {self.name}"
        days = "1 day" if self.days_needed == 1 else f"{self.days_needed} separate days"
        return f"{what} on {days} within {self.window} calendar days"

    @property
    def name(self) -> str:
        """The feature as people write it; `the product` for any event."""
        return "the product" if self.feature == ALL else self.feature.replace("_", " ")

    def of(self, label: str) -> str:
        """The label of a number with its scope: `Retention`, `Retention of dashboards in EMEA`."""
        what = "" if self.feature == ALL else f" of {self.name}"
        return f"{label}{what}" + ("" if self.region == ALL else f" in {self.region}")

    @property
    def scope(self) -> str:
        """Whose use it is: `all regions`, `EMEA`."""
        return "all regions" if self.region == ALL else self.region


@dataclass(frozen=True)
class Usage:
    """What users did, quarter by quarter, up to the end of the period.

    `people`: user_id (a number of our own), name (the id in the source), signed_up (date), cohort (the
    quarter of sign-up, as a running number), and channel where the source has it. `days`: user_id, day,
    events of the feature, and platform where the source has it; one row for a user and day with any event.

    `quarterly` is what figures are counted from, one row for a user and quarter in which they signed up or
    did anything: user_id, quarter, events of the feature, adopted_on (the first day on which the definition
    was met by days that began in this quarter), months (whole months with use), share (of the days of these
    months, summed), and what `people` knows.

    `first` and `last` are the first and last day that the events cover. Groups under `min_group` users are
    not shown.
    """

    definition: Definition
    people: ir.Table
    days: ir.Table
    quarterly: ir.Table
    first: date
    last: date
    min_group: int

    @property
    def period(self) -> Period:
        """The period of the report."""
        return self.definition.period

    @property
    def level(self) -> float:
        """Level of every interval."""
        return self.definition.confidence

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters shown over time: the twelve that end with the period, or all there are data for."""
        start = self.period.fiscal_year_start
        first, last = quarter_of(self.first, start), quarter_of(self.last, start)
        known = tuple(between(first, last))
        return known if self.period.year is None else known[-12:]

    @property
    def recent(self) -> Period:
        """The last whole quarter within the period that the events cover."""
        return last_covered(self.last, self.period.fiscal_year_start)

    @property
    def comparable(self) -> bool:
        """Whether the events cover both the period and the preceding one from start to end."""
        before = self.period.preceding
        return before is not None and self.first <= before.start and self.is_over(self.period)

    def is_over(self, quarter: Period) -> bool:
        """Whether the events cover the quarter to its end."""
        return quarter.last_day <= self.last

    def among(self, period: Period | None) -> ir.BooleanValue:
        """Whether a row of `quarterly` belongs to a period; none belongs to no period."""
        quarter = self.quarterly.quarter
        if period is None:
            return quarter.isnull()
        return quarter.notnull() if period.year is None else quarter.isin(map(numbered, period.quarters))

    def adopted_in(self, period: Period | None) -> ir.BooleanValue:
        """Whether the definition was met within a period, by days that began in the row's quarter."""
        day = self.quarterly.adopted_on
        met = day < period.end if period and period.year is not None else day.notnull()
        return self.among(period) & met.fill_null(False)

    @cached_property
    def counts(self) -> tuple[Mapping[str, int], ...]:
        """Users (in all, active, adopted) and events by cohort and quarter."""
        rows = self.quarterly
        shift = self.period.fiscal_year_start - 1
        counted = rows.group_by("cohort", "quarter").agg(
            users=rows.count(),
            active=(rows.events > 0).sum(),
            events=rows.events.sum(),
            adopted=(quarter_number(rows.adopted_on, shift) == rows.quarter).fill_null(False).sum(),
        )
        return tuple(counted.to_pyarrow().to_pylist())


def usage(users: LoadedTable, events: LoadedTable, definition: Definition) -> Usage:
    """What users did, for one feature and region, as it stood at the end of the period.

    Raises:
        NoData: there are no such users or events, or the tables lack the column that the scope needs.
    """
    people = _people(users, definition)
    seen = events.expr
    if definition.period.year is not None:
        seen = seen.filter(seen.occurred_at < ibis.timestamp(definition.period.end.isoformat()))
    if definition.feature != ALL:
        events.need("feature")
    first, last = _covered(seen)
    people = _kept(people)
    days = _kept(_days(seen, people, definition.feature))
    return _told(definition, people, days, (first, min(last, definition.period.last_day)))


def without(usage: Usage, platforms: frozenset[str], since: date) -> Usage:
    """The usage on other platforms than these, without the users who were never seen on any other.

    Days of use count from `since` on, so that what went before need not be gone through again.

    Raises:
        NoData: nobody used the feature on any other.
    """
    days = usage.days
    days = days.mutate(other=~days.platform.isin(sorted(platforms)).fill_null(False))
    seen = days.group_by("user_id").agg(other=days.other.any())
    people = usage.people.anti_join(seen.filter(~seen.other), "user_id")
    others = days.filter(days.other, days.day >= since)
    return _told(usage.definition, people, others, (max(usage.first, since), usage.last))


def _told(definition: Definition, people: ir.Table, days: ir.Table, covered: tuple[date, date]) -> Usage:
    quarterly = _kept(_quarterly(definition, people, days, covered))
    found = Usage(definition, people, days, quarterly, *covered, project().min_group)
    if not any(row["events"] for row in found.counts):
        raise NoData(f"Nobody used {definition.name} in {definition.scope} up to {definition.period.label}.")
    return found


def quarter_number(day: ir.DateValue, shift: int) -> ir.IntegerValue:
    """Quarters since year 0 of a day, in fiscal years that start `shift` months after January."""
    return ((day.year() * 12 + day.month() - 1 - shift) // 3).cast("int32")


def numbered(quarter: Period) -> int:
    """The running number of a quarter, as `quarter_number` counts."""
    start = quarter.start
    return (start.year * 12 + start.month - 1 - (quarter.fiscal_year_start - 1)) // 3


def _people(users: LoadedTable, definition: Definition) -> ir.Table:
    """The users in scope, numbered: whole numbers join and group faster than names."""
    expr = users.expr
    if definition.region != ALL:
        users.need("region")
        expr = expr.filter(expr.region == definition.region)
    columns = {
        "user_id": ibis.row_number().cast("int32"),
        "name": expr.user_id,
        "signed_up": expr.signed_up_at.cast("date"),
    }
    if users.has("channel"):
        columns["channel"] = expr.channel
    people = expr.select(**columns)
    return people.mutate(cohort=quarter_number(people.signed_up, definition.period.fiscal_year_start - 1))


def _days(events: ir.Table, people: ir.Table, feature: str) -> ir.Table:
    """One row for a user and day (and platform), with the events of the feature on that day."""
    platform = {"platform": events.platform} if "platform" in events.columns else {}
    used = ibis.literal(True) if feature == ALL else (events.feature == feature).fill_null(False)
    stamped = events.select(name="user_id", day=events.occurred_at.cast("date"), used=used, **platform)
    known = stamped.inner_join(people.select("name", "user_id"), "name")
    return known.group_by("user_id", "day", *platform).agg(events=known.used.sum())


def _quarterly(
    definition: Definition, people: ir.Table, days: ir.Table, covered: tuple[date, date]
) -> ir.Table:
    """One row for a user and quarter in which they signed up or did anything.

    A sign-up counts as a day without use. After each day of use the n-th one is looked up; the definition is
    met on it where it lies within the window.
    """
    signed_up = people.filter(people.signed_up < definition.period.end)
    signed_up = signed_up.select("user_id", day="signed_up", events=ibis.literal(0, "int64"))
    days = days.select("user_id", "day", events=days.events.cast("int64")).union(signed_up)
    daily = days.group_by("user_id", "day").agg(events=days.events.sum())
    daily = daily.mutate(used=daily.events > 0, month=daily.day.truncate("M").cast("date"))
    over = ibis.window(group_by=["user_id", "used"], order_by="day")
    daily = daily.mutate(nth=daily.day.lead(definition.days_needed - 1).over(over))
    met = daily.used & (daily.nth <= daily.day + ibis.interval(days=definition.window - 1))
    monthly = daily.group_by("user_id", "month").agg(
        events=daily.events.sum(), active=daily.used.sum(), adopted_on=daily.nth.min(where=met)
    )
    end = (monthly.month + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")
    monthly = monthly.mutate(
        quarter=quarter_number(monthly.month, definition.period.fiscal_year_start - 1),
        share=monthly.active / end.day(),
        whole=(monthly.active > 0) & (monthly.month >= covered[0]) & (end <= covered[1]),
    )
    found = monthly.group_by("user_id", "quarter").agg(
        events=monthly.events.sum(),
        adopted_on=monthly.adopted_on.min(),
        months=monthly.whole.sum(),
        share=monthly.share.sum(where=monthly.whole),
    )
    return found.join(people.drop("name"), "user_id")


def _kept(table: ir.Table) -> ir.Table:
    """The table worked out once and kept in the engine.

    Not as `.cache()`, whose clean-up fails with sqlglot 30.30 and ibis 12 (DROP TABLE loses its name).
    """
    return table.get_backend().create_table(gen_name("usage"), table, temp=True)


def _covered(events: ir.Table) -> tuple[date, date]:
    """First and last day with any event, whatever feature or region."""
    row = (
        events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()[0]
    )
    if row["first"] is None:
        raise NoData("There are no events up to the end of the period.")
    return row["first"].date(), row["last"].date()
