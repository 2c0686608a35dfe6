"""Days on which tracking recorded nothing although something was to be expected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, variance

import ibis

from helpers import style
from helpers.adoption.usage import Usage, without
from helpers.findings import NoData
from helpers.periods import Period
from helpers.records import Check
from helpers.sources import LoadedTable

UNLIKELY = 1e-6
"""A gap is an outage when so long a silence would be rarer than this on the same weekdays around it."""

WEEKS = 4
"""Weeks before and after a gap from which the usual counts are taken."""

EVERYTHING, UNKNOWN = "all platforms", "unknown platform"


@dataclass(frozen=True)
class Outage:
    """Whole days without any event of one platform (or of all), first and last day included."""

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

    @property
    def text(self) -> str:
        """`No event of ios from 9 Aug 2026 to 17 Aug 2026 (9 days); about 55 a day were to be expected`."""
        when = (
            f"on {style.day(self.first)}"
            if self.days == 1
            else f"from {style.day(self.first)} to {style.day(self.last)}"
        )
        return (
            f"No event of {self.platform} {when} ({style.value(self.days, 'days')}); about "
            f"{style.number(self.expected)} a day were to be expected"
        )


def outages(events: LoadedTable, *periods: Period | None) -> tuple[Outage, ...]:
    """Every outage within these periods, by platform where events have one; newest first."""
    expr = events.expr
    days = expr.select(
        day=expr.occurred_at.cast("date"),
        platform=expr.platform.fill_null(UNKNOWN) if events.has("platform") else ibis.literal(UNKNOWN),
    )
    counted = days.group_by("platform", "day").agg(events=days.count()).to_pyarrow().to_pylist()
    daily: dict[str, dict[date, int]] = {}
    for row in counted:
        daily.setdefault(row["platform"], {})[row["day"]] = row["events"]
    total: dict[date, int] = {}
    for counts in daily.values():
        for day, count in counts.items():
            total[day] = total.get(day, 0) + count
    dark = silent(EVERYTHING, total, min(total), max(total))
    found = [
        *dark,
        *(one for name, counts in daily.items() for one in _of_platform(name, counts, total, dark)),
    ]
    within = [one for one in found if any(one.touches(period) for period in periods if period)]
    return tuple(sorted(within, key=lambda one: (one.first, one.platform), reverse=True))


def silent(platform: str, daily: Mapping[date, int], first: date, last: date) -> tuple[Outage, ...]:
    """The gaps between two days that are too long for chance, given the same weekdays around each."""
    found = []
    day = first
    while day <= last:
        if daily.get(day, 0):
            day += timedelta(days=1)
            continue
        gap = [day]
        while gap[-1] < last and not daily.get(gap[-1] + timedelta(days=1), 0):
            gap.append(gap[-1] + timedelta(days=1))
        day = gap[-1] + timedelta(days=1)
        usual = [_same_weekday(daily, silent_day, gap, (first, last)) for silent_day in gap]
        if math.prod(chance_of_none(counts) for counts in usual) < UNLIKELY:
            expected = fmean(fmean(counts) if counts else 0.0 for counts in usual)
            found.append(Outage(platform, gap[0], gap[-1], expected))
    return tuple(found)


def chance_of_none(counts: Sequence[int]) -> float:
    """How likely a day without events is where other such days had these counts.

    Negative binomial with the moments of the counts; Poisson where they vary no more than chance asks.
    """
    average = fmean(counts) if counts else 0.0
    if average == 0:
        return 1.0
    spread = variance(counts) if len(counts) > 1 else average
    if spread <= average:
        return math.exp(-average)
    size = average**2 / (spread - average)
    return float((size / (size + average)) ** size)


def spared(usage: Usage, found: tuple[Outage, ...]) -> Usage | None:
    """The usage without the platforms that were silent, for what is compared across an outage.

    It reaches back over the preceding period to the quarter before, whose sign-ups came back in it or not.
    None where nothing was silent, everything was, nobody used anything else, or no period precedes.
    """
    platforms = frozenset(one.platform for one in found)
    before = usage.period.preceding
    if not platforms or platforms & {EVERYTHING, UNKNOWN} or before is None:
        return None
    try:
        return without(usage, platforms, before.quarters[0].shift(-1).start)
    except NoData:
        return None


def checks(found: tuple[Outage, ...]) -> tuple[Check, ...]:
    """One check an outage; one that passed where there is none."""
    if not found:
        return (Check(key="outage", passed=True, severity="info", text="Events were recorded on every day."),)
    return tuple(
        Check(
            key=f"outage@platform={one.platform.replace(',', ' ')},first={one.first.isoformat()}",
            passed=False,
            severity="warn",
            text=f"{one.text}. Use and adoption of these days are undercounted.",
        )
        for one in found
    )


def _of_platform(
    name: str, daily: Mapping[date, int], total: Mapping[date, int], dark: tuple[Outage, ...]
) -> tuple[Outage, ...]:
    """Gaps of one platform that are no gap of all: from its first event to the last day of any."""
    found = silent(name, daily, min(daily), max(total))
    return tuple(one for one in found if not any(all_.first <= one.first <= all_.last for all_ in dark))


def _same_weekday(
    daily: Mapping[date, int], day: date, gap: Sequence[date], covered: tuple[date, date]
) -> list[int]:
    """Counts of the same weekday in the weeks before and after the gap, as far as the data cover them."""
    shifts = [timedelta(weeks=week) for week in range(-WEEKS, WEEKS + 1)]
    days = [day + shift for shift in shifts]
    return [daily.get(one, 0) for one in days if one not in gap and covered[0] <= one <= covered[1]]
