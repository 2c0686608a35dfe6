"""How often active users come back: daily over monthly active users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from helpers.adoption.usage import Usage, numbered
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
    by_quarter = {row["quarter"]: row for row in _moments(usage.quarterly, "quarter")}
    points = tuple(
        Point(quarter.label, _estimate(by_quarter.get(numbered(quarter)), usage.level))
        for quarter in usage.quarters
    )

    def within(period: Period) -> Estimate | None:
        if period.quarter:
            return _estimate(by_quarter.get(numbered(period)), usage.level)
        (whole,) = _moments(usage.quarterly.filter(usage.among(period)))
        return _estimate(whole, usage.level)

    now, preceding = within(usage.period), usage.period.preceding
    before = within(preceding) if preceding and usage.comparable else None
    change = difference(now, before) if now and before else None
    return Sticky(now, before, change, Series("Stickiness", points))


def _moments(quarterly: ir.Table, *by: str) -> list[dict[str, Any]]:
    """Moments over users with a whole month of use: their summed shares and their number of months."""
    whole = quarterly.filter(quarterly.months > 0)
    users = whole.group_by("user_id", *by).agg(
        share=whole.share.sum(), months=whole.months.sum().cast("float64")
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


def _estimate(row: dict[str, Any] | None, level: float) -> Estimate | None:
    if row is None or row["n"] < 2:
        return None
    return ratio(PairMoments(**{name: value for name, value in row.items() if name != "quarter"}), level)
