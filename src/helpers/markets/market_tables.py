"""Which table a metric of markets is measured in: sums of months, or rows of orders."""

from __future__ import annotations

from helpers.markets.observations import MarketSums, monthly_sums
from helpers.markets.orders import order_sums
from helpers.scope import Scope
from helpers.sources import LoadedTable, first_of

ORDERS = "orders"


def table_of(metric: str, market_metrics: LoadedTable, orders: LoadedTable) -> LoadedTable:
    """The table that a metric is measured in: market_metrics where it has rows of it, else orders.

        >>> from datetime import date
        >>> from helpers import sources
        >>> july = {"period_start": date(2026, 7, 1), "market": "France"}
        >>> months = sources.of_rows("market_metrics", [{**july, "metric": "conversion", "numerator": 3}])
        >>> sold = {"market": "France", "ordered_at": date(2026, 7, 1), "amount": 10.0}
        >>> orders = sources.of_rows("orders", [sold])
        >>> [table_of(metric, months, orders).name for metric in ("conversion", "revenue")]
        ['market_metrics', 'orders']

    Raises:
        NoData: neither table is supplied.
    """
    if orders.has("market") and market_metrics.has("market"):
        rows = market_metrics.expr.filter(market_metrics.expr.metric == metric)
        return market_metrics if rows.limit(1).count().to_pyarrow().as_py() else orders
    return first_of(market_metrics, orders)


def market_sums(table: LoadedTable, metric: str, scope: Scope) -> MarketSums:
    """One metric in every market, from the table that `table_of` names.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> july = {"metric": "conversion", "period_start": date(2026, 7, 1), "market": "France"}
        >>> table = sources.of_rows("market_metrics", [{**july, "numerator": 37, "denominator": 100}])
        >>> market_sums(table, "conversion", Scope(Period(2026, 3))).sums(Period(2026, 3), "France")
        (37.0, 100.0)

    Raises:
        NoData: the table has no such metric in the period, or lacks a column that it needs.
        ValueError: the catalogue has no such metric, or the table cannot hold its kind.
    """
    return (order_sums if table.name == ORDERS else monthly_sums)(table, metric, scope)
