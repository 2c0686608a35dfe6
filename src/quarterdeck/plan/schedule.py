"""When reports are due: pure functions of schedules, of what the ledger knows, and of a given now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim

from helpers.periods import Period
from quarterdeck.params.report import Schedule

GRACE = timedelta(hours=1)
"""How late a due time may still be met where nothing is caught up (`catch_up: none`)."""

_EVER = datetime.max.replace(tzinfo=UTC)

_LARGEST_SHIFT = timedelta(hours=3)
"""More than any clock was ever moved for daylight saving."""


@dataclass(frozen=True, order=True)
class Due:
    """A report is due: when (UTC), and the day in the schedule's zone that periods are resolved from."""

    at: datetime
    report: str
    as_of: date


@dataclass(frozen=True)
class DueTimes:
    """What the ledger knows of one report's due times.

    They count `since` the schedule was first seen; `settled` is the last that was dealt with; those `begun`
    were not brought to an end.
    """

    since: datetime
    settled: datetime | None = None
    begun: tuple[datetime, ...] = ()


def due(schedules: Mapping[str, Schedule], ledger: Mapping[str, DueTimes], now: datetime) -> list[Due]:
    """What has to be run now, in the order in which it was due; a report that the ledger lacks has nothing.

    What was begun is always finished. Of the times that passed since then, `catch_up` takes all, the
    latest, or (`none`) the latest unless it passed more than an hour ago.
    """
    return sorted(
        {
            _due(report, schedule, at)
            for report, schedule in schedules.items()
            if report in ledger
            for at in _open_times(schedule, ledger[report], now)
        }
    )


def times(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """The scheduled times (UTC) later than `after`, up to and including `until`, oldest first.

    A time that daylight saving skips is met when the clock has moved on; one that comes twice is met the
    first time, unless the expression asks for every hour.
    """
    start = (after - _LARGEST_SHIFT).astimezone(ZoneInfo(schedule.timezone))
    last = after.astimezone(UTC)
    for at in CronSim(schedule.cron, start):
        moment = at.astimezone(UTC)
        if moment > until:
            return
        if moment > last:
            last = moment
            yield moment


def upcoming(schedules: Mapping[str, Schedule], now: datetime, count: int) -> list[Due]:
    """The next `count` due times of all reports, soonest first."""
    return sorted(
        _due(report, schedule, at)
        for report, schedule in schedules.items()
        for at in islice(times(schedule, now, _EVER), count)
    )[:count]


def next_due(schedule: Schedule | None, period: Period | None) -> datetime | None:
    """When the next edition is due: the first scheduled time once the period that follows has ended.

    It depends on the edition alone, not on the clock, so that the same inputs give the same page.
    None without a schedule, without a period, and for all time.
    """
    if schedule is None or period is None or period.year is None:
        return None
    zone = ZoneInfo(schedule.timezone)
    end = datetime.combine(period.shift(1).end, time.min, zone)
    return next(times(schedule, end - timedelta(seconds=1), _EVER)).astimezone(zone)


def rhythm(schedule: Schedule | None) -> str:
    """The schedule in words, `at 07:00 on Monday (Europe/London)`; empty without one."""
    if schedule is None:
        return ""
    words: str = CronSim(schedule.cron, datetime(2026, 1, 1)).explain()
    return f"{words[0].lower()}{words[1:]} ({schedule.timezone})"


def _due(report: str, schedule: Schedule, at: datetime) -> Due:
    return Due(at, report, at.astimezone(ZoneInfo(schedule.timezone)).date())


def _open_times(schedule: Schedule, noted: DueTimes, now: datetime) -> Iterator[datetime]:
    yield from (at for at in noted.begun if at <= now)
    passed = list(times(schedule, max(noted.since, noted.settled or noted.since), now))
    if schedule.catch_up == "all":
        yield from passed
    elif passed and (schedule.catch_up == "latest" or now - passed[-1] <= GRACE):
        yield passed[-1]
