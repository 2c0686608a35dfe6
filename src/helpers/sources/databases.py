"""A PostgreSQL database: what it holds, what it answers, and its rows copied out; nothing is written to it.

Light enough for `quarterdeck plan`: psycopg, and neither pandas nor ibis nor DuckDB.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.records import run_folder
from helpers.records.settings import did_you_mean
from helpers.sources.addresses import arguments
from helpers.sources.refusals import TableError
from helpers.sources.statements import StatementError, asked

if TYPE_CHECKING:
    from psycopg import Connection, Error

NULL = "\\N"
"""How a missing value is written in what `copy` writes; a text of these letters stands in quotes."""

_ANSWER_SECONDS = 30
_PASSING = ("starting up", "shutting down", "recovery mode", "too many", "remaining connection slots")
"""What a server says that refuses now and may not in a minute."""

_NO_PASSWORD = "no password supplied"
"""What libpq says, and not the server, where a password is asked for and none is there."""

_STORED = {
    16: "BOOLEAN",
    20: "BIGINT",
    21: "SMALLINT",
    23: "INTEGER",
    700: "REAL",
    701: "DOUBLE",
    1082: "DATE",
    1114: "TIMESTAMP",
    1184: "TIMESTAMPTZ",
}
"""DuckDB's type for PostgreSQL's, by its number; every other one is text, as PostgreSQL writes it."""
_NUMERIC = 1700
_DATED = ("DATE", "TIMESTAMP", "TIMESTAMPTZ")
_MOST_DIGITS = 38
_TABLES = """
    SELECT n.nspname || '.' || c.relname
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY 1"""

_COLUMNS = """
    SELECT attname FROM pg_catalog.pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
        AND pg_catalog.has_column_privilege(attrelid, attnum, 'SELECT')
    ORDER BY attnum"""
_NAMED = 12
"""How many tables a message names."""


@dataclass(frozen=True)
class DatabaseColumn:
    """A column of a table, and the DuckDB type that holds its values."""

    name: str
    stored: str

    def selected(self) -> str:
        """The column in SQL, with what only PostgreSQL knows brought within what others know.

        Infinity and the years BC become the last and the first day of four digits, which every contract sets
        aside as out of range; a NaN among decimals is a missing value, as it is everywhere.
        """
        name = _quoted(self.name)
        if self.stored.startswith("DECIMAL"):
            return f"NULLIF({name}, 'NaN')"
        if self.stored not in _DATED:
            return name
        first, last = "'0001-01-01'", "'9999-12-31'"
        return f"CASE WHEN {name} < {first} THEN {first} WHEN {name} > {last} THEN {last} ELSE {name} END"


@dataclass(frozen=True)
class Answer:
    """What a database said to a fingerprint: a hash; None where it did not answer, and why."""

    digest: str | None
    problem: str = ""


@dataclass(frozen=True)
class Session:
    """A connection that only reads; within `transaction`, every statement sees the same rows."""

    connection: Connection

    def tables(self) -> list[str]:
        """Every table and view, as `schema.name`."""
        with _told():
            return [row[0] for row in self.connection.execute(_TABLES)]

    def columns(self, table: str) -> tuple[DatabaseColumn, ...]:
        """The columns of a table that may be read.

        Raises:
            TableError: there is no such table, or nothing of it may be read.
            ConnectionError: the connection was lost.
        """
        there = self.tables()
        if table not in there:
            hint = did_you_mean(table, there) or f" There are {', '.join(there[:_NAMED]) or 'none'}."
            raise TableError(f"the database has no table {table}.{hint}")
        named = _quoted(*table.split("."))
        with _told():
            names = [row[0] for row in self.connection.execute(_COLUMNS, [named])]
            if not names:
                raise TableError(f"the user of connection may read no column of {table}.")
            head = self.connection.execute(f"SELECT {_listed(names)} FROM {named} LIMIT 0".encode())
        return tuple(
            DatabaseColumn(one.name, _stored(one.type_code, one.precision, one.scale))
            for one in head.description or ()
        )

    def answer(self, statement: str) -> str:
        """A hash of the one row that a statement gives.

        Raises:
            TableError: the statement fails, or gives no row or several.
            ConnectionError: the connection was lost.
        """
        with _told():
            rows = self.connection.execute(statement.encode()).fetchmany(2)
        if len(rows) != 1:
            raise TableError("fingerprint: the statement gives no row or several; write one that gives one.")
        return sha256(json.dumps([str(value) for value in rows[0]]).encode()).hexdigest()

    def copy(self, table: str, columns: Sequence[DatabaseColumn], target: Path) -> None:
        """Write columns of a table as CSV without a header; the server sends the rows one by one.

        Raises:
            TableError: the rows cannot be read.
            ConnectionError: the connection was lost.
        """
        selected = ", ".join(column.selected() for column in columns)
        query = f"SELECT {selected} FROM {_quoted(*table.split('.'))}"
        statement = f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '{NULL}')".encode()
        with (
            _told(),
            target.open("wb") as file,
            self.connection.cursor() as cursor,
            cursor.copy(statement) as rows,
        ):
            for row in rows:
                file.write(row)


@contextmanager
def transaction(connection: str) -> Iterator[Session]:
    """A transaction that sees one state of the database.

    A run has one for all its tables, as long as its kernel lives. In JupyterLab, where a kernel lives for
    days, each use has its own, so that no server keeps old rows for it.

    Raises:
        TableError: the connection cannot be understood, or the database refuses it.
        ConnectionError: the database cannot be reached.
    """
    run = run_folder()
    session = _begun(connection) if run is None else _of_the_run(connection, run)
    try:
        yield session
    except BaseException:
        _of_the_run.cache_clear()  # an error ends the transaction: nothing more can be read in it
        session.connection.close()
        raise
    if run is None:
        session.connection.close()


def answers(connection: str, questions: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, Answer]:
    """What a database says to fingerprints, each a statement and the tables that it may ask about.

    A statement may take half a minute. Why one is not answered is told, and not raised: a plan goes on.

    Raises:
        TableError: the connection cannot be understood, or the database refuses it.
        ConnectionError: the database cannot be reached.
    """
    with _connected(connection) as opened:
        with _told():
            opened.execute(f"SET statement_timeout = '{_ANSWER_SECONDS}s'".encode())
        return {name: _answered(Session(opened), *question) for name, question in questions.items()}


@lru_cache(maxsize=1)
def _of_the_run(connection: str, _run: Path) -> Session:
    return _begun(connection)


def _begun(connection: str) -> Session:
    """A session within a transaction that has begun."""
    opened = _connected(connection)
    opened.autocommit = False
    return Session(opened)


def _connected(connection: str) -> Connection:
    """A connection that can do nothing but read, and sees one state within a transaction."""
    try:
        import psycopg
    except ImportError:
        raise TableError(
            "a database is read through psycopg, which is not installed: pip install 'quarterdeck[postgres]'."
        ) from None
    try:
        found = arguments(connection)
    except ValueError as error:
        raise TableError(f"connection: {error}.") from None
    try:
        opened = psycopg.connect(**found, client_encoding="utf8", autocommit=True)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        if _is_refused(error):
            raise TableError(
                f"the database refuses the connection: {_said(error)}. "
                "Check user, password and database of connection in sources.yaml."
            ) from None
        raise ConnectionError(
            f"the database cannot be reached: {_said(error)}. "
            "Check that it runs, and the host in connection of sources.yaml."
        ) from None
    except psycopg.Error as error:
        raise TableError(f"connection: {_said(error)}. Check it in sources.yaml.") from None
    opened.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    opened.read_only = True
    with _told():
        opened.execute("SET TimeZone = 'UTC'")
        opened.execute("SET DateStyle = 'ISO, YMD'")
    return opened


def _is_refused(error: Error) -> bool:
    """Whether the server answered that it will not have this user, rather than not now, or not at all."""
    said = str(error)
    if "FATAL" in said:
        return not any(passing in said for passing in _PASSING)
    return _NO_PASSWORD in said


def _answered(session: Session, statement: str, tables: Sequence[str]) -> Answer:
    try:
        asked(statement, tables)
        with session.connection.transaction():
            return Answer(session.answer(statement))
    except (StatementError, TableError, ConnectionError) as error:
        return Answer(None, str(error))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _quoted(*names: str) -> str:
    """A name in SQL, and the schema before it."""
    from psycopg.sql import Identifier

    return Identifier(*names).as_string()


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the driver in the project's words: a lost connection can heal, the rest cannot."""
    import psycopg

    try:
        yield
    except psycopg.OperationalError as error:
        raise ConnectionError(f"the database broke off: {_said(error)}.") from None
    except psycopg.Error as error:
        raise TableError(f"the database says: {_said(error)}.") from None


def _said(error: Error) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return re.sub(r"^connection (failed|is bad): ", "", lines[0]).removesuffix(".")


def _stored(kind: int, precision: int | None, scale: int | None) -> str:
    if kind != _NUMERIC:
        return _STORED.get(kind, "VARCHAR")
    if precision is None or scale is None or precision > _MOST_DIGITS or not 0 <= scale <= precision:
        return "DOUBLE"
    return f"DECIMAL({precision},{scale})"
