"""Support tickets, counted once by product area and day; the whole weeks of any period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate, pairwise

from helpers.contracts import ANSWERS_APART
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope
from helpers.sources import LoadedTable

WEEK = timedelta(days=7)
EVERY_AREA = "All areas"

Days = Mapping[date, int]
"""Tickets opened, by day."""


@dataclass(frozen=True)
class Tickets:
    """Tickets opened by product area (and in `All areas` together) and day, in the edition's region.

    `first` and `last` are the days that the table covers. A ticket of several areas counts in each, and once
    in all; those `nowhere` name none.

        >>> monday = date(2026, 7, 6)
        >>> week = {monday + timedelta(days=day): 2 for day in range(7)}
        >>> opened = {"Exports": week, EVERY_AREA: week}
        >>> tickets = Tickets(Scope(Period(2026, 3)), opened, monday, monday + timedelta(days=20))
        >>> tickets.areas, tickets.weeks("Exports", Period(2026, 3))
        (('Exports',), (14, 0, 0))
    """

    scope: Scope
    opened: Mapping[str, Days] = field(repr=False)
    first: date
    last: date
    nowhere: Days = field(default_factory=dict, repr=False)

    @property
    def areas(self) -> tuple[str, ...]:
        """Areas with tickets enough in the period to show, the busiest first; last those that fell silent."""
        fewest, before = self.scope.min_group, self.scope.baseline
        silent = [area for area, size in self.sizes.items() if not size]
        kept = [area for area, size in self.sizes.items() if size >= fewest]
        kept += [area for area in silent if before and self.total(area, before) >= fewest]
        return tuple(sorted(kept, key=lambda area: (-self.sizes[area], area)))

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Tickets of the period by area."""
        return {area: self.total(area) for area in self.opened if area != EVERY_AREA}

    @property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters of a trend: the last twelve up to the period, all there are for all time."""
        return self.scope.trend([self.first, self.last])

    @property
    def busiest(self) -> tuple[str, ...]:
        """The area with the most tickets of the period; several where they have as many."""
        most = max(self.sizes.values(), default=0)
        return tuple(area for area in self.areas if self.sizes[area] == most > 0)

    def total(self, area: str, period: Period | None = None) -> int:
        """Tickets of one area, opened in the period of the edition, or in another."""
        within = period or self.scope.period
        return sum(tickets for day, tickets in self.opened[area].items() if within.contains(day))

    @property
    def unnamed(self) -> int:
        """Tickets of the period that name no area: they count in all areas together alone."""
        return sum(tickets for day, tickets in self.nowhere.items() if self.scope.period.contains(day))

    def weeks(self, area: str, period: Period) -> tuple[int, ...]:
        """Tickets in each whole week of a period that the table covers, counted from its first day."""
        start, end = max(period.start, self.first), min(period.last_day, self.last)
        first, weeks = (start - self.first).days, max(0, (end - start + timedelta(days=1)) // WEEK)
        totals = self._totals(area)
        ends = [totals[first + 7 * week] for week in range(weeks + 1)] if weeks else []
        return tuple(after - before for before, after in pairwise(ends))

    def _totals(self, area: str) -> list[int]:
        """Tickets before each day that the table covers, and of all of them; counted once an area."""
        if area not in self._counted:
            counts = [0] * ((self.last - self.first).days + 1)
            for day, tickets in self.opened[area].items():
                if self.first <= day <= self.last:
                    counts[(day - self.first).days] = tickets
            self._counted[area] = [0, *accumulate(counts)]
        return self._counted[area]

    @cached_property
    def _counted(self) -> dict[str, list[int]]:
        return {}


def tickets(table: LoadedTable, scope: Scope) -> Tickets:
    """Count the tickets of the edition's region by product area and day; one query.

        >>> from helpers import sources
        >>> days = [date(2026, 7, day) for day in (1, 1, 2)]
        >>> rows = [{"opened_at": day, "product_area": "Exports"} for day in days]
        >>> tickets(sources.of_rows("tickets", rows), Scope(Period(2026, 3))).total("Exports")
        3

    Raises:
        NoData: there are no tickets, or they name no product area.
    """
    table.need("product_area")
    rows = scope.rows(table)
    day = rows[table.time].date()
    counted = rows.group_by(day=day, area=rows.product_area).agg(tickets=rows.count()).order_by("day", "area")
    opened: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    nowhere: dict[date, int] = defaultdict(int)
    for row in counted.to_pyarrow().to_pylist():
        if not row["area"]:
            nowhere[row["day"]] += row["tickets"]
        for area in {*(row["area"] or EVERY_AREA).split(ANSWERS_APART), EVERY_AREA}:
            opened[area][row["day"]] += row["tickets"]
    if not opened:
        raise NoData(f"There are no tickets in {scope.place}.")
    days = opened[EVERY_AREA]
    first, last = table.covered or (min(days), max(days))
    return Tickets(scope.on(table), opened, first, last, nowhere)
