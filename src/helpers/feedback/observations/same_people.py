"""People who stand in a period and in an earlier one that it is compared with, counted in the engine.

Who answered once in each is a pair. Who answered several times in one of them is not followed: those answers
count as if they were of different people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir

from helpers.periods import Period
from helpers.stats import Pairs, shared_correlation

DIMENSIONS = ("region", "segment")

Outcome = Callable[[int], float]
"""What is measured of a value that the engine gives."""


@dataclass(frozen=True)
class PairedPeople:
    """People of one region and segment then and now, with what they answered both times.

    Attributes:
        what: what is measured of them: a survey, a theme, `answered`.
        then: the earlier period.
        pairs: the sums over them, the page's period first.
        now: their region and segment in the page's period, as far as the table knows them.
        before: those in the earlier one.
    """

    what: str
    then: Period
    pairs: Pairs
    now: Mapping[str, str | None]
    before: Mapping[str, str | None]

    def within(self, where: Mapping[str, str]) -> bool:
        """Whether they were in a part both times."""
        return all(self.now.get(name) == self.before.get(name) == value for name, value in where.items())


@dataclass(frozen=True)
class SamePeople:
    """Who stands in the page's period and in each that it is compared with.

    >>> spring, pairs = Period(2026, 2), Pairs(200, 100, 100, 100, 100, 90)
    >>> emea = PairedPeople("csat", spring, pairs, {"region": "EMEA"}, {"region": "EMEA"})
    >>> same = SamePeople((emea,))
    >>> same.correlation("csat", spring, {"region": "EMEA"}, (400, 400))
    0.4
    >>> same.correlation("nps", spring, {}, (400, 400))
    0.0
    """

    people: tuple[PairedPeople, ...] = ()

    def correlation(
        self, what: str, then: Period, where: Mapping[str, str], answers: tuple[int, int]
    ) -> float:
        """The correlation of the numbers of a part in both periods, of so many answers now and then.

        How alike people answer is taken from all of them, how many there are from the part.
        """
        known = [one for one in self.people if one.what == what and one.then == then]
        alike = sum((one.pairs for one in known), Pairs()).correlation
        shared = sum(one.pairs.n for one in known if one.within(where))
        return shared_correlation(alike, shared, *answers)


def same_people(
    rows: ir.Table, person: str, periods: Sequence[Period], outcomes: Mapping[str, Outcome], *, by: str = ""
) -> SamePeople:
    """Count who stands once in the first of the periods and once in another; one query.

    `rows` has the columns `period` (`Scope.rows_compared`) and `value`, a whole number; `outcomes` make of it
    what is measured, by name. Where `by` names a column, such as the survey, a pair has one value of
    it, which is the name of its outcome.
    """
    now, *earlier = periods
    if not earlier:
        return SamePeople()
    dimensions = [name for name in DIMENSIONS if name in rows.columns]
    known, keys = rows.filter(rows[person].notnull()), [person, *([by] if by else [])]
    once = known.group_by("period", *keys).agg(
        rows=known.count(), value=known.value.max(), **{name: known[name].max() for name in dimensions}
    )
    once = once.filter(once["rows"] == 1)
    first, second = once.filter(once.period == now.text), once.filter(once.period != now.text)
    both = first.inner_join(second, keys, rname="{name}_then")
    told = [*keys[1:], *(f"{name}{side}" for name in ("value", *dimensions) for side in ("", "_then"))]
    counted = both.group_by("period_then", *told).agg(people=both.count()).order_by("period_then", *told)
    texts = {period.text: period for period in earlier}
    return SamePeople(
        tuple(
            PairedPeople(
                what,
                texts[row["period_then"]],
                _pairs(row["people"], outcome(row["value"]), outcome(row["value_then"])),
                {name: row[name] for name in dimensions},
                {name: row[f"{name}_then"] for name in dimensions},
            )
            for row in counted.to_pyarrow().to_pylist()
            for what, outcome in outcomes.items()
            if not by or row[by] == what
        )
    )


def _pairs(people: int, now: float, then: float) -> Pairs:
    """So many people who had the one value in the period, and the other before."""
    return Pairs(people, people * now, people * then, people * now**2, people * then**2, people * now * then)
