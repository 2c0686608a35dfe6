"""Coverage: which days the rows of a table cover, period by period, and how evenly they were collected.

    covered = Coverage.of({date(2017, 12, 11): 4, date(2017, 12, 12): 3, ...})
    covered.of_period(Period(2017, 4)).label        # '2017 Q4 (21 of 92 days)'

Whether a period is whole is judged at its edges alone: days before the first row, or after the last, that
are too many to be quiet by chance. A table of few rows is thus not called partial for one quiet day, and a
shop that is closed on Sundays not for a Sunday.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from statistics import median

from helpers import style
from helpers.periods import Period, quarter_of
from helpers.stats import chance_of_none

__all__ = ["Coverage", "PeriodCoverage"]

UNLIKELY = 1e-3
"""An edge of a period is missing where so long a silence would be rarer than this."""

FEWEST = 20
"""Rows from which on some can be far outside the bulk of the others."""

FAR = 92
"""Days of silence between the bulk of the rows and a day far outside it; at least, see `_parted`."""

TIMES_LONGER = 6
"""How many times longer that silence is than any within the bulk."""

STRAY_SHARE = 0.01
"""Of all rows, those at most that a group of days far outside the bulk has; one row always may."""

WEEKS = 13
"""Weeks beside an edge from which the usual counts of a weekday are taken."""

EVEN = (0.5, 2.0)
"""Rows a day against the usual that are no marked change in how much was collected."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class PeriodCoverage:
    """How far the rows of one table cover one period.

    Attributes:
        period: the period.
        first: its first day within the table's first and last row; None where no day is.
        last: its last such day.
        rows: how many rows it has.
        silent: days from `first` to `last` without any row.
        whole: whether the rows cover it from its first day to its last.
    """

    period: Period
    first: date | None
    last: date | None
    rows: int
    silent: int
    whole: bool

    @property
    def days(self) -> int:
        """Days from the first to the last that is covered."""
        return (self.last - self.first).days + 1 if self.first and self.last else 0

    @property
    def rate(self) -> float | None:
        """Rows a covered day; None where no day is covered."""
        return self.rows / self.days if self.days else None

    @property
    def label(self) -> str:
        """`2017 Q4`, and `2017 Q4 (21 of 92 days)` where it is not whole."""
        return self.period.label if self.whole else f"{self.period.label} ({self.part})"

    @property
    def part(self) -> str:
        """How many of its days are covered: `21 of 92 days`."""
        return f"{self.days} of {(self.period.last_day - self.period.start).days + 1} days"

    @property
    def mark(self) -> str:
        """What a chart says at a period that is not whole: `from 11 Dec`; empty for a whole one."""
        if self.whole:
            return ""
        if self.first is None or self.last is None:
            return "no rows"
        begins = self.first > self.period.start
        ends = self.last < self.period.last_day
        if begins and ends:
            return f"{style.short_day(self.first)} to {style.short_day(self.last)}"
        return f"from {style.short_day(self.first)}" if begins else f"to {style.short_day(self.last)}"


@dataclass(frozen=True)
class Coverage:
    """Which days the rows of a table cover.

    Attributes:
        first: the first day with rows.
        last: the last day that the rows cover; of rows that stand for a span the last day of the newest.
        rows: rows by day, within the bulk.
        outside: rows by day far outside the bulk, as a wrong clock writes them; no axis reaches out to them.
        monthly: whether each row stands for a month.

    Example:
        >>> from datetime import date
        >>> from helpers.periods import Period
        >>> december = {date(2017, 12, day): 4 for day in range(11, 32)}
        >>> found = Coverage.of(december | {date(1970, 1, 1): 1})
        >>> found.of_period(Period(2017, 4)).label, found.of_period(Period(2017, 4)).mark
        ('2017 Q4 (21 of 92 days)', 'from 11 Dec')
        >>> found.outside
        {datetime.date(1970, 1, 1): 1}
    """

    first: date
    last: date
    rows: Mapping[date, int] = field(repr=False)
    outside: Mapping[date, int] = field(default_factory=dict, repr=False)
    monthly: bool = False

    @classmethod
    def of(cls, rows: Mapping[date, int], *, spans: bool = False) -> Coverage | None:
        """The coverage of rows counted by day; None without any.

        `spans` tells that each row stands for the time until the next one, such as a month.
        """
        if not rows:
            return None
        inside, outside = _parted(rows)
        days = sorted(inside)
        monthly = spans and all(day.day == 1 for day in days)
        last = (last_day_covered(days) if spans else None) or days[-1]
        return cls(days[0], last, inside, outside, monthly)

    @classmethod
    def between(cls, first: date, last: date, rows_a_day: int = 100) -> Coverage:
        """The coverage of as many rows on every day from the first to the last.

        >>> Coverage.between(date(2026, 7, 1), date(2026, 9, 9)).of_period(Period(2026, 3)).mark
        'to 9 Sep'
        """
        return cls(first, last, dict.fromkeys(_days(first, last), rows_a_day))

    def contains(self, day: date) -> bool:
        """Whether a day lies between the first and the last that the rows cover."""
        return self.first <= day <= self.last

    def of_period(self, period: Period) -> PeriodCoverage:
        """How far a period is covered; all time is whole by definition."""
        if period not in self._found:
            self._found[period] = self._of_period(period)
        return self._found[period]

    @cached_property
    def _found(self) -> dict[Period, PeriodCoverage]:
        """What was asked before: a page asks of the same periods for every row of every list."""
        return {}

    def _of_period(self, period: Period) -> PeriodCoverage:
        if period.year is None:
            return PeriodCoverage(period, self.first, self.last, self._count(self.rows), 0, whole=True)
        first, last = max(self.first, period.start), min(self.last, period.last_day)
        if first > last:
            return PeriodCoverage(period, None, None, 0, 0, whole=False)
        within = [day for day in _days(first, last) if self.rows.get(day)]
        silent = 0 if self.monthly else (last - first).days + 1 - len(within)
        whole = self._is_quiet(_days(period.start, first - ONE_DAY), after=True) and self._is_quiet(
            _days(last + ONE_DAY, period.last_day), after=False
        )
        return PeriodCoverage(period, first, last, self._count(within), silent, whole)

    @property
    def silent(self) -> int:
        """Days between the first and the last without any row; none where rows stand for months."""
        return 0 if self.monthly else (self.last - self.first).days + 1 - len(self._bulk)

    def uneven(self, periods: Sequence[Period]) -> tuple[tuple[PeriodCoverage, float], ...]:
        """Of these periods those of which far more or fewer rows a day were collected, with the usual rate.

        Usual is the median of rows a day over the whole periods among them; far is outside half to twice it.

            >>> every = _days(date(2026, 1, 1), date(2026, 9, 30))
            >>> rows = {day: 4 if day.month < 7 else 170 for day in every}
            >>> quarters = [Period(2026, quarter) for quarter in (1, 2, 3)]
            >>> [(one.period.label, one.rate, usual) for one, usual in Coverage.of(rows).uneven(quarters)]
            [('2026 Q3', 170.0, 4.0)]
        """
        found = [self.of_period(period) for period in periods]
        rates = [one.rate for one in found if one.whole and one.rate]
        if self.monthly or not rates:
            return ()
        usual = median(rates)
        return tuple((one, usual) for one in found if one.rate and _is_marked(one.rate / usual))

    def collected(self, now: Period, then: Period | None, noun: str = "rows") -> str:
        """What changed in how much was collected: `answers went from 4 to 170 a day`; empty where little did.

        >>> rows = {day: 4 if day.month < 7 else 170 for day in _days(date(2026, 4, 1), date(2026, 9, 30))}
        >>> Coverage.of(rows).collected(Period(2026, 3), Period(2026, 2), "answers")
        'answers went from 4 to 170 a day'
        """
        if then is None or self.monthly:
            return ""
        rate, before = self.of_period(now).rate, self.of_period(then).rate
        if not rate or not before or not _is_marked(rate / before):
            return ""
        return f"{noun} went from {_rate(before)} to {_rate(rate)} a day"

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The calendar quarters that the rows touch, oldest first."""
        found, last = [quarter_of(self.first)], quarter_of(self.last)
        while found[-1] != last:
            found.append(found[-1].shift(1))
        return tuple(found)

    @cached_property
    def _bulk(self) -> frozenset[date]:
        return frozenset(day for day, rows in self.rows.items() if rows)

    def _count(self, days: Iterable[date]) -> int:
        return sum(self.rows.get(day, 0) for day in days)

    def _is_quiet(self, missing: Sequence[date], *, after: bool) -> bool:
        """Whether days without rows at an edge are no more than chance leaves quiet.

        The usual counts are those of the same weekdays in the weeks after the first row, or before the last.
        """
        if self.monthly:
            return not any(day.day == 1 for day in missing)
        chance = 1.0
        for day in missing:
            chance *= chance_of_none(self._usual(day.weekday(), after=after))
            if chance < UNLIKELY:
                return False
        return True

    def _usual(self, weekday: int, *, after: bool) -> Sequence[int]:
        return self._usual_after[weekday] if after else self._usual_before[weekday]

    @cached_property
    def _usual_after(self) -> Sequence[Sequence[int]]:
        return _by_weekday(self.rows, self.first, min(self.last, self.first + timedelta(weeks=WEEKS)))

    @cached_property
    def _usual_before(self) -> Sequence[Sequence[int]]:
        return _by_weekday(self.rows, max(self.first, self.last - timedelta(weeks=WEEKS)), self.last)


def last_day_covered(days: Sequence[date]) -> date | None:
    """The last day of the newest span, from the first days of all spans in ascending order.

    The length of a span is the smallest step between two starts: months where all start on the first of a
    month (one month where there is a single start), else days.
    """
    if not days:
        return None
    newest = days[-1]
    pairs = list(pairwise(days))
    if all(day.day == 1 for day in days):
        months = min((_month(later) - _month(earlier) for earlier, later in pairs), default=1)
        year, month = divmod(_month(newest) + months, 12)
        return date(year, month + 1, 1) - timedelta(days=1)
    steps = min(((later - earlier).days for earlier, later in pairs), default=1)
    return newest + timedelta(days=steps - 1)


def _parted(rows: Mapping[date, int]) -> tuple[dict[date, int], dict[date, int]]:
    """The rows of the bulk, and those of days far outside it.

    Days fall into groups by long silences. From either end a group with hardly any rows is left out where
    the silence beside it lasts a quarter, and far longer than any within the largest group.
    """
    groups = _groups(sorted(rows))
    sizes = [sum(rows[day] for day in group) for group in groups]
    if sum(sizes) < FEWEST:
        return dict(sorted(rows.items())), {}
    largest = sizes.index(max(sizes))
    longest = max(((after - before).days for before, after in pairwise(groups[largest])), default=1)
    few = max(1.0, STRAY_SHARE * sum(sizes))
    low, high = largest, largest
    far = [(after[0] - before[-1]).days > TIMES_LONGER * longest for before, after in pairwise(groups)]
    while low > 0 and not (far[low - 1] and sizes[low - 1] <= few):
        low -= 1
    while high < len(groups) - 1 and not (far[high] and sizes[high + 1] <= few):
        high += 1
    kept = {day for group in groups[low : high + 1] for day in group}
    inside = {day: n for day, n in sorted(rows.items()) if day in kept}
    return inside, {day: n for day, n in sorted(rows.items()) if day not in kept}


def _groups(days: Sequence[date]) -> list[list[date]]:
    groups = [[days[0]]]
    for before, after in pairwise(days):
        if (after - before).days > FAR:
            groups.append([])
        groups[-1].append(after)
    return groups


def _by_weekday(rows: Mapping[date, int], first: date, last: date) -> Sequence[Sequence[int]]:
    found: list[list[int]] = [[] for _ in range(7)]
    for day in _days(first, last):
        found[day.weekday()].append(rows.get(day, 0))
    return found


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=after) for after in range((last - first).days + 1)]


def _is_marked(ratio: float) -> bool:
    return not EVEN[0] <= ratio <= EVEN[1]


def _rate(rate: float) -> str:
    return style.number(rate, 0 if rate >= 10 or math.isclose(rate, round(rate)) else 1)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def __dir__() -> list[str]:
    return __all__
