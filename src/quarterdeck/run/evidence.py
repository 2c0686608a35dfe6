"""The evidence of a run: what was seen while its notebook ran, and how each cell's end is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.records import Gap
from quarterdeck.archive.record import Failure, Status
from quarterdeck.kernels.output_budget import COLOURS
from quarterdeck.params.notebook import heading_of, number_of

CAN_HEAL = frozenset(
    {
        "BrokenPipeError", "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError",
        "ConnectionResetError", "FileChanged", "HTTPException", "InterfaceError", "MemoryError",
        "OperationalError", "OutOfMemoryException", "TimeoutError",
    }
)  # fmt: skip
"""Errors that may not come again: a lost connection (of Python, DB-API, DuckDB), memory, a half file."""

_CELL_FILE = re.compile(r"\b\d+\.py, (?=line \d+\))")
_CELL_LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


@dataclass
class RunEvidence:
    """What was seen while a notebook ran; the status follows from it and from nothing else."""

    stopped: Failure | None = None
    no_data: str = ""
    failures: list[Failure] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    standing: int = 0
    start_seconds: float = 0.0
    cell_seconds: float = 0.0
    peak_memory: int | None = None

    def status(self) -> Status:
        """How the run ended. The section on method and data alone makes no report."""
        if self.stopped:
            return "failed"
        if self.no_data:
            return "skipped"
        if self.failures:
            return "incomplete" if self.standing else "failed"
        return "ok"

    def failed(self) -> Failure | None:
        """The first failure, None where there is none; it can heal where all that failed can."""
        if self.stopped or not self.failures:
            return self.stopped
        return self.failures[0].model_copy(update={"can_heal": all(f.can_heal for f in self.failures)})

    def reason(self) -> str:
        """One line on why the run is not simply ok; empty where it is."""
        failure = self.failed()
        return failure.error if failure else self.no_data


def failure_in(
    cells: Sequence[Mapping[str, Any]], index: int, error: str, *, line: str = "", can_heal: bool = False
) -> Failure:
    """A failure in the cell at an index, at a line of its source; without one, at its first line."""
    return Failure(
        cell=number_of(cells, index),
        section=heading_of(cells, index),
        line=line or _first_line(cells[index]["source"]),
        error=error,
        can_heal=can_heal,
    )


def error_in(cells: Sequence[Mapping[str, Any]], index: int, name: str, text: str) -> Failure:
    """The failure of a cell that raised an error of this name with this text."""
    told = f"{name}: {_CELL_FILE.sub('', text)}"
    return failure_in(cells, index, told, line=raised_at(cells[index]), can_heal=name in CAN_HEAL)


def raised_at(cell: Mapping[str, Any]) -> str:
    """The source line of a cell at which its traceback points, else its first line."""
    told = "\n".join(line for out in cell["outputs"] for line in out.get("traceback", []))
    found = _CELL_LINE.search(COLOURS.sub("", told))
    lines = cell["source"].splitlines()
    if found and int(found[1]) <= len(lines):
        return str(lines[int(found[1]) - 1].strip())
    return _first_line(cell["source"])


def spoken(cell: Mapping[str, Any]) -> list[str]:
    """What a cell printed, and the tracebacks of its errors, without colours."""
    told = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            told.append(output["text"].rstrip())
        elif output["output_type"] == "error":
            told.append(COLOURS.sub("", "\n".join(output["traceback"])))
    return told


def _first_line(source: str) -> str:
    return next((line.strip() for line in source.splitlines() if line.strip()), "")
