"""Answers to surveys, counted once by month, region and segment; the tally of any part of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, reduce
from operator import or_
from types import MappingProxyType
from typing import Any, NamedTuple

import ibis.expr.types as ir

from helpers.feedback.observations.repeated_answers import Part, Respondents, clustered, respondents
from helpers.feedback.observations.survey_questions import (
    SCALES,
    SurveyScale,
    asked,
    main_questions,
    name_of,
    survey_of,
)
from helpers.feedback.observations.weighed_answers import WeighedAnswers, weighed_answers
from helpers.findings import Measure, NoData
from helpers.periods import Period
from helpers.scope import Scope
from helpers.sources import LoadedTable

Tally = tuple[int, int, int]
"""High, middle and low answers: promoters, passives and detractors for NPS."""


@dataclass(frozen=True)
class AnswerCell:
    """Answers to one survey in one month, region and segment.

    Attributes:
        survey: `nps`, `csat` or `ces`; of a further question of one its name too, `csat: Ease of setup`.
        month: its first day; that of the ISO week where the edition is about a week.
        high: promoters, answers 4 and 5 of CSAT, or 5 to 7 of CES.
        low: detractors, answers 1 and 2 of CSAT, or 1 to 3 of CES.
        answers: all answers.
        region: None where the answers name none.
        segment: None where the answers name none.
        total: the sum of the answers, on their scale.
        squares: the sum of their squares.
    """

    survey: str
    month: date
    high: int
    low: int
    answers: int
    region: str | None = None
    segment: str | None = None
    total: int = 0
    squares: int = 0


class CountedAnswers(NamedTuple):
    """Answers of a part of the customers.

    Attributes:
        tally: high, middle and low answers.
        effective: as how many independent ones they count.
        people: how many people gave them, at least.
    """

    tally: Tally
    effective: float
    people: int


@dataclass(frozen=True)
class Answers:
    """Counted answers to every survey, of all regions and all time, with the scope of the edition.

    `days` are the high, middle and low answers of the edition's region to each survey, by day; `who` says
    what several answers of the same people count; `mains` names the question that stands for a survey whose
    answers all name one; `weighed` are the answers of the period and region, counted by the column `weight`.

    >>> july = AnswerCell("nps", date(2026, 7, 1), high=45, low=21, answers=100, region="EMEA")
    >>> answers = Answers(Scope(Period(2026, 3)), (july,))
    >>> answers.tally("nps", Period(2026, 3), {"region": "EMEA"})
    (45, 34, 21)
    """

    scope: Scope
    cells: tuple[AnswerCell, ...] = field(repr=False)
    days: Mapping[str, Mapping[date, Tally]] = field(default_factory=dict, repr=False)
    who: Respondents = field(default=Respondents(), repr=False)
    mains: Mapping[str, str] = field(default_factory=dict)
    weighed: Mapping[str, WeighedAnswers] = field(default_factory=dict, repr=False)

    def tally(self, survey: str, period: Period, where: Mapping[str, str | None]) -> Tally:
        """High, middle and low answers of a part, None for those that name none: `{"region": "EMEA"}`."""
        high = low = total = 0
        for cell in self._of(survey, period, where):
            high, low, total = high + cell.high, low + cell.low, total + cell.answers
        return high, total - high - low, low

    def sums(self, survey: str, period: Period, where: Mapping[str, str | None]) -> tuple[int, int, int]:
        """How many answers a part has, their sum and that of their squares."""
        n = total = squares = 0
        for cell in self._of(survey, period, where):
            n, total, squares = n + cell.answers, total + cell.total, squares + cell.squares
        return n, total, squares

    def _of(self, survey: str, period: Period, where: Mapping[str, str | None]) -> Iterator[AnswerCell]:
        months = self._months.get(survey, {})
        for cell in (cell for month in months if period.contains(month) for cell in months[month]):
            if all(getattr(cell, dimension) == value for dimension, value in where.items()):
                yield cell

    def counted(self, survey: str, part: Part) -> CountedAnswers:
        """The answers of a part, as how many independent ones they count, and of how many people."""
        tally = self.tally(survey, part.period, part.where)
        for name, value in part.without.items():
            inside = self.tally(survey, part.period, {**part.where, name: value})
            tally = (tally[0] - inside[0], tally[1] - inside[1], tally[2] - inside[2])
        n = sum(tally)
        return CountedAnswers(tally, self.who.effective(survey, part, n), self.who.people(survey, part, n))

    def groups(self, dimension: str, survey: str) -> tuple[str, ...]:
        """Every region or segment that answered the survey, whenever, in alphabetical order."""
        found = {getattr(cell, dimension) for cell in self.cells if cell.survey == survey}
        return tuple(sorted(found - {None}))

    def shown(self, dimension: str, period: Period, within: Mapping[str, str]) -> tuple[str, ...]:
        """The regions or segments whose answers to the leading survey may be shown beside their total."""
        return self.scope.shown(self.sizes(dimension, period, within))

    def sizes(self, dimension: str, period: Period, within: Mapping[str, str]) -> dict[str, int]:
        """How many people of each region or segment answered the leading survey in a period."""
        return {
            name: self.counted(self.leading, Part(period, {**within, dimension: name})).people
            for name in self.groups(dimension, self.leading)
        }

    @cached_property
    def leading(self) -> str:
        """The survey by which groups are compared: NPS where the period has answers to it, else the next."""
        return next(iter(self.surveys), next(iter(SCALES)))

    def has(self, survey: str) -> bool:
        """Whether the period has answers to the survey in this scope."""
        return sum(self.tally(survey, self.scope.period, self.scope.where)) > 0

    @property
    def surveys(self) -> tuple[str, ...]:
        """The surveys that the period has answers to, NPS first."""
        return tuple(survey for survey in SCALES if self.has(survey))

    @cached_property
    def further_questions(self) -> tuple[str, ...]:
        """The questions besides those that stand for their survey, with answers enough to show."""
        found = {cell.survey for cell in self.cells if name_of(cell.survey)}
        order = sorted(found, key=lambda one: (list(SCALES).index(survey_of(one)), name_of(one)))
        here = Part(self.scope.period, self.scope.where)
        sizes = {one: self.counted(one, here).people for one in order}
        return tuple(one for one, size in sizes.items() if size >= max(self.scope.min_group, 1))

    def measure(self, question: str) -> Measure:
        """The measure of a survey or of one of its questions: `CSAT`, `CSAT in EMEA, Ease of setup`."""
        survey, name = survey_of(question), name_of(question)
        measure = self.scope.measure(survey, "responses")
        if name:
            return measure.at(question=name)
        main = self.mains.get(survey)
        return replace(measure, label=f"{measure.label} ({main})") if main else measure

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
        found: dict[str, dict[date, list[AnswerCell]]] = {}
        for cell in self.cells:
            found.setdefault(cell.survey, {}).setdefault(cell.month, []).append(cell)
        return found


def answers(responses: LoadedTable, scope: Scope) -> Answers:
    """Count the answers to each survey and question by month, region and segment, and who answered before.

        >>> from helpers import sources
        >>> july = {"survey": "nps", "submitted_at": date(2026, 7, 1), "region": "EMEA"}
        >>> responses = sources.of_rows("responses", [{**july, "score": score} for score in (10, 9, 8, 3)])
        >>> counted = answers(responses, Scope(Period(2026, 3)))
        >>> counted.tally("nps", Period(2026, 3), {"region": "EMEA"})
        (2, 1, 1)

    Raises:
        NoData: the period has no answers in this region.
    """
    mains = main_questions(responses)
    cells = _counted(responses, mains, weekly=scope.period.grain == "week")
    counted = Answers(scope, cells, mains=mains)
    if not counted.surveys:
        raise NoData(f"There are no answers in {scope.place}, {scope.period.label}.")
    return replace(
        counted,
        days=_by_day(responses, scope, mains),
        who=_who(responses, counted),
        weighed=_by_weight(responses, scope, mains) if responses.has("weight") else {},
    )


def _counted(responses: LoadedTable, mains: Mapping[str, str], *, weekly: bool) -> tuple[AnswerCell, ...]:
    rows = asked(responses.expr, mains)
    keys = {"month": rows[responses.time].truncate("W" if weekly else "M").date()}
    keys |= {name: rows[name] for name in ("region", "segment") if responses.has(name)}
    score = rows.score.cast("int64")
    sums = {"total": score.sum(), "squares": (score * score).sum()}
    return tuple(AnswerCell(**row) for row in _tallied(rows, keys, sums))


def _by_day(
    responses: LoadedTable, scope: Scope, mains: Mapping[str, str]
) -> Mapping[str, Mapping[date, Tally]]:
    rows = asked(scope.rows(responses), mains)
    found: dict[str, dict[date, Tally]] = {}
    for row in _tallied(rows, {"day": rows[responses.time].date()}):
        middle = row["answers"] - row["high"] - row["low"]
        found.setdefault(row["survey"], {})[row["day"]] = (row["high"], middle, row["low"])
    return found


def _tallied(
    rows: ir.Table, keys: Mapping[str, ir.Value], sums: Mapping[str, ir.Scalar] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """High, low and all answers to each question, and these sums, by these keys and in their order."""
    keys = {"survey": rows.asked, **keys}
    counted = rows.group_by(**keys).agg(
        high=_on_scale(rows, lambda scale: rows.score >= scale.high_from).sum(),
        low=_on_scale(rows, lambda scale: rows.score <= scale.low_to).sum(),
        answers=rows.count(),
        **sums,
    )
    found: list[dict[str, Any]] = counted.order_by(list(keys)).to_pyarrow().to_pylist()
    return found


def _who(responses: LoadedTable, counted: Answers) -> Respondents:
    """Who answered a question how often, in each period that is shown or compared, whatever their region."""
    compared = counted.scope.periods_compared
    shown = [quarter for quarter in counted.quarters if quarter not in compared]
    if counted.scope.period.grain == counted.scope.period.step:
        rows = responses.within([*compared, *shown])
    else:  # the quarters of a trend lie within the year that the page is about
        rows = responses.within(compared)
        rows = rows.union(responses.within(shown)) if shown else rows
    rows = clustered(asked(rows, counted.mains), responses)
    return respondents(rows, compared, {"": _worth}, by="asked", shown=shown)


def _by_weight(
    responses: LoadedTable, scope: Scope, mains: Mapping[str, str]
) -> Mapping[str, WeighedAnswers]:
    rows = asked(scope.rows_compared(responses), mains)
    return weighed_answers(rows.filter(rows.period == scope.period.text), responses, _worth, _is_high)


def _is_high(rows: ir.Table) -> ir.BooleanValue:
    return _on_scale(rows, lambda scale: rows.score >= scale.high_from)


def _worth(rows: ir.Table) -> ir.NumericValue:
    """One answer as its survey counts it: 1, 0 or -1 of NPS, 1 or 0 of the others."""
    high = _is_high(rows).cast("int8")
    detractor = (rows.survey == "nps") & (rows.score <= SCALES["nps"].low_to)
    return high - detractor.cast("int8")


def _on_scale(rows: ir.Table, holds: Callable[[SurveyScale], ir.BooleanValue]) -> ir.BooleanValue:
    """Whether something holds of an answer on the scale of its survey."""
    return reduce(or_, ((rows.survey == survey) & holds(scale) for survey, scale in SCALES.items()))
