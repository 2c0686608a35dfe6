"""What the same people answered in the period and in the one before: promoters, passives and detractors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from helpers.feedback.observations.survey_questions import SCALES, asked, main_questions
from helpers.findings import NoData
from helpers.scope import Scope
from helpers.sources import LoadedTable

PROMOTERS, PASSIVES, DETRACTORS = KINDS = ("Promoters", "Passives", "Detractors")


@dataclass(frozen=True)
class ChangedMinds:
    """People who answered both times, by what they were then and are now.

    >>> from helpers.periods import Period
    >>> people = {("Promoters", "Promoters"): 60, ("Passives", "Detractors"): 9}
    >>> minds = ChangedMinds(Scope(Period(2026, 3)), people)
    >>> minds.total, minds.became_detractors, minds.detractors_no_more
    (69, 9, 0)
    """

    scope: Scope
    people: Mapping[tuple[str, str], int] = field(repr=False)

    @property
    def total(self) -> int:
        """How many answered both times."""
        return sum(self.people.values())

    @property
    def became_detractors(self) -> int:
        """How many are detractors now and were none then."""
        return sum(n for (then, now), n in self.people.items() if now == DETRACTORS != then)

    @property
    def detractors_no_more(self) -> int:
        """How many were detractors then and are none now."""
        return sum(n for (then, now), n in self.people.items() if then == DETRACTORS != now)


def changed_minds(responses: LoadedTable, scope: Scope) -> ChangedMinds:
    """Count who answered NPS in the period and in the one compared with first; of several answers the last.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> days = {"2026Q2": date(2026, 4, 9), "2026Q3": date(2026, 7, 9)}
        >>> rows = [
        ...     {"survey": "nps", "respondent_id": f"p{n}", "submitted_at": day, "score": 9 if n else 2}
        ...     for day in days.values()
        ...     for n in range(6)
        ... ]
        >>> found = changed_minds(sources.of_rows("responses", rows), Scope(Period(2026, 3)))
        >>> found.people["Promoters", "Promoters"], found.total
        (5, 6)

    Raises:
        NoData: the answers name nobody, there is no period to compare with, or too few answered both times.
    """
    responses.need("respondent_id")
    if scope.baseline is None:
        raise NoData("There is no earlier period whose answers could be compared.")
    last = _last_answers(responses, scope)
    now, then = last.filter(last.period == scope.period.text), last.filter(last.period == scope.baseline.text)
    both = now.inner_join(then, "respondent_id", rname="{name}_then")
    counted = both.group_by("kind_then", "kind").agg(people=both.count()).order_by("kind_then", "kind")
    found = {(row["kind_then"], row["kind"]): row["people"] for row in counted.to_pyarrow().to_pylist()}
    if sum(found.values()) < scope.min_group:
        raise NoData(f"Fewer than {scope.min_group} people answered both in {scope.baseline_label} and now.")
    return ChangedMinds(scope, found)


def _last_answers(responses: LoadedTable, scope: Scope) -> ir.Table:
    """The last answer of each person in each period, as what it makes them."""
    rows, scale = asked(scope.rows_compared(responses), main_questions(responses)), SCALES["nps"]
    rows = rows.filter((rows.asked == "nps") & rows.respondent_id.notnull())
    kind = ibis.cases(
        (rows.score >= scale.high_from, PROMOTERS), (rows.score <= scale.low_to, DETRACTORS), else_=PASSIVES
    )
    order = [rows[responses.time].desc(), rows.score]  # of one moment the lowest, whatever the order of rows
    place = ibis.row_number().over(group_by=[rows.period, rows.respondent_id], order_by=order)
    placed = rows.select("period", "respondent_id", kind=kind, place=place)
    return placed.filter(placed.place == 0)
