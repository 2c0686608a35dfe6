"""Invitations to surveys, counted once by segment: how many were sent, how many were answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from helpers.findings import NoData
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


@dataclass(frozen=True)
class Invitations:
    """Invitations of the period and of the preceding one, by segment; `unnamed` name none.

    >>> from helpers.periods import Period
    >>> sent = {"Enterprise": Invited(30, 400), "Self-serve": Invited(90, 600)}
    >>> Invitations(Scope(Period(2026, 3)), sent).total
    Invited(answered=120, sent=1000)
    """

    scope: Scope
    now: Mapping[str, Invited]
    previous: Mapping[str, Invited] = field(default_factory=dict)
    unnamed: Invited = NOBODY
    previously_unnamed: Invited = NOBODY

    @property
    def total(self) -> Invited:
        """All invitations of the period, whether or not they name a segment."""
        return _total([*self.now.values(), self.unnamed])

    @property
    def named(self) -> Invited:
        """The invitations of the period that name a segment."""
        return _total(self.now.values())

    @property
    def previous_total(self) -> Invited:
        """All invitations of the preceding period."""
        return _total([*self.previous.values(), self.previously_unnamed])

    @property
    def shown(self) -> tuple[str, ...]:
        """The segments that may be shown beside their total, in alphabetical order."""
        return self.scope.shown({name: self.now[name].sent for name in sorted(self.now)})

    def previously(self, segment: str) -> Invited:
        """The invitations of a segment in the preceding period."""
        return self.previous.get(segment, NOBODY)


def invitations(table: LoadedTable, scope: Scope) -> Invitations:
    """Count the invitations of the period and of the preceding one by segment; one query.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> july = {"sent_at": date(2026, 7, 1), "segment": "Enterprise"}
        >>> rows = [{**july, "response_id": answer} for answer in ("a", "b", None, None, None)]
        >>> invitations(sources.of_rows("invitations", rows), Scope(Period(2026, 3))).total
        Invited(answered=2, sent=5)

    Raises:
        NoData: there are no invitations in this period and region, or they do not say who answered.
    """
    table.need("response_id", "segment")
    counted = _counted(table, scope)
    if counted.total.sent < scope.min_group:
        raise NoData(f"There are too few invitations in {scope.place}, {scope.period.label}.")
    return counted


def _counted(table: LoadedTable, scope: Scope) -> Invitations:
    rows = scope.rows_with_previous(table)
    counted = (
        rows.group_by("newest", "segment")
        .agg(answered=rows.response_id.count(), sent=rows.count())
        .order_by("newest", "segment")
    )
    sides: dict[bool, dict[str | None, Invited]] = {True: {}, False: {}}
    for row in counted.to_pyarrow().to_pylist():
        sides[row["newest"]][row["segment"]] = Invited(row["answered"], row["sent"])
    unnamed, previously = (side.pop(None, NOBODY) for side in (sides[True], sides[False]))
    now, previous = (
        {name: invited for name, invited in side.items() if name is not None}
        for side in (sides[True], sides[False])
    )
    return Invitations(scope.on(table), now, previous, unnamed, previously)


def _total(counts: Iterable[Invited]) -> Invited:
    answered, sent = zip(*counts, strict=True) if (counts := list(counts)) else ((), ())
    return Invited(sum(answered), sum(sent))
