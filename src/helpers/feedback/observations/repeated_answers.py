"""Who answered how often: in a period, and in it and one that it is compared with; counted in the engine.

Several answers of one account, or of one person where no account is known, are a cluster: they are alike, and
count less than answers of different people. Answers that name nobody are each of somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers.periods import Period
from helpers.sources import LoadedTable
from helpers.sources.table import materialized
from helpers.stats import ClusterSums, Pairs, effective_n, shared_correlation

DIMENSIONS = ("region", "segment")

Outcome = Callable[[ir.Table], ir.NumericValue]
"""What is measured of an answer, as the engine computes it."""

_WHO = "cluster"
Dimensions = Mapping[str, str | None]


@dataclass(frozen=True)
class Part:
    """A part of the answers: of one period, in these groups, and in none of those that `without` names.

    >>> from helpers.periods import Period
    >>> others = Part(Period(2026, 3), {"region": "EMEA"}, {"segment": "Enterprise"})
    >>> others.holds({"region": "EMEA", "segment": None})
    True
    """

    period: Period
    where: Dimensions = field(default_factory=dict)
    without: Dimensions = field(default_factory=dict)

    def holds(self, groups: Dimensions) -> bool:
        """Whether answers of these groups belong to the part."""
        return all(groups.get(name) == value for name, value in self.where.items()) and all(
            groups.get(name) != value for name, value in self.without.items()
        )


@dataclass(frozen=True)
class SharedAnswers:
    """Answers of the same clusters in two groups: the sum of how many each has in one times in the other.

    Attributes:
        groups: the region and the segment of the one, as far as the table knows them.
        others: those of the other.
        products: the sum over clusters.
        answers: how many answers the one has of these clusters.
        people: how many people of these clusters answered in both, at most.
    """

    groups: Dimensions
    others: Dimensions
    products: int
    answers: int
    people: int = 0


@dataclass(frozen=True)
class Respondents:
    """What several answers of the same people and accounts count.

    Attributes:
        shared: by survey and two periods (the same one twice, or the page's and an earlier one) the answers
            that clusters have in both, by group. The survey is empty where all have one.
        sums: by what is measured, all clusters of all periods.
        pairs: by what is measured and earlier period, those who answered then and in the page's period.

    Example:
        200 people answer once in each of two quarters, and alike.

        >>> from helpers.periods import Period
        >>> summer, spring = Period(2026, 3), Period(2026, 2)
        >>> both = SharedAnswers({}, {}, products=200, answers=200)
        >>> told = Respondents({("csat", summer, spring): (both,)}, pairs={
        ...     ("csat", spring): Pairs(200, 200, 100, 100, 100, 100, 90)
        ... })
        >>> told.correlation("csat", Part(summer), Part(spring), (400, 400))
        0.4
        >>> told.effective("csat", Part(summer), 400)
        400.0
    """

    shared: Mapping[tuple[str, Period, Period], Sequence[SharedAnswers]] = field(default_factory=dict)
    sums: Mapping[str, ClusterSums] = field(default_factory=dict)
    pairs: Mapping[tuple[str, Period], Pairs] = field(default_factory=dict)

    def effective(self, what: str, part: Part, n: int) -> float:
        """As how many independent answers the `n` of a part count (Kish 1965).

        How alike answers of one cluster are is taken from the whole table. Of a period that was not followed
        it is taken how often people answer in the others.
        """
        sums = self.sums.get(what)
        if sums is None or not n:
            return float(n)
        counted = self._shared(what, part.period, part.period)
        if counted is None:
            return self.usually(what, n)
        inside = [one for one in counted if part.holds(one.groups) and part.holds(one.others)]
        named = sum(one.answers for one in inside if one.groups == one.others)
        return effective_n(n, n, sum(one.products for one in inside) + n - named, sums.alike)

    def people(self, what: str, part: Part, n: int) -> int:
        """How many people gave the `n` answers of a part, at least; answers that name nobody are each of one.

        Who is in several of its groups counts once: their pairs are taken off (Bonferroni 1936).
        """
        counted = self._shared(what, part.period, part.period) or ()
        inside = [one for one in counted if part.holds(one.groups) and part.holds(one.others)]
        alone = [one for one in inside if one.groups == one.others]
        together = sum(one.people for one in inside) - (among := sum(one.people for one in alone))
        return max(0, n - sum(one.answers for one in alone) + among - together // 2)

    def usually(self, what: str, n: int) -> float:
        """As how many independent answers `n` count where clusters have as many of them as elsewhere."""
        sums = self.sums.get(what)
        return effective_n(n, n, n * sums.answers_beside, sums.alike) if sums and n else float(n)

    def correlation(self, what: str, part: Part, other: Part, n: tuple[int, int]) -> float:
        """The correlation of the numbers of two parts, of so many answers each (Zou & Donner 2008).

        How alike one cluster's answers are in both is taken from all of them, how many there are from the
        parts. Of two parts of one period it is that within a period.
        """
        counted = self._shared(what, part.period, other.period)
        if not counted:
            return 0.0
        products = sum(one.products for one in counted if part.holds(one.groups) and other.holds(one.others))
        if part.period == other.period:
            alike = self.sums.get(what, ClusterSums()).alike
        else:
            alike = self.pairs.get((what, other.period), Pairs()).correlation
        counts = (self.effective(what, part, n[0]), self.effective(what, other, n[1]))
        return shared_correlation(alike, products, n, counts)

    def _shared(self, what: str, period: Period, other: Period) -> Sequence[SharedAnswers] | None:
        return self.shared.get((what, period, other), self.shared.get(("", period, other)))


def clustered(rows: ir.Table, table: LoadedTable) -> ir.Table | None:
    """The rows that name who answered, as the column `cluster`; None where the table names nobody."""
    person = rows.respondent_id if table.has("respondent_id") else None
    if table.has("account_id"):
        # A person may be called as some account is.
        known = rows.account_id if person is None else rows.account_id.fill_null(ibis.literal("1 ") + person)
    elif person is not None:
        known = person
    else:
        return None
    return rows.mutate(**{_WHO: known}).filter(lambda row: row[_WHO].notnull())


def respondents(
    rows: ir.Table | None,
    compared: Sequence[Period],
    outcomes: Mapping[str, Outcome],
    *,
    by: str = "",
    shown: Sequence[Period] = (),
) -> Respondents:
    """Count how often clusters answered in each period, and in the page's and each that it is compared with.

    Four queries. `rows` has the columns `cluster` and `period`, which has a period's text; `compared` begins
    with the page's own, `shown` are others. Where `by` names a column, such as the survey, there is one
    outcome, and what is measured is called by the values of that column.
    """
    if rows is None:
        return Respondents()
    names = list(outcomes)
    cells = _cells(rows, [outcome(rows) for outcome in outcomes.values()], by)
    each = _each_cluster(cells, names, by)
    told = {period.text: period for period in (*compared, *shown)}
    return Respondents(
        _shared_answers(cells, compared, told, by),
        _sums(each, names, by),
        _pairs(each, names, by, compared) if compared[1:] else {},
    )


def _cells(rows: ir.Table, values: Sequence[ir.NumericValue], by: str) -> ir.Table:
    """Of each cluster in each period and group the answers, and sum and squares of each outcome."""
    dimensions = [name for name in DIMENSIONS if name in rows.columns]
    known = {"respondent_id", "account_id"} <= {*rows.columns}
    people = ibis.greatest(rows.respondent_id.nunique(), 1) if known else ibis.literal(1)
    numbers = {at: value.cast("float64") for at, value in enumerate(values)}
    measured = {f"s_{at}": value.sum() for at, value in numbers.items()}
    measured |= {f"q_{at}": (value * value).sum() for at, value in numbers.items()}
    return materialized(
        rows.group_by([*_kind(by), "period", _WHO, *dimensions]).agg(
            m=rows.count(), people=people, **measured
        )
    )


def _each_cluster(cells: ir.Table, names: Sequence[str], by: str) -> ir.Table:
    """Of each cluster in each period the answers, and sum and squares of each outcome."""
    added = [f"{name}_{at}" for at in range(len(names)) for name in ("s", "q")]
    return cells.group_by([*_kind(by), "period", _WHO]).agg(
        **{name: cells[name].sum() for name in ("m", *added)}
    )


def _sums(each: ir.Table, names: Sequence[str], by: str) -> Mapping[str, ClusterSums]:
    measured = {
        f"{name}_{at}": value
        for at in range(len(names))
        for name, value in (
            ("total", each[f"s_{at}"].sum()),
            ("squared", each[f"q_{at}"].sum()),
            ("between", (each[f"s_{at}"] * each[f"s_{at}"] / each.m).sum()),
        )
    }
    keys = _kind(by)
    counted = each.group_by(keys) if keys else each
    found = counted.agg(
        clusters=each.count(),
        repeated=(each.m > 1).sum(),
        n=each.m.sum(),
        squares=(each.m * each.m).sum(),
        **measured,
    )
    rows = (found.order_by(keys) if keys else found).to_pyarrow().to_pylist()
    return {
        row.get(by) or name: ClusterSums(
            row["clusters"],
            int(row["repeated"]),
            int(row["n"]),
            int(row["squares"]),
            row[f"total_{at}"],
            row[f"squared_{at}"],
            row[f"between_{at}"],
        )
        for row in rows
        if row["clusters"]
        for at, name in enumerate(names)
    }


def _pairs(
    each: ir.Table, names: Sequence[str], by: str, compared: Sequence[Period]
) -> Mapping[tuple[str, Period], Pairs]:
    keys, told = _kind(by), {period.text: period for period in compared[1:]}
    first, second = each.filter(each.period == compared[0].text), each.filter(each.period.isin([*told]))
    both = first.inner_join(second, [*keys, _WHO], rname="{name}_then")
    measured = {
        f"{name}_{at}": value.sum()
        for at in range(len(names))
        for name, value in (
            ("first", both[f"s_{at}"] * both.m_then),
            ("second", both.m * both[f"s_{at}_then"]),
            ("first_squares", both[f"q_{at}"] * both.m_then),
            ("second_squares", both.m * both[f"q_{at}_then"]),
            ("products", both[f"s_{at}"] * both[f"s_{at}_then"]),
        )
    }
    found = both.group_by([*keys, "period_then"]).agg(
        members=both.count(), pairs=(both.m * both.m_then).sum(), **measured
    )
    rows = found.order_by([*keys, "period_then"]).to_pyarrow().to_pylist()
    return {
        (row.get(by) or name, told[row["period_then"]]): _pair(row, at)
        for row in rows
        for at, name in enumerate(names)
    }


def _pair(row: Mapping[str, Any], at: int) -> Pairs:
    names = ("first", "second", "first_squares", "second_squares", "products")
    return Pairs(row["members"], int(row["pairs"]), *(row[f"{name}_{at}"] for name in names))


def _shared_answers(
    cells: ir.Table, compared: Sequence[Period], told: Mapping[str, Period], by: str
) -> Mapping[tuple[str, Period, Period], Sequence[SharedAnswers]]:
    dimensions = [name for name in DIMENSIONS if name in cells.columns]
    keys = _kind(by)
    cells = cells.select(*keys, "period", _WHO, *dimensions, "m", "people")
    # Each period beside itself, and the page's beside each that it is compared with.
    itself, another = cells.mutate(beside=cells.period), cells.mutate(beside=ibis.literal(""))
    these = itself.union(another.filter(another.period == compared[0].text))
    those = itself.union(another.filter(another.period.isin([one.text for one in compared[1:]])))
    both = these.inner_join(those, [*keys, _WHO, "beside"], rname="{name}_then")
    groups = [f"{name}{side}" for name in ("period", *dimensions) for side in ("", "_then")]
    found = both.group_by([*keys, *groups]).agg(
        products=(both.m * both.m_then).sum(),
        answers=both.m.sum(),
        people=ibis.least(both.people, both.people_then).sum(),
    )
    shared: dict[tuple[str, Period, Period], list[SharedAnswers]] = {}
    for row in found.order_by([*keys, *groups]).to_pyarrow().to_pylist():
        key = (row.get(by) or "", told[row["period"]], told[row["period_then"]])
        shared.setdefault(key, []).append(
            SharedAnswers(
                {name: row[name] for name in dimensions},
                {name: row[f"{name}_then"] for name in dimensions},
                int(row["products"]),
                int(row["answers"]),
                int(row["people"]),
            )
        )
    return shared


def _kind(by: str) -> list[str]:
    return [by] if by else []
