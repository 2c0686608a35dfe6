"""Support tickets on the page: how many a week by product area, and over the quarters."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import charts, style
from helpers.feedback.findings import ticket_findings
from helpers.feedback.observations import EVERY_AREA, Answers, Tickets
from helpers.feedback.ticket_volume import daily_tickets, usually, weekly_ticket_series, weekly_tickets
from helpers.findings import NoData, contrast
from helpers.stats import Comparison

MOST_AREAS = 5


def tickets_by_area(tickets: Tickets) -> charts.Chart:
    """Tickets opened a week by product area, now against the preceding period (see `weekly_tickets`).

    `.data` has group, value, low, high, n (weeks), reference, difference and whether that is clear.

        >>> from datetime import date, timedelta
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> days = [date(2026, 4, 1) + timedelta(days=day) for day in range(183)]
        >>> opened = {day: 1 + day.month // 7 + (day.day % 5 == 0) for day in days}
        >>> by_area = {"All areas": opened, "Exports": opened}
        >>> tickets_by_area(Tickets(Scope(Period(2026, 3)), by_area, days[0], days[-1])).title
        'More tickets on Exports than in 2026 Q2'

    Raises:
        NoData: the period has fewer than four whole weeks of tickets.
    """
    scope, rows = tickets.scope, weekly_tickets(tickets)
    then = scope.baseline_label if rows[0].reference else ""
    return charts.shift(
        rows,
        name="tickets",
        title=_tickets_title(tickets, rows[1:], then),
        subtitle=f"Tickets opened a week, with {scope.interval}, {scope.place}",
        unit="count",
        decimals=1,
        now=scope.period.label,
        then=then,
        note=_note(tickets),
        findings=ticket_findings(tickets),
    )


def tickets_over_time(tickets: Tickets, answers: Answers) -> charts.Chart:
    """Tickets opened a week in the quarters of the answers' trend, of the five busiest areas.

    `.data` has period, group, value, low, high and n (weeks).

        >>> from datetime import date, timedelta
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> scope, july = Scope(Period(2026, 3)), date(2026, 7, 1)
        >>> answers = Answers(scope, (AnswerCell("nps", july, high=5, low=5, answers=20),))
        >>> opened = {july + timedelta(days=day): 2 for day in range(92)}
        >>> by_area = {"All areas": opened, "Exports": opened}
        >>> chart = tickets_over_time(Tickets(scope, by_area, july, date(2026, 9, 30)), answers)
        >>> chart.title, list(chart.data["value"])
        ('Exports is the busiest area', [14.0])

    Raises:
        NoData: no area has tickets enough to show.
    """
    scope, areas = tickets.scope, tickets.areas[:MOST_AREAS]
    if not areas:
        raise NoData("No area has tickets enough to show.")
    return charts.lines(
        weekly_ticket_series(tickets, areas, answers.quarters),
        name="tickets_trend",
        title=_busiest(tickets),
        subtitle=f"Tickets opened a week, {scope.place}, the {len(areas)} busiest areas of "
        f"{scope.period.label}",
        unit="count",
        decimals=1,
        events=scope.event_marks(answers.quarters, daily_tickets(tickets, (EVERY_AREA, *areas))),
    )


def _note(tickets: Tickets) -> str:
    unnamed = style.number(tickets.unnamed)
    nameless = f"Tickets that name no area: {unnamed}; they count in all areas together."
    left_out = tickets.scope.left_out(tickets.sizes, tickets.areas, "area", "tickets")
    usual = usually(tickets) if tickets.scope.baseline else ""
    return " ".join(filter(None, (usual, nameless if tickets.unnamed else "", left_out)))


def _tickets_title(tickets: Tickets, rows: Sequence[Comparison], then: str) -> str:
    if not then:
        return _busiest(tickets)
    return contrast(
        rows,
        "more tickets on {names}",
        "fewer tickets on {names}",
        f"No area has clearly more or fewer tickets than in {then}",
        after=f" than in {then}",
    )


def _busiest(tickets: Tickets) -> str:
    """What the counts alone say: areas with as many tickets share the place."""
    names = tickets.busiest
    if not names:
        return "No area has tickets enough to show"
    return f"{style.listed(names)} {'is the busiest area' if len(names) == 1 else 'are the busiest areas'}"
