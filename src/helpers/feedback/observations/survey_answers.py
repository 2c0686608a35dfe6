"""Answers to surveys, counted once by month, region and segment; the tally of any part of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import ibis.expr.types as ir

from helpers.feedback.observations.repeated_answers import Part, Respondents, clustered, respondents
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope
from helpers.sources import LoadedTable

Tally = tuple[int, int, int]
"""High, middle and low answers: promoters, passives and detractors for NPS."""


@dataclass(frozen=True)
class SurveyScale:
    """Which answers to a survey are high, and which are low; those between are in the middle."""

    high_from: int
    low_to: int


SCALES: Mapping[str, SurveyScale] = {"nps": SurveyScale(9, 6), "csat": SurveyScale(4, 2)}
"""Of each survey that has a score: NPS asks for 0 to 10, CSAT for 1 to 5."""


@dataclass(frozen=True)
class AnswerCell:
    """Answers to one survey in one month, region and segment.

    Attributes:
        survey: `nps` or `csat`.
        month: its first day; that of the ISO week where the edition is about a week.
        high: promoters, or answers 4 and 5 of CSAT.
        low: detractors, or answers 1 and 2 of CSAT.
        answers: all answers.
        region: None where the answers name none.
        segment: None where the answers name none.
    """

    survey: str
    month: date
    high: int
    low: int
    answers: int
    region: str | None = None
    segment: str | None = None


@dataclass(frozen=True)
class Answers:
    """Counted answers to every survey, of all regions and all time, with the scope of the edition.

    `days` are the high, middle and low answers of the edition's region to each survey, by day; `who` says
    what several answers of the same people count.

    >>> july = AnswerCell("nps", date(2026, 7, 1), high=45, low=21, answers=100, region="EMEA")
    >>> answers = Answers(Scope(Period(2026, 3)), (july,))
    >>> answers.tally("nps", Period(2026, 3), {"region": "EMEA"})
    (45, 34, 21)
    """

    scope: Scope
    cells: tuple[AnswerCell, ...] = field(repr=False)
    days: Mapping[str, Mapping[date, Tally]] = field(default_factory=dict, repr=False)
    who: Respondents = field(default=Respondents(), repr=False)

    def tally(self, survey: str, period: Period, where: Mapping[str, str | None]) -> Tally:
        """High, middle and low answers of a part, None for those that name none: `{"region": "EMEA"}`."""
        high = low = total = 0
        months = self._months.get(survey, {})
        for cell in (cell for month in months if period.contains(month) for cell in months[month]):
            if all(getattr(cell, dimension) == value for dimension, value in where.items()):
                high, low, total = high + cell.high, low + cell.low, total + cell.answers
        return high, total - high - low, low

    def counted(self, survey: str, part: Part) -> tuple[Tally, float]:
        """High, middle and low answers of a part, and as how many independent ones they count."""
        tally = self.tally(survey, part.period, part.where)
        for name, value in part.without.items():
            inside = self.tally(survey, part.period, {**part.where, name: value})
            tally = (tally[0] - inside[0], tally[1] - inside[1], tally[2] - inside[2])
        return tally, self.who.effective(survey, part, sum(tally))

    def groups(self, dimension: str, survey: str) -> tuple[str, ...]:
        """Every region or segment that answered the survey, whenever, in alphabetical order."""
        found = {getattr(cell, dimension) for cell in self.cells if cell.survey == survey}
        return tuple(sorted(found - {None}))

    def shown(self, dimension: str, period: Period, within: Mapping[str, str]) -> tuple[str, ...]:
        """The regions or segments whose answers to the leading survey may be shown beside their total."""
        return self.scope.shown(self.sizes(dimension, period, within))

    def sizes(self, dimension: str, period: Period, within: Mapping[str, str]) -> dict[str, int]:
        """How many answers to the leading survey each region or segment has in a period."""
        return {
            name: sum(self.tally(self.leading, period, {**within, dimension: name}))
            for name in self.groups(dimension, self.leading)
        }

    @cached_property
    def leading(self) -> str:
        """The survey by which groups are compared: NPS where the period has answers to it, else the next."""
        return next((survey for survey in SCALES if self.has(survey)), next(iter(SCALES)))

    def has(self, survey: str) -> bool:
        """Whether the period has answers to the survey in this scope."""
        return sum(self.tally(survey, self.scope.period, self.scope.where)) > 0

    def need(self, survey: str) -> None:
        """Make sure that there is a score to tell.

        Raises:
            NoData: the period has no answers to the survey in this scope.
        """
        if not self.has(survey):
            raise NoData(f"There are no {survey.upper()} answers in {self.scope.place} in this period.")

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters of a trend: the last twelve up to the period, all there are for all time."""
        return self.scope.trend([cell.month for cell in self.cells])

    @cached_property
    def _months(self) -> Mapping[str, Mapping[date, list[AnswerCell]]]:
        found: dict[str, dict[date, list[AnswerCell]]] = {survey: {} for survey in SCALES}
        for cell in self.cells:
            found[cell.survey].setdefault(cell.month, []).append(cell)
        return found


def answers(responses: LoadedTable, scope: Scope) -> Answers:
    """Count the answers to NPS and CSAT surveys by month, region and segment, and who answered before.

        >>> from helpers import sources
        >>> july = {"survey": "nps", "submitted_at": date(2026, 7, 1), "region": "EMEA"}
        >>> responses = sources.of_rows("responses", [{**july, "score": score} for score in (10, 9, 8, 3)])
        >>> counted = answers(responses, Scope(Period(2026, 3)))
        >>> counted.tally("nps", Period(2026, 3), {"region": "EMEA"})
        (2, 1, 1)

    Raises:
        NoData: the period has no answers in this region.
    """
    cells = _counted(responses, weekly=scope.period.grain == "week")
    counted = Answers(scope, cells)
    if not any(counted.has(survey) for survey in SCALES):
        raise NoData(f"There are no answers in {scope.place}, {scope.period.label}.")
    return replace(counted, days=_by_day(responses, scope), who=_who(responses, counted))


def _counted(responses: LoadedTable, *, weekly: bool) -> tuple[AnswerCell, ...]:
    rows = responses.expr
    keys = {"month": rows[responses.time].truncate("W" if weekly else "M").date()}
    keys |= {name: rows[name] for name in ("region", "segment") if responses.has(name)}
    return tuple(AnswerCell(**row) for row in _tallied(rows, keys))


def _by_day(responses: LoadedTable, scope: Scope) -> Mapping[str, Mapping[date, Tally]]:
    rows = scope.rows(responses)
    found: dict[str, dict[date, Tally]] = {}
    for row in _tallied(rows, {"day": rows[responses.time].date()}):
        middle = row["answers"] - row["high"] - row["low"]
        found.setdefault(row["survey"], {})[row["day"]] = (row["high"], middle, row["low"])
    return found


def _tallied(rows: ir.Table, keys: Mapping[str, ir.Value]) -> list[dict[str, Any]]:
    """High, low and all answers to each survey that has a scale, by these keys and in their order."""
    keys = {"survey": rows.survey, **keys}
    high, low = rows.survey != rows.survey, rows.survey != rows.survey
    for survey, scale in SCALES.items():
        high |= (rows.survey == survey) & (rows.score >= scale.high_from)
        low |= (rows.survey == survey) & (rows.score <= scale.low_to)
    known = rows.filter(rows.survey.isin(list(SCALES)))
    counted = known.group_by(**keys).agg(high=high.sum(), low=low.sum(), answers=known.count())
    found: list[dict[str, Any]] = counted.order_by(list(keys)).to_pyarrow().to_pylist()
    return found


def _who(responses: LoadedTable, counted: Answers) -> Respondents:
    """Who answered a survey how often, in each period that is shown or compared, whatever their region."""
    compared = counted.scope.periods_compared
    shown = [quarter for quarter in counted.quarters if quarter not in compared]
    if counted.scope.period.grain == counted.scope.period.step:
        rows = responses.within([*compared, *shown])
    else:  # the quarters of a trend lie within the year that the page is about
        rows = responses.within(compared)
        rows = rows.union(responses.within(shown)) if shown else rows
    rows = rows.filter(rows.survey.isin(list(SCALES)))
    return respondents(clustered(rows, responses), compared, _OUTCOMES, by="survey", shown=shown)


def _net(rows: ir.Table) -> ir.NumericValue:
    scale = SCALES["nps"]
    return (rows.score >= scale.high_from).cast("int8") - (rows.score <= scale.low_to).cast("int8")


def _satisfied(rows: ir.Table) -> ir.NumericValue:
    return (rows.score >= SCALES["csat"].high_from).cast("int8")


_OUTCOMES = {"nps": _net, "csat": _satisfied}
"""One answer as its survey counts it."""
