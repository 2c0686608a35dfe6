"""The ledger: every attempt, written before it starts and after it ends.

The `run.json` files hold the whole truth; the ledger is their index. One that is absent, damaged or of an
earlier form is built again from them when it is next used, so that nothing hangs on this file alone.
"""

from __future__ import annotations

import fnmatch
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from filelock import FileLock

from quarterdeck import QuarterdeckError
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord, Status, records

Answer = TypeVar("Answer")

_FORM = 2
"""The form of the tables below; a ledger of another form is built anew."""

_COLUMNS = (
    "run_id", "report", "edition", "status", "published", "reason", "draft", "attempt", "started", "ended",
    "as_of", "due", "digest", "failed_cell", "peak_memory", "runner", "parameters", "fingerprints",
)  # fmt: skip
_JSON = ("parameters", "fingerprints")

_TABLES = {
    "runs": f"{', '.join(_COLUMNS)}, primary key (report, edition, run_id)",
    "claims": "report, edition, runner, primary key (report, edition)",
    "schedules": "report primary key, cron, timezone, since",
    "dues": "report, due, settled, primary key (report, due)",
    "told": "recipient, report, edition, run_id, primary key (recipient, report, edition)",
}

_EDITION = re.compile(r"\w+/[^/]+")

_PATIENCE = 30
"""Seconds to wait for another process that writes."""
_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class LedgerError(QuarterdeckError):
    """The ledger cannot be used, and building it anew would not help (a full disk, no permission)."""


@dataclass(frozen=True)
class Filter:
    """Which attempts to tell of; without a condition, all but those of drafts."""

    report: str | None = None
    edition: str | None = None
    status: Status | None = None
    since: date | None = None
    limit: int | None = None
    drafts: bool = False


def use(layout: Layout, operation: Callable[[sqlite3.Connection], Answer]) -> Answer:
    """Do something to the ledger in one transaction, whole or not at all.

    A damaged ledger is put aside as `ledger.sqlite.damaged` and built anew, and the operation done to that.

    Raises:
        LedgerError: the file cannot be opened or written.
    """
    try:
        try:
            return _transaction(layout, operation)
        except sqlite3.DatabaseError as error:
            if _code(error) not in _DAMAGED:
                raise
            _put_aside(layout)
            return _transaction(layout, operation)
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(
            f"{layout.ledger}: the ledger cannot be used ({error}). {_way_out(error)}"
        ) from error


def _way_out(error: sqlite3.Error | OSError) -> str:
    if isinstance(error, sqlite3.Error) and _code(error) in _HELD:
        return "Another program holds it: end that one (lsof names it), and run again."
    return (
        "See whether the disk is full and the file may be written. It can be deleted: it is then built anew "
        "from the run folders."
    )


def save(layout: Layout, record: RunRecord) -> RunRecord:
    """Write a record into its run folder and into the ledger."""
    path = layout.run(record.report, record.edition, record.run_id) / "run.json"
    replace(path, record.model_dump_json(indent=1) + "\n")
    write(layout, record)
    return record


def write(layout: Layout, record: RunRecord) -> None:
    """Put an attempt into the ledger, or replace what it says of it."""
    use(layout, lambda connection: _write(connection, record))


def history(layout: Layout, wanted: Filter = Filter()) -> list[dict[str, object]]:
    """The attempts, newest first."""
    conditions = {
        "report = ?": wanted.report,
        "status = ?": wanted.status,
        "started >= ?": wanted.since and wanted.since.isoformat(),
    }
    given = {text: value for text, value in conditions.items() if value is not None}
    of_record = [] if wanted.drafts else ["draft = 0"]
    where = f" where {' and '.join([*given, *of_record])}" if given or of_record else ""
    query = f"select * from runs{where} order by started desc, run_id desc"
    rows = use(layout, lambda connection: connection.execute(query, list(given.values())).fetchall())
    matching = [row for row in rows if fnmatch.fnmatch(row["edition"], wanted.edition or "*")]
    return [_entry(row) for row in matching[: wanted.limit]]


def find(layout: Layout, name: str) -> RunRecord:
    """The newest run of this run id, or of this digest of its inputs, which its page shows.

    Of an edition (`quarterly_feedback/2026q3-emea`) the run whose page stands, else the newest.

    Raises:
        QuarterdeckError: there is none.
    """
    runs = list(records(layout.runs / name)) if _EDITION.fullmatch(name) else []
    if runs:
        return next((run for run in reversed(runs) if run.can_be_told), runs[-1])
    query = "select * from runs where ? in (run_id, digest) order by started desc, run_id desc limit 1"
    found = use(layout, lambda connection: connection.execute(query, (name,)).fetchone())
    if found is None:
        raise QuarterdeckError(
            f"{name}: no run has this id, digest or edition in {layout.runs}. "
            f"See {layout.command('history')}."
        )
    return RunRecord.read(layout.run(found["report"], found["edition"], found["run_id"]))


def remove(layout: Layout, report: str, edition: str) -> None:
    """Forget every attempt at an edition."""
    query = "delete from runs where report = ? and edition = ?"
    use(layout, lambda connection: connection.execute(query, (report, edition)))


def last_record(layout: Layout, report: str, edition: str) -> RunRecord | None:
    """The record of the last attempt at an edition, None where there was none."""
    for path in sorted((layout.runs / report / edition).glob("*/run.json"), reverse=True):
        with suppress(QuarterdeckError):
            return RunRecord.read(path.parent)
    return None


def rebuild(layout: Layout) -> int:
    """Write the ledger anew from the `run.json` files, and return how many there are."""
    return use(layout, lambda connection: _rebuild(connection, layout))


def stamp(moment: datetime) -> str:
    """A moment as the ledger writes it: UTC, to the second, so that text sorts by time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _transaction(layout: Layout, operation: Callable[[sqlite3.Connection], Answer]) -> Answer:
    layout.outputs.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(layout.ledger, timeout=_PATIENCE, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("pragma journal_mode = delete")  # a write-ahead log serves one machine only
        connection.execute("begin immediate")
        try:
            if connection.execute("pragma user_version").fetchone()[0] != _FORM:
                _rebuild(connection, layout)
            answer = operation(connection)
            connection.execute("commit")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("rollback")
            raise
    return answer


def _put_aside(layout: Layout) -> None:
    """Move a damaged ledger away, unless another process has done so already."""
    with FileLock(layout.ledger.with_suffix(".lock")):
        try:
            with closing(sqlite3.connect(layout.ledger)) as connection:
                if connection.execute("pragma quick_check").fetchone()[0] == "ok":
                    return
        except sqlite3.DatabaseError as error:
            if _code(error) not in _DAMAGED:
                raise
        for suffix in ("-journal", "-wal", "-shm"):
            layout.ledger.with_name(layout.ledger.name + suffix).unlink(missing_ok=True)
        layout.ledger.replace(layout.ledger.with_name(layout.ledger.name + ".damaged"))


def _code(error: sqlite3.Error) -> int:
    """The primary result code; the extended ones carry more in their upper bytes."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _rebuild(connection: sqlite3.Connection, layout: Layout) -> int:
    for name, columns in _TABLES.items():
        connection.execute(f"drop table if exists {name}")
        connection.execute(f"create table {name} ({columns})")
    connection.execute(f"pragma user_version = {_FORM}")
    count = 0
    for edition in layout.runs.glob("*/*"):
        for record in records(edition):
            _write(connection, record)
            count += 1
    # Who ran an edition still holds it; a report's last due time may not be done with; the rest is old news.
    connection.execute(
        "insert into claims select report, edition, runner from "
        "(select report, edition, runner, max(run_id) from runs where status = 'running' group by 1, 2)"
    )
    connection.execute(
        "insert into dues select report, due, max(started) from runs where due is not null group by 1, 2"
    )
    connection.execute(
        "update dues set settled = null "
        "where due = (select max(due) from dues latest where latest.report = dues.report)"
    )
    connection.execute(
        "insert into told select '*', report, edition, max(run_id) from runs where status <> 'running' "
        "group by 2, 3"
    )
    return count


def _write(connection: sqlite3.Connection, record: RunRecord) -> None:
    values = record.model_dump(mode="json", include=set(_COLUMNS))
    values |= {name: json.dumps(values[name]) for name in _JSON}
    values["due"] = stamp(record.due) if record.due else None
    values["failed_cell"] = record.failed.cell if record.failed else None
    marks = ", ".join("?" for _ in _COLUMNS)
    connection.execute(
        f"insert or replace into runs ({', '.join(_COLUMNS)}) values ({marks})",
        [values[name] for name in _COLUMNS],
    )


def _entry(row: sqlite3.Row) -> dict[str, object]:
    return {**dict(row), **{name: json.loads(row[name]) for name in _JSON}}
