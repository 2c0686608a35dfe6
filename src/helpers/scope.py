"""What an edition is about: its period, its region, the level of its intervals, the smallest group shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

import ibis
import ibis.expr.types as ir

from helpers import metrics, style
from helpers.findings import Measure, PageCorrection
from helpers.periods import Period
from helpers.privacy import suppressed
from helpers.records import Check, project
from helpers.sources import LoadedTable
from helpers.stats import Comparison, judged

__all__ = ["ALL", "Scope"]

ALL = "all"
"""The region, or feature, of an edition that looks at all of them together."""


@dataclass(frozen=True)
class Scope:
    """What an edition is about, one class for every subject.

    `region` is one region or `all`; `level` is that of every interval, such as 0.95; groups of fewer than
    `min_group` persons are not shown. `covered` are the first and the last day of the main table's rows,
    `correction` is that of the page's comparisons, once they are known.

        >>> scope = Scope(Period(2026, 3), region="EMEA")
        >>> scope.previous.label, scope.within, scope.interval
        ('2026 Q2', ' in EMEA', '95% interval')
    """

    period: Period
    region: str = ALL
    level: float = 0.95
    min_group: int = 5
    covered: tuple[date, date] | None = None
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

        `last_complete` is the last whole quarter that the table covers; the smallest group is the project's.
        `regions` is the table that knows regions, where that is another one: users, of their events.

            scope = Scope.of(responses, "2026Q3", region="EMEA", confidence=0.95)

        Raises:
            PeriodError: the text names no period.
            NoData: a region is wanted and the table that should know it has no column `region`.
        """
        if region != ALL:
            (regions or table).need("region")
        return cls(table.resolve(period), region, confidence, project().min_group, table.covered)

    @property
    def previous(self) -> Period | None:
        """The period that this one is compared with: the preceding one; None for all time."""
        return self.period.preceding

    def is_whole(self, period: Period) -> bool:
        """Whether the rows cover the period from its first day to its last, as far as that is known."""
        if self.covered is None or period.year is None:
            return True
        first, last = self.covered
        return first <= period.start and period.last_day <= last

    def label(self, period: Period) -> str:
        """How a period is called: `2017 Q4`, or `2017 Q4 (21 of 92 days)` where the rows cover a part of it.

        >>> scope = Scope(Period(2018, 1), covered=(date(2017, 12, 11), date(2018, 3, 31)))
        >>> scope.label(Period(2018, 1)), scope.label(Period(2017, 4))
        ('2018 Q1', '2017 Q4 (21 of 92 days)')
        """
        if self.is_whole(period):
            return period.label
        assert self.covered is not None
        first, last = max(self.covered[0], period.start), min(self.covered[1], period.last_day)
        days = max(0, (last - first).days + 1)
        return f"{period.label} ({days} of {(period.last_day - period.start).days + 1} days)"

    @property
    def previous_label(self) -> str:
        """How the period that this one is compared with is called; nothing for all time."""
        return self.label(self.previous) if self.previous is not None else ""

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

    def measure(self, metric: str) -> Measure:
        """A metric of the catalogue as findings of this scope name it: `NPS`, `NPS in EMEA`."""
        known = metrics.get(metric)
        return Measure(metric, f"{known.label}{self.within}", known.unit, known.good, known.decimals)

    def rows(self, table: LoadedTable) -> ir.Table:
        """The good rows of the edition's region, of all times.

        Raises:
            NoData: the table is not supplied, or has no regions where one is wanted.
        """
        return self._in_region(table, table.expr)

    def rows_with_previous(self, table: LoadedTable) -> ir.Table:
        """The region's good rows of the period and of the one before; the column `newest` tells them apart.

        Raises:
            NoData: the table is not supplied, or has no times, or no regions where one is wanted.
        """
        rows = table.during(self.period).mutate(newest=ibis.literal(True))
        if self.previous is not None:
            rows = rows.union(table.during(self.previous).mutate(newest=ibis.literal(False)))
        return self._in_region(table, rows)

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

    def judged(self, name: str, rows: Sequence[Comparison]) -> tuple[Comparison, ...]:
        """The rows of a list, or a headline, at the level that decides them on the page; else by themselves.

        `name` is what the page's correction calls them: `regions:previous`.
        """
        return self.correction.judged(name, rows) if self.correction else judged(rows)

    @property
    def checks(self) -> tuple[Check, ...]:
        """How often such a page says clear when nothing has changed; none where it is not corrected."""
        return (self.correction.check,) if self.correction else ()

    def at(self, period: Period) -> Self:
        """The same scope in another period."""
        return replace(self, period=period)


def __dir__() -> list[str]:
    return __all__
