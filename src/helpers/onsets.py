"""Onsets: the day from which a series runs at another level, and the known events that it began with.

    series = DatedSeries.of_days("active users a day", "count", users_by_day, first, last)
    began_with(event, onsets(series))          # ('fall of active users a day, from 412 to 330',)

The days are found without a look at any event (`helpers.stats.change_points`); only then an event is held
beside them. That a change began with an event does not say that it came of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from helpers import style
from helpers.records.known_events import KnownEvent
from helpers.stats import change_points

__all__ = ["DatedSeries", "Onset", "began_with", "onsets"]

SOON = timedelta(days=7)
"""How long after an event a change may begin and still be said to begin with it."""

FEW = (2, 4)
"""Windows of a series of months, or of weeks: two and four of them before and after."""


@dataclass(frozen=True)
class DatedSeries:
    """What was counted, or measured, on each of many days, weeks or months, without a gap.

    Attributes:
        noun: what the level is, in a sentence: `active users a day`.
        unit: one of helpers.style: `count`, `share`, `points`.
        starts: the first day of each value, one after the other.
        sums: what was counted, or the sum of what was measured.
        sizes: of how many each value is a sum, where the level is their mean; None where it is the count.
        daily: whether each value stands for a day; else for a month or a week, which know no weekdays.
    """

    noun: str
    unit: str
    starts: tuple[date, ...]
    sums: tuple[float, ...]
    sizes: tuple[float, ...] | None = None
    daily: bool = True

    @classmethod
    def of_days(  # noqa: PLR0913  (what a series is made of)
        cls,
        noun: str,
        unit: str,
        sums: Mapping[date, float],
        first: date,
        last: date,
        *,
        sizes: Mapping[date, float] | None = None,
    ) -> DatedSeries:
        """The days from the first to the last; what is absent counts 0.

        >>> july = date(2026, 7, 1)
        >>> DatedSeries.of_days("tickets a day", "count", {july: 3}, july, date(2026, 7, 2)).sums
        (3, 0)
        """
        days = tuple(first + timedelta(days=after) for after in range((last - first).days + 1))
        of_how_many = None if sizes is None else tuple(sizes.get(day, 0) for day in days)
        return cls(noun, unit, days, tuple(sums.get(day, 0) for day in days), of_how_many)


@dataclass(frozen=True)
class Onset:
    """The first day, or the month, of another level.

    Attributes:
        day: the day, or the first day of the week or month.
        words: what began: `fall of active users a day, from 412 to 330`.
    """

    day: date
    words: str


def onsets(series: DatedSeries) -> tuple[Onset, ...]:
    """Where a series takes another level, in the order of time (see `helpers.stats.change_points`).

    >>> days = [date(2026, 1, 5) + timedelta(days=after) for after in range(140)]
    >>> users = {day: 40 + 20 * (at >= 70) + (at * 7) % 5 for at, day in enumerate(days)}
    >>> onsets(DatedSeries.of_days("active users a day", "count", users, days[0], days[-1]))
    (Onset(day=datetime.date(2026, 3, 16), words='rise of active users a day, from 42 to 62'),)
    """
    if series.daily:
        found = change_points(series.sums, series.sizes)
    else:
        found = change_points(series.sums, series.sizes, windows=FEW, cycle=1)
    return tuple(
        Onset(series.starts[one.at], _words(series, one.before, one.after, rise=one.times_usual > 0))
        for one in found
    )


def began_with(event: KnownEvent, found: Iterable[Onset]) -> tuple[str, ...]:
    """What began on a day of the event or within the seven days after it, in words.

    >>> launch = KnownEvent(kind="launch", title="Dashboards", date=date(2026, 3, 10))
    >>> began_with(launch, [Onset(date(2026, 3, 17), "rise of A"), Onset(date(2026, 3, 18), "rise of B")])
    ('rise of A',)
    """
    return tuple(one.words for one in found if event.date <= one.day <= event.last + SOON)


def _words(series: DatedSeries, before: float, after: float, *, rise: bool) -> str:
    levels = [_level(series, level) for level in (before, after)]
    return f"{'rise' if rise else 'fall'} of {series.noun}, from {levels[0]} to {levels[1]}"


def _level(series: DatedSeries, level: float) -> str:
    """Counts with a decimal where they are few."""
    few = series.unit == "count" and level < 10
    return style.value(level, series.unit, 1 if few else None)


def __dir__() -> list[str]:
    return __all__
