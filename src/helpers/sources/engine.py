"""The embedded engine: one DuckDB connection a process, which loads nothing from outside."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TypeVar

import duckdb
import ibis
import ibis.expr.types as ir

T = TypeVar("T")


@dataclass
class Engine:
    """A connection, the files that it has read so far, and a folder for what it unpacks.

    Files are remembered by what they were when they were read, so two logical tables over one file read it
    once, and a file that changed is read again.
    """

    ibis: ibis.BaseBackend
    folder: tempfile.TemporaryDirectory[str]
    _read: dict[object, object] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=count)

    @property
    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """The bare connection, for what DuckDB alone can do: read files."""
        connection: duckdb.DuckDBPyConnection = self.ibis.con
        return connection

    def fresh_name(self, stem: str) -> str:
        """A name that no other table of this connection has."""
        return f"{stem}_{next(self._numbers)}"

    def fresh_file(self, suffix: str) -> Path:
        """A file that goes when the process ends."""
        return Path(self.folder.name) / f"{next(self._numbers)}{suffix}"

    def once(self, key: object, read: Callable[[], T]) -> T:
        """What `read` gives, read once for each key."""
        if key not in self._read:
            self._read[key] = read()
        return self._read[key]  # type: ignore[return-value]

    def kept(self, name: str, rows: ir.Table) -> ir.Table:
        """The rows of a query as a table in memory, in their order."""
        self.duckdb.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {ibis.to_sql(rows)}")
        return self.ibis.table(name)


@lru_cache(maxsize=1)
def engine(threads: int) -> Engine:
    """The engine of this process."""
    folder = tempfile.TemporaryDirectory(prefix="quarterdeck-")
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "preserve_insertion_order": True,
            "temp_directory": folder.name,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    return Engine(ibis.duckdb.from_connection(connection), folder)


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal in SQL."""
    return "'" + value.replace("'", "''") + "'"
