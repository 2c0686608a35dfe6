"""What each account spent in a whole period: the moments of those totals by market and segment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from helpers.periods import Period
from helpers.sources import LoadedTable
from helpers.stats import ThirdMoments, pooled_third_moments

Part = tuple[str, str]
"""Market and segment."""


@dataclass(frozen=True)
class SharedTotals:
    """Of the accounts of a market that ordered in two periods: their count, both means, and the covariance.

    `covariance` is the sample covariance of an account's two totals, 0 for fewer than two accounts.
    """

    n: int
    now: float
    then: float
    covariance: float


@dataclass(frozen=True, eq=False)
class AccountTotals:
    """The moments of the accounts' totals, by period, market and segment.

    An account counts once in each market that it orders in, under the segment of its first order of the
    period. `shared` says of each earlier period which accounts order in both.

        >>> spent = {("France", "SMB"): ThirdMoments(3, 20.0, 50.0, 0.0)}
        >>> spent |= {("Japan", "SMB"): ThirdMoments(1, 8.0, 0.0, 0.0)}
        >>> totals = AccountTotals({Period(2026, 3): spent}, {})
        >>> totals.of(Period(2026, 3)).n, totals.of(Period(2026, 3), "France").mean
        (4, 20.0)
    """

    moments: Mapping[Period, Mapping[Part, ThirdMoments]] = field(repr=False)
    shared: Mapping[Period, Mapping[str, SharedTotals]] = field(repr=False)

    def of(self, period: Period, market: str | None = None) -> ThirdMoments:
        """The moments of a market's accounts, or of those of all markets, in a period."""
        parts = self.moments.get(period, {})
        return pooled_third_moments(found for (name, _), found in parts.items() if market in (None, name))

    def others(self, period: Period, market: str) -> ThirdMoments:
        """The moments of the accounts of every market but this one."""
        parts = self.moments.get(period, {})
        return pooled_third_moments(found for (name, _), found in parts.items() if name != market)

    def correlation(self, period: Period, then: Period, market: str | None = None) -> float:
        """How the errors of a market's two means go together, from the accounts that stand in both."""
        now, before = self.of(period, market), self.of(then, market)
        if now.squares <= 0 or before.squares <= 0:
            return 0.0
        products = math.fsum(
            (one.n - 1) * one.covariance + one.n * (one.now - now.mean) * (one.then - before.mean)
            for name, one in self.shared.get(then, {}).items()
            if market in (None, name)
        )
        return max(-1.0, min(1.0, products / math.sqrt(now.squares * before.squares)))


def account_totals(
    rows: ir.Table, table: LoadedTable, period: Period, periods: Sequence[Period], earlier: Sequence[Period]
) -> AccountTotals:
    """The moments of every account's total in each of these periods, and what it shares with earlier ones.

    `rows` are those of orders that count, with `market`, `segment`, `account_id`, `value` and the time of the
    table. Periods may overlap: each is counted by itself.
    """
    moments = {one: _moments(_totals(rows, table.time, one)) for one in periods}
    now = _totals(rows, table.time, period)
    shared = {one: _shared(now, _totals(rows, table.time, one)) for one in earlier}
    return AccountTotals(moments, shared)


def _totals(rows: ir.Table, time: str, period: Period) -> ir.Table:
    """What each account spent in a market in the period."""
    day = rows[time].cast("date")
    if period.year is not None:
        rows = rows.filter(day >= ibis.literal(period.start), day < ibis.literal(period.end))
    return rows.group_by("market", "account_id").agg(
        total=rows.value.sum(), segment=rows.segment.argmin(rows[time])
    )


def _moments(totals: ir.Table) -> dict[Part, ThirdMoments]:
    """The moments of the totals by market and segment, from distances to their own mean."""
    part = ["market", "segment"]
    gap = totals.total - totals.total.mean().over(group_by=part)
    apart = totals.mutate(gap=gap)
    found = (
        apart.group_by(part)
        .agg(
            n=apart.count(),
            mean=apart.total.mean(),
            squares=(apart.gap * apart.gap).sum(),
            cubes=(apart.gap * apart.gap * apart.gap).sum(),
        )
        .order_by(part)
    )
    return {
        (row.pop("market"), row.pop("segment")): ThirdMoments(**row) for row in found.to_pyarrow().to_pylist()
    }


def _shared(now: ir.Table, then: ir.Table) -> dict[str, SharedTotals]:
    before = then.select(market_then=then.market, account_then=then.account_id, total_then=then.total)
    both = now.inner_join(before, [now.market == before.market_then, now.account_id == before.account_then])
    found = (
        both.group_by("market")
        .agg(
            n=both.count(),
            now=both.total.mean(),
            then=both.total_then.mean(),
            covariance=both.total.cov(both.total_then, how="sample").fill_null(0.0),
        )
        .order_by("market")
    )
    return {row.pop("market"): SharedTotals(**row) for row in found.to_pyarrow().to_pylist()}
