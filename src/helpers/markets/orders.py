"""What the table orders gives: sums by market, month and segment, and each account's total."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from helpers import metrics, style
from helpers.findings import NoData
from helpers.markets.account_totals import account_totals
from helpers.markets.observations import NO_SEGMENT, MarketSums, MonthlySums
from helpers.metrics import Metric
from helpers.records.nouns import how_many
from helpers.scope import Scope
from helpers.sources import LoadedTable

MONEY, QUANTITY = "amount", "quantity"


@dataclass(frozen=True)
class _Counted:
    """The rows of orders that count, and the line that says which do not."""

    rows: ir.Table
    aside: str


def order_sums(orders: LoadedTable, metric: str, scope: Scope) -> MarketSums:
    """One metric from rows of orders: a sum of money or of things, or the mean of accounts' totals.

    Money (a unit such as `currency:USD`) is the sum of `amount` over orders in that currency; any other unit
    counts `quantity`. A `sum` adds orders up; a `ratio` or a `mean` is what an account comes to in the whole
    period, with an interval from the spread between accounts.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> july = {"ordered_at": date(2026, 7, 1), "market": "France"}
        >>> spent = {"a": 10.0, "b": 30.0, "c": 20.0, "d": 20.0, "e": 20.0}
        >>> rows = [{**july, "account_id": name, "amount": amount} for name, amount in spent.items()]
        >>> orders = sources.of_rows("orders", rows)
        >>> order_sums(orders, "revenue", Scope(Period(2026, 3))).sums(Period(2026, 3), "France")
        (100.0, 5.0)

    Raises:
        NoData: orders lacks a column that the metric needs, or has no row of it in the period.
        ValueError: the catalogue has no such metric, or it is a share.
    """
    known = metrics.get(metric)
    if known.kind == "share":
        raise ValueError(f"{metric} is a share, which orders cannot hold: use ratio, mean or sum.")
    by_account = known.kind != "sum"
    if by_account:
        orders.need("account_id")
    counted = _counted(orders, known, by_account=by_account)
    cells = _cells(counted.rows, orders.time, by_account=by_account, weekly=scope.period.grain == "week")
    if not cells:
        raise NoData(f"The table orders has no row of {metric}. {counted.aside}".strip())
    kind: metrics.Kind = "ratio" if by_account else "sum"
    words = known.numerator or known.label.lower()
    found = MarketSums(scope, scope.measure(metric, "orders"), kind, cells, words, aside=counted.aside)
    if by_account:
        earlier = [one.period for one in scope.references if one.period is not None]
        periods = list(dict.fromkeys((scope.period, *earlier, *found.quarters)))
        found = replace(found, accounts=account_totals(counted.rows, orders, scope.period, periods, earlier))
    if not found.shows(scope.period):
        if found.sums(scope.period)[1]:
            raise NoData(f"Too few accounts ordered in {scope.period.label} to show {metric} of them.")
        raise NoData(f"There are no orders of {metric} in {scope.period.label}.")
    return found


def _counted(orders: LoadedTable, known: Metric, *, by_account: bool) -> _Counted:
    """The orders that a metric adds up: money in one currency, of accounts that are named."""
    money = known.unit.startswith("currency:")
    if not money:
        orders.need(QUANTITY)
    expr = orders.expr
    rows = expr.mutate(
        value=expr[MONEY if money else QUANTITY].cast("float64"),
        segment=expr.segment.fill_null(NO_SEGMENT) if orders.has("segment") else ibis.literal(NO_SEGMENT),
    )
    told, keep = {}, ibis.literal(True)
    if money and orders.has("currency"):
        currency = known.unit.removeprefix("currency:")
        same = (rows.currency.upper() == currency).fill_null(False)
        told[f"in another currency than {currency}, or in none named"] = keep & ~same
        keep = keep & same
    if not money:
        told["without a quantity"] = keep & rows.value.isnull()
        keep = keep & rows.value.notnull()
    if by_account:
        told["without an account"] = keep & rows.account_id.isnull()
        keep = keep & rows.account_id.notnull()
    return _Counted(rows.filter(keep), _aside(rows, told))


def _aside(rows: ir.Table, told: dict[str, ir.BooleanValue]) -> str:
    """`Not counted: 3 orders without an account.`; empty where all count."""
    if not told:
        return ""
    found = rows.agg(**{f"n{at}": one.sum().fill_null(0) for at, one in enumerate(told.values())})
    counts = found.to_pyarrow().to_pylist()[0].values()
    parts = [f"{how_many(n, 'order')} {words}" for n, words in zip(counts, told, strict=True) if n]
    return f"Not counted: {style.listed(parts)}." if parts else ""


def _cells(rows: ir.Table, time: str, *, by_account: bool, weekly: bool) -> tuple[MonthlySums, ...]:
    keys = {
        "market": rows.market,
        "month": rows[time].cast("date").truncate("W" if weekly else "M"),
        "segment": rows.segment,
    }
    size = rows.account_id.nunique() if by_account else rows.count()
    sums = rows.group_by(**keys).agg(numerator=rows.value.sum(), denominator=size.cast("float64"))
    return tuple(MonthlySums(**row) for row in sums.order_by(list(keys)).to_pyarrow().to_pylist())
