"""Answers to surveys, counted once by month, region and segment; the scores of any part of them.

One aggregate query serves every section about scores: no answer leaves the engine as a row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    net_promoter_difference,
    net_promoter_score,
    proportion,
    proportion_difference,
)

ALL = "all"

Tally = tuple[int, int, int]
"""High, middle and low answers: promoters, passives and detractors for NPS."""


@dataclass(frozen=True)
class Scale:
    """How the answers to one survey make a score: from which answer on, and by which statistic."""

    high_from: int
    low_to: int
    estimate: Callable[[Tally, float], Estimate]
    difference: Callable[[Tally, Tally, float], Difference]


def _nps(tally: Tally, level: float) -> Estimate:
    return net_promoter_score(*tally, level=level)


def _satisfied(tally: Tally, level: float) -> Estimate:
    return proportion(tally[0], sum(tally), level)


def _satisfied_difference(now: Tally, reference: Tally, level: float) -> Difference:
    return proportion_difference(now[0], sum(now), reference[0], sum(reference), level)


SCALES: Mapping[str, Scale] = {
    "nps": Scale(9, 6, _nps, net_promoter_difference),
    "csat": Scale(4, 2, _satisfied, _satisfied_difference),
}


@dataclass(frozen=True)
class Scope:
    """What an edition is about: its period, its region or `all`, and the level of its intervals."""

    period: Period
    region: str
    level: float
    min_group: int

    @property
    def where(self) -> dict[str, str]:
        """The dimensions that the edition fixes: none, or its region."""
        return {} if self.region == ALL else {"region": self.region}

    @property
    def place(self) -> str:
        """`all regions`, `EMEA`."""
        return "all regions" if self.region == ALL else self.region

    @property
    def interval(self) -> str:
        """`95% interval`."""
        return f"{style.level(self.level)} interval"

    def measure(self, metric: str) -> Measure:
        """The metric as its findings name it: `NPS`, `NPS in EMEA`."""
        known = metrics.get(metric)
        label = known.label if self.region == ALL else f"{known.label} in {self.region}"
        return Measure(metric, label, known.unit, known.good, known.decimals)


@dataclass(frozen=True)
class Cell:
    """Answers of one survey in one month, region and segment."""

    survey: str
    month: date
    region: str | None
    segment: str | None
    high: int
    low: int
    answers: int


@dataclass(frozen=True)
class Answers:
    """Counted answers of every survey and quarter, with the scope that the edition looks at."""

    scope: Scope
    cells: tuple[Cell, ...] = field(repr=False)

    def tally(self, survey: str, period: Period, where: Mapping[str, str]) -> Tally:
        """High, middle and low answers of a part: `tally("nps", period, {"region": "EMEA"})`."""
        high = low = total = 0
        months = self._months.get(survey, {})
        for cell in (cell for month in months if period.contains(month) for cell in months[month]):
            if all(getattr(cell, dimension) == value for dimension, value in where.items()):
                high, low, total = high + cell.high, low + cell.low, total + cell.answers
        return high, total - high - low, low

    def estimate(self, survey: str, period: Period, where: Mapping[str, str]) -> Estimate | None:
        """The score of a part; None for fewer answers than a group may have."""
        return self.score(survey, self.tally(survey, period, where))

    def score(self, survey: str, tally: Tally) -> Estimate | None:
        """The score of counted answers; None for fewer than a group may have."""
        if sum(tally) < self.scope.min_group:
            return None
        return SCALES[survey].estimate(tally, self.scope.level)

    def difference(self, survey: str, now: Tally, reference: Tally) -> Difference | None:
        """The difference of two groups of answers; None where either is too small to show."""
        if min(sum(now), sum(reference)) < self.scope.min_group:
            return None
        return SCALES[survey].difference(now, reference, self.scope.level)

    def groups(self, dimension: str, survey: str) -> tuple[str, ...]:
        """Every region or segment that answered the survey, whenever, in alphabetical order."""
        found = {getattr(cell, dimension) for cell in self.cells if cell.survey == survey}
        return tuple(sorted(found - {None}))

    def shown(self, dimension: str, period: Period, within: Mapping[str, str]) -> tuple[str, ...]:
        """The regions or segments whose NPS answers of a period may be shown beside their total."""
        sizes = {
            name: sum(self.tally("nps", period, {**within, dimension: name}))
            for name in self.groups(dimension, "nps")
        }
        hidden = suppressed(sizes, self.scope.min_group)
        return tuple(name for name, size in sizes.items() if size and name not in hidden)

    def has(self, survey: str) -> bool:
        """Whether the period has answers to the survey in this scope."""
        return sum(self.tally(survey, self.scope.period, self.scope.where)) > 0

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters of a trend: the last twelve up to the period, all there are for all time."""
        months = [cell.month for cell in self.cells]
        return trend_quarters(self.scope.period, min(months), max(months))

    @cached_property
    def _months(self) -> Mapping[str, Mapping[date, list[Cell]]]:
        found: dict[str, dict[date, list[Cell]]] = {survey: {} for survey in SCALES}
        for cell in self.cells:
            found[cell.survey].setdefault(cell.month, []).append(cell)
        return found


def answers(responses: LoadedTable, period: str | Period, region: str, confidence: float) -> Answers:
    """Count the answers of every survey, month, region and segment; one query.

    Raises:
        NoData: the period has no answers in this region.
        PeriodError: the text names no period.
    """
    if region != ALL:
        responses.need("region")
    scope = Scope(responses.resolve(period), region, confidence, project().min_group)
    counted = Answers(scope, _cells(responses))
    if not any(counted.has(survey) for survey in SCALES):
        raise NoData(f"There are no answers in {scope.place}, {scope.period.label}.")
    return counted


def _cells(responses: LoadedTable) -> tuple[Cell, ...]:
    rows = responses.expr.filter(responses.expr.survey.isin(list(SCALES)))
    keys = {"survey": rows.survey, "month": rows[responses.time].truncate("M").date()}
    keys |= {name: rows[name] for name in ("region", "segment") if responses.has(name)}
    high, low = rows.survey != rows.survey, rows.survey != rows.survey
    for survey, scale in SCALES.items():
        high |= (rows.survey == survey) & (rows.score >= scale.high_from)
        low |= (rows.survey == survey) & (rows.score <= scale.low_to)
    counted = (
        rows.group_by(**keys).agg(high=high.sum(), low=low.sum(), answers=rows.count()).order_by(list(keys))
    )
    absent = {"region": None, "segment": None}
    return tuple(Cell(**{**absent, **row}) for row in counted.to_pyarrow().to_pylist())
