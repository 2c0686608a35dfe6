"""What an edition is about: its period, its region, the level of its intervals, the smallest group shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Self

import ibis.expr.types as ir

from helpers import metrics, style
from helpers.charts import EventMark, TargetLine
from helpers.coverage import Coverage, PeriodCoverage
from helpers.findings import ComparedRows, Measure, NoData, PageCorrection, Reference, Target, report
from helpers.onsets import DatedSeries, began_with, onsets
from helpers.periods import Period, PeriodError, trend_periods
from helpers.privacy import suppressed
from helpers.records import COVERAGE, Check, params_folder, project
from helpers.records.choices import ALL
from helpers.records.known_events import KnownEvent, read_events
from helpers.records.report_terms import COMPARE, TARGET, report_terms
from helpers.sources import LoadedTable
from helpers.stats import Comparison, Estimate, Point, judged

__all__ = ["ALL", "Scope"]


@dataclass(frozen=True)
class Scope:
    """What an edition is about, one class for every subject.

    `region` is one region or `all`; `level` is that of every interval, such as 0.95; groups of fewer than
    `min_group` persons are not shown. `compare` names what numbers are compared with. `coverage` tells which
    days the rows cover: those of the main table, or of the one that `on` named; None where that is not known.
    `correction` is that of the page's comparisons, once they are known.

        >>> scope = Scope(Period(2026, 3), region="EMEA")
        >>> scope.baseline.label, scope.within, scope.interval
        ('2026 Q2', ' in EMEA', '95% interval')
        >>> [reference.label for reference in scope.references]
        ['2026 Q2', '2025 Q3']
    """

    period: Period
    region: str = ALL
    level: float = 0.95
    min_group: int = 5
    coverage: Coverage | None = None
    compare: tuple[str, ...] = COMPARE
    correction: PageCorrection | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        table: LoadedTable,
        period: str | Period,
        *,
        region: str = ALL,
        confidence: float = 0.95,
        regions: LoadedTable | None = None,
    ) -> Self:
        """The scope that the parameters of a notebook name, for the data of its main table.

        `last_complete` is the last whole period that the table covers, a quarter unless the report's file has
        another grain; what numbers are compared with is that file's `compare`; the smallest group is the
        project's. `regions` is the table that knows regions, where that is another one: users, of events.

            scope = Scope.of(responses, "2026Q3", region="EMEA", confidence=0.95)

        Raises:
            PeriodError: the text names no period.
            SettingsError: the report's file is broken.
            NoData: a region is wanted and the table that should know it has no column `region`; or the rows
                of the main table reach into no day of the period, of which even what is open or in stock
                could not be told.
        """
        if region != ALL:
            (regions or table).need("region")
        terms = report_terms()
        wanted = table.resolve(period, terms.grain)
        found = cls(wanted, region, confidence, project().min_group, table.coverage, terms.compare)
        found._need_a_day(table.name)
        report(found._coverage_check(table.name))
        return found

    def _need_a_day(self, name: str) -> None:
        covered = self.covered(self.period)
        if self.coverage and covered and not covered.days:
            reach = f"{style.day(self.coverage.first)} to {style.day(self.coverage.last)}"
            raise NoData(f"{name} has no rows in {self.period.label}; they are of {reach}.")

    def _coverage_check(self, name: str) -> Check:
        """Whether the rows of the main table cover the whole period; the text says what they cover of it."""
        found, label = self.covered(self.period), self.period.label
        if found is None or found.whole:
            return Check(key=COVERAGE, passed=True, severity="info", text=f"{name} covers all of {label}.")
        text = f"{name} covers {found.part} of {label} ({found.mark}): no whole period is compared with it."
        return Check(key=COVERAGE, passed=False, text=text)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The earlier periods that numbers are compared with, in the order of `compare`, each once.

        One without any row is none: a page does not compare with what the data do not reach back to.

        Raises:
            PeriodError: `compare` names no period, or one that is not earlier.
        """
        found: dict[Period, Reference] = {}
        for name in self.compare:
            period = compared_period(name, self.period)
            if period is not None and period not in found and self.is_known(period):
                found[period] = Reference(name.lower(), self.label(period), period)
        return tuple(found.values())

    @property
    def baseline(self) -> Period | None:
        """The period that numbers are compared with first, as a rule the preceding one; None for none."""
        return self.references[0].period if self.references else None

    def on(self, table: LoadedTable) -> Self:
        """The same scope over another table, which may cover other days."""
        return replace(self, coverage=table.coverage)

    def covered(self, period: Period) -> PeriodCoverage | None:
        """How far the rows cover a period; None where that is not known."""
        return self.coverage.of_period(period) if self.coverage else None

    def is_whole(self, period: Period) -> bool:
        """Whether the rows cover the period from its first day to its last, as far as that is known."""
        found = self.covered(period)
        return found is None or found.whole

    def label(self, period: Period) -> str:
        """How a period is called: `2017 Q4`, or `2017 Q4 (21 of 92 days)` where the rows cover a part of it.

        >>> from datetime import date
        >>> scope = Scope(Period(2018, 1), coverage=Coverage.between(date(2017, 12, 11), date(2018, 3, 31)))
        >>> scope.label(Period(2018, 1)), scope.label(Period(2017, 4)), scope.mark(Period(2017, 4))
        ('2018 Q1', '2017 Q4 (21 of 92 days)', 'from 11 Dec')
        """
        found = self.covered(period)
        return found.label if found else period.label

    def mark(self, period: Period) -> str:
        """What a chart says at a period that is not whole: `from 11 Dec`; empty for a whole one."""
        found = self.covered(period)
        return found.mark if found else ""

    def named(self, period: Period) -> str:
        """How the head of a row or a column names a period: `2017 Q4 (from 11 Dec)` where it is not whole."""
        mark = self.mark(period)
        return f"{period.label} ({mark})" if mark else period.label

    def point(self, period: Period, estimate: Estimate | None) -> Point:
        """An estimate of a period as a point of a series, marked where the rows cover but a part of it."""
        return Point(period.label, estimate, self.mark(period))

    def partly(self) -> str:
        """Which of both periods are not whole: `2010 Q4 has rows of 31 of 92 days`; or nothing.

        >>> from datetime import date
        >>> scope = Scope(Period(2018, 1), coverage=Coverage.between(date(2017, 12, 11), date(2018, 3, 31)))
        >>> scope.partly()
        '2017 Q4 has rows of 21 of 92 days'
        """
        both = (period for period in (self.baseline, self.period) if period)
        found = (self.covered(period) for period in both)
        told = [f"{one.period.label} has rows of {one.part}" for one in found if one and not one.whole]
        return " and ".join(told)

    @property
    def baseline_label(self) -> str:
        """How the period that numbers are compared with first is called; nothing where there is none."""
        return self.label(self.baseline) if self.baseline is not None else ""

    def trend(self, days: Sequence[date]) -> tuple[Period, ...]:
        """The quarters of a trend: the last twelve up to the period, all there are for all time.

        `days` are those with data; days far outside the bulk of the rows, as a wrong clock writes them, do
        not stretch it.

            >>> scope = Scope(Period(), coverage=Coverage.between(date(2026, 2, 1), date(2026, 6, 30)))
            >>> [quarter.text for quarter in scope.trend([date(1970, 1, 1), date(2026, 6, 1)])]
            ['2026Q1', '2026Q2']
        """
        first, last = min(days), max(days)
        if self.coverage:
            first, last = max(first, self.coverage.first), min(last, self.coverage.last)
        return trend_periods(self.period, first, last)

    def events(self, first: date, last: date) -> tuple[KnownEvent, ...]:
        """What was going on between two days, everywhere or in this region, the earliest first.

        Raises:
            SettingsError: events.yaml is broken.
        """
        near = [one for one in self._known_events if one.touches(first, last)]
        return tuple(one for one in near if self.region == ALL or one.region in ("", self.region))

    @cached_property
    def _known_events(self) -> tuple[KnownEvent, ...]:
        return read_events(params_folder())

    def event_marks(
        self, shown: Sequence[Period], series: Iterable[DatedSeries] = ()
    ) -> tuple[EventMark, ...]:
        """What was going on, as marks on an axis of these periods, in the order of time.

        `series` are those whose changes of level are told of an event that they began with. Where they change
        is found first, of all of each series, by itself.
        """
        events = self.events(shown[0].start, shown[-1].last_day) if shown else ()
        found = [onset for one in series for onset in onsets(one)] if events else []
        return tuple(
            EventMark(_position(one.date, shown), _told(one), began_with(one, found)) for one in events
        )

    def asked_otherwise(self, survey: str, since: Period | None) -> KnownEvent | None:
        """The first change of a survey's wording or scale since an earlier period began; None for none."""
        if since is None:
            return None
        days = since.start + timedelta(days=1), self.period.last_day
        found = [one for one in self.events(*days) if one.kind == "survey" and one.survey in ("", survey)]
        return next((one for one in found if days[0] <= one.date), None)

    @property
    def everywhere(self) -> Self:
        """The same scope in all regions together."""
        return replace(self, region=ALL)

    @property
    def where(self) -> dict[str, str]:
        """The dimensions that the edition fixes: none, or its region."""
        return {} if self.region == ALL else {"region": self.region}

    @property
    def place(self) -> str:
        """`all regions`, `EMEA`."""
        return "all regions" if self.region == ALL else self.region

    @property
    def within(self) -> str:
        """How a label ends: nothing, or ` in EMEA`."""
        return "" if self.region == ALL else f" in {self.region}"

    @property
    def interval(self) -> str:
        """`95% interval`."""
        return f"{style.level(self.level)} interval"

    def measure(self, metric: str, *sources: str) -> Measure:
        """A metric of the catalogue as findings of this scope name it: `NPS`, `NPS in EMEA`.

        `sources` are the tables whose rows it counts.
        """
        known = metrics.get(metric)
        label = f"{known.label}{self.within}"
        target = self._target(known) if TARGET in self.compare else None
        return Measure(
            metric,
            label,
            known.unit,
            known.good,
            known.decimals,
            known.matters,
            target,
            known.description,
            sources,
        )

    def target_line(self, measure: Measure) -> TargetLine | None:
        """The target of a measure as its chart over time draws it; None for none."""
        if measure.target is None:
            return None
        label = measure.target.reference.label
        return TargetLine(label[:1].upper() + label[1:], measure.target.value)

    def _target(self, known: metrics.Metric) -> Target | None:
        """What a metric is to reach, as the catalogue states it."""
        if known.target is None:
            return None
        by = Period.parse(known.by, self.period.fiscal_year_start).label if known.by else ""
        return Target(known.target, by)

    def rows(self, table: LoadedTable) -> ir.Table:
        """The good rows of the edition's region, of all times.

        Raises:
            NoData: the table is not supplied, or has no regions where one is wanted.
        """
        return self._in_region(table, table.expr)

    def rows_compared(self, table: LoadedTable) -> ir.Table:
        """The region's good rows of the period and of all it is compared with; `period` has each one's text.

        Raises:
            NoData: the table is not supplied, or has no times, or no regions where one is wanted.
        """
        return self._in_region(table, table.within(self.periods_compared))

    @property
    def periods_compared(self) -> tuple[Period, ...]:
        """The period of the page, and all that it is compared with."""
        return self.period, *(one.period for one in self.references if one.period)

    def _in_region(self, table: LoadedTable, rows: ir.Table) -> ir.Table:
        if self.region == ALL:
            return rows
        table.need("region")
        return rows.filter(rows.region == self.region)

    def shown(self, sizes: Mapping[str, int]) -> tuple[str, ...]:
        """The groups that may be shown beside their total, in the order given.

        `sizes` has the number of persons (or tickets) of each group; see `helpers.privacy`.

            >>> Scope(Period(2026, 3)).shown({"Billing": 590, "Exports": 338, "Integrations": 2})
            ('Billing',)
        """
        hidden = suppressed(sizes, self.min_group)
        return tuple(name for name, size in sizes.items() if size and name not in hidden)

    def compared(self, name: str, rows: Callable[[Period | None], Sequence[Comparison]]) -> ComparedRows:
        """The rows of a list against each period that the page compares with, before correction.

        `rows` gives them against one period, and for None compared with nothing: in the same order each time.

            >>> from helpers.stats import compared_proportions
            >>> paid = {"2026Q2": (250, 1000), "2025Q3": (280, 1000)}
            >>> def against(then):
            ...     return [compared_proportions("All", (300, 1000), paid[then.text] if then else None)]
            >>> found = Scope(Period(2026, 3)).compared("total", against)
            >>> [(one.label, row.reference.value) for one, row in found.at(0)]
            [('2026 Q2', 0.25), ('2025 Q3', 0.28)]
        """
        return ComparedRows.gathered(name, self.references, rows)

    def left_out(
        self, sizes: Mapping[str, int], shown: Collection[str], group: str, counted: str, *, most: int = 0
    ) -> str:
        """What a list does not show, in a line: how many groups, and what of all they hold.

        `sizes` are those of every group, `counted` is what they count (`tickets`); of groups that are large
        enough the list shows the largest `most`, or all. Empty where it shows every group.

            >>> sizes = {"Billing": 590, "Exports": 338, "Mobile": 3, "Sign-in": 2}
            >>> Scope(Period(2026, 3)).left_out(sizes, ["Billing", "Exports"], "area", "tickets")
            'Not shown: 2 areas with 5 of 933 tickets, of fewer than 5 each.'
        """
        gone = {name: size for name, size in sizes.items() if size and name not in shown}
        if not gone:
            return ""
        if max(gone.values()) < self.min_group:
            why = f", of fewer than {self.min_group}" + (" each" if len(gone) > 1 else "")
        elif most and len(shown) == most:
            why = f"; the list has the largest {most}"
        else:
            why = f": some have fewer than {self.min_group}, and the others would tell how many"
        held = f"{style.number(sum(gone.values()))} of {style.number(sum(sizes.values()))} {counted}"
        return f"Not shown: {style.how_many(len(gone), group)} with {held}{why}."

    def judged(self, name: str, rows: Sequence[Comparison]) -> tuple[Comparison, ...]:
        """The rows of a list, or a headline, at the level that decides them on the page; else by themselves.

        `name` is what the page's correction calls them: `regions:previous`.
        """
        return self.correction.judged(name, rows) if self.correction else judged(rows)

    def corrected_by(self, correction: PageCorrection) -> Self:
        """The same scope, its comparisons read as the page corrects them."""
        return replace(self, correction=correction)

    @property
    def checks(self) -> tuple[Check, ...]:
        """How often such a page says clear when nothing has changed; none where it is not corrected."""
        return (self.correction.check,) if self.correction else ()

    def is_known(self, period: Period) -> bool:
        """Whether any row lies in the period; for want of knowing, yes."""
        found = self.covered(period)
        return found is None or found.rows > 0

    def at(self, period: Period) -> Self:
        """The same scope in another period."""
        return replace(self, period=period)


def compared_period(name: str, period: Period) -> Period | None:
    """The earlier period that an item of `compare` names; None seen from all time, and for a target.

    >>> compared_period("year_ago", Period(2026, 3)).text, compared_period("2024Q4", Period(2026, 3)).text
    ('2025Q3', '2024Q4')

    Raises:
        PeriodError: it names no period, or one that is not earlier.
    """
    if name == TARGET or period.year is None:
        return None
    if name == "previous":
        return period.preceding
    if name == "year_ago":
        return period.year_ago
    found = Period.parse(name, period.fiscal_year_start)
    if found.last_day >= period.start:
        raise PeriodError(f"compare has {found.label}, which is not over before {period.label}.")
    return found


def _position(day: date, shown: Sequence[Period]) -> float:
    """Where a day stands on an axis whose points are the middles of periods."""
    for at, period in enumerate(shown):
        if day <= period.last_day:
            into = (day - period.start).days / ((period.last_day - period.start).days + 1)
            return at - 0.5 + max(0.0, into)
    return len(shown) - 0.5


def _told(event: KnownEvent) -> str:
    """`New prices (price, EMEA, 1 Aug 2026 to 9 Aug 2026)`."""
    days = style.day(event.date) + (f" to {style.day(event.until)}" if event.until else "")
    return f"{event.title} ({', '.join(part for part in (event.kind, event.region, days) if part)})"


def __dir__() -> list[str]:
    return __all__
