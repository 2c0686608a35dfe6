"""Events: what an unattended program tells, one line each, for people or (`--log-json`) for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from quarterdeck.archive.ledger import stamp
from quarterdeck.archive.record import RunRecord
from quarterdeck.plan.request import RunRequest
from quarterdeck.secrets import hide


@dataclass(frozen=True)
class Events:
    """Writes each event as a line: time and text, or one JSON object. No line shows a secret.

    It stands in for the display of a fleet: it tells when a run starts and how it ended; with `cells`, each
    cell that a run comes to.
    """

    write: Callable[[str], None]
    clock: Callable[[], datetime]
    secrets: tuple[str, ...] = ()
    as_json: bool = False
    cells: bool = False
    _running: set[str] = field(default_factory=set)

    def tell(self, event: str, text: str, **details: object) -> None:
        """One event: its name, what a person reads, and its details."""
        at = self.clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if self.as_json:
            content = hide({"at": at, "event": event, "text": text, **details}, self.secrets)
            self.write(json.dumps(content, ensure_ascii=False))
        else:
            self.write(f"{at} {' '.join(hide(text, self.secrets).split())}")

    def __enter__(self) -> Self:
        """Nothing to start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to stop."""

    def cell(self, request: RunRequest, index: int, total: int) -> None:
        """An edition has come to a cell: at its first, it has started."""
        if request.name not in self._running:
            self._running.add(request.name)
            details = {
                "report": request.report,
                "edition": request.edition,
                "due": request.due and stamp(request.due),
            }
            self.tell("run_started", f"{request.name} started", **details)
        if self.cells:
            text = f"{request.name}: cell {index + 1} of {total}"
            self.tell("cell", text, report=request.report, edition=request.edition, cell=index, cells=total)

    def ended(self, record: RunRecord) -> None:
        """An edition has ended."""
        name = f"{record.report}/{record.edition}"
        self._running.discard(name)
        why = f": {record.reason}" if record.reason else ""
        self.tell(
            "run_ended",
            f"{name} {record.ending}, {record.timings.total:.1f} s{why}",
            **record.model_dump(mode="json", include=_DETAILS),
            seconds=record.timings.total,
        )


_DETAILS = {
    "report",
    "edition",
    "run_id",
    "status",
    "published",
    "reason",
    "due",
    "attempt",
    "peak_memory",
    "notices",
}
