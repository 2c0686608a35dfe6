"""What market_metrics gives: the sums of one metric by market, month and segment, from one query."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from helpers import metrics
from helpers.findings import Measure, NoData
from helpers.periods import Grain, Period, between, period_of
from helpers.privacy import suppressed
from helpers.scope import Scope
from helpers.sources import LoadedTable

WHOLE = "All markets"
NO_SEGMENT = "all"

Sums = tuple[float, float]
"""Numerator and denominator; the denominator is 0 where the table gives none."""


@dataclass(frozen=True)
class MonthlySums:
    """The sums of one market, month and segment.

    `month` is its first day; `numerator` is what is counted (accounts, dollars), `denominator` what it is
    counted on (trials, accounts), 0 for a metric that is a plain sum.

        >>> from datetime import date
        >>> MonthlySums("France", date(2026, 7, 1), "SMB", 300, 1000).denominator
        1000
    """

    market: str
    month: date
    segment: str
    numerator: float
    denominator: float


@dataclass(frozen=True, eq=False)
class MarketSums:
    """The sums of one metric in every market: what each measure of this subject is computed from.

    `measure` is the metric as findings name it, `kind` says how its value is made of the sums (share, ratio
    or sum), `counted` what the numerators are (`paid accounts`).

        >>> sums = example_sums()
        >>> sums.markets
        ('France', 'Germany')
        >>> sums.sums(sums.scope.period, "Germany")
        (206.0, 1000.0)
    """

    scope: Scope
    measure: Measure
    kind: metrics.Kind
    cells: tuple[MonthlySums, ...] = field(repr=False)
    counted: str = "total"
    _suppressed: dict[Period, frozenset[str]] = field(default_factory=dict, init=False, repr=False)
    _totals: dict[tuple[Period, str], Sums] = field(default_factory=dict, init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """Whether both were counted from the same cells for the same scope, however that is corrected."""
        return isinstance(other, MarketSums) and (self.cells is other.cells and self.scope == other.scope)

    def __hash__(self) -> int:
        return hash((id(self.cells), self.scope.period))

    @cached_property
    def markets(self) -> tuple[str, ...]:
        """The markets of the period that are large enough to show, the largest first."""
        period = self.scope.period
        sizes = {
            market: self._size(self.sums(period, market)) for market in self._by_market if market != WHOLE
        }
        shown = [market for market in sizes if self.shows(period, market)]
        return tuple(sorted(shown, key=lambda market: (-sizes[market], market)))

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters of a trend: the last twelve up to the period, all there are for all time."""
        return self.scope.trend([cell.month for cell in self.cells])

    @cached_property
    def steps(self) -> tuple[Period, ...]:
        """The months (of an edition of a week the weeks) from the first sums to the end of the period."""
        grain: Grain = "week" if self.scope.period.grain == "week" else "month"
        months = [month for month in self._by_market[WHOLE] if month < self.scope.period.end]
        return tuple(between(period_of(months[0], grain), period_of(months[-1], grain))) if months else ()

    @property
    def has_segments(self) -> bool:
        """Whether the table splits markets by segment."""
        return any(cell.segment != NO_SEGMENT for cell in self.cells)

    def shows(self, period: Period, market: str = WHOLE) -> bool:
        """Whether a market, or all of them, has data in a period, and trials enough to be shown.

        Markets that the total would tell by subtraction are not shown either (Cox 1980).
        """
        if not self.rows(period, market) or market in self._hidden(period):
            return False
        trials = self.sums(period, market)[1]
        return trials >= self.scope.min_group or (self.kind == "sum" and trials <= 0)

    def sums(self, period: Period, market: str = WHOLE) -> Sums:
        """Numerator and denominator of a market, or of all markets, in a period."""
        if (period, market) not in self._totals:
            self._totals[period, market] = _added(self._within(period, market))
        return self._totals[period, market]

    def rows(self, period: Period, market: str = WHOLE) -> int:
        """How many sums of a month and segment a market has in a period."""
        return len(self._within(period, market))

    def others(self, period: Period, market: str) -> Sums:
        """Numerator and denominator of every market but this one."""
        mine, whole = self.sums(period, market), self.sums(period)
        return whole[0] - mine[0], whole[1] - mine[1]

    def by_segment(self, period: Period, market: str) -> dict[str, Sums]:
        """The sums of each segment of a market; of each market and segment for all markets."""
        found: dict[str, list[MonthlySums]] = {}
        for cell in self._within(period, market):
            name = cell.segment if market != WHOLE else f"{cell.market}, {cell.segment}"
            found.setdefault(name, []).append(cell)
        return {name: _added(cells) for name, cells in found.items()}

    def by_month(self, period: Period, market: str = WHOLE) -> list[Sums]:
        """The sums of each month in which any market was measured, oldest first."""
        mine = self._by_market.get(market, {})
        return [_added(mine.get(month, ())) for month in self._by_market[WHOLE] if period.contains(month)]

    @property
    def left_out(self) -> str:
        """The markets of the period that are too small to be shown, in a line; empty for none."""
        period = self.scope.period
        sizes = {name: round(self.sums(period, name)[1]) for name in self._by_market if name != WHOLE}
        shown = [name for name in sizes if self.shows(period, name)]
        return self.scope.left_out(sizes, shown, "market", "trials") if self.kind != "sum" else ""

    def _size(self, sums: Sums) -> float:
        return sums[0] if self.kind == "sum" else sums[1]

    def _hidden(self, period: Period) -> frozenset[str]:
        """Markets with so few trials that they must not be shown beside the total."""
        if period not in self._suppressed:
            trials = {name: round(self.sums(period, name)[1]) for name in self._by_market if name != WHOLE}
            self._suppressed[period] = suppressed(trials, self.scope.min_group)
        return self._suppressed[period]

    @cached_property
    def _by_market(self) -> Mapping[str, Mapping[date, list[MonthlySums]]]:
        """The cells of each market, and of all markets, by month in the order of time."""
        found: dict[str, dict[date, list[MonthlySums]]] = {WHOLE: {}}
        for cell in sorted(self.cells, key=lambda cell: cell.month):
            for market in (WHOLE, cell.market):
                found.setdefault(market, {}).setdefault(cell.month, []).append(cell)
        return found

    def _within(self, period: Period, market: str) -> list[MonthlySums]:
        months = self._by_market.get(market, {})
        return [cell for month, cells in months.items() if period.contains(month) for cell in cells]


def market_sums(table: LoadedTable, metric: str, scope: Scope) -> MarketSums:
    """One metric of market_metrics, summed by market, month and segment in one query.

        >>> from helpers import sources
        >>> july = {"metric": "conversion", "period_start": date(2026, 7, 1), "market": "France"}
        >>> table = sources.of_rows("market_metrics", [{**july, "numerator": 37, "denominator": 100}])
        >>> sums = market_sums(table, "conversion", Scope(Period(2026, 3)))
        >>> sums.sums(Period(2026, 3), "France")
        (37.0, 100.0)

    Raises:
        NoData: the table has no such metric in the period.
        ValueError: the catalogue has no such metric, or it is neither share, ratio nor sum.
    """
    known = metrics.get(metric)
    if known.kind == "mean":
        raise ValueError(
            f"{metric} is a mean of units, which market_metrics cannot hold: use share, ratio or sum."
        )
    if known.kind != "sum":
        table.need("denominator")
    counted = known.numerator or "total"
    cells = _cells(table, metric, weekly=scope.period.grain == "week")
    found = MarketSums(scope, scope.measure(metric, "market_metrics"), known.kind, cells, counted)
    if not found.shows(scope.period):
        raise NoData(f"There are no measurements of {metric} in {scope.period.label}.")
    return found


def example_sums() -> MarketSums:
    """Two markets in two quarters, small enough to reckon by hand: what the examples of this subject show.

    Germany pays more often than France in both segments, yet less often overall since most of its trials are
    small firms (Simpson 1951); in the quarter before both segments had the same weight.

        >>> sums = example_sums()
        >>> sums.by_segment(sums.scope.period, "France")
        {'Enterprise': (720.0, 1800.0), 'SMB': (20.0, 200.0)}
    """
    counts = {
        ("France", "Enterprise"): ((360, 900), (720, 1800)),
        ("France", "SMB"): ((90, 900), (20, 200)),
        ("Germany", "Enterprise"): ((250, 500), (50, 100)),
        ("Germany", "SMB"): ((85, 500), (156, 900)),
    }
    cells = tuple(
        MonthlySums(market, month, segment, *pair)
        for (market, segment), pairs in counts.items()
        for month, pair in zip((date(2026, 4, 1), date(2026, 7, 1)), pairs, strict=True)
    )
    conversion = Measure("conversion", "Conversion", "share", "higher", 1)
    return MarketSums(Scope(Period(2026, 3)), conversion, "share", cells, "paid accounts")


def _cells(table: LoadedTable, metric: str, *, weekly: bool) -> tuple[MonthlySums, ...]:
    rows = table.expr.filter(table.expr.metric == metric)
    keys = {"market": rows.market, "month": rows[table.time].cast("date").truncate("W" if weekly else "M")}
    if table.has("segment"):
        keys["segment"] = rows.segment.fill_null(NO_SEGMENT)
    sums = {"numerator": rows.numerator.cast("float64").sum()}
    if table.has("denominator"):
        sums["denominator"] = rows.denominator.cast("float64").sum().fill_null(0)
    counted = rows.group_by(**keys).agg(**sums).order_by(list(keys))
    absent = {"segment": NO_SEGMENT, "denominator": 0.0}
    return tuple(MonthlySums(**{**absent, **row}) for row in counted.to_pyarrow().to_pylist())


def _added(cells: Iterable[MonthlySums]) -> Sums:
    cells = tuple(cells)
    return math.fsum(cell.numerator for cell in cells), math.fsum(cell.denominator for cell in cells)
