"""Claims: an edition is run by one process at a time, whether daemon or person.

A process that runs editions (a runner) holds a lock on a file of its own, which the system frees when the
process ends, however it ends. A claim in the ledger counts as long as its runner holds that lock, so that
nothing is left locked by a crash and no process number is ever mistaken for another's.
"""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import suppress
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from quarterdeck.archive import ledger
from quarterdeck.archive.layout import Layout


class Claims:
    """What one process may run. It counts as alive from `with` on until the end of the block."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.runner = secrets.token_hex(8)  # it stands in run.json, which tells neither host nor process
        self._lock = lock(layout, self.runner)

    def __enter__(self) -> Self:
        """Begin to count as alive."""
        self.layout.runners.mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        while not self.layout.runner(self.runner).exists():  # buried before it was locked
            self._lock.release()
            self._lock.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give back what is still claimed."""
        with suppress(ledger.LedgerError):
            ledger.use(self.layout, self._release_all)
        with suppress(OSError):
            self.layout.runner(self.runner).unlink()
        self._lock.release()

    def take(self, report: str, edition: str) -> str | None:
        """Claim an edition; None when it is ours now, else the living runner that has it.

        Raises:
            LedgerError: the ledger cannot be written.
        """

        def claim(connection: sqlite3.Connection) -> str | None:
            found = connection.execute(
                "select runner from claims where report = ? and edition = ?", (report, edition)
            ).fetchone()
            if found and is_alive(self.layout, found["runner"]):
                return str(found["runner"])
            connection.execute(
                "insert or replace into claims values (?, ?, ?)", (report, edition, self.runner)
            )
            return None

        return ledger.use(self.layout, claim)

    def release(self, report: str, edition: str) -> None:
        """Give an edition back."""
        ledger.use(
            self.layout,
            lambda connection: connection.execute(
                "delete from claims where report = ? and edition = ? and runner = ?",
                (report, edition, self.runner),
            ),
        )

    def _release_all(self, connection: sqlite3.Connection) -> None:
        connection.execute("delete from claims where runner = ?", (self.runner,))


def lock(layout: Layout, runner: str) -> FileLock:
    """The lock that a runner holds while it lives."""
    return FileLock(layout.runner(runner), thread_local=False)


def is_alive(layout: Layout, runner: str) -> bool:
    """Whether the process of this name still runs; this one counts too."""
    if not layout.runner(runner).exists():
        return False
    attempt = lock(layout, runner)
    try:
        attempt.acquire(blocking=False)
    except Timeout:
        return True
    attempt.release()
    return False
