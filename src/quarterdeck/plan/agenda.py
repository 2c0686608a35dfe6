"""The agenda: what the ledger knows of schedules, and which of their times were dealt with."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from quarterdeck.archive import ledger
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.ledger import stamp
from quarterdeck.params.report import Schedule
from quarterdeck.plan.schedule import DueTimes

CLOCK_ERROR = timedelta(hours=1)
"""What lies further ahead than this was written by a clock that ran wrong."""

INTERRUPTIONS = 3
"""So many interrupted runs answer a due time: an edition that ends its runner must not do so for ever."""


def register(layout: Layout, schedules: Mapping[str, Schedule], now: datetime) -> None:
    """Note each schedule when it is first seen, and anew when its times change: they count from then on."""

    def note(connection: sqlite3.Connection) -> None:
        known = {row["report"]: row for row in connection.execute("select * from schedules")}
        for report, schedule in schedules.items():
            row = known.get(report)
            if row is None or (row["cron"], row["timezone"]) != (schedule.cron, schedule.timezone):
                values = (report, schedule.cron, schedule.timezone, stamp(now))
                connection.execute("insert or replace into schedules values (?, ?, ?, ?)", values)

    ledger.use(layout, note)


def due_times(layout: Layout) -> dict[str, DueTimes]:
    """What is noted of the due times of each registered report."""

    def read(connection: sqlite3.Connection) -> dict[str, DueTimes]:
        since = connection.execute("select report, since from schedules").fetchall()
        dues = connection.execute("select report, due, settled from dues order by due").fetchall()
        return {report: _due_times(report, start, dues) for report, start in since}

    return ledger.use(layout, read)


def begin(layout: Layout, report: str, due: datetime) -> None:
    """Note that a due time is being dealt with: it is finished whatever happens."""
    _note(layout, "insert or ignore into dues values (?, ?, null)", report, stamp(due))


def settle(layout: Layout, report: str, due: datetime, now: datetime) -> None:
    """Note that every edition of a due time was dealt with."""
    _note(layout, "insert or replace into dues values (?, ?, ?)", report, stamp(due), stamp(now))


def is_answered(layout: Layout, report: str, edition: str, due: datetime) -> bool:
    """Whether a run has answered this due time of an edition, well or badly.

    An interrupted run has not; INTERRUPTIONS of them have.
    """
    query = (
        "select count(*) filter (where status not in ('running', 'interrupted')) as ended, "
        "count(*) filter (where status = 'interrupted') as interrupted "
        "from runs where report = ? and edition = ? and due = ?"
    )
    given = (report, edition, stamp(due))
    found = ledger.use(layout, lambda connection: connection.execute(query, given).fetchone())
    return bool(found["ended"] or found["interrupted"] >= INTERRUPTIONS)


def forget_future(layout: Layout, now: datetime) -> int:
    """Forget due times that were dealt with long before they come, and return how many there were.

    A clock that ran wrong did that; they are due again when their time comes.
    """
    limit = stamp(now + CLOCK_ERROR)

    def forget(connection: sqlite3.Connection) -> int:
        connection.execute("update runs set due = null where due > ?", (limit,))
        connection.execute("update schedules set since = ? where since > ?", (stamp(now), limit))
        return connection.execute("delete from dues where due > ?", (limit,)).rowcount

    return ledger.use(layout, forget)


def _note(layout: Layout, statement: str, *values: str) -> None:
    ledger.use(layout, lambda connection: connection.execute(statement, values))


def _due_times(report: str, since: str, dues: list[sqlite3.Row]) -> DueTimes:
    own = [row for row in dues if row["report"] == report]
    settled = [_moment(row["due"]) for row in own if row["settled"]]
    begun = tuple(_moment(row["due"]) for row in own if not row["settled"])
    return DueTimes(_moment(since), settled[-1] if settled else None, begun)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
