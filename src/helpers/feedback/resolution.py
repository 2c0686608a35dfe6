"""Time to resolve: until when tickets are closed, how that moved, and what customers say of it."""

from __future__ import annotations

from helpers import metrics
from helpers.feedback.observations import EVERY_AREA, Rated, WatchedTickets
from helpers.findings import ComparedRows, NoData
from helpers.metrics import Metric
from helpers.periods import Period
from helpers.stats import (
    Comparison,
    LogRank,
    compared_proportions,
    log_rank,
    quantile_difference,
    reached_difference,
)

HALF, NINE_IN_TEN = 0.5, 0.9
IN_TIME = "resolved_in_time"
"""The metric that states within how many days a ticket should be closed (`within_days`)."""


def times_to_resolve(tickets: WatchedTickets) -> tuple[Comparison, ...]:
    """Days until half of the tickets are closed, of all areas and of each, against the period compared first.

    Kaplan-Meier (1958): open tickets count as long as they were watched, those of both periods to the same
    age. Intervals by Brookmeyer and Crowley (1982), differences by MOVER from them (Zou & Donner 2008), read
    as the page corrects this list.

        >>> from helpers.feedback import WatchedCell
        >>> from helpers.scope import Scope
        >>> summer = Period(2026, 3)
        >>> cells = [WatchedCell(summer, "Exports", hours, True, 1) for hours in range(12, 92)]
        >>> watched = WatchedTickets(Scope(summer), tuple(cells))
        >>> [(row.label, row.now.value) for row in times_to_resolve(watched)]
        [('All areas', 2.125), ('Exports', 2.125)]

    Raises:
        NoData: fewer than half of the tickets were closed.
    """
    found = resolution_changes(tickets)
    if not found.rows:
        where = f"{tickets.scope.place}, {tickets.scope.period.label}"
        raise NoData(f"Fewer than half of the tickets in {where} were closed while they were watched.")
    return found.judged(tickets.scope.correction).first


def resolution_changes(tickets: WatchedTickets) -> ComparedRows:
    """Days until half are closed, of all areas and of each, against each period; uncorrected."""
    areas = [EVERY_AREA, *tickets.areas]
    areas = [area for area in areas if tickets.count(area) and tickets.curve(area).median() is not None]

    def against(then: Period | None) -> list[Comparison]:
        return [_quantile(tickets, area, HALF, then) for area in areas]

    return tickets.scope.compared("resolution", against)


def service_changes(tickets: WatchedTickets) -> ComparedRows:
    """What customers get: tickets closed in the time that metrics.yaml states, tickets rated 4 or 5; shares.

    Each row only where it is known: the first with the metric `resolved_in_time`, the second with `csat`.
    """

    def against(then: Period | None) -> list[Comparison]:
        return [row for row in (_in_time(tickets, then), _satisfied(tickets, then)) if row]

    return tickets.scope.compared("service", against)


def nine_in_ten(tickets: WatchedTickets, then: Period | None) -> Comparison:
    """Days until nine of ten tickets are closed, now and in another period; for itself, in no correction.

    >>> from helpers.feedback import WatchedCell
    >>> from helpers.scope import Scope
    >>> summer = Period(2026, 3)
    >>> cells = [WatchedCell(summer, "Exports", hours, True, 1) for hours in range(24, 124)]
    >>> nine_in_ten(WatchedTickets(Scope(summer), tuple(cells)), None).now.value
    4.708333333333333
    """
    return _quantile(tickets, EVERY_AREA, NINE_IN_TEN, then)


def same_pace(tickets: WatchedTickets) -> LogRank | None:
    """Whether tickets are closed at the same pace as in the period compared with first, over all ages.

    The log-rank test (Mantel 1966). None without such a period, or without closed tickets in both.

        >>> from helpers.feedback import WatchedCell
        >>> from helpers.scope import Scope
        >>> spring, summer = Period(2026, 2), Period(2026, 3)
        >>> cells = [WatchedCell(summer, None, hours, True, 1) for hours in range(24, 124)]
        >>> cells += [WatchedCell(spring, None, hours, True, 1) for hours in range(48, 148)]
        >>> same_pace(WatchedTickets(Scope(summer), tuple(cells))).p < 0.001
        True
    """
    then = tickets.scope.baseline
    if then is None or not tickets.of(EVERY_AREA, then):
        return None
    return log_rank(tickets.ages(), tickets.ages(EVERY_AREA, then))


def stated_time() -> Metric | None:
    """The metric that states within how many days tickets should be closed; None where nobody stated it."""
    found = metrics.catalogue().get(IN_TIME)
    return found if found and found.within_days else None


def _quantile(tickets: WatchedTickets, area: str, share: float, then: Period | None) -> Comparison:
    now = tickets.curve(area)
    known = then is not None and tickets.count(area, then) >= tickets.scope.min_group
    before = tickets.curve(area, then) if known else None
    reference = before.quantile(share) if before else None
    change = quantile_difference(now, before, share) if before else None
    return Comparison(area, now.quantile(share), reference, change)


def _in_time(tickets: WatchedTickets, then: Period | None) -> Comparison | None:
    stated = stated_time()
    if stated is None or stated.within_days is None:
        return None
    now = tickets.curve()
    share = now.by(stated.within_days)
    if share is None:
        return None
    known = then is not None and tickets.count(period=then) >= tickets.scope.min_group
    before = tickets.curve(period=then) if known else None
    reference = before.by(stated.within_days) if before else None
    change = reached_difference(now, before, stated.within_days) if before else None
    return Comparison(stated.label, share, reference, change)


def _satisfied(tickets: WatchedTickets, then: Period | None) -> Comparison | None:
    scope, now = tickets.scope, tickets.rated.get(tickets.scope.period, Rated())
    if now.rated < scope.min_group:
        return None
    before = tickets.rated.get(then, Rated()) if then else Rated()
    counts = (before.satisfied, before.rated) if before.rated >= scope.min_group else None
    return compared_proportions("Tickets rated 4 or 5", (now.satisfied, now.rated), counts, scope.level)
