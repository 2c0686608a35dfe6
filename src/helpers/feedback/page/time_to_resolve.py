"""How long tickets wait, on the page: time to resolve by area and by age, and what customers get."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import charts, style, tables
from helpers.charts import Curve
from helpers.feedback.findings import resolution_findings, service_findings
from helpers.feedback.observations import EVERY_AREA, WatchedTickets
from helpers.feedback.page.change_columns import change_cells, change_columns
from helpers.feedback.resolution import (
    nine_in_ten,
    same_pace,
    service_changes,
    stated_time,
    times_to_resolve,
)
from helpers.findings import contrast
from helpers.stats import Comparison
from helpers.tables import Column

_STEPS = 12
"""How many steps of a curve a page draws: hours over a quarter are more than the eye can tell apart."""


def time_to_resolve(tickets: WatchedTickets) -> charts.Chart:
    """Days until half of the tickets are closed, by product area, now against before.

    See `helpers.feedback.times_to_resolve`. `.data` has group, value, low, high, n, reference, difference and
    whether that is clear.

        >>> from helpers.feedback import WatchedCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> summer = Period(2026, 3)
        >>> cells = tuple(WatchedCell(summer, "Exports", hours, True, 1) for hours in range(12, 92))
        >>> print(time_to_resolve(WatchedTickets(Scope(summer), cells)).title)
        Half of the tickets are closed within 2.1 days

    Raises:
        NoData: fewer than half of the tickets were closed.
    """
    scope, rows = tickets.scope, times_to_resolve(tickets)
    return charts.shift(
        rows,
        name="time_to_resolve",
        title=_title(tickets, rows),
        subtitle=f"Days until half of the tickets are closed, with {scope.interval}, {scope.place}",
        unit="days",
        decimals=1,
        now=scope.period.label,
        then=scope.baseline_label if rows[0].reference else "",
        good="lower",
        note=_watched(tickets),
        findings=resolution_findings(tickets),
    )


def closed_by_age(tickets: WatchedTickets) -> charts.Chart:
    """The share of tickets closed by their age in days, of this period and of that compared with first.

    `.data` has curve, x (days), y (a fraction), low and high.

        >>> from helpers.feedback import WatchedCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> summer = Period(2026, 3)
        >>> cells = tuple(WatchedCell(summer, None, hours, True, 1) for hours in range(12, 92))
        >>> print(closed_by_age(WatchedTickets(Scope(summer), cells)).title)
        Nine of ten tickets are closed within 3.5 days

    Raises:
        NoData: fewer than half of the tickets were closed.
    """
    times_to_resolve(tickets)
    scope, then = tickets.scope, tickets.scope.baseline
    sides = {scope.period: scope.period.label}
    if then and tickets.count(period=then) >= scope.min_group:
        sides[then] = scope.baseline_label
    return charts.curve(
        [
            Curve.of_reached(label, tickets.curve(period=period), steps=_STEPS)
            for period, label in sides.items()
        ],
        name="closed_by_age",
        title=_nine_in_ten(tickets),
        subtitle=f"Share of tickets closed by their age, with {scope.interval}, {scope.place}",
        x_label="Days since the ticket was opened",
        unit="share",
        decimals=0,
        note=_pace(tickets),
    )


def service(tickets: WatchedTickets) -> tables.Table:
    """What customers get: tickets closed in the stated time, rated 4 or 5, and those still open at the end.

    `.data` has measure, now, before and the change with its interval; shares are fractions.

        >>> from helpers.feedback import Rated, WatchedCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> summer = Period(2026, 3)
        >>> cells = tuple(WatchedCell(summer, None, hours, True, 1) for hours in range(12, 92))
        >>> found = WatchedTickets(Scope(summer), cells, {summer: 12}, {summer: Rated(30, 40)})
        >>> service(found).title
        '12 tickets were open at the end of 2026 Q3'
    """
    scope = tickets.scope
    rows = service_changes(tickets).judged(scope.correction).first
    return tables.table(
        "service",
        _still_open(tickets),
        [Column("Measure"), *change_columns(scope)],
        [(row.label, *change_cells(row)) for row in rows],
        note=_stated(),
        findings=service_findings(tickets),
    )


def _title(tickets: WatchedTickets, rows: Sequence[Comparison]) -> str:
    everything, then = rows[0], tickets.scope.baseline_label
    assert everything.now is not None
    within = f"Half of the tickets are closed within {_days(everything.now.value)}"
    if everything.reference is None or everything.difference is None:
        return within
    before = f"{within}, {_days(everything.reference.value)} in {then}"
    if everything.clear:
        return before
    areas = contrast(
        rows[1:], "longer on {names}", "shorter on {names}", "no clear change", after=f" than in {then}"
    )
    return f"{before}: {areas[:1].lower()}{areas[1:]}"


def _nine_in_ten(tickets: WatchedTickets) -> str:
    row = nine_in_ten(tickets, tickets.scope.baseline)
    if row.now is None:
        return "Fewer than nine of ten tickets were closed while they were watched"
    told = f"Nine of ten tickets are closed within {_days(row.now.value)}"
    return told + (
        f", {_days(row.reference.value)} in {tickets.scope.baseline_label}" if row.reference else ""
    )


def _pace(tickets: WatchedTickets) -> str:
    test = same_pace(tickets)
    if test is None:
        return ""
    return (
        f"Log-rank test of the two curves over all ages: {style.p_value(test.p)}, by itself; "
        "what this page judges is the change of the median."
    )


def _still_open(tickets: WatchedTickets) -> str:
    scope, found = tickets.scope, tickets.open_at_end
    if scope.period not in found:
        return "What customers get"
    told = f"{style.how_many(found[scope.period], 'ticket')} were open at the end of {scope.period.label}"
    if scope.baseline and scope.baseline in found:
        told += f", {style.number(found[scope.baseline])} at that of {scope.baseline_label}"
    return told


def _stated() -> str:
    metric = stated_time()
    if metric is None or metric.within_days is None:
        return "Within which time tickets should be closed is not stated: metrics.yaml, resolved_in_time."
    return f"In time: within {_days(metric.within_days)} of being opened."


def _watched(tickets: WatchedTickets) -> str:
    scope = tickets.scope
    open_now = sum(cell.tickets for cell in tickets.of(EVERY_AREA, scope.period) if not cell.closed)
    told = "Tickets that were still open count as long as they were watched"
    told = f"{told} ({style.number(open_now)} of {style.number(tickets.count())})"
    return told + (f"; those of {scope.baseline_label} to the same age." if scope.baseline else ".")


def _days(value: float) -> str:
    return style.value(value, "days", 1)
