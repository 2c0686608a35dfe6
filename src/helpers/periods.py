"""Periods of a report: years, halves, quarters, months, ISO weeks, everything; relative names; slugs.

A light door: standard library only, so that the planner can resolve parameters without pandas.

A fiscal year is named by the calendar year in which it ends: with `fiscal_year_start=4`, `2026Q1` is
April to June 2025 and `2026` ends on 31 March 2026. With `fiscal_year_start=1` it is the calendar year.
Months are calendar months and weeks are those of ISO 8601, whatever the fiscal year.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Literal

__all__ = [
    "Period",
    "PeriodError",
    "between",
    "last_complete",
    "last_covered",
    "period_of",
    "quarter_of",
    "resolve",
    "trend_periods",
]

RELATIVE = ("last_complete", "previous")
_TEXT = re.compile(
    r"(?P<year>\d{4})(?:\s*-?\s*[Qq](?P<quarter>[1-4])|\s*-?\s*[Hh](?P<half>[12])"
    r"|-(?P<month>0[1-9]|1[0-2])|\s*-?\s*[Ww](?P<week>0[1-9]|[1-4]\d|5[0-3]))?"
)
_MONTHS: dict[Grain, int] = {"year": 12, "half": 6, "quarter": 3, "month": 1}
_LONGEST_NAME = 93
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in "123456789¹²³"}
)
_ORDINARY = "_-&.,'()"
_HELP = "write 2026Q3, 2026, 2026H2, 2026-07, 2026W33, all, last_complete or previous"

Grain = Literal["all", "year", "half", "quarter", "month", "week"]
"""What a period is; a report's own grain is a quarter, a month or a week."""


class PeriodError(ValueError):
    """The text names no period; the message says what may be written.

    >>> Period.parse("soon")
    Traceback (most recent call last):
    helpers.periods.PeriodError: 'soon' is no period: write 2026Q3, ...
    """


@dataclass(frozen=True)
class Period:
    """A year, a half, a quarter, a month, an ISO week, or all time.

    Attributes:
        year: the calendar year in which the (fiscal) year ends; None for all time.
        quarter: 1 to 4; None for a whole year and for all time.
        fiscal_year_start: the month in which the year begins, 1 to 12.
        half: 1 or 2; None for what is no half.
        month: 1 to 12, of the calendar year; None for what is no month.
        week: 1 to 53, of the ISO year; None for what is no week.

    Example:
        >>> from helpers.periods import Period
        >>> quarter = Period(2026, 3)
        >>> quarter.label, quarter.dates, quarter.preceding.text
        ('2026 Q3', '1 Jul – 30 Sep 2026', '2026Q2')
        >>> Period(2026, 1, fiscal_year_start=4).start
        datetime.date(2025, 4, 1)
        >>> Period(2026, month=7).label, Period(2026, week=33).dates
        ('2026 Jul', '10 Aug – 16 Aug 2026')
    """

    year: int | None = None
    quarter: int | None = None
    fiscal_year_start: int = 1
    half: int | None = None
    month: int | None = None
    week: int | None = None

    @classmethod
    def parse(cls, text: str | Period, fiscal_year_start: int = 1) -> Period:
        """Read an absolute period: `2026Q3`, `2026`, `2026H2`, `2026-07`, `2026W33` or `all`.

        Raises:
            PeriodError: the text is no absolute period.

        Example:
            >>> from helpers.periods import Period
            >>> Period.parse("2026Q3") == Period(2026, 3), Period.parse("all").label
            (True, 'all time')
        """
        if isinstance(text, Period):
            return text
        if text == "all":
            return cls(fiscal_year_start=fiscal_year_start)
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise PeriodError(f"{text!r} is no period: {_HELP}.")
        names = ("quarter", "half", "month", "week")
        year, parts = int(match["year"]), (match[name] for name in names)
        quarter, half, month, week = (int(part) if part else None for part in parts)
        if week == 53 and not _has_week_53(year):
            raise PeriodError(f"{text!r} is no period: {year} has 52 ISO weeks.")
        return cls(year, quarter, fiscal_year_start, half, month, week)

    @property
    def grain(self) -> Grain:
        """What it is: all, year, half, quarter, month or week."""
        if self.year is None:
            return "all"
        parts: dict[Grain, int | None] = {
            "half": self.half,
            "quarter": self.quarter,
            "month": self.month,
            "week": self.week,
        }
        return next((name for name, part in parts.items() if part), "year")

    @property
    def step(self) -> Grain:
        """What the points of its charts over time are: months of a month, weeks of a week, else quarters."""
        return self.grain if self.grain in ("month", "week") else "quarter"

    @cached_property
    def start(self) -> date:
        """First day; the first day of year 1 for all time."""
        if self.year is None:
            return date.min
        if self.week:
            return date.fromisocalendar(self.year, self.week, 1)
        return _month_start(self._first_month())

    @cached_property
    def end(self) -> date:
        """First day after the period; the last day of year 9999 for all time."""
        if self.year is None:
            return date.max
        if self.week:
            return self.start + timedelta(days=7)
        return _month_start(self._first_month() + _MONTHS[self.grain])

    @property
    def last_day(self) -> date:
        """Last day within the period."""
        return self.end - timedelta(days=1) if self.year is not None else self.end

    @property
    def text(self) -> str:
        """The form that parameters carry: `2026Q3`, `2026`, `2026H2`, `2026-07`, `2026W33`, `all`."""
        if self.month:
            return f"{self.year}-{self.month:02}"
        return "all" if self.year is None else f"{self.year}{self._part}"

    @property
    def label(self) -> str:
        """The form that people read: `2026 Q3`, `FY2026 Q3`, `2026`, `2026 Jul`, `2026 W33`, `all time`."""
        if self.year is None:
            return "all time"
        if self.month:
            return f"{self.year} {self.start:%b}"
        fiscal = self.fiscal_year_start > 1 and not self.week
        return f"{'FY' if fiscal else ''}{self.year} {self._part}".rstrip()

    @property
    def slug(self) -> str:
        """The form that folder names carry: `2026q3`."""
        return self.text.lower()

    @property
    def dates(self) -> str:
        """First and last day for people: `1 Jul – 30 Sep 2026`; empty for all time."""
        if self.year is None:
            return ""
        last = self.last_day
        first_year = "" if self.start.year == last.year else f" {self.start.year}"
        return f"{self.start.day} {self.start:%b}{first_year} – {last.day} {last:%b %Y}"

    def shift(self, steps: int) -> Period:
        """The period so many steps of its own length later, earlier below 0; all time stays what it is.

        Example:
            >>> from helpers.periods import Period
            >>> Period(2026, 3).shift(-4).text, Period(2026).shift(1).text
            ('2025Q3', '2027')
            >>> Period(2026, month=1).shift(-1).text, Period(2026, week=53).shift(1).text
            ('2025-12', '2027W01')
        """
        if self.year is None:
            return self
        if self.week:
            year, week, _ = (self.start + timedelta(weeks=steps)).isocalendar()
            return replace(self, year=year, week=week)
        many = 12 // _MONTHS[self.grain]
        part = self.quarter or self.half or self.month or 1
        year, index = divmod(self.year * many + part - 1 + steps, many)
        return replace(self, year=year, **({self.grain: index + 1} if many > 1 else {}))

    @property
    def preceding(self) -> Period | None:
        """The period just before, which *what changed* compares with; None for all time."""
        return None if self.year is None else self.shift(-1)

    @property
    def year_ago(self) -> Period | None:
        """The same period of the year before; None for all time.

        Of a week that of 52 weeks before: the same weekdays, at dates that differ by a day or two. In the
        year after one of 53 weeks its number is therefore one higher.

        Example:
            >>> from helpers.periods import Period
            >>> Period(2026, 3).year_ago.text, Period(2024, month=2).year_ago.text
            ('2025Q3', '2023-02')
            >>> Period(2026, week=53).year_ago.text, Period(2027, week=10).year_ago.text
            ('2026W01', '2026W11')
        """
        if self.year is None:
            return None
        return self.shift(-52 if self.week else -12 // _MONTHS[self.grain])

    def last(self, count: int) -> tuple[Period, ...]:
        """The `count` periods that end with this one, oldest first.

        Example:
            >>> from helpers.periods import Period
            >>> [quarter.text for quarter in Period(2026, 1).last(3)]
            ['2025Q3', '2025Q4', '2026Q1']
        """
        return tuple(self.shift(-back) for back in range(count - 1, -1, -1))

    @property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters within: itself, two of a half, four of a year; none for other periods."""
        if self.year is None or self.month or self.week:
            return ()
        if self.quarter:
            return (self,)
        within = (1, 2, 3, 4) if not self.half else (2 * self.half - 1, 2 * self.half)
        return tuple(Period(self.year, quarter, self.fiscal_year_start) for quarter in within)

    def contains(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.start <= day < self.end or self.year is None

    def __str__(self) -> str:
        return self.text

    @property
    def _part(self) -> str:
        if self.week:
            return f"W{self.week:02}"
        return f"H{self.half}" if self.half else f"Q{self.quarter}" if self.quarter else ""

    def _first_month(self) -> int:
        """Months since year 0 of the first month."""
        assert self.year is not None
        if self.month:
            return self.year * 12 + self.month - 1
        year = self.year if self.fiscal_year_start == 1 else self.year - 1
        later = 6 * (self.half - 1) if self.half else 3 * ((self.quarter or 1) - 1)
        return year * 12 + (self.fiscal_year_start - 1) + later


def period_of(day: date, grain: Grain = "quarter", fiscal_year_start: int = 1) -> Period:
    """The quarter, month or week that contains the day.

    Example:
        >>> from datetime import date
        >>> from helpers.periods import period_of
        >>> period_of(date(2026, 8, 17), "month").text, period_of(date(2027, 1, 3), "week").text
        ('2026-08', '2026W53')
    """
    if grain == "month":
        return Period(day.year, None, fiscal_year_start, month=day.month)
    if grain == "week":
        year, week, _ = day.isocalendar()
        return Period(year, None, fiscal_year_start, week=week)
    return quarter_of(day, fiscal_year_start)


def quarter_of(day: date, fiscal_year_start: int = 1) -> Period:
    """The quarter that contains the day.

    Example:
        >>> from datetime import date
        >>> from helpers.periods import quarter_of
        >>> quarter_of(date(2026, 8, 17)).text, quarter_of(date(2026, 8, 17), fiscal_year_start=4).label
        ('2026Q3', 'FY2027 Q2')
    """
    months = day.year * 12 + day.month - 1 - (fiscal_year_start - 1)
    year, month = divmod(months, 12)
    return Period(year if fiscal_year_start == 1 else year + 1, month // 3 + 1, fiscal_year_start)


def last_complete(as_of: date, fiscal_year_start: int = 1, grain: Grain = "quarter") -> Period:
    """The last quarter (or month, or week) that had ended when the day `as_of` began.

    Example:
        >>> from datetime import date
        >>> from helpers.periods import last_complete
        >>> last_complete(date(2026, 9, 30)).text, last_complete(date(2026, 10, 1)).text
        ('2026Q2', '2026Q3')
    """
    return period_of(as_of, grain, fiscal_year_start).shift(-1)


def last_covered(latest: date, fiscal_year_start: int = 1) -> Period:
    """The last whole quarter that data up to the day `latest` cover (last_complete in JupyterLab).

    Example:
        >>> from datetime import date
        >>> from helpers.periods import last_covered
        >>> last_covered(date(2026, 9, 29)).text, last_covered(date(2026, 9, 30)).text
        ('2026Q2', '2026Q3')
    """
    return last_complete(latest + timedelta(days=1), fiscal_year_start)


def resolve(text: str | Period, as_of: date, fiscal_year_start: int = 1, grain: Grain = "quarter") -> Period:
    """Resolve a period, relative or not, as seen on the day `as_of`.

    `last_complete` is the last quarter (month, week: the grain) that ended before `as_of`, `previous` the one
    before it.

    Args:
        text: what a parameter says: `2026Q3`, `2026-07`, `all`, `last_complete`, `previous`, or a period.
        as_of: the day from which it is seen.
        fiscal_year_start: the month in which the year begins, 1 to 12.
        grain: what relative periods are: quarter, month or week.

    Raises:
        PeriodError: the text names no period.

    Example:
        >>> from datetime import date
        >>> from helpers.periods import resolve
        >>> resolve("last_complete", date(2026, 11, 27)).text, resolve("previous", date(2026, 11, 27)).text
        ('2026Q3', '2026Q2')
        >>> resolve("2026Q5", date(2026, 11, 27))
        Traceback (most recent call last):
        helpers.periods.PeriodError: '2026Q5' is no period: write 2026Q3, ...
    """
    if text == "last_complete":
        return last_complete(as_of, fiscal_year_start, grain)
    if text == "previous":
        return last_complete(as_of, fiscal_year_start, grain).shift(-1)
    return Period.parse(text, fiscal_year_start)


def between(first: Period, last: Period) -> Iterator[Period]:
    """Every period from `first` to `last`, both included, of the kind of `first`.

    Example:
        >>> from helpers.periods import Period, between
        >>> [quarter.text for quarter in between(Period(2025, 4), Period(2026, 2))]
        ['2025Q4', '2026Q1', '2026Q2']
    """
    current = first
    while current.start <= last.start:
        yield current
        current = current.shift(1)


def day(moment: date) -> str:
    """The day for people.

    Example:
        >>> from datetime import date
        >>> from helpers.periods import day
        >>> day(date(2026, 9, 30))
        '30 Sep 2026'
    """
    return f"{moment.day} {moment:%b %Y}"


def trend_periods(period: Period, first: date, last: date) -> tuple[Period, ...]:
    """The periods of a trend: the last twelve up to the period that data from `first` reach back to.

    Months of a month, weeks of a week, else quarters; for all time all quarters from `first` to `last`.

    Args:
        period: what the page is about; of a year, its last quarter ends the trend.
        first: the first day of the data.
        last: the last day of the data.

    Example:
        >>> from datetime import date
        >>> from helpers.periods import Period, trend_periods
        >>> data = date(2025, 11, 3), date(2026, 10, 9)
        >>> [quarter.text for quarter in trend_periods(Period(2026, 3), *data)]
        ['2025Q4', '2026Q1', '2026Q2', '2026Q3']
    """
    fiscal = period.fiscal_year_start
    oldest = period_of(first, period.step, fiscal)
    if period.year is None:
        return tuple(between(oldest, quarter_of(last, fiscal)))
    newest = period.quarters[-1] if period.quarters else period
    return tuple(one for one in newest.last(12) if one.start >= oldest.start)


def slug(*values: object) -> str:
    """The folder name of an edition: values joined by `-`, lower case, letters and digits of every script.

    Spaces and ordinary punctuation become `_`. A value that loses more than these (`C++`, `a/b`), a name
    that Windows keeps for itself and one that is too long end in six digits that tell them apart.
    At most 93 bytes, so that with the seven of a draft (`~4f1c22`) every file system can hold it.

    Example:
        >>> from helpers.periods import slug
        >>> slug("2026Q3", "EMEA & Africa"), slug("Zürich"), slug("日本"), slug("C++"), slug("CON")
        ('2026q3-emea_africa', 'zürich', '日本', 'c-cedb1b', 'con-1143da')
    """
    texts = [unicodedata.normalize("NFC", str(value).lower()) for value in values]
    name = "-".join(_kept(text) or "none" for text in texts)
    if len(name.encode()) <= _LONGEST_NAME and name not in _RESERVED and not any(map(_loses, texts)):
        return name
    digits = sha256("\0".join(texts).encode(errors="surrogatepass")).hexdigest()[:6]
    cut = name.encode()[: _LONGEST_NAME - 7].decode(errors="ignore").rstrip("_-")
    return f"{cut}-{digits}"


def _kept(text: str) -> str:
    """Letters, the marks on them and digits; `_` in place of everything between."""
    return "_".join("".join(sign if _is_kept(sign) else " " for sign in text).split())


def _is_kept(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LMN"


def _loses(text: str) -> bool:
    """Whether a value loses more than spaces and punctuation; a minus before a number is more."""
    more = any(not (_is_kept(sign) or sign.isspace() or sign in _ORDINARY) for sign in text)
    return more or text.startswith("-") or (bool(text) and not _kept(text))


def _has_week_53(year: int) -> bool:
    return date(year, 12, 28).isocalendar().week == 53


def _month_start(months: int) -> date:
    year, month = divmod(months, 12)
    return date(year, month + 1, 1)


def __dir__() -> list[str]:
    return __all__
