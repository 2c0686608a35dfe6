"""The ledger: every attempt, written before it starts and after it ends.

The `run.json` files hold the whole truth; the ledger is their index, and can be rebuilt from them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from quarterdeck.layout import Layout
from quarterdeck.record import RunRecord

_COLUMNS = (
    "run_id", "report", "edition", "status", "published", "reason", "draft", "attempt", "started", "ended",
    "as_of", "due", "digest", "failed_cell", "peak_memory",
)  # fmt: skip
_CREATE = f"create table if not exists runs ({', '.join(_COLUMNS)}, primary key (report, edition, run_id))"


@contextmanager
def _open(layout: Layout) -> Iterator[sqlite3.Connection]:
    layout.outputs.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(layout.ledger, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("pragma journal_mode = wal")
        connection.execute(_CREATE)
        with connection:
            yield connection


def write(layout: Layout, record: RunRecord) -> None:
    """Put an attempt into the ledger, or replace what it says of it."""
    with _open(layout) as connection:
        _write(connection, record)


def history(layout: Layout, report: str | None = None) -> list[dict[str, object]]:
    """The attempts, newest first."""
    if not layout.ledger.exists():
        rebuild(layout)
    with _open(layout) as connection:
        where = " where report = ?" if report else ""
        rows = connection.execute(
            f"select * from runs{where} order by started desc, run_id desc", (report,) if report else ()
        )
        return [dict(row) for row in rows]


def last_record(layout: Layout, report: str, edition: str) -> RunRecord | None:
    """The record of the last attempt at an edition, None where there was none."""
    folders = sorted((layout.runs / report / edition).glob("*/run.json"))
    return RunRecord.read(folders[-1].parent) if folders else None


def rebuild(layout: Layout) -> int:
    """Write the ledger anew from the `run.json` files, and return how many there are."""
    records = [RunRecord.read(path.parent) for path in sorted(layout.runs.glob("*/*/*/run.json"))]
    with _open(layout) as connection:
        connection.execute("delete from runs")
        for record in records:
            _write(connection, record)
    return len(records)


def _write(connection: sqlite3.Connection, record: RunRecord) -> None:
    values = record.model_dump(mode="json", include=set(_COLUMNS))
    values["failed_cell"] = record.failed.cell if record.failed else None
    marks = ", ".join("?" for _ in _COLUMNS)
    connection.execute(
        f"insert or replace into runs ({', '.join(_COLUMNS)}) values ({marks})",
        [values[name] for name in _COLUMNS],
    )
