"""Recovery: what a crash, a kill or a power loss left behind is found at the next start and put right.

A run that never ended becomes `interrupted`, so that it is run again; a page that was rendered but not
published is published; what was half written is removed.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from filelock import Timeout

from quarterdeck import QuarterdeckError
from quarterdeck.archive import ledger
from quarterdeck.archive.atomic import remove_leftovers
from quarterdeck.archive.claims import lock
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord, records

_REASON = "The program ended before the run did: a crash, a kill, or a power loss."
_UNPUBLISHED = """
    select report, edition, max(run_id) from runs group by report, edition
    having published is null and status in ('ok', 'incomplete')
"""


@dataclass
class Remains:
    """What dead runners left behind: their names, and the last run of each edition that they held."""

    runners: list[str] = field(default_factory=list)
    runs: list[RunRecord] = field(default_factory=list)


def recover(layout: Layout) -> Remains:
    """Put right what dead runners left behind.

    Only one process buries a dead runner: the one that holds its lock.
    """
    found = Remains()
    if not layout.outputs.exists():
        return found
    layout.runners.mkdir(exist_ok=True)
    for runner in _runners(layout):
        try:
            buried = lock(layout, runner).acquire(blocking=False)
        except Timeout:
            continue
        with buried:
            found.runners.append(runner)
            found.runs += _bury(layout, runner)
            layout.runner(runner).unlink(missing_ok=True)
    return found


def unpublished(layout: Layout) -> list[RunRecord]:
    """The runs whose pages should stand in the site, but were never put there."""
    rows = ledger.use(layout, lambda connection: connection.execute(_UNPUBLISHED).fetchall())
    found: list[RunRecord] = []
    for row in rows:
        with suppress(QuarterdeckError):
            found.append(RunRecord.read(layout.run(*row)))
    return found


def _runners(layout: Layout) -> list[str]:
    """Every runner of which there is a trace."""
    query = "select runner from claims union select runner from runs where status = 'running'"
    named = ledger.use(layout, lambda connection: [row["runner"] for row in connection.execute(query)])
    return sorted({*named, *(path.stem for path in layout.runners.glob("*.lock"))})


def _bury(layout: Layout, runner: str) -> Iterator[RunRecord]:
    query = (
        "select report, edition from claims where runner = :runner "
        "union select report, edition from runs where runner = :runner and status = 'running'"
    )
    given = {"runner": runner}
    held = ledger.use(layout, lambda connection: connection.execute(query, given).fetchall())
    for report, edition in held:
        _end_runs(layout, report, edition, runner)
        remove_leftovers(layout.page(report, edition).parent)
        remove_leftovers(layout.past_page(report, edition, "any").parent)
        last = ledger.last_record(layout, report, edition)
        if last is not None:
            yield last
    ledger.use(layout, lambda connection: _forget(connection, runner))


def _end_runs(layout: Layout, report: str, edition: str, runner: str) -> None:
    """What the runner left as running is interrupted; a folder without a record is of no use."""
    for folder in (layout.runs / report / edition).glob("*/"):
        remove_leftovers(folder)
        if not (folder / "run.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
    for record in records(layout.runs / report / edition):
        if record.status == "running" and record.runner == runner:
            ledger.save(layout, record.model_copy(update={"status": "interrupted", "reason": _REASON}))


def _forget(connection: sqlite3.Connection, runner: str) -> None:
    """Its claims, and runs that were noted in the ledger but never got a folder."""
    connection.execute("delete from claims where runner = ?", (runner,))
    connection.execute("delete from runs where runner = ? and status = 'running'", (runner,))
