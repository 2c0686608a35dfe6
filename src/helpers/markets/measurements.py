"""One metric of every market, month and segment, summed once; the estimate of any part of it.

One aggregate query serves every section. What interval is right depends on the kind of metric:
a share of counted trials has Wilson's; a ratio (revenue an account) has only the spread between months to
go by; a sum is what it is, and has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from helpers import metrics, style
from helpers.findings import Measure, NoData
from helpers.periods import Period, trend_quarters
from helpers.privacy import suppressed
from helpers.records import project
from helpers.sources import LoadedTable
from helpers.stats import (
    Difference,
    Estimate,
    clustered_ratio,
    clustered_ratio_difference,
    paired_ratio_difference,
    proportion,
    proportion_difference,
)

WHOLE = "All markets"
NO_SEGMENT = "all"

Sums = tuple[float, float]
"""Numerator and denominator; the denominator is 0 where the table gives none."""


@dataclass(frozen=True)
class Scope:
    """What an edition is about: a metric, a period, the level of its intervals.

    `counted` says what the numerators are (`paid accounts`).
    """

    measure: Measure
    kind: metrics.Kind
    period: Period
    level: float
    min_group: int
    counted: str = "total"

    @property
    def what(self) -> str:
        """`Conversion with 95% interval`; a sum has no interval."""
        return self.measure.label if self.kind == "sum" else f"{self.measure.label} with {self.interval}"

    @property
    def interval(self) -> str:
        """`95% interval`, and where it comes from when that is not sampling."""
        plain = f"{style.level(self.level)} interval"
        return f"{plain} from the spread between months" if self.kind == "ratio" else plain


@dataclass(frozen=True)
class Cell:
    """The sums of one market, month and segment."""

    market: str
    month: date
    segment: str
    numerator: float
    denominator: float


@dataclass(frozen=True)
class Measurements:
    """The sums of one metric by market, month and segment, and estimates of any part of them."""

    scope: Scope
    cells: tuple[Cell, ...] = field(repr=False)
    _suppressed: dict[Period, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The metric within a sentence: `conversion`."""
        label = self.scope.measure.label
        return label if label[:2].isupper() else label[:1].lower() + label[1:]

    @cached_property
    def markets(self) -> tuple[str, ...]:
        """The markets of the period that are large enough to show, the largest first."""
        sizes = {
            market: self._size(self.sums(self.scope.period, market))
            for market in self._months
            if market != WHOLE
        }
        shown = [market for market in sizes if self.estimate(self.scope.period, market)]
        return tuple(sorted(shown, key=lambda market: (-sizes[market], market)))

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters of a trend: the last twelve up to the period, all there are for all time."""
        months = [cell.month for cell in self.cells]
        return trend_quarters(self.scope.period, min(months), max(months))

    @property
    def has_segments(self) -> bool:
        """Whether the table splits markets by segment."""
        return any(cell.segment != NO_SEGMENT for cell in self.cells)

    def sums(self, period: Period, market: str = WHOLE) -> Sums:
        """Numerator and denominator of a market, or of all markets, in a period."""
        return _added(self._within(period, market))

    def others(self, period: Period, market: str) -> Sums:
        """Numerator and denominator of every market but this one."""
        mine, whole = self.sums(period, market), self.sums(period)
        return whole[0] - mine[0], whole[1] - mine[1]

    def side(self, period: Period, market: str) -> dict[str, Sums]:
        """The sums by segment of a market; by market and segment for all markets."""
        found: dict[str, list[Cell]] = {}
        for cell in self._within(period, market):
            name = cell.segment if market != WHOLE else f"{cell.market}, {cell.segment}"
            found.setdefault(name, []).append(cell)
        return {name: _added(cells) for name, cells in found.items()}

    def slices(self, period: Period, market: str = WHOLE) -> list[Sums]:
        """The sums of each month in which any market was measured."""
        mine = self._months.get(market, {})
        return [_added(mine.get(month, ())) for month in self._months[WHOLE] if period.contains(month)]

    def estimate(self, period: Period, market: str = WHOLE) -> Estimate | None:
        """The metric of a market, or of all; None without data, or too few trials to show."""
        cells, level = self._within(period, market), self.scope.level
        above, below = _added(cells)
        if not cells or market in self._hidden(period) or 0 < below < self.scope.min_group:
            return None
        if self.scope.kind != "sum" and below == 0:
            return None
        if self.scope.kind == "share":
            return proportion(round(above), round(below), level)
        if self.scope.kind == "ratio":
            ratio = clustered_ratio([part for part in self.slices(period, market) if part[1] > 0], level)
            return replace(ratio, n=round(below))
        return Estimate(above, None, None, None, level, round(below) or len(cells), "sum")

    def against_others(self, market: str) -> Difference | None:
        """The market less all others in the period; None where that cannot be tested."""
        period, level = self.scope.period, self.scope.level
        mine, others = self.sums(period, market), self.others(period, market)
        if self.scope.kind == "sum" or min(mine[1], others[1]) < self.scope.min_group:
            return None
        if self.scope.kind == "share":
            return proportion_difference(*_counts(mine), *_counts(others), level)
        pairs = list(zip(self.slices(period, market), self.slices(period), strict=True))
        if len(pairs) < 2:
            return None
        rest = [(whole[0] - part[0], whole[1] - part[1]) for part, whole in pairs]
        return paired_ratio_difference([part for part, _ in pairs], rest, level)

    def change(self, market: str = WHOLE) -> Difference | None:
        """The period less the preceding one; None where that cannot be tested."""
        period, level = self.scope.period, self.scope.level
        if period.preceding is None or self.scope.kind == "sum":
            return None
        now, then = self.sums(period, market), self.sums(period.preceding, market)
        if min(now[1], then[1]) < self.scope.min_group:
            return None
        if self.scope.kind == "share":
            return proportion_difference(*_counts(now), *_counts(then), level)
        slices, slices_then = self.slices(period, market), self.slices(period.preceding, market)
        if min(len(slices), len(slices_then)) < 2:
            return None
        return clustered_ratio_difference(slices, slices_then, level)

    def _size(self, sums: Sums) -> float:
        return sums[0] if self.scope.kind == "sum" else sums[1]

    def _hidden(self, period: Period) -> frozenset[str]:
        """Markets with so few trials that they must not be shown beside the total."""
        if period not in self._suppressed:
            trials = {name: round(self.sums(period, name)[1]) for name in self._months if name != WHOLE}
            self._suppressed[period] = suppressed(trials, self.scope.min_group)
        return self._suppressed[period]

    @cached_property
    def _months(self) -> Mapping[str, Mapping[date, tuple[Cell, ...]]]:
        """The cells of each market, and of all markets, by month in the order of time."""
        found: dict[str, dict[date, tuple[Cell, ...]]] = {WHOLE: {}}
        for cell in sorted(self.cells, key=lambda cell: cell.month):
            for market in (WHOLE, cell.market):
                months = found.setdefault(market, {})
                months[cell.month] = (*months.get(cell.month, ()), cell)
        return found

    def _within(self, period: Period, market: str) -> list[Cell]:
        months = self._months.get(market, {})
        return [cell for month, cells in months.items() if period.contains(month) for cell in cells]


def measurements(table: LoadedTable, period: str | Period, metric: str, confidence: float) -> Measurements:
    """Sum one metric by market, month and segment; one query.

    Raises:
        NoData: the table has no such metric in the period.
        ValueError: the metric is neither share, ratio nor sum.
        PeriodError: the text names no period.
    """
    known = metrics.get(metric)
    if known.kind == "mean":
        raise ValueError(
            f"{metric} is a mean of units, which market_metrics cannot hold: use share, ratio or sum."
        )
    measure = Measure(metric, known.label, known.unit, known.good, known.decimals)
    scope = Scope(
        measure,
        known.kind,
        table.resolve(period),
        confidence,
        project().min_group,
        known.numerator or "total",
    )
    if known.kind != "sum":
        table.need("denominator")
    found = Measurements(scope, _cells(table, metric))
    if found.estimate(scope.period) is None:
        raise NoData(f"There are no measurements of {metric} in {scope.period.label}.")
    return found


def _cells(table: LoadedTable, metric: str) -> tuple[Cell, ...]:
    rows = table.expr.filter(table.expr.metric == metric)
    keys = {"market": rows.market, "month": rows[table.time].cast("date").truncate("M")}
    if table.has("segment"):
        keys["segment"] = rows.segment.fill_null(NO_SEGMENT)
    sums = {"numerator": rows.numerator.cast("float64").sum()}
    if table.has("denominator"):
        sums["denominator"] = rows.denominator.cast("float64").sum().fill_null(0)
    counted = rows.group_by(**keys).agg(**sums).order_by(list(keys))
    absent = {"segment": NO_SEGMENT, "denominator": 0.0}
    return tuple(Cell(**{**absent, **row}) for row in counted.to_pyarrow().to_pylist())


def _added(cells: Iterable[Cell]) -> Sums:
    cells = tuple(cells)
    return math.fsum(cell.numerator for cell in cells), math.fsum(cell.denominator for cell in cells)


def _counts(sums: Sums) -> tuple[int, int]:
    return round(sums[0]), round(sums[1])
