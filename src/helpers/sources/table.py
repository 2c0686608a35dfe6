"""A logical table that was loaded: its good rows as an expression, and the account of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import ibis
import ibis.expr.types as ir

from helpers import periods
from helpers.contracts import CONTRACTS
from helpers.findings import NoData
from helpers.periods import Period
from helpers.records import TableAccount


@dataclass(frozen=True, eq=False)
class Table:
    """One logical table.

    `account` is None where the table is not supplied; `absent` then says why.
    """

    name: str
    account: TableAccount | None = None
    fiscal_year_start: int = 1
    absent: str = ""
    _rows: ir.Table | None = field(default=None, repr=False)

    @property
    def expr(self) -> ir.Table:
        """The good rows, with the types of the contract.

        Raises:
            NoData: the table is not supplied.
        """
        if self._rows is None:
            raise NoData(self.absent)
        return self._rows

    @property
    def time(self) -> str:
        """The name of its time column.

        Raises:
            NoData: the table has none.
        """
        column = CONTRACTS[self.name].time
        if column is None:
            raise NoData(f"The table {self.name} has no column of time.")
        self.need(column)
        return column

    @property
    def latest(self) -> date | None:
        """The last day that the rows cover; None for a table without times.

        Of rows that stand for a span (market_metrics), it is the last day of the newest span.
        """
        day = self.account.latest if self.account else None
        return date.fromisoformat(day) if day else None

    def has(self, *columns: str) -> bool:
        """Whether the table is supplied with all these columns."""
        return self._rows is not None and set(columns) <= set(self._rows.columns)

    def need(self, *columns: str) -> None:
        """Make sure of optional columns.

        Raises:
            NoData: one of them is not supplied; a section that needs it becomes a gap that says so.
        """
        missing = [column for column in columns if column not in self.expr.columns]
        if missing:
            named = "column" if len(missing) == 1 else "columns"
            raise NoData(f"The table {self.name} has no {named} {' and '.join(missing)}.")

    def during(self, period: Period) -> ir.Table:
        """The good rows whose time lies in the period; all of them for all time.

        Raises:
            NoData: the table is not supplied, or has no times.
        """
        column = self.expr[self.time]
        if period.year is None:
            return self.expr
        return self.expr.filter(column >= _like(column, period.start), column < _like(column, period.end))

    def resolve(self, period: str | Period) -> Period:
        """The period that a parameter means.

        `last_complete` is the last whole quarter that the rows cover, `previous` the one before.

        Raises:
            PeriodError: the text names no period.
            NoData: a relative period of a table that is not supplied or has no times.
        """
        if isinstance(period, Period):
            return period
        if period not in periods.RELATIVE:
            return Period.parse(period, self.fiscal_year_start)
        if self.latest is None:
            raise NoData(self.absent or f"The table {self.name} has no column of time.")
        return periods.resolve(period, self.latest + timedelta(days=1), self.fiscal_year_start)


def last_day_covered(days: Sequence[date]) -> date | None:
    """The last day of the newest span, from the first days of all spans in ascending order.

    The length of a span is the smallest step between two starts: months where all start on the first of a
    month (one month where there is a single start), else days.
    """
    if not days:
        return None
    newest = days[-1]
    pairs = list(pairwise(days))
    if all(day.day == 1 for day in days):
        months = min((_month(later) - _month(earlier) for earlier, later in pairs), default=1)
        year, month = divmod(_month(newest) + months, 12)
        return date(year, month + 1, 1) - timedelta(days=1)
    steps = min(((later - earlier).days for earlier, later in pairs), default=1)
    return newest + timedelta(days=steps - 1)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _like(column: ir.Value, day: date) -> ir.Value:
    return ibis.literal(day) if column.type().is_date() else ibis.literal(datetime.combine(day, time.min))
