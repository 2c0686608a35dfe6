"""Users and events brought down, in the engine, to one row for a user and quarter."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from helpers.adoption.adoption_rule import AdoptionRule
from helpers.adoption.eligibility import Eligible
from helpers.contracts import same_key
from helpers.findings import NoData
from helpers.periods import Period, quarter_of
from helpers.scope import ALL, Scope
from helpers.sources import LoadedTable


def people_of(users: LoadedTable, scope: Scope, plan: str = ALL) -> ir.Table:
    """The users in scope, of one plan or all, numbered: whole numbers join and group faster than names."""
    expr = scope.rows(users)
    if plan != ALL:
        users.need("plan")
        expr = expr.filter(expr.plan == plan)
    columns = {
        "user_id": ibis.row_number().cast("int32"),
        "name": expr.user_id,
        "signed_up": expr.signed_up_at.cast("date"),
    }
    if users.has("channel"):
        columns["channel"] = expr.channel
    if users.has("account_id"):
        columns["account"] = _account_of(expr)
    people = expr.select(**columns)
    return people.mutate(cohort=quarter_number(people.signed_up, scope.period.fiscal_year_start))


def _account_of(users: ir.Table) -> ir.IntegerValue:
    """The account of each user as a number; who has none is one by themselves, with a number below 0."""
    number = ibis.dense_rank().over(order_by=users.account_id).cast("int32")
    alone = (-1 - ibis.row_number()).cast("int32")
    return users.account_id.notnull().ifelse(number, alone)


def days_of(events: ir.Table, people: ir.Table, rule: AdoptionRule) -> ir.Table:
    """One row for a user and day (and platform), with the events of the feature on that day.

    `exposed` tells whether the user met the event that makes them eligible, where the rule names one.
    """
    platform = {"platform": events.platform} if "platform" in events.columns else {}
    flags = {"used": _used(events, rule)}
    if rule.eligible.exposed_by:
        flags["exposed"] = (events.event == rule.eligible.exposed_by).fill_null(False)
    stamped = events.select(name="user_id", day=events.occurred_at.cast("date"), **flags, **platform)
    numbered = people.select("name", "user_id")
    known = stamped.inner_join(numbered, same_key(stamped["name"], numbered["name"]))
    sums = {"exposed": known.exposed.any()} if rule.eligible.exposed_by else {}
    return known.group_by("user_id", "day", *platform).agg(events=known.used.sum(), **sums)


def _used(events: ir.Table, rule: AdoptionRule) -> ir.BooleanValue:
    """Whether an event is use of what the rule is about."""
    used: ir.BooleanValue = ibis.literal(True)
    if rule.feature != ALL:
        used = (events.feature == rule.feature).fill_null(False)
    if rule.event != ALL:
        used = used & (events.event == rule.event).fill_null(False)
    return used


def quarters_of(
    people: ir.Table, days: ir.Table, period: Period, rule: AdoptionRule, covered: tuple[date, date]
) -> ir.Table:
    """One row for a user and quarter in which they signed up or did anything."""
    monthly = _monthly(_daily(people, days, period, rule.eligible), rule)
    end = (monthly.month + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")
    monthly = monthly.mutate(
        quarter=quarter_number(monthly.month, period.fiscal_year_start),
        share=monthly.active / end.day(),
        whole=(monthly.active > 0) & (monthly.month >= covered[0]) & (end <= covered[1]),
    )
    found = monthly.group_by("user_id", "quarter").agg(
        events=monthly.events.sum(),
        adopted_on=monthly.adopted_on.min(),
        months=monthly.whole.sum(),
        share=monthly.share.sum(where=monthly.whole),
        eligible=monthly.eligible.any(),
    )
    return found.join(people.drop("name"), "user_id")


def _daily(people: ir.Table, days: ir.Table, period: Period, eligible: Eligible) -> ir.Table:
    """One row for a user and day; a sign-up counts as a day without use."""
    signed_up = people.filter(people.signed_up < period.end).select(
        "user_id",
        day="signed_up",
        events=ibis.literal(0, "int64"),
        eligible=ibis.literal(eligible.users in ("period_users", "signed_up")),
    )
    met = days.exposed if eligible.exposed_by else ibis.literal(True)
    days = days.select("user_id", "day", events=days.events.cast("int64"), eligible=met).union(signed_up)
    daily = days.group_by("user_id", "day").agg(events=days.events.sum(), eligible=days.eligible.any())
    return daily.mutate(used=daily.events > 0, month=daily.day.truncate("M").cast("date"))


def _monthly(daily: ir.Table, rule: AdoptionRule) -> ir.Table:
    """One row for a user and month, with the first day on which the rule was met.

    After each day of use the n-th one is looked up; the rule is met on it where it lies within the window.
    """
    over = ibis.window(group_by=["user_id", "used"], order_by="day")
    daily = daily.mutate(nth=daily.day.lead(rule.days_needed - 1).over(over))
    met = daily.used & (daily.nth <= daily.day + ibis.interval(days=rule.window - 1))
    return daily.group_by("user_id", "month").agg(
        events=daily.events.sum(),
        active=daily.used.sum(),
        adopted_on=daily.nth.min(where=met),
        eligible=daily.eligible.any(),
    )


def unbroken(quarterly: ir.Table) -> ir.Table:
    """Rows of a user from the quarter of sign-up on, while no quarter without use lies between."""
    used = quarterly.filter((quarterly.events > 0) & (quarterly.quarter >= quarterly.cohort))
    number = ibis.row_number().over(ibis.window(group_by=used.user_id, order_by=used.quarter))
    used = used.mutate(number=number)
    return used.filter(used.number == used.quarter - used.cohort)


def covered_by(events: ir.Table) -> tuple[date, date]:
    """First and last day with any event, whatever feature or region.

    Raises:
        NoData: there is no event.
    """
    row = (
        events.agg(first=events.occurred_at.min(), last=events.occurred_at.max()).to_pyarrow().to_pylist()[0]
    )
    if row["first"] is None:
        raise NoData("There are no events up to the end of the period.")
    return row["first"].date(), row["last"].date()


def quarter_number(day: ir.DateValue, fiscal_year_start: int) -> ir.IntegerValue:
    """Quarters since year 0 of a day, in fiscal years that start in this month."""
    return ((day.year() * 12 + day.month() - fiscal_year_start) // 3).cast("int32")


def number_of(quarter: Period) -> int:
    """The running number of a quarter, as `quarter_number` counts."""
    return (quarter.start.year * 12 + quarter.start.month - quarter.fiscal_year_start) // 3


def numbered(number: int, fiscal_year_start: int) -> Period:
    """The quarter of a running number."""
    year, month = divmod(number * 3 + fiscal_year_start - 1, 12)
    return quarter_of(date(year, month + 1, 1), fiscal_year_start)
