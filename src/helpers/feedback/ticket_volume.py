"""Ticket volume: how many support tickets a week are opened, by product area, and how that moved."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, variance

from helpers.feedback.observations import EVERY_AREA, Tickets
from helpers.findings import ComparedRows, NoData
from helpers.onsets import DatedSeries
from helpers.periods import Period
from helpers.stats import Comparison, Estimate, Series, mean, mean_difference

FEWEST_WEEKS = 4


def weekly_tickets(tickets: Tickets) -> tuple[Comparison, ...]:
    """Tickets a week of all areas together, then of each, against the preceding period.

    The mean of the whole weeks of the period with a t interval over weeks; differences by Welch's test
    (1947), read as the page corrects this list. Weeks are not independent of each other, so the intervals
    are somewhat too narrow. The busiest area comes first.

        >>> from datetime import date, timedelta
        >>> from helpers.scope import Scope
        >>> days = [date(2026, 4, 1) + timedelta(days=day) for day in range(183)]
        >>> opened = {day: 1 + day.month // 7 + (day.day % 5 == 0) for day in days}
        >>> tickets = Tickets(
        ...     Scope(Period(2026, 3)), {EVERY_AREA: opened, "Exports": opened}, days[0], days[-1]
        ... )
        >>> [(row.label, round(row.now.value, 1), round(row.reference.value, 1), row.above)
        ...     for row in weekly_tickets(tickets)]
        [('All areas', 15.3, 8.4, True), ('Exports', 15.3, 8.4, True)]

    Raises:
        NoData: the period has fewer than four whole weeks of tickets.
    """
    found = ticket_changes(tickets)
    if not found.rows:
        raise NoData(f"There are no tickets in {tickets.scope.place}, {tickets.scope.period.label}.")
    return found.judged(tickets.scope.correction).first


def ticket_changes(tickets: Tickets) -> ComparedRows:
    """Tickets a week of all areas together, then of each, against each period compared with, uncorrected."""
    areas = (EVERY_AREA, *tickets.areas)

    def against(then: Period | None) -> list[Comparison]:
        return [row for area in areas if (row := _against(tickets, area, then))]

    return tickets.scope.compared("tickets", against)


def weekly_ticket_series(
    tickets: Tickets, areas: Sequence[str], quarters: Sequence[Period]
) -> tuple[Series, ...]:
    """Tickets a week of some areas in some quarters; None for a quarter of fewer than four whole weeks.

    >>> from datetime import date, timedelta
    >>> from helpers.scope import Scope
    >>> days = [date(2026, 7, 1) + timedelta(days=day) for day in range(92)]
    >>> tickets = Tickets(Scope(Period(2026, 3)), {"Exports": {day: 2 for day in days}}, days[0], days[-1])
    >>> (exports,) = weekly_ticket_series(tickets, ["Exports"], [Period(2026, 2), Period(2026, 3)])
    >>> [(point.at, point.estimate and point.estimate.value) for point in exports.points]
    [('2026 Q2', None), ('2026 Q3', 14.0)]
    """
    return tuple(
        Series(
            area, tuple(tickets.scope.point(quarter, _a_week(tickets, area, quarter)) for quarter in quarters)
        )
        for area in areas
    )


def daily_tickets(tickets: Tickets, areas: Sequence[str]) -> tuple[DatedSeries, ...]:
    """Tickets opened by day in some areas, over the days that the table covers.

    >>> from datetime import date
    >>> from helpers.scope import Scope
    >>> july = date(2026, 7, 1)
    >>> tickets = Tickets(Scope(Period(2026, 3)), {"Exports": {july: 2}}, july, july)
    >>> (exports,) = daily_tickets(tickets, ["Exports"])
    >>> exports.noun, exports.sums
    ('tickets a day on Exports', (2,))
    """
    within = tickets.scope.within
    return tuple(
        DatedSeries.of_days(
            f"tickets a day{'' if area == EVERY_AREA else f' on {area}'}{within}",
            "count",
            tickets.opened[area],
            tickets.first,
            tickets.last,
        )
        for area in areas
    )


def _against(tickets: Tickets, area: str, then: Period | None) -> Comparison | None:
    now = _a_week(tickets, area, tickets.scope.period)
    if now is None:
        return None
    before = _a_week(tickets, area, then) if then else None
    return Comparison(area, now, before, mean_difference(now, before) if before else None)


def _a_week(tickets: Tickets, area: str, period: Period) -> Estimate | None:
    """Mean tickets a week over the whole weeks of a period; None for a handful of weeks."""
    weeks = tickets.weeks(area, period)
    if len(weeks) < FEWEST_WEEKS:
        return None
    return mean(len(weeks), fmean(weeks), variance(weeks), tickets.scope.level)
