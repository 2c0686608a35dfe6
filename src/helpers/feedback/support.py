"""Support tickets by product area: how many a week, how that moved, over which quarters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean, variance

from helpers import findings, style
from helpers.feedback.answers import ALL, Answers, Scope
from helpers.findings import Measure, NoData
from helpers.periods import Period
from helpers.records import Finding
from helpers.sources import LoadedTable
from helpers.stats import Comparison, Estimate, Point, Series, judged, mean, mean_difference

WEEK = timedelta(days=7)
FEWEST_WEEKS = 4
LARGEST = 5
EVERY_AREA = "All areas"

Days = Mapping[date, int]
"""Tickets opened, by day."""


@dataclass(frozen=True)
class Tickets:
    """Tickets opened by product area and day, in the edition's scope."""

    scope: Scope
    quarters: tuple[Period, ...]
    opened: Mapping[str, Days] = field(repr=False)
    first: date
    last: date

    @property
    def areas(self) -> tuple[str, ...]:
        """Areas with tickets enough in the period to show, the busiest first."""
        sizes = {area: self._total(days) for area, days in self.opened.items() if area != EVERY_AREA}
        kept = [area for area, size in sizes.items() if size >= self.scope.min_group]
        return tuple(sorted(kept, key=lambda area: (-sizes[area], area)))

    def a_week(self, area: str, period: Period) -> Estimate | None:
        """Mean tickets a week over the whole weeks of a period; None for a handful of weeks."""
        counts = self._weeks(self.opened[area], period)
        if len(counts) < FEWEST_WEEKS:
            return None
        return mean(len(counts), fmean(counts), variance(counts), self.scope.level)

    def _weeks(self, days: Days, period: Period) -> list[int]:
        start, end = max(period.start, self.first), min(period.last_day, self.last)
        counts = [0] * max(0, (end - start + timedelta(days=1)) // WEEK)
        for day, tickets in days.items():
            week = (day - start) // WEEK
            if 0 <= week < len(counts):
                counts[week] += tickets
        return counts

    def _total(self, days: Days) -> int:
        return sum(tickets for day, tickets in days.items() if self.scope.period.contains(day))


@dataclass(frozen=True)
class Areas:
    """Tickets a week by product area, now against before, with the wording of their chart."""

    rows: tuple[Comparison, ...]
    now: str
    then: str
    title: str
    subtitle: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class AreaTrends:
    """Tickets a week over quarters, of the busiest areas, with the wording of their chart."""

    series: tuple[Series, ...]
    title: str
    subtitle: str


def tickets(table: LoadedTable, answers: Answers) -> Tickets:
    """Count the tickets of the edition's region by product area and day; one query.

    Raises:
        NoData: there are no tickets, or they name no product area.
    """
    table.need("product_area")
    scope = answers.scope
    rows = table.expr
    if scope.region != ALL:
        table.need("region")
        rows = rows.filter(rows.region == scope.region)
    rows = rows.filter(rows.product_area.notnull())
    day = rows[table.time].date()
    counted = rows.group_by(day=day, area=rows.product_area).agg(tickets=rows.count()).order_by("day", "area")
    opened: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in counted.to_pyarrow().to_pylist():
        opened[row["area"]][row["day"]] += row["tickets"]
        opened[EVERY_AREA][row["day"]] += row["tickets"]
    if not opened:
        raise NoData(f"There are no tickets in {scope.place}.")
    days = opened[EVERY_AREA]
    return Tickets(scope, answers.quarters, opened, min(days), max(days))


def areas(found: Tickets) -> Areas:
    """Tickets a week of each area against the preceding period (Welch over weeks), corrected over all areas.

    Raises:
        NoData: the period has no whole weeks of tickets.
    """
    scope = found.scope
    rows = [row for area in (EVERY_AREA, *found.areas) if (row := _row(found, area))]
    if not rows:
        raise NoData(f"There are no tickets in {scope.place}, {scope.period.label}.")
    then = scope.period.preceding.label if scope.period.preceding and rows[0].reference else ""
    corrected = judged(rows)
    return Areas(
        corrected,
        scope.period.label,
        then,
        _title(corrected[1:], then),
        f"Tickets opened a week, with {scope.interval} from the spread between weeks, {scope.place}",
        findings.corrected([_finding(row, then, scope) for row in corrected]),
    )


def area_trends(found: Tickets) -> AreaTrends:
    """Tickets a week over quarters, of the five busiest areas.

    Raises:
        NoData: no area has tickets enough to show.
    """
    largest = found.areas[:LARGEST]
    if not largest:
        raise NoData(f"There are no tickets in {found.scope.place}, {found.scope.period.label}.")
    series = tuple(
        Series(area, tuple(Point(quarter.label, found.a_week(area, quarter)) for quarter in found.quarters))
        for area in largest
    )
    return AreaTrends(
        series,
        f"{largest[0]} is the busiest area",
        f"Tickets opened a week, {found.scope.place}, the {len(largest)} busiest areas of "
        f"{found.scope.period.label}",
    )


def _row(found: Tickets, area: str) -> Comparison | None:
    now = found.a_week(area, found.scope.period)
    if now is None:
        return None
    preceding = found.scope.period.preceding
    then = found.a_week(area, preceding) if preceding else None
    return Comparison(area, now, then, mean_difference(now, then) if then else None)


def _title(rows: Sequence[Comparison], then: str) -> str:
    if not then:
        return f"{rows[0].label} is the busiest area" if rows else "No area has tickets enough to show"
    more, less = [row.label for row in rows if row.above], [row.label for row in rows if row.below]
    told = [
        f"{way} tickets on {style.listed(names)}" for way, names in (("more", more), ("fewer", less)) if names
    ]
    if not told:
        return f"No area has clearly more or fewer tickets than in {then}"
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]} than in {then}"


def _finding(row: Comparison, then: str, scope: Scope) -> Finding:
    assert row.now is not None
    within = "" if scope.region == ALL else f" in {scope.region}"
    measure = Measure("tickets_a_week", f"Weekly ticket count{within}", "count", "lower", 1)
    if row.label != EVERY_AREA:
        measure = measure.at(area=row.label)
    previous = (then, row.reference, row.difference) if row.reference and row.difference else None
    return findings.measured(measure, row.now, scope.period.label, previous=previous, tables=["tickets"])
