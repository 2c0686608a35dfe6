"""The ledger: every attempt, written before it starts and after it ends.

The `run.json` files hold the whole truth; the ledger is their index, and can be rebuilt from them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from quarterdeck.errors import QuarterdeckError
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
    lost = not layout.ledger.exists()
    with closing(sqlite3.connect(layout.ledger, timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("pragma journal_mode = wal")
        with connection:
            connection.execute(_CREATE)
            if lost:
                _fill(connection, layout)
            yield connection


def write(layout: Layout, record: RunRecord) -> None:
    """Put an attempt into the ledger, or replace what it says of it."""
    with _open(layout) as connection:
        _write(connection, record)


def history(layout: Layout, report: str | None = None) -> list[dict[str, object]]:
    """The attempts, newest first."""
    with _open(layout) as connection:
        where = " where report = ?" if report else ""
        rows = connection.execute(
            f"select * from runs{where} order by started desc, run_id desc", (report,) if report else ()
        )
        return [dict(row) for row in rows]


def find(layout: Layout, name: str) -> RunRecord:
    """The newest run of this run id, or of this digest of its inputs, which its page shows.

    Raises:
        QuarterdeckError: there is none.
    """
    for entry in history(layout):
        if name in (entry["run_id"], entry["digest"]):
            folder = layout.run(str(entry["report"]), str(entry["edition"]), str(entry["run_id"]))
            return RunRecord.read(folder)
    raise QuarterdeckError(
        f"{name}: there is no run of this id or digest in {layout.runs}. See quarterdeck history."
    )


def last_record(layout: Layout, report: str, edition: str) -> RunRecord | None:
    """The record of the last attempt at an edition, None where there was none."""
    folders = sorted((layout.runs / report / edition).glob("*/run.json"))
    return RunRecord.read(folders[-1].parent) if folders else None


def rebuild(layout: Layout) -> int:
    """Write the ledger anew from the `run.json` files, and return how many there are."""
    with _open(layout) as connection:
        connection.execute("delete from runs")
        return _fill(connection, layout)


def _fill(connection: sqlite3.Connection, layout: Layout) -> int:
    folders = [path.parent for path in layout.runs.glob("*/*/*/run.json")]
    for folder in folders:
        _write(connection, RunRecord.read(folder))
    return len(folders)


def _write(connection: sqlite3.Connection, record: RunRecord) -> None:
    values = record.model_dump(mode="json", include=set(_COLUMNS))
    values["failed_cell"] = record.failed.cell if record.failed else None
    marks = ", ".join("?" for _ in _COLUMNS)
    connection.execute(
        f"insert or replace into runs ({', '.join(_COLUMNS)}) values ({marks})",
        [values[name] for name in _COLUMNS],
    )
