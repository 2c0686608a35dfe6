"""The plan: report files × matrix × command line → run requests, and for each why it would run."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from helpers.periods import Period, resolve, slug
from helpers.records import Project, SettingsError, project
from helpers.records.settings import did_you_mean
from quarterdeck import QuarterdeckError, gates, schedule
from quarterdeck.archive import ledger
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.fingerprints import Fingerprints, Inputs, differences, digest, loads
from quarterdeck.params import report as report_file
from quarterdeck.params import schema
from quarterdeck.params.names import readable
from quarterdeck.params.notebook import Notebook
from quarterdeck.params.report import Gates, Parameters, Report, not_a_choice
from quarterdeck.params.types import Value, to_text

WHOLE = "whole"
"""The edition of a report that has neither a period nor a matrix."""


@dataclass(frozen=True)
class Selection:
    """What the command line asks for. Without reports, all; `overrides` are texts by parameter."""

    as_of: date
    reports: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    only: str | None = None
    timeout: float | None = None
    retries: int | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class RunRequest:
    """One edition to be run: everything that the run needs, decided before it starts.

    `due` is the scheduled time that it answers, `reach` the day up to which its data should reach.
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
    matrix: tuple[str, ...]
    draft: bool
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


def plan(layout: Layout, selection: Selection) -> list[Planned]:
    """Every edition that is asked for, in the order of files and matrix.

    Raises:
        QuarterdeckError: something is asked for that there is not.
        SettingsError: a file of the params is broken.
    """
    settings = project(layout.params)
    inputs = Inputs(layout, settings)
    found: list[Planned] = []
    for name in _known_reports(layout, selection.reports):
        found += _editions(layout, inputs, selection, name)
    if selection.only is not None and not found:
        raise QuarterdeckError(
            f"--only {selection.only}: no edition has such a name. See the names with quarterdeck plan."
        )
    inputs.hashes.keep()
    return found


def read_report(layout: Layout, name: str) -> tuple[Notebook, Report]:
    """A report's notebook and file.

    Raises:
        QuarterdeckError: the notebook is broken.
        SettingsError: the file is broken.
    """
    notebook = Notebook.read(layout.notebook(name))
    return notebook, report_file.read(layout.report_file(name), schema.read(notebook))


def edition(report: Report, parameters: Parameters, year_start: int) -> str:
    """The slug of an edition of record: its periods, then its matrix parameters in file order."""
    values = [_slug_value(report, name, parameters[name], year_start) for name in report.in_slug]
    return slug(*values) if values else WHOLE


def resolved(report: Report, parameters: Parameters, as_of: date, year_start: int) -> Parameters:
    """The parameters with every relative period made absolute, as seen on the day `as_of`."""
    return {
        name: resolve(str(value), as_of, year_start).text
        if name in report.schema.periods and value is not None
        else value
        for name, value in parameters.items()
    }


def _known_reports(layout: Layout, asked: tuple[str, ...]) -> Iterable[str]:
    known = layout.reports
    for name in asked:
        if name not in known:
            hint = did_you_mean(name, known) or f" There are {', '.join(known) or 'none'}."
            raise QuarterdeckError(
                f"{name}: there is no such report (it needs {layout.notebooks.name}/{name}.ipynb and "
                f"{layout.params.name}/{name}.yaml).{hint}"
            )
    if not known:
        raise QuarterdeckError(
            f"{layout.params}: no report file here belongs to a notebook in {layout.notebooks}. "
            "Add <notebook>.yaml, or name another folder with --params."
        )
    return asked or known


def _editions(layout: Layout, inputs: Inputs, selection: Selection, name: str) -> list[Planned]:
    notebook, report = read_report(layout, name)
    year_start = inputs.project.fiscal_year_start
    overrides = _overrides(layout, report, selection.overrides)
    common = inputs.of_report(report, notebook) | inputs.of_tables(sorted(set(loads(notebook.code()))))
    found: dict[str, Planned] = {}
    for combination in _combinations(report, overrides):
        parameters = resolved(report, report.fixed | combination | overrides, selection.as_of, year_start)
        own = resolved(report, report.fixed | combination, selection.as_of, year_start)
        slug_text = edition(report, parameters, year_start)
        changed = {k: v for k, v in parameters.items() if k not in report.in_slug and v != own[k]}
        full = slug_text + (f"~{_six_digits(changed)}" if changed else "")
        if selection.only and not _is_named(name, full, selection.only):
            continue
        if full in found:
            raise SettingsError(
                [
                    f"{layout.report_file(name)}: two editions have the name {full}. Their values differ "
                    "only in letters that a folder name cannot hold; choose values that differ more."
                ]
            )
        period = _period(report, parameters, year_start)
        request = RunRequest(
            report=name,
            edition=full,
            title=_title(report, parameters, year_start),
            question=report.file.question,
            code=report.file.code,
            audience=report.file.audience,
            owner=report.file.owner,
            project=inputs.project,
            notebook=notebook.path,
            parameters=parameters,
            matrix=tuple(report.axes),
            draft=bool(changed),
            as_of=selection.as_of,
            due=selection.due,
            next_due=schedule.next_due(report.file.schedule, period),
            rhythm=schedule.rhythm(report.file.schedule),
            reach=min(selection.as_of, period.last_day) if period else selection.as_of,
            gates=report.file.gates,
            edition_seconds=selection.timeout or report.file.timeout.edition,
            cell_seconds=min(report.file.timeout.cell, selection.timeout or report.file.timeout.cell),
            retries=report.file.retries if selection.retries is None else selection.retries,
            memory=report.file.memory,
            fingerprints=common,
            command=_command(layout, report, parameters, changed),
        )
        found[full] = planned(layout, inputs, request)
    return list(found.values())


def _overrides(layout: Layout, report: Report, texts: Mapping[str, str]) -> Parameters:
    read: Parameters = {}
    for name, text in texts.items():
        try:
            read[name] = report.schema.value(name, text)
        except ValueError as error:
            raise QuarterdeckError(f"-p {name}={text}: {error}") from None
        choices = report.choices.get(name)
        if choices is not None and read[name] not in choices:
            raise QuarterdeckError(
                f"-p {name}={text}: {not_a_choice(name, read[name], choices)} "
                f"They stand in {layout.report_file(report.name)}."
            )
    return read


def _combinations(report: Report, overrides: Parameters) -> list[Parameters]:
    """The matrix; where the command line names a value of an axis, what the matrix has of that value.

    A value that the matrix does not have takes the place of all others of its axis.
    """
    combinations = report.combinations()
    taken = {name: value for name, value in overrides.items() if name in report.axes}
    matching = [c for c in combinations if all(c.get(name) == value for name, value in taken.items())]
    replaced = [combination | taken for combination in combinations]
    return matching or [c for index, c in enumerate(replaced) if c not in replaced[:index]]


def planned(layout: Layout, inputs: Inputs, request: RunRequest) -> Planned:
    """Whether a request is up to date now, and if not, why."""
    last = ledger.last_record(layout, request.report, request.edition)
    if last is None:
        return Planned(request, ("it never ran",))
    if last.status == "running":
        return Planned(request, ("its last run has not ended",), last)
    if last.status not in ("ok", "skipped"):
        return Planned(request, (f"its last run ended {last.status}",), last)
    reasons = _differences(inputs, request, last)
    told = any(check.key == gates.FRESH and not check.passed for check in last.checks)
    if gates.is_stale(request.gates, last.tables, request.reach) and not told:
        reasons.append("its newest data have become older than its gate allows")
    return Planned(request, tuple(reasons), last)


def _differences(inputs: Inputs, request: RunRequest, last: RunRecord) -> list[str]:
    """What is not as it was at the last run: parameters, code, settings, and the tables that it read."""
    values = [
        f"{name} was {last.parameters.get(name)}"
        for name, value in request.parameters.items()
        if last.parameters.get(name) != value
    ]
    read = inputs.of_tables(sorted(account.name for account in last.tables))
    return values + differences(last.fingerprints, request.fingerprints | read, inputs.unanswered)


def _slug_value(report: Report, name: str, value: Value, year_start: int) -> str:
    if name in report.schema.periods and value is not None:
        return Period.parse(str(value), year_start).slug
    return str(value)


def _period(report: Report, parameters: Parameters, year_start: int) -> Period | None:
    for name in report.schema.periods:
        if parameters[name] is not None:
            return Period.parse(str(parameters[name]), year_start)
    return None


def _title(report: Report, parameters: Parameters, year_start: int) -> str:
    """The title with values as people read them: `2026 Q3`, `all regions`."""
    words = {
        name: Period.parse(str(value), year_start).label
        if name in report.schema.periods and value is not None
        else f"all {name}s"
        if value == "all"
        else readable(str(value))
        for name, value in parameters.items()
    }
    return report.file.title.format(**words)


def _six_digits(changed: Parameters) -> str:
    return hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:6]


def _is_named(report: str, edition_name: str, pattern: str) -> bool:
    return fnmatch.fnmatch(edition_name, pattern) or fnmatch.fnmatch(f"{report}/{edition_name}", pattern)


def _command(layout: Layout, report: Report, parameters: Parameters, changed: Parameters) -> str:
    """The command that runs exactly this edition again."""
    words = ["quarterdeck", "run", report.name]
    for name in [*report.in_slug, *changed]:
        words += ["-p", f"{name}={to_text(parameters[name])}"]
    if layout.params != layout.root / "params":
        words += ["--params", os.path.relpath(layout.params, layout.root)]
    return shlex.join(words)
