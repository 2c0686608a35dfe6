"""How long support tickets stayed open: by period, product area and hour, as far as each was watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir

from helpers.contracts import ANSWERS_APART
from helpers.feedback.observations.support_tickets import EVERY_AREA
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope
from helpers.sources import LoadedTable
from helpers.stats import Reached, reached

HOURS_A_DAY = 24
SATISFIED = 4
"""Answers from here on, on a scale of 1 to 5, are satisfied."""


@dataclass(frozen=True)
class WatchedCell:
    """Tickets opened in one period that were closed, or last seen open, in the same hour of their age.

    Attributes:
        period: when they were opened.
        area: their product area, or several; None for none.
        hours: their age in whole hours.
        closed: whether they were closed then; else they were last seen open.
        tickets: how many.
    """

    period: Period
    area: str | None
    hours: int
    closed: bool
    tickets: int


@dataclass(frozen=True)
class Rated:
    """What customers say of the tickets opened in a period.

    Attributes:
        satisfied: how many they rated 4 or 5 of 5.
        rated: how many they rated.
    """

    satisfied: int = 0
    rated: int = 0


@dataclass(frozen=True)
class WatchedTickets:
    """Tickets of the period, and of those it is compared with, watched to the same age.

    `open_at_end` counts the tickets, opened at any time, that were open when each period ended; `rated` those
    that customers rated.

        >>> summer = Period(2026, 3)
        >>> cells = [WatchedCell(summer, "Exports", 36, True, 20), WatchedCell(summer, None, 60, False, 5)]
        >>> found = WatchedTickets(Scope(summer), tuple(cells))
        >>> found.curve(EVERY_AREA).quantile(0.5).value, found.areas
        (1.5, ('Exports',))
    """

    scope: Scope
    cells: tuple[WatchedCell, ...] = field(repr=False)
    open_at_end: Mapping[Period, int] = field(default_factory=dict)
    rated: Mapping[Period, Rated] = field(default_factory=dict)

    @property
    def areas(self) -> tuple[str, ...]:
        """Areas with tickets enough in the period to show, those with the most first."""
        sizes = self._sizes
        kept = [area for area, size in sizes.items() if size >= self.scope.min_group]
        return tuple(sorted(kept, key=lambda area: (-sizes[area], area)))

    def count(self, area: str = EVERY_AREA, period: Period | None = None) -> int:
        """Tickets of an area, opened in the period of the edition or in another."""
        return sum(cell.tickets for cell in self.of(area, period or self.scope.period))

    def of(self, area: str, period: Period) -> Sequence[WatchedCell]:
        """The cells of an area and a period."""
        return self._by_area.get((area, period), ())

    @cached_property
    def _by_area(self) -> Mapping[tuple[str, Period], Sequence[WatchedCell]]:
        found: dict[tuple[str, Period], list[WatchedCell]] = defaultdict(list)
        for cell in self.cells:
            for area in {*(cell.area or EVERY_AREA).split(ANSWERS_APART), EVERY_AREA}:
                found[area, cell.period].append(cell)
        return found

    def curve(self, area: str = EVERY_AREA, period: Period | None = None) -> Reached:
        """The share that was closed by age, in days (see `helpers.stats.reached`).

        Raises:
            ValueError: the area has no tickets in that period.
        """
        return reached(*self.ages(area, period), self.scope.level)

    def ages(
        self, area: str = EVERY_AREA, period: Period | None = None
    ) -> tuple[Sequence[float], Sequence[bool], Sequence[int]]:
        """Ages in days, whether tickets were closed at them, and of how many that holds."""
        cells = self.of(area, period or self.scope.period)
        return (
            [cell.hours / HOURS_A_DAY for cell in cells],
            [cell.closed for cell in cells],
            [cell.tickets for cell in cells],
        )

    @property
    def _sizes(self) -> Mapping[str, int]:
        sizes: dict[str, int] = defaultdict(int)
        for cell in self.cells:
            if cell.period == self.scope.period:
                for area in {*(cell.area or "").split(ANSWERS_APART)} - {""}:
                    sizes[area] += cell.tickets
        return sizes


def watched_tickets(table: LoadedTable, scope: Scope) -> WatchedTickets:
    """Count the tickets of the periods compared by the hour of age at which they were closed, or last seen.

    Those of an earlier period are watched to the age that those of this one can have: what was closed later
    counts as open then. Three queries.

        >>> from datetime import date, datetime
        >>> from helpers import sources
        >>> opened = datetime(2026, 7, 1, 9)
        >>> rows = [{"opened_at": opened, "closed_at": opened + timedelta(hours=30)}, {"opened_at": opened}]
        >>> found = watched_tickets(sources.of_rows("tickets", rows), Scope(Period(2026, 3)))
        >>> [(cell.hours, cell.closed, cell.tickets) for cell in found.cells]
        [(15, False, 2)]

    Raises:
        NoData: there are no tickets in this period and place, or they do not say when they were closed.
    """
    table.need("closed_at")
    here = scope.on(table)
    cells = _cells(table, here)
    if not any(cell.period == scope.period for cell in cells):
        raise NoData(f"There are no tickets in {scope.place}, {scope.period.label}.")
    return WatchedTickets(here, cells, _open_at_end(table, here), _rated(table, here))


def _cells(table: LoadedTable, scope: Scope) -> tuple[WatchedCell, ...]:
    rows, periods = scope.rows_compared(table), {one.text: one for one in scope.periods_compared}
    ends = {one.text: _watched_until(table, scope, one) for one in periods.values()}
    until = ibis.cases(*[(rows.period == text, ibis.literal(end)) for text, end in ends.items()])
    opened, closed = rows[table.time], rows.closed_at
    is_closed = (closed <= until).fill_null(False)
    seconds = is_closed.ifelse(closed, until).epoch_seconds() - opened.epoch_seconds()
    hours = (seconds / 3600).floor().cast("int64")
    keys = {
        "period": rows.period,
        "hours": (hours < 0).ifelse(0, hours),
        "closed": is_closed,
        "area": rows.product_area if table.has("product_area") else ibis.null("string"),
    }
    counted = rows.group_by(**keys).agg(tickets=rows.count()).order_by(list(keys))
    return tuple(
        WatchedCell(periods[row["period"]], row["area"], row["hours"], row["closed"], row["tickets"])
        for row in counted.to_pyarrow().to_pylist()
    )


def _watched_until(table: LoadedTable, scope: Scope, period: Period) -> datetime:
    """The end of the data, or for an earlier period the moment as long after it as that is after this one."""
    last = table.covered[1] if table.covered else scope.period.last_day
    end = datetime.combine(last, time()) + timedelta(days=1)
    return end - (scope.period.end - period.end)


def _open_at_end(table: LoadedTable, scope: Scope) -> Mapping[Period, int]:
    """Tickets open when a period ended, of those that the table has; None are told of a period still open."""
    rows = scope.rows(table)
    ended = [one for one in scope.periods_compared if scope.is_whole(one) and one.year is not None]
    if not ended:
        return {}
    counts = rows.agg(**{one.slug.replace("-", "_"): _open_at(table, rows, one) for one in ended})
    (found,) = counts.to_pyarrow().to_pylist()
    return {one: int(found[one.slug.replace("-", "_")] or 0) for one in ended}


def _open_at(table: LoadedTable, rows: ir.Table, period: Period) -> ir.IntegerScalar:
    end = ibis.literal(datetime.combine(period.end, time()))
    return ((rows[table.time] < end) & (rows.closed_at.isnull() | (rows.closed_at >= end))).sum()


def _rated(table: LoadedTable, scope: Scope) -> Mapping[Period, Rated]:
    if not table.has("csat"):
        return {}
    rows, periods = scope.rows_compared(table), {one.text: one for one in scope.periods_compared}
    counted = rows.group_by("period").agg(satisfied=(rows.csat >= SATISFIED).sum(), rated=rows.csat.count())
    return {
        periods[row["period"]]: Rated(int(row["satisfied"] or 0), row["rated"])
        for row in counted.order_by("period").to_pyarrow().to_pylist()
    }
