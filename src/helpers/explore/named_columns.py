"""The columns that a parameter is called after: what the data hold there is what it can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

import ibis.expr.types as ir

from helpers.contracts import CONTRACTS
from helpers.records import project
from helpers.records.choices import ALL
from helpers.sources.connection import engine
from helpers.sources.loading import look

_HOMES = {"metric": ("market_metrics",), "feature": ("events",)}
"""Where a name is looked for that several tables use, each in its own sense, and that no loaded table has."""

_MOST = 200
"""A column with more values than this is no list to choose from."""

MayOpen = Callable[[str], bool]


@dataclass(frozen=True)
class NamedColumn:
    """A column of text of a table; what customers wrote is none."""

    table: str
    name: str
    rows: ir.Table = field(repr=False)

    def values(self) -> list[str] | None:
        """Its different values, in order; None where there are too many to choose from."""
        kept = engine(project().threads)
        return kept.once(("values", self.name, self.rows.op()), lambda: values_of(self.rows, self.name))

    def has(self, text: object) -> bool:
        """Whether a row has this value; a column with too many to choose from has `all`, too."""
        if (values := self.values()) is not None:
            return text in values
        found = self.rows.filter(self.rows[self.name] == str(text)).limit(1)
        return text == ALL or bool(found.count().to_pyarrow().as_py())


def columns_called(
    name: str, loads: Sequence[str] = (), may_open: MayOpen = lambda _table: True
) -> list[NamedColumn]:
    """The columns of this name: those of the tables that a notebook `loads`, else the first of another table.

    `may_open` says which tables may be opened to look.
    """
    homes = _HOMES.get(name, tuple(table for table in CONTRACTS if CONTRACTS[table].column(name)))
    own = list(_opened(name, filter(may_open, loads)))
    return own or list(islice(_opened(name, filter(may_open, homes)), 1))


def _opened(name: str, tables: Iterable[str]) -> Iterator[NamedColumn]:
    """The columns of that name that hold anything, one after the other."""
    for table in tables:
        with suppress(Exception):  # the cell that loads the table tells what is wrong with it
            found = look(table, optional=True)
            if not found.has(name) or not found.expr[name].type().is_string() or name in found.verbatims:
                continue
            if (column := NamedColumn(table, name, found.expr)).values() != []:
                yield column


def values_in(columns: Sequence[NamedColumn]) -> list[str]:
    """The values of all these columns; none where one has too many to choose from."""
    found = [column.values() for column in columns]
    if any(values is None for values in found):
        return []
    return list(dict.fromkeys(value for values in found for value in values or ()))


def values_of(rows: ir.Table, column: str) -> list[str] | None:
    """The different values of a column, in order; None where there are too many to choose from."""
    found = rows.select(column).distinct().limit(_MOST + 1).to_pyarrow()[column].to_pylist()
    return sorted(filter(None, found)) if len(found) <= _MOST else None
