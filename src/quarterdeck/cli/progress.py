"""How a fleet gets on: a live display on a terminal, plain lines everywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from quarterdeck.archive.record import RunRecord
from quarterdeck.plan.request import RunRequest

_SIGNS = {
    "ok": "✓", "held back": "!", "skipped": "–", "incomplete": "!", "failed": "✗", "interrupted": "✗",
}  # fmt: skip


class FleetProgress:
    """Says how each edition ended; on a terminal also which ones run, and at which cell they are."""

    def __init__(self, console: Console, editions: int) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._fleet = self._bar.add_task("editions", total=editions)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Start the display."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the display."""
        self._bar.stop()

    def cell(self, request: RunRequest, index: int, total: int) -> None:
        """An edition has come to a cell."""
        if request.name not in self._tasks:
            self._tasks[request.name] = self._bar.add_task(f"  {escape(request.name)}", total=total)
        self._bar.update(self._tasks[request.name], completed=index)

    def ended(self, record: RunRecord) -> None:
        """An edition has ended."""
        name = f"{record.report}/{record.edition}"
        if name in self._tasks:
            self._bar.remove_task(self._tasks.pop(name))
        self._bar.advance(self._fleet)
        seconds = f"{record.timings.total:.1f} s"
        line = f"{_SIGNS[record.ending]} {name} {record.ending}, {seconds}"
        for told in (line, *(f"  {trouble}" for trouble in (*record.data_troubles, *record.notices))):
            self._console.print(told, markup=False, highlight=False, soft_wrap=True)
