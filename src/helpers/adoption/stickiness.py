"""How often active users come back: daily over monthly active users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers.adoption.usage import Usage, kept, numbered
from helpers.periods import Period
from helpers.stats import Difference, Estimate, PairMoments, Point, Series, difference, ratio


@dataclass(frozen=True)
class Sticky:
    """Stickiness of the period, its change, and its course by quarter."""

    now: Estimate | None
    before: Estimate | None
    change: Difference | None
    series: Series


def stickiness(usage: Usage) -> Sticky:
    """Average daily active users over monthly active users, for whole months that the events cover.

    The mean over user-months of the share of the month's days on which the user was active, so that the
    stickiness of a quarter weighs its months by their users. The interval takes the user as the unit
    (delta method). Two periods are compared as if their users were different people, which makes the
    interval of the change somewhat too wide.
    """
    months = _user_months(usage)
    shown = {numbered(quarter): quarter for quarter in usage.quarters}
    by_quarter = {row["quarter"]: row for row in _moments(months, "quarter")}
    points = tuple(
        Point(quarter.label, _estimate(by_quarter.get(number), usage.level))
        for number, quarter in shown.items()
    )
    now = _within(months, usage.period, usage.level)
    before = _within(months, usage.period.preceding, usage.level) if usage.comparable else None
    change = difference(now, before) if now and before else None
    return Sticky(now, before, change, Series("Stickiness", points))


def _user_months(usage: Usage) -> ir.Table:
    """One row for a user and a whole month: the share of its days on which the user was active."""
    days = usage.days.mutate(month=usage.days.day.truncate("M").cast("date"))
    end = days.month + ibis.interval(months=1) - ibis.interval(days=1)
    days = days.mutate(end=end.cast("date"))
    whole = days.filter(days.month >= usage.first, days.end <= usage.last)
    found = whole.group_by("user_id", "month", "end", "quarter").agg(active=whole.count())
    return kept(found.mutate(share=found.active / found.end.day()))


def _moments(months: ir.Table, *by: str) -> list[dict[str, Any]]:
    """Moments over users of their summed shares and their number of months."""
    users = months.group_by("user_id", *by).agg(
        share=months.share.sum(), months=months.count().cast("float64")
    )
    figures = {
        "n": users.count(),
        "numerator": users.share.mean(),
        "denominator": users.months.mean(),
        "numerator_variance": users.share.var(how="sample"),
        "denominator_variance": users.months.var(how="sample"),
        "covariance": users.share.cov(users.months, how="sample"),
    }
    table = users.group_by(by).agg(**figures) if by else users.agg(**figures)
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows


def _within(months: ir.Table, period: Period | None, level: float) -> Estimate | None:
    if period is None:
        return None
    if period.year is not None:
        months = months.filter(months.month >= period.start, months.month < period.end)
    return _estimate(_moments(months)[0], level)


def _estimate(row: dict[str, Any] | None, level: float) -> Estimate | None:
    if row is None or row["n"] < 2:
        return None
    return ratio(PairMoments(**{name: value for name, value in row.items() if name != "quarter"}), level)
