"""When a report is due."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from cronsim import CronSim

from helpers.periods import Period
from quarterdeck.params.report import Schedule


def next_due(schedule: Schedule | None, period: Period | None) -> datetime | None:
    """When the next edition is due: the first scheduled time after the period that follows has ended.

    It depends on the edition alone, not on the clock, so that the same inputs give the same page.
    None without a schedule, without a period, and for all time.
    """
    if schedule is None or period is None or period.year is None:
        return None
    end = datetime.combine(period.shift(1).end, time.min, ZoneInfo(schedule.timezone))
    due: datetime = next(CronSim(schedule.cron, end))
    return due
