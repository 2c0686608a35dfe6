"""A logical table that was loaded: its good rows as an expression, and the account of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
from ibis.util import gen_name

from helpers import periods
from helpers.contracts import CONTRACTS, REASON, REPEATED, ROW, Contract, Kind, same_key
from helpers.coverage import Coverage
from helpers.findings import NoData
from helpers.periods import Grain, Period
from helpers.records import TableAccount
from helpers.records.settings import did_you_mean
from helpers.sources.reading.oddities import Oddities
from helpers.sources.refusals import TableError, TooManyRows
from helpers.sources.shaping import Shaped

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_ROWS = 1_000_000
"""Rows that a data frame may have unless more are asked for."""

TYPES: Mapping[Kind, str] = {"text": "string", "boolean": "boolean", "time": "timestamp", "day": "date"}
"""What the engine calls each kind of column; a number stays as it is."""


@dataclass(frozen=True)
class Origin:
    """What a table was made of: its columns as expressions over its file, and the rows set aside, if any."""

    shaped: Shaped
    set_aside: ir.Table | None

    @property
    def rows(self) -> ir.Table:
        """The numbered rows of the file that are good."""
        rows = self.shaped.raw.rows
        return rows if self.set_aside is None else rows.anti_join(self.set_aside, ROW)


@dataclass(frozen=True, eq=False)
class LoadedTable:
    """One logical table.

    `account` is None where the table is not supplied; `absent` then says why, `declared` whether
    `sources.yaml` names it, so that it is only empty. `verbatims` are the columns that hold what customers
    wrote. `coverage` tells which days the rows cover; None without times.
    """

    name: str
    account: TableAccount | None = None
    coverage: Coverage | None = None
    fiscal_year_start: int = 1
    absent: str = ""
    declared: bool = True
    contract: Contract = field(default=Contract("", (), None), repr=False)
    verbatims: frozenset[str] = field(default=frozenset(), repr=False)
    _rows: ir.Table | None = field(default=None, repr=False)
    _origin: Origin | None = field(default=None, repr=False)
    _last: date | None = field(default=None, repr=False)

    @property
    def expr(self) -> ir.Table:
        """The good rows, with the types of the contract.

        Raises:
            NoData: the table is not supplied.
        """
        if self._rows is None:
            raise NoData(self.absent)
        return self._rows

    @property
    def time(self) -> str:
        """The name of its time column.

        Raises:
            NoData: the table has none.
        """
        column = self.contract.time
        if column is None:
            raise NoData(f"The table {self.name} has no column of time.")
        self.need(column)
        return column

    @property
    def latest(self) -> date | None:
        """The last day that the rows cover; None for a table without times.

        Of rows that stand for a span (market_metrics), it is the last day of the newest span. Days far
        outside the bulk, as a wrong clock writes them, are none.
        """
        return self.coverage.last if self.coverage else None

    @property
    def covered(self) -> tuple[date, date] | None:
        """The first and the last day that the rows cover; None for a table without times."""
        return (self.coverage.first, self.coverage.last) if self.coverage else None

    @property
    def is_wide(self) -> bool:
        """Whether each row of its file answers several questions, which the key of a row then tells."""
        return self._origin is not None and bool(self._origin.shaped.raw.questions)

    @property
    def is_typed(self) -> bool:
        """Whether its rows stay in files with types, such as Parquet."""
        return self._origin is not None and self._origin.shaped.raw.lazy

    @property
    def odd(self) -> Oddities:
        """What is odd about its files."""
        return self._origin.shaped.raw.odd if self._origin is not None else Oddities()

    @property
    def origins(self) -> Mapping[str, str]:
        """The columns that it has from its files, each with the name that the files have for it."""
        return self._origin.shaped.origins if self._origin is not None else {}

    def as_written(self, column: str) -> ir.Table | None:
        """A column as the texts of its file beside the values made of them: `text` and `value`.

        None where the file has no texts there.
        """
        if self._origin is None or column not in self.origins:
            return None
        rows, value = self._origin.shaped.raw.rows, self._origin.shaped.values[column]
        text = rows[self.origins[column]]
        return rows.select(text=text, value=value) if text.type().is_string() else None

    def has(self, *columns: str) -> bool:
        """Whether the table is supplied with all these columns."""
        return self._rows is not None and set(columns) <= set(self._rows.columns)

    def need(self, *columns: str) -> None:
        """Make sure of optional columns.

        Raises:
            NoData: one of them is not supplied; a section that needs it becomes a gap that says so.
        """
        missing = [column for column in columns if column not in self.expr.columns]
        if missing:
            named = "column" if len(missing) == 1 else "columns"
            raise NoData(f"The table {self.name} has no {named} {' and '.join(missing)}.")

    def head(self, rows: int = 5) -> DataFrame:
        """The first rows, in the order of the file, as a data frame.

        Raises:
            NoData: the table is not supplied.
        """
        return _pulled(self.expr.limit(rows))

    def to_pandas(self, columns: Sequence[str] | None = None, *, most: int = MOST_ROWS) -> DataFrame:
        """The good rows as a data frame: those of these columns, or all.

        Args:
            columns: names of columns, in the order wanted.
            most: how many rows may be pulled; more are an error, since they may not fit into memory.

        Raises:
            TooManyRows: there are more; the message says how to count them instead, and how to insist.
            TableError: there is no such column.
            NoData: the table is not supplied.

        Example:
            >>> from helpers import sources
            >>> tickets = sources.of_rows("tickets", [{"ticket_id": "a", "csat": 4}])
            >>> tickets.to_pandas(columns=["csat"])
               csat
            0     4
        """
        wanted = self.expr.columns if columns is None else columns
        for column in wanted:
            if not self.has(column):
                known = list(self.expr.columns)
                hint = did_you_mean(column, known) or f" Its columns are {', '.join(known)}."
                raise TableError(f"The table {self.name} has no column {column}.{hint}")
        rows = self.count()
        if rows > most:
            raise TooManyRows(self.name, rows, most)
        return _pulled(self.expr.select(*wanted))

    def count(self) -> int:
        """How many good rows there are; those of the whole table were counted when it was loaded."""
        if self._last is None and self.account is not None:
            return self.account.kept
        return int(self.expr.count().to_pyarrow().as_py())

    def sql(self, statement: str) -> ir.Table:
        """What a SELECT over this table gives, as an expression: computed when it is shown or asked for.

        The table bears its name, and nothing else can be read; `sources.sql` reads all tables.

            responses.sql("select region, avg(score) as score from responses group by 1")

        Raises:
            TableError: the statement reads something else, or fails.
            NoData: the table is not supplied.

        Example:
            >>> from helpers import sources
            >>> tickets = sources.of_rows("tickets", [{"csat": 4}, {"csat": 2}])
            >>> tickets.sql("select avg(csat) as csat from tickets").to_pandas()
               csat
            0   3.0
        """
        from helpers.sources.sql_views import over

        return over(statement, {self.name: self})

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from helpers.sources.table_card import card_of

        return card_of(self)

    def repeats(self, key: str) -> ir.Table | None:
        """Every readable row whose key was left out of the good rows at least once; None where none was."""
        if self._origin is None or self._origin.set_aside is None:
            return None
        shaped, set_aside = self._origin.shaped, self._origin.set_aside
        again = set_aside.filter(set_aside[REASON].startswith(REPEATED))
        rows = shaped.raw.rows.select(ROW, **shaped.values)
        keys = rows.semi_join(again, ROW).select(key).distinct()
        return rows.semi_join(keys, key).drop(ROW)

    def during(self, period: Period) -> ir.Table:
        """The good rows whose time lies in the period; all of them for all time.

        Raises:
            NoData: the table is not supplied, or has no times.
        """
        column = self.expr[self.time]
        if period.year is None:
            return self.expr
        return self.expr.filter(column >= _like(column, period.start), column < _like(column, period.end))

    def within(self, periods: Sequence[Period]) -> ir.Table:
        """The good rows whose time lies in one of these periods, which do not overlap; `period` has its text.

        Raises:
            NoData: the table is not supplied, or has no times.
        """
        column = self.expr[self.time]
        inside = [
            ibis.literal(True)
            if period.year is None
            else (column >= _like(column, period.start)) & (column < _like(column, period.end))
            for period in periods
        ]
        named = ibis.cases(*((each, period.text) for each, period in zip(inside, periods, strict=True)))
        return self.expr.mutate(period=named).filter(lambda rows: rows.period.notnull())

    def until(self, day: date) -> LoadedTable:
        """The same table without the rows whose time lies after a day; rows without a time stay.

        Raises:
            NoData: the table is not supplied, or has no times.
        """
        return replace(self, _rows=_not_after(self.expr, self.time, day), _last=day)

    def joined(self, other: LoadedTable, on: Sequence[str]) -> ir.Table:
        """The good rows, each with what the other table has for it (a left join).

        Args:
            other: the table that has one row at most for each combination of `on`.
            on: the columns that tell which rows belong together; those that both tables have are used.

        Returns:
            The columns of this table, those of the other that this one lacks, and `has_<other>`: whether
            there was a row for it. Tables over one file whose every row is good for the other are not
            joined: the file is read once.

        Raises:
            NoData: one of the tables is not supplied, or they share none of these columns.
        """
        keys = [column for column in on if self.has(column) and other.has(column)]
        if not keys:
            raise NoData(f"{self.name} and {other.name} share none of the columns {', '.join(on)}.")
        added = [column for column in other.expr.columns if column not in self.expr.columns]
        there = f"has_{other.name}"
        if self.lies_beside(other, keys):
            assert self._origin is not None and other._origin is not None
            mine, theirs = self._origin.shaped.values, other._origin.shaped.values
            beside = self._origin.rows.select(
                **mine, **{column: theirs[column] for column in added}, **{there: ibis.literal(True)}
            )
            return beside if self._last is None else _not_after(beside, self.time, self._last)
        found = other.expr.select(*keys, *added, **{there: ibis.literal(True)})
        rows = self.expr.left_join(found, [same_key(self.expr[key], found[key]) for key in keys])
        return rows.select(*self.expr.columns, *added, **{there: rows[there].fill_null(False)})

    def lies_beside(self, other: LoadedTable, keys: Sequence[str]) -> bool:
        """Whether row and row of one file belong together by these keys, so that no join is needed."""
        mine, theirs = self._origin, other._origin
        keys = [key for key in keys if self.has(key) and other.has(key)]
        if mine is None or theirs is None or mine.shaped.raw is not theirs.shaped.raw:
            return False
        one_each = set(other.contract.key) & set(other.expr.columns) <= set(keys)
        same = all(mine.shaped.values[key].equals(theirs.shaped.values[key]) for key in keys)
        return theirs.set_aside is None and one_each and same

    def resolve(self, period: str | Period, grain: Grain = "quarter") -> Period:
        """The period that a parameter means.

        `last_complete` is the last whole quarter (month, week: the grain) that the rows cover, `previous` the
        one before.

        Raises:
            PeriodError: the text names no period.
            NoData: a relative period of a table that is not supplied or has no times.
        """
        if isinstance(period, Period):
            return period
        if period not in periods.RELATIVE:
            return Period.parse(period, self.fiscal_year_start)
        if self.latest is None:
            raise NoData(self.absent or f"The table {self.name} has no column of time.")
        return periods.resolve(period, self.latest + timedelta(days=1), self.fiscal_year_start, grain)


def materialized(table: ir.Table) -> ir.Table:
    """The table worked out once and kept in the engine.

    Not as `.cache()`, whose clean-up fails with sqlglot 30.30 and ibis 12 (DROP TABLE loses its name).
    """
    return table.get_backend().create_table(gen_name("kept"), table, temp=True)


def first_of(*tables: LoadedTable) -> LoadedTable:
    """The first of several tables that has rows: the one that an edition is about.

    Example:
        >>> from helpers import sources
        >>> tickets = sources.of_rows("tickets", [{"opened_at": date(2026, 7, 1)}])
        >>> none = sources.LoadedTable("responses", absent="The table responses is not supplied.")
        >>> sources.first_of(none, tickets).name
        'tickets'

    Raises:
        NoData: none of them has; the edition is skipped.
    """
    found = next((table for table in tables if table._rows is not None), None)
    if found is None:
        raise NoData(" ".join(table.absent for table in tables))
    return found


def of_rows(name: str, rows: Sequence[Mapping[str, object]]) -> LoadedTable:
    """Rows at hand as a logical table, for tests and examples: nothing is read, and no rule of it is checked.

    Args:
        name: the logical table, which says what the columns mean.
        rows: one mapping of column to value a row; they are given the types of the contract.

    Example:
        >>> from datetime import date
        >>> from helpers import sources
        >>> june, september = date(2026, 6, 30), date(2026, 9, 30)
        >>> tickets = sources.of_rows("tickets", [{"opened_at": june}, {"opened_at": september}])
        >>> quarter = tickets.resolve("last_complete")
        >>> quarter.label, tickets.during(quarter).count().to_pyarrow().as_py()
        ('2026 Q3', 1)
    """
    contract, table = CONTRACTS[name], ibis.memtable([dict(row) for row in rows])
    times = [str(row[contract.time])[:10] for row in rows if contract.time and row.get(contract.time)]
    coverage = Coverage.of(Counter(map(date.fromisoformat, times)), spans=contract.spans)
    account = TableAccount(name=name, read=len(rows), kept=len(rows), **dated(coverage))
    types = {one.name: TYPES[one.kind] for one in contract.columns if one.kind in TYPES}
    known = {column: types[column] for column in table.columns if column in types}
    return LoadedTable(name, account, coverage, contract=contract, _rows=table.cast(known))


def dated(coverage: Coverage | None) -> dict[str, Any]:
    """What the account of a table says of its days."""
    if coverage is None:
        return {}
    return {
        "earliest": coverage.first.isoformat(),
        "latest": coverage.last.isoformat(),
        "silent_days": coverage.silent,
        "outside": {day.isoformat(): rows for day, rows in coverage.outside.items()},
    }


def _pulled(rows: ir.Table) -> DataFrame:
    found: DataFrame = rows.to_pandas()
    return found


def _not_after(rows: ir.Table, time: str, day: date) -> ir.Table:
    return rows.filter((rows[time].cast("date") <= day).fill_null(True))


def _like(column: ir.Value, day: date) -> ir.Value:
    return ibis.literal(day) if column.type().is_date() else ibis.literal(datetime.combine(day, time.min))
