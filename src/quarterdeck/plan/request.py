"""What is asked for and what is to be run: a selection, its requests, and each request with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from helpers.periods import Period
from helpers.records import Project
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.report import Gates, OutputSettings, Parameters
from quarterdeck.plan.fingerprints import Fingerprints, digest


@dataclass(frozen=True)
class Selection:
    """What the command line asks for. Without reports, all; `overrides` are texts by parameter.

    `draft` asks for drafts beside the editions of record, never in their place.
    """

    as_of: date
    reports: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    only: str | None = None
    timeout: float | None = None
    retries: int | None = None
    due: datetime | None = None
    draft: bool = False


@dataclass(frozen=True)
class RunRequest:
    """One edition to be run: everything that the run needs, decided before it starts.

    `free` says that its notebook is free, which makes it a draft; `changed` names the parameters that are not
    those of the edition of record. `period` is the one that it is about, None for none; `due` the scheduled
    time that it answers, `reach` the day up to which its data should reach.
    """

    report: str
    edition: str
    title: str
    question: str
    code: bool
    audience: tuple[str, ...]
    owner: str
    project: Project
    notebook: Path
    parameters: Parameters
    period: Period | None
    matrix: tuple[str, ...]
    draft: bool
    free: bool
    changed: tuple[str, ...]
    as_of: date
    due: datetime | None
    next_due: datetime | None
    rhythm: str
    reach: date
    gates: Gates
    edition_seconds: float
    cell_seconds: float
    retries: int
    memory: int | None
    output: OutputSettings
    fingerprints: Fingerprints
    command: str

    @property
    def digest(self) -> str:
        """Ten hex digits over all inputs."""
        return digest(self.fingerprints, self.parameters)

    @property
    def name(self) -> str:
        """What people call it: `quarterly_feedback/2026q3-emea`."""
        return f"{self.report}/{self.edition}"


@dataclass(frozen=True)
class Planned:
    """A request and the reasons why it would run; without a reason it is up to date."""

    request: RunRequest
    reasons: tuple[str, ...]
    last: RunRecord | None = None

    @property
    def ended_badly(self) -> bool:
        """Whether the last run did not come to a good end."""
        return self.last is not None and self.last.status not in ("ok", "skipped")

    @property
    def up_to_date(self) -> bool:
        """Whether the last run had the same inputs and ended well."""
        return not self.reasons
