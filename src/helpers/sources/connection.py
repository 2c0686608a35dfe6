"""The embedded engine: one DuckDB connection a process, which loads nothing from outside."""

from __future__ import annotations

import sys
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

if sys.platform == "linux":
    import resource

T = TypeVar("T")

PART_OF_LIMIT = 0.4
"""What DuckDB may hold of the memory that a limited process has left; the rest is for what it does not
count (results, states of aggregates, pages that the allocator keeps) and for Python."""


@dataclass
class Engine:
    """A connection, the files that it has read so far, and a folder for what it unpacks.

    Files are remembered by what they were when they were read, so two logical tables over one file read it
    once, and a file that changed is read again.

    `rows_behind` says of its tables and views how many rows a query over them has to read at most; of those
    that are `streamed`, the first rows are there without reading the others.
    """

    ibis: ibis.BaseBackend
    folder: tempfile.TemporaryDirectory[str]
    rows_behind: dict[str, int] = field(default_factory=dict)
    streamed: set[str] = field(default_factory=set)
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
        self.duckdb.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {self.ibis.compile(rows)}")
        return self.ibis.table(name)


@lru_cache(maxsize=1)
def engine(threads: int) -> Engine:
    """The engine of this process; within a limit of memory it writes what is too large to its folder."""
    folder = tempfile.TemporaryDirectory(prefix="quarterdeck-")
    return Engine(ibis.duckdb.from_connection(_opened(threads, folder.name)), folder)


def another(running: Engine, folder: Path) -> duckdb.DuckDBPyConnection:
    """A second engine with the settings of the first and a folder of its own; nothing is shared."""
    threads = running.duckdb.execute("SELECT current_setting('threads')").fetchall()[0][0]
    return _opened(threads, str(folder))


def _opened(threads: int, folder: str) -> duckdb.DuckDBPyConnection:
    left = _memory_left()
    bounded = {} if left is None else {"memory_limit": f"{round(left * PART_OF_LIMIT / 1e6)}MB"}
    connection = duckdb.connect(
        ":memory:",
        config={
            **bounded,
            "threads": threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "preserve_insertion_order": True,
            "temp_directory": folder,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # in a kernel it is a widget, left in the page
    return connection


def _memory_left() -> int | None:
    """Bytes that this process may still take; None where nothing limits it."""
    if sys.platform != "linux":
        return None
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if limit == resource.RLIM_INFINITY:
        return None
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    return max(0, limit - pages * resource.getpagesize())


def quoted(name: str) -> str:
    """An identifier in SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal in SQL."""
    return "'" + value.replace("'", "''") + "'"
