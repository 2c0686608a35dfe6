"""Days on which tracking recorded nothing although something was to be expected."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from statistics import fmean

from helpers.adoption.observations import UNKNOWN, Usage, without_platforms
from helpers.findings import NoData
from helpers.periods import Period
from helpers.records.known_events import KnownEvent
from helpers.stats import chance_of_none

UNLIKELY = 1e-6
"""A gap is an outage when so long a silence would be rarer than this on the same weekdays around it."""

WEEKS = 4
"""Weeks before and after a gap from which the usual counts are taken."""

EVERYTHING = "all platforms"
"""The platform of an outage of all of them."""


@dataclass(frozen=True)
class TrackingOutage:
    """Whole days without any event of one platform (or of all), first and last day included.

    `expected` is the number of events that the same weekdays around it have, on average a day.

        >>> TrackingOutage("ios", date(2026, 8, 10), date(2026, 8, 18), expected=55.2).days
        9
    """

    platform: str
    first: date
    last: date
    expected: float

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def touches(self, period: Period) -> bool:
        """Whether a day of it lies within a period."""
        return self.last >= period.start and self.first < period.end


def outages(usage: Usage) -> tuple[TrackingOutage, ...]:
    """Every outage in the period and those compared with, by platform where events have one; newest first.

    A platform's days are watched from its first event to the last day of any. A gap is an outage where a
    negative binomial with the moments of the same weekdays around it makes it rarer than one in a million.

        >>> from helpers.adoption import example_usage
        >>> [(outage.platform, outage.days) for outage in outages(example_usage())]
        [('ios', 15)]
    """
    total: Counter[date] = Counter()
    for counts in usage.platform_days.values():
        total.update(counts)
    first, last = min(total), max(total)
    closed = closed_days(usage.scope.events(first, last))
    dark = outages_of(EVERYTHING, total, first, last, closed)
    single = [
        outage
        for name, counts in usage.platform_days.items()
        for outage in outages_of(name, counts, min(counts), last, closed)
        if not any(all_.first <= outage.first <= all_.last for all_ in dark)
    ]
    periods = usage.scope.periods_compared
    within = [one for one in (*dark, *single) if any(one.touches(period) for period in periods)]
    return tuple(sorted(within, key=lambda one: (one.first, one.platform), reverse=True))


def outages_of(
    platform: str, daily: Mapping[date, int], first: date, last: date, closed: Set[date] = frozenset()
) -> tuple[TrackingOutage, ...]:
    """The gaps between two days that are too long for chance, given the same weekdays around each.

    A day that was `closed` is in no gap.
    """
    found = []
    for gap in _gaps(daily, first, last, closed):
        usual = [_same_weekday(daily, day, gap, (first, last)) for day in gap]
        if math.prod(chance_of_none(counts) for counts in usual) < UNLIKELY:
            expected = fmean(fmean(counts) if counts else 0.0 for counts in usual)
            found.append(TrackingOutage(platform, gap[0], gap[-1], expected))
    return tuple(found)


def outside_outages(usage: Usage, found: tuple[TrackingOutage, ...]) -> Usage | None:
    """The usage without the platforms that were silent, for what is compared across an outage.

    It reaches back over the periods compared with to the quarter before, whose sign-ups came back or not.
    None where nothing was silent, everything was, nobody used anything else, or nothing is compared with.

        >>> from helpers.adoption import example_usage
        >>> usage = example_usage()
        >>> sorted(outside_outages(usage, outages(usage)).platform_days)  # all events stay
        ['ios', 'web']
    """
    platforms = frozenset(one.platform for one in found)
    before = [quarter for then in usage.scope.periods_compared[1:] for quarter in then.quarters]
    if not platforms or platforms & {EVERYTHING, UNKNOWN} or not before:
        return None
    try:
        return without_platforms(usage, platforms, min(one.shift(-1).start for one in before))
    except NoData:
        return None


def closed_days(events: Iterable[KnownEvent]) -> frozenset[date]:
    """The days that are known to have been closed, such as holidays: no outage, whatever is missing."""
    closed = [event for event in events if event.kind == "closed"]
    return frozenset(
        event.date + timedelta(days=after)
        for event in closed
        for after in range((event.last - event.date).days + 1)
    )


def _gaps(daily: Mapping[date, int], first: date, last: date, closed: Set[date]) -> list[list[date]]:
    """The runs of days without events from the first day to the last, but for days that were closed."""
    days = (first + timedelta(days=after) for after in range((last - first).days + 1))
    runs = groupby(days, lambda day: not daily.get(day, 0) and day not in closed)
    return [list(run) for lacking, run in runs if lacking]


def _same_weekday(
    daily: Mapping[date, int], day: date, gap: Sequence[date], covered: tuple[date, date]
) -> list[int]:
    """Counts of the same weekday in the weeks before and after the gap, as far as the data cover them."""
    shifts = [timedelta(weeks=week) for week in range(-WEEKS, WEEKS + 1)]
    days = [day + shift for shift in shifts]
    return [daily.get(one, 0) for one in days if one not in gap and covered[0] <= one <= covered[1]]
