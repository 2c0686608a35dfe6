"""Invitations to surveys, counted once by segment: how many were sent, how many were answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import ibis.expr.types as ir

from helpers.feedback.observations.repeated_answers import Part, Respondents, clustered, respondents
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope
from helpers.sources import LoadedTable


class Invited(NamedTuple):
    """How many invitations were answered, of how many that were sent.

    >>> Invited(answered=30, sent=400)
    Invited(answered=30, sent=400)
    """

    answered: int
    sent: int


NOBODY = Invited(0, 0)
ANSWERED = "answered"


@dataclass(frozen=True)
class Invitations:
    """Invitations of the period and of those it is compared with, by segment; `unnamed` name none.

    >>> from helpers.periods import Period
    >>> summer, sent = Period(2026, 3), {"Enterprise": Invited(30, 400), "Self-serve": Invited(90, 600)}
    >>> Invitations(Scope(summer), {summer: sent}).total()
    Invited(answered=120, sent=1000)
    """

    scope: Scope
    named: Mapping[Period, Mapping[str, Invited]]
    unnamed: Mapping[Period, Invited] = field(default_factory=dict)
    who: Respondents = field(default=Respondents(), repr=False)

    @property
    def now(self) -> Mapping[str, Invited]:
        """The invitations of the page's period by segment."""
        return self.named.get(self.scope.period, {})

    def total(self, period: Period | None = None) -> Invited:
        """All invitations of a period, by default the page's, whether or not they name a segment."""
        wanted = period or self.scope.period
        return _total([*self.named.get(wanted, {}).values(), self.unnamed.get(wanted, NOBODY)])

    def of(self, segment: str, period: Period | None = None) -> Invited:
        """The invitations of a segment in a period, by default the page's."""
        return self.named.get(period or self.scope.period, {}).get(segment, NOBODY)

    @property
    def shown(self) -> tuple[str, ...]:
        """The segments that may be shown beside their total, in alphabetical order."""
        return self.scope.shown(self.sizes)

    @property
    def sizes(self) -> dict[str, int]:
        """How many people of each segment were asked in the period, in alphabetical order."""
        period = self.scope.period
        return {
            name: self.who.people(ANSWERED, Part(period, {"segment": name}), self.now[name].sent)
            for name in sorted(self.now)
        }


def invitations(table: LoadedTable, scope: Scope) -> Invitations:
    """Count the invitations of the period and of those compared with by segment, and who was asked before.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> july = {"sent_at": date(2026, 7, 1), "segment": "Enterprise"}
        >>> rows = [{**july, "response_id": answer} for answer in ("a", "b", None, None, None)]
        >>> invitations(sources.of_rows("invitations", rows), Scope(Period(2026, 3))).total()
        Invited(answered=2, sent=5)

    Raises:
        NoData: there are no invitations in this period and region, or they do not say who answered.
    """
    table.need("response_id", "segment")
    counted = _counted(table, scope.on(table))
    if counted.total().sent < scope.min_group:
        raise NoData(f"There are too few invitations in {scope.place}, {scope.period.label}.")
    return counted


def _counted(table: LoadedTable, scope: Scope) -> Invitations:
    rows, periods = scope.rows_compared(table), {one.text: one for one in scope.periods_compared}
    counted = (
        rows.group_by("period", "segment")
        .agg(answered=rows.response_id.count(), sent=rows.count())
        .order_by("period", "segment")
    )
    named: dict[Period, dict[str, Invited]] = {period: {} for period in periods.values()}
    unnamed: dict[Period, Invited] = {}
    for row in counted.to_pyarrow().to_pylist():
        period, invited = periods[row["period"]], Invited(row["answered"], row["sent"])
        if row["segment"] is None:
            unnamed[period] = invited
        else:
            named[period][row["segment"]] = invited
    return Invitations(scope, named, unnamed, _who(table, scope))


def _who(table: LoadedTable, scope: Scope) -> Respondents:
    """Who was asked how often in each period, and answered."""
    rows = clustered(scope.rows_compared(table), table)
    return respondents(rows, scope.periods_compared, {ANSWERED: _answered})


def _answered(rows: ir.Table) -> ir.NumericValue:
    return rows.response_id.notnull().cast("int8")


def _total(counts: Iterable[Invited]) -> Invited:
    answered, sent = zip(*counts, strict=True) if (counts := list(counts)) else ((), ())
    return Invited(sum(answered), sum(sent))
