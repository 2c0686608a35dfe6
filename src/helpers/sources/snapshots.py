"""Tables of a database, each copied once a process into a Parquet file, and from then on read as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from helpers.records import Project
from helpers.sources.connection import Engine, text
from helpers.sources.databases import NULL, DatabaseColumn, Session, transaction
from helpers.sources.declarations import Sources, TableSource
from helpers.sources.places import Place
from helpers.sources.reading.files import Raw, parquet
from helpers.sources.refusals import TableError
from helpers.sources.shaping import contract_of, origin_of, problems
from helpers.sources.statements import columns_read

_LONGEST_ROW = 16_000_000
"""Bytes of one row; the engine keeps a few times as many while it reads."""


@dataclass(frozen=True)
class Snapshots:
    """What the tables of one declaration hold, by their names, and the answer to its fingerprint."""

    raw: Mapping[str, Raw]
    fingerprint: str | None


@dataclass(frozen=True)
class Declaration:
    """A logical table within all that a folder of params declares."""

    name: str
    sources: Sources
    folder: Path
    settings: Project

    @property
    def source(self) -> TableSource:
        """What is declared of the table itself."""
        return self.sources.tables[self.name]


def snapshots(engine: Engine, declaration: Declaration) -> Snapshots:
    """Every table of the database that a logical table is made of, and the answer to its fingerprint.

    Raises:
        TableError: the database refuses, or has no such table or column.
        ConnectionError: the database cannot be reached, or broke off.
    """
    source, connection = declaration.source, declaration.sources.connection
    if not source.tables:
        return Snapshots({}, None)
    with transaction(connection) as session:
        answer = session.answer(source.fingerprint) if source.fingerprint else None
        raw = {}
        for table in source.tables:
            columns = _taken(session, table, declaration)
            copied = partial(_copied, engine, session, table, columns)
            raw[table] = engine.once(("snapshot", connection, table, columns), copied)
    return Snapshots(raw, answer)


def _taken(session: Session, table: str, declaration: Declaration) -> tuple[DatabaseColumn, ...]:
    """The columns to be copied: what any logical table is made of, so that all of them share one copy."""
    columns = session.columns(table)
    needed = _needed(table, [column.name for column in columns], declaration)
    return tuple(column for column in columns if column.name in needed) or columns[:1]


def _copied(engine: Engine, session: Session, table: str, columns: Sequence[DatabaseColumn]) -> Raw:
    """The rows in an order of their own.

    A database has no order of rows. Here it is that of all columns from left to right, so that the same rows
    are the same file, whatever the server, and of rows with one key the same one is the first.
    """
    plain, file = engine.fresh_file(".csv"), engine.fresh_file(".parquet")
    try:
        session.copy(table, columns, plain)
        engine.duckdb.execute(
            f"COPY (SELECT * FROM {_scan(plain, columns)} ORDER BY ALL) TO {text(str(file))} (FORMAT parquet)"
        )
    except duckdb.InvalidInputException as error:
        if "Maximum line size" not in str(error):
            raise
        most = _LONGEST_ROW // 10**6
        raise TableError(
            f"{table} has a row of more than {most} MB. Read it through a view that cuts it short."
        ) from None
    finally:
        plain.unlink(missing_ok=True)
    return parquet(engine, [Place(table, file)])


def _scan(plain: Path, columns: Sequence[DatabaseColumn]) -> str:
    kinds = ", ".join(f"{text(column.name)}: {text(column.stored)}" for column in columns)
    return (
        f"read_csv({text(str(plain))}, auto_detect = false, header = false, columns = {{{kinds}}}, "
        f"delim = ',', quote = '\"', escape = '\"', new_line = '\\n', "
        f"nullstr = {text(NULL)}, allow_quoted_nulls = false, "
        f"max_line_size = {_LONGEST_ROW}, buffer_size = {_LONGEST_ROW})"
    )


def _needed(table: str, there: Sequence[str], declaration: Declaration) -> set[str]:
    """The columns of a table of the database that the logical tables read.

    Raises:
        TableError: one is missing that the table in question needs.
    """
    found: set[str] = set()
    for name, source in declaration.sources.tables.items():
        if source.table == table:
            contract = contract_of(name, there, source, declaration.folder, declaration.settings)
            if name == declaration.name:
                _complete(list(problems(contract, there, source)))
            found |= {origin for column in contract.columns if (origin := origin_of(column, source))}
        if source.sql is not None and table in source.tables:
            found |= columns_read(source.sql, there)
    return found


def _complete(missing: Sequence[str]) -> None:
    if missing:
        raise TableError(" ".join(missing))
