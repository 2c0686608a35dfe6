"""Who used what on which day: the one table that every figure of adoption is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from helpers.findings import NoData
from helpers.periods import Period, between, last_covered, quarter_of
from helpers.records import project
from helpers.sources import Table

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
    """Users and the days on which they used the feature, up to the end of the period.

    `people`: user_id (a number of our own), name (the id in the source), signed_up (date), quarter (of
    sign-up, as a running number), and channel where the source has it. `days`: user_id, day, quarter, events;
    one row for a user and day of use. `present`: user_id, quarter; one row for a user and quarter in which
    they signed up or did anything at all. `first` and `last` are the first and last day that the events
    cover. Groups under `min_group` users are not shown.
    """

    definition: Definition
    people: ir.Table
    days: ir.Table
    present: ir.Table
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

    def among(self, period: Period) -> ir.Table:
        """The users of a period: those who signed up in it or did anything in it."""
        if period.year is None:
            return self.people
        numbers = [numbered(quarter) for quarter in period.quarters]
        return self.people.semi_join(self.present.filter(self.present.quarter.isin(numbers)), "user_id")

    def within(self, period: Period) -> ir.Table:
        """Days of use within a period."""
        days = self.days
        if period.year is None:
            return days
        return days.filter(days.day >= period.start, days.day < period.end)


def usage(
    users: Table, events: Table, definition: Definition, *, without: frozenset[str] = frozenset()
) -> Usage:
    """Users and their days of use, for one feature and region, as they stood at the end of the period.

    Use on the platforms `without` is left out, and so are users who were never seen on any other.

    Raises:
        NoData: there are no such users or events, or the tables lack the column that the scope needs.
    """
    people = _people(users, definition)
    seen = events.expr
    if definition.period.year is not None:
        seen = seen.filter(seen.occurred_at < ibis.timestamp(definition.period.end.isoformat()))
    first, last = _covered(seen)
    if without:
        left_out = seen.platform.isin(sorted(without)).fill_null(False)
        others = seen.filter(~left_out)
        only_there = seen.filter(left_out).anti_join(others, "user_id").select(name="user_id")
        people, seen = people.anti_join(only_there, "name"), others
    people = kept(people)
    used = seen
    if definition.feature != ALL:
        events.need("feature")
        used = seen.filter(seen.feature == definition.feature)
    days = kept(_days(used, people, definition))
    if int(days.count().execute()) == 0:
        raise NoData(f"Nobody used {definition.name} in {definition.scope} up to {definition.period.label}.")
    active = days if definition.feature == ALL else _days(seen, people, definition)
    signed_up = people.filter(people.signed_up < definition.period.end).select("user_id", "quarter")
    present = kept(active.select("user_id", "quarter").union(signed_up, distinct=True))
    last = min(last, definition.period.last_day)
    return Usage(definition, people, days, present, first, last, project().min_group)


def quarter_number(day: ir.DateValue, shift: int) -> ir.IntegerValue:
    """Quarters since year 0 of a day, in fiscal years that start `shift` months after January."""
    return ((day.year() * 12 + day.month() - 1 - shift) // 3).cast("int32")


def numbered(quarter: Period) -> int:
    """The running number of a quarter, as `quarter_number` counts."""
    start = quarter.start
    return (start.year * 12 + start.month - 1 - (quarter.fiscal_year_start - 1)) // 3


def _people(users: Table, definition: Definition) -> ir.Table:
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
    return people.mutate(quarter=quarter_number(people.signed_up, definition.period.fiscal_year_start - 1))


def _days(events: ir.Table, people: ir.Table, definition: Definition) -> ir.Table:
    """One row for a user and day, with the events of that day."""
    stamped = events.select(name="user_id", day=events.occurred_at.cast("date"))
    known = stamped.inner_join(people.select("name", "user_id"), "name")
    days = known.group_by("user_id", "day").agg(events=known.count())
    return days.mutate(quarter=quarter_number(days.day, definition.period.fiscal_year_start - 1))


def kept(table: ir.Table) -> ir.Table:
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
