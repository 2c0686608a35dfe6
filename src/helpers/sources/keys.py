"""Two tables that should meet: how many keys of each are found in the other.

Ids that are written in two ways (`A-17` and `17`) join to nothing, and a report on nothing looks like a
report on people who did nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from helpers import style
from helpers.contracts import REPEATED, same_key
from helpers.records import Check, TableAccount
from helpers.sources.refusals import TableError
from helpers.sources.remedies import masked
from helpers.sources.table import LoadedTable

MEETING: Mapping[tuple[str, str], str] = {
    ("assignments", "outcomes"): "unit_id",
    ("users", "events"): "user_id",
    ("invitations", "responses"): "response_id",
}
"""Which tables should meet, and by which column."""
TOO_FEW = 0.5
MANY_REPEATS = 0.01
ANSWERED_ONCE = ("responses", "tickets", "mentions")
"""Tables whose rows with one key are rather two answers than one answer twice."""


@dataclass(frozen=True)
class Meeting:
    """How many different keys each table has, how many both have; one of each that the other lacks."""

    column: str
    tables: tuple[str, str]
    keys: tuple[int, int]
    shared: int
    alone: tuple[str | None, str | None]

    @property
    def shares(self) -> tuple[float, float]:
        """The part of each table's keys that the other has too, 0 to 1."""
        first, second = (self.shared / keys if keys else 0.0 for keys in self.keys)
        return first, second

    def check(self) -> Check:
        """The meeting as a check; under half of both sides is a warning.

        Raises:
            TableError: no key of one is a key of the other.
        """
        first, second = self.tables
        if self.shared == 0:
            raise TableError(
                f"{first} and {second} share no {self.column}: {first} writes it like {self.alone[0]!r}, "
                f"{second} like {self.alone[1]!r}. Say under columns which column is {self.column}, or mend "
                "how one of them writes it."
            )
        shared = style.number(self.shared)
        told = [
            f"{shared} of {style.number(keys)} ({style.value(share, 'share', 0)}) of {table}"
            for table, keys, share in zip(self.tables, self.keys, self.shares, strict=True)
        ]
        return Check(
            key=f"keys@table={first},with={second}",
            passed=max(self.shares) >= TOO_FEW,
            severity="info" if max(self.shares) >= TOO_FEW else "warn",
            text=f"Different values of {self.column} that both tables have: {told[0]}, {told[1]}.",
        )


def meeting(first: LoadedTable, second: LoadedTable, column: str) -> Meeting:
    """How many keys of each table are found in the other; two distinct counts and a join."""
    mine, theirs = (_keys(table, column, side) for table, side in ((first, "mine"), (second, "theirs")))
    both = mine.outer_join(theirs, same_key(mine.mine, theirs.theirs))
    row = both.agg(
        mine=both.mine.count(),
        theirs=both.theirs.count(),
        shared=(both.mine.notnull() & both.theirs.notnull()).sum(),
        mine_alone=both.mine.min(where=both.theirs.isnull()),
        theirs_alone=both.theirs.min(where=both.mine.isnull()),
    )
    found = row.to_pyarrow().to_pylist()[0]
    mine_alone, theirs_alone = (
        masked(str(key)) if (key := found[name]) is not None else None
        for name in ("mine_alone", "theirs_alone")
    )
    return Meeting(
        column,
        (first.name, second.name),
        (found["mine"], found["theirs"]),
        int(found["shared"] or 0),
        (mine_alone, theirs_alone),
    )


def _keys(table: LoadedTable, column: str, name: str) -> ir.Table:
    rows = table.expr
    key = rows[column]
    if column == "response_id" and table.is_wide:
        key = key.re_replace(":[a-z_]+$", "")  # an invitation knows the response, not its questions
    return rows.filter(rows[column].notnull()).select(**{name: key}).distinct()


def partners(name: str) -> set[str]:
    """The tables that should meet the one of this name."""
    return {other for pair in MEETING if name in pair for other in pair if other != name}


def meetings(table: LoadedTable, others: Mapping[str, LoadedTable]) -> Iterator[Check]:
    """The check of each table, of those loaded before, that should meet this one."""
    for (first, second), column in MEETING.items():
        if table.name not in (first, second):
            continue
        other = others.get(second if table.name == first else first)
        if other is None or not (table.has(column) and other.has(column)):
            continue
        if table.lies_beside(other, [column]):
            continue
        pair = (table, other) if table.name == first else (other, table)
        yield meeting(*pair, column).check()


def repeated(table: LoadedTable) -> Iterator[Check]:
    """A warning where many rows with a key of another were left out, or many that may be one answer count."""
    account = table.account
    if account is None or table.name not in ANSWERED_ONCE:
        return
    if account.alike > MANY_REPEATS * account.read:
        yield _alike(table, account)
    for reason, rows in account.repeated.items():
        if reason.startswith(REPEATED) and rows > MANY_REPEATS * account.read:
            key = reason.removeprefix(REPEATED)
            yield Check(
                key=f"repeated@table={table.name}",
                passed=False,
                severity="warn",
                text=f"{style.number(rows)} of {style.number(account.read)} rows of {table.name} have the "
                f"{key} of another row and say something else{_pair(table, key)}; of each key the earliest "
                f"row was kept. If they are answers of their own, write {key}: {{row: true}}.",
            )


def _alike(table: LoadedTable, account: TableAccount) -> Check:
    key = table.contract.key[0]
    return Check(
        key=f"alike@table={table.name}",
        passed=False,
        severity="warn",
        text=f"{style.number(account.alike)} of {style.number(account.read)} rows of {table.name} are the "
        "same in every column as another row. The file has no key that tells whether they are one answer "
        f"twice, so they count. If they do not, write {key}: {{row: different}}.",
    )


def _pair(table: LoadedTable, key: str) -> str:
    """` (such as A…17, which differ in score)`: the smallest key with two different rows."""
    rows = table.repeats(key)
    if rows is None:
        return ""
    counted = rows.group_by(key).agg(**{name: rows[name].nunique() for name in rows.columns if name != key})
    one = counted.order_by(key).limit(1).to_pyarrow().to_pylist()[0]
    differing = [name for name, values in one.items() if name != key and values > 1]
    return f" (such as {masked(str(one[key]))}, in {style.listed(differing)})" if differing else ""
