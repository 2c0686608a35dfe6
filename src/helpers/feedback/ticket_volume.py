"""Ticket volume: how many support tickets a week are opened, by product area, and how that moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, variance

from helpers import style
from helpers.feedback.observations import EVERY_AREA, Tickets
from helpers.findings import ComparedRows, NoData
from helpers.onsets import DatedSeries
from helpers.periods import Period
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    Series,
    mean,
    slow_change,
    slow_mean,
    usual_change,
    yearly_change,
)

FEWEST_WEEKS = 4
USUAL_PERIODS = 8
"""Whole periods from which on they tell by themselves how much tickets usually move."""

Weeks = Mapping[Period, Sequence[int]]
"""The tickets of each week of whole periods without a gap, the earliest first and the judged one last."""


def weekly_tickets(tickets: Tickets) -> tuple[Comparison, ...]:
    """Tickets a week of all areas together, then of each, against the preceding period.

    The mean of the whole weeks of the period. A change is judged against how much tickets usually move from
    period to period (`helpers.stats.usual_change`, and `yearly_change` against the year before); with fewer
    than eight whole periods against the slowest wave of weeks within each (`slow_change`), from which the
    interval of the mean comes too. The busiest area comes first; rows are read as the page corrects them.

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
        raise NoData(_nothing(tickets))
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
    return tuple(_series(tickets, area, quarters) for area in areas)


def usually(tickets: Tickets) -> str:
    """How it is known what is usual, in a sentence; nothing where nothing is compared.

    >>> from datetime import date, timedelta
    >>> from helpers.scope import Scope
    >>> days = [date(2026, 4, 1) + timedelta(days=day) for day in range(183)]
    >>> opened = {EVERY_AREA: {day: 2 for day in days}}
    >>> usually(Tickets(Scope(Period(2026, 3)), opened, days[0], days[-1]))
    'Tickets of 2 whole periods are known: too few to tell how much they usually move from one to the next.'
    """
    known = len(_history(tickets, EVERY_AREA))
    if known >= USUAL_PERIODS:
        return (
            "A change is clear where it is larger than tickets usually move from one period to the next "
            f"({known} whole periods)."
        )
    few = f"Tickets of {style.how_many(known, 'whole period')} are known"
    return f"{few}: too few to tell how much they usually move from one to the next." if known > 1 else ""


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
    period, known = tickets.scope.period, _history(tickets, area)
    if period not in known:
        return None
    now = _a_week(tickets, known, period)
    before = tickets.weeks(area, then) if then else ()
    if then is None or len(before) < FEWEST_WEEKS:
        return Comparison(area, now)
    compared = known if then in known else {then: before, **known}
    return Comparison(area, now, _a_week(tickets, compared, then), _moved(tickets, compared, then))


def _moved(tickets: Tickets, known: Weeks, then: Period) -> Difference:
    """The change since an earlier period, against what is usual as far as the periods at hand tell that."""
    period, level = tickets.scope.period, tickets.scope.level
    row = [fmean(weeks) for weeks in known.values()]
    if then == period.preceding and len(row) >= USUAL_PERIODS:
        return usual_change(row, level)
    since = len(row) - 1 - list(known).index(then)
    if then == period.year_ago and len(row) > 2 * since:
        return yearly_change(row, since, level)
    return slow_change(known[period], known[then], [*known.values()], level)


def _history(tickets: Tickets, area: str) -> Weeks:
    """The weeks of the period and of the whole ones before it, back to the first that is not known."""
    found: dict[Period, Sequence[int]] = {}
    period: Period | None = tickets.scope.period
    while period is not None and len(weeks := tickets.weeks(area, period)) >= FEWEST_WEEKS:
        if found and not tickets.scope.is_whole(period):
            break
        found[period] = weeks
        period = period.preceding
    return dict(reversed(found.items()))


def _a_week(tickets: Tickets, known: Weeks, period: Period) -> Estimate:
    """Mean tickets a week; of a single period with an interval from its weeks alone."""
    weeks, level = known[period], tickets.scope.level
    if len(known) == 1:
        return mean(len(weeks), fmean(weeks), variance(weeks), level)
    return slow_mean(weeks, [*known.values()], level)


def _series(tickets: Tickets, area: str, quarters: Sequence[Period]) -> Series:
    known = {one: weeks for one in quarters if len(weeks := tickets.weeks(area, one)) >= FEWEST_WEEKS}
    points = [
        tickets.scope.point(one, _a_week(tickets, known, one) if one in known else None) for one in quarters
    ]
    return Series(area, tuple(points))


def _nothing(tickets: Tickets) -> str:
    """Why there is no mean a week: no tickets, or no weeks enough to take one of."""
    scope, opened = tickets.scope, tickets.total(EVERY_AREA)
    where = f"{scope.place}, {scope.period.label}"
    if not opened:
        return f"There are no tickets in {where}."
    weeks = style.how_many(len(tickets.weeks(EVERY_AREA, scope.period)), "whole week")
    return f"{style.how_many(opened, 'ticket')} of {weeks} in {where}: {FEWEST_WEEKS} weeks are needed."
