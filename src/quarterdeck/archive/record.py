"""`run.json`: what is known of one run, written when it starts and replaced when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from helpers.records import Check, Finding, Gap, TableAccount
from helpers.records.nouns import how_many
from quarterdeck import QuarterdeckError

Status = Literal["running", "ok", "incomplete", "skipped", "failed", "interrupted"]
WENT_WRONG: tuple[Status, ...] = ("failed", "incomplete", "interrupted")
Published = Literal["live", "warned", "held", "draft"]


class Failure(BaseModel):
    """Where a run failed: the cell's index and heading, the source line, and the error.

    `can_heal` tells whether the same run may go well another time: the kernel died or did not start, a
    connection was lost, memory ran out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cell: int | None = None
    section: str = ""
    line: str = ""
    error: str
    can_heal: bool = False


class Timings(BaseModel):
    """Seconds of wall time: starting the kernel, the cells, the whole run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: float = 0.0
    cells: float = 0.0
    total: float = 0.0


class RunRecord(BaseModel):
    """One attempt at one edition. The ledger can be rebuilt from these records alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    report: str
    edition: str
    title: str
    question: str = ""
    code: bool = True
    audience: tuple[str, ...] = ()
    owner: str = ""
    project: str = "Quarterdeck"
    ask: str = ""
    fiscal_year_start: int = 1
    parameters: dict[str, Any]
    matrix: tuple[str, ...] = ()
    draft: bool = False
    free: bool = False
    changed: tuple[str, ...] = ()
    as_of: date
    due: datetime | None = None
    next_due: datetime | None = None
    rhythm: str = ""
    attempt: int = 1
    runner: str = ""
    version: str = ""
    status: Status
    published: Published | None = None
    reason: str = ""
    failed: Failure | None = None
    started: datetime
    ended: datetime | None = None
    timings: Timings = Timings()
    peak_memory: int | None = None
    findings: tuple[Finding, ...] = ()
    tables: tuple[TableAccount, ...] = ()
    checks: tuple[Check, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notices: tuple[str, ...] = ()
    fingerprints: dict[str, str] = Field(default_factory=dict)
    digest: str = ""
    command: str = ""

    @property
    def is_held(self) -> bool:
        """Whether a gate held its page back."""
        return self.published == "held"

    @property
    def edition_of_record(self) -> str:
        """The edition that a draft stands beside; of any other run its own."""
        return self.edition.partition("~")[0]

    @property
    def differing(self) -> str:
        """What of a draft is not as in the edition of record, as people read it: `confidence 0.9`."""
        return ", ".join(f"{name.replace('_', ' ')} {self.parameters.get(name)}" for name in self.changed)

    @property
    def ending(self) -> str:
        """How it ended, in words: its status, or that its page was held back."""
        return "held back" if self.is_held else self.status

    @property
    def can_be_told(self) -> bool:
        """Whether its numbers may be told: it has a page, and no gate holds that back."""
        return self.status in ("ok", "incomplete") and not self.is_held

    @property
    def data_troubles(self) -> tuple[str, ...]:
        """What took rows or values of the tables for which the gate warned or held, a line a reason.

        Values are masked, but for the analyst alone: they go to the terminal and the log, on no page.
        """
        broken = [check.text for check in self.checks if check.key == "gate.quarantined" and check.failed]
        named = [table for table in self.tables if any(f"{table.name}: " in text for text in broken)]
        return tuple(reason for table in named for reason in table.reasons())

    @classmethod
    def read(cls, folder: Path) -> RunRecord:
        """The record in a run folder.

        Raises:
            QuarterdeckError: there is none, or it is broken.
        """
        path = folder / "run.json"
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            said = str(error).splitlines()[0]
            raise QuarterdeckError(
                f"{path}: this record cannot be read ({said}). Delete its folder, and run the edition again."
            ) from None


def new_rows(then: RunRecord | None, now: RunRecord) -> list[str]:
    """How many rows the tables gained or lost since another run, in words: `responses: 812 new rows`."""
    before = {table.name: table.read for table in then.tables} if then else {}
    told = []
    for table in now.tables:
        more = table.read - before.get(table.name, table.read)
        if more:
            told.append(f"{table.name}: {how_many(abs(more), 'new row' if more > 0 else 'fewer row')}")
    return told


def records(edition: Path) -> Iterator[RunRecord]:
    """The records of an edition's runs in the order of their starts; one that is broken is left out."""
    for path in sorted(edition.glob("*/run.json")):
        with suppress(QuarterdeckError):
            yield RunRecord.read(path.parent)
