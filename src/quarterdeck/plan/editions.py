"""The plan: report files × matrix × command line → run requests, and for each why it would run."""

from __future__ import annotations

import fnmatch
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from helpers.periods import Period, resolve, slug
from helpers.records import SettingsError, project
from helpers.records.choices import named_by, named_choices, not_a_choice, outside
from helpers.records.parameter_types import Value, to_text
from helpers.records.settings import did_you_mean
from quarterdeck import QuarterdeckError
from quarterdeck.archive.layout import Layout
from quarterdeck.params import parameters_cell
from quarterdeck.params import report as report_file
from quarterdeck.params.names import readable
from quarterdeck.params.notebook import Notebook
from quarterdeck.params.report import Parameters, Report
from quarterdeck.plan import schedule
from quarterdeck.plan.fingerprints import Fingerprints, Inputs, loads
from quarterdeck.plan.reasons import planned
from quarterdeck.plan.request import Planned, RunRequest, Selection

DRAFT = "draft"
"""What tells a draft with the parameters of record from the edition of record, after the `~`."""

WHOLE = "whole"
"""The edition of a report that has neither a period nor a matrix."""


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
        notebook, report = read_report(layout, name)
        found += _Planner(layout, inputs, selection, notebook, report).editions()
    if selection.only is not None and not found:
        raise QuarterdeckError(
            f"--only {selection.only}: no edition has such a name. "
            f"See the names with {layout.command('plan')}."
        )
    inputs.hashes.keep()
    return found


def read_report(layout: Layout, name: str) -> tuple[Notebook, Report]:
    """A report's notebook and file; a free notebook needs no file.

    Raises:
        QuarterdeckError: the notebook is broken.
        SettingsError: the file is broken.
    """
    notebook = Notebook.read(layout.notebook(name))
    known = parameters_cell.read(notebook)
    if notebook.is_free and not layout.report_file(name).is_file():
        return notebook, report_file.of_free(notebook, known)
    return notebook, report_file.read(layout.report_file(name), known)


def edition(report: Report, parameters: Parameters, year_start: int) -> str:
    """The slug of an edition of record: its periods, then its matrix parameters in file order."""
    values = [_slug_value(report, name, parameters[name], year_start) for name in report.in_slug]
    return slug(*values) if values else WHOLE


def resolved(report: Report, parameters: Parameters, as_of: date, year_start: int) -> Parameters:
    """The parameters with every relative period made absolute, as seen on the day `as_of`."""
    return {
        name: resolve(str(value), as_of, year_start, report.file.grain).text
        if name in report.schema.periods and value is not None
        else value
        for name, value in parameters.items()
    }


def _known_reports(layout: Layout, asked: tuple[str, ...]) -> Iterable[str]:
    known = layout.reports
    for name in asked:
        if name not in known and not _is_free(layout, name):
            hint = did_you_mean(name, known) or f" There are {', '.join(known) or 'none'}."
            raise QuarterdeckError(
                f"{name}: there is no such report (it needs {layout.notebooks.name}/{name}.ipynb and "
                f"{layout.params.name}/{name}.yaml).{hint}"
            )
    if not known and not asked:
        raise QuarterdeckError(
            f"{layout.params}: no report file here belongs to a notebook in {layout.notebooks}. "
            "Add <notebook>.yaml, or name another folder with --params."
        )
    return asked or known


def _is_free(layout: Layout, name: str) -> bool:
    return layout.notebook(name).is_file() and Notebook.read(layout.notebook(name)).is_free


@dataclass(frozen=True)
class _Chosen:
    """One combination of parameters: the edition's name, and what is `changed` from the edition of record."""

    edition: str
    parameters: Parameters
    changed: Parameters


@dataclass(frozen=True)
class _Planner:
    """Plans the editions of one report."""

    layout: Layout
    inputs: Inputs
    selection: Selection
    notebook: Notebook
    report: Report

    def editions(self) -> Iterator[Planned]:
        """Every edition that is asked for, in the order of the matrix."""
        loaded = sorted(set(loads(self.notebook.code())))
        common = self.inputs.of_report(self.report, self.notebook) | self.inputs.of_tables(loaded)
        names: set[str] = set()
        for chosen in self._asked():
            if chosen.edition in names:
                raise self._equal_names(chosen.edition)
            names.add(chosen.edition)
            yield planned(self.layout, self.inputs, self._request(chosen, common))

    @property
    def _year_start(self) -> int:
        return self.inputs.project.fiscal_year_start

    def _asked(self) -> Iterator[_Chosen]:
        overrides = _overrides(self.layout, self.report, self.selection.overrides)
        only = self.selection.only
        for combination in _combinations(self.report, overrides):
            chosen = self._chosen(combination, overrides)
            if not only or _is_named(self.report.name, chosen.edition, only):
                yield chosen

    def _chosen(self, combination: Parameters, overrides: Parameters) -> _Chosen:
        report, as_of, year_start = self.report, self.selection.as_of, self._year_start
        parameters = resolved(report, report.fixed | combination | overrides, as_of, year_start)
        own = resolved(report, report.fixed | combination, as_of, year_start)
        changed = {k: v for k, v in parameters.items() if k not in report.in_slug and v != own[k]}
        slug_text = edition(report, parameters, year_start)
        return _Chosen(slug_text + self._mark(changed), parameters, changed)

    def _mark(self, changed: Parameters) -> str:
        """What tells a draft from the edition of record; a free notebook has none to be told from."""
        if changed:
            return f"~{_six_digits(changed)}"
        return f"~{DRAFT}" if self.selection.draft and not self.notebook.is_free else ""

    def _equal_names(self, name: str) -> SettingsError:
        file = self.layout.report_file(self.report.name)
        told = (
            f"{file}: two editions have the name {name}. Their values differ "
            "only in letters that a folder name cannot hold; choose values that differ more."
        )
        return SettingsError([told])

    def _request(self, chosen: _Chosen, fingerprints: Fingerprints) -> RunRequest:
        report, file, selection = self.report, self.report.file, self.selection
        period = _period(report, chosen.parameters, self._year_start)
        return RunRequest(
            report=report.name,
            edition=chosen.edition,
            title=_title(report, chosen.parameters, self._year_start),
            question=file.question,
            code=file.code,
            audience=file.audience,
            owner=file.owner,
            project=self.inputs.project,
            notebook=self.notebook.path,
            parameters=chosen.parameters,
            period=period,
            matrix=tuple(report.axes),
            draft=bool(chosen.changed) or self.selection.draft or self.notebook.is_free,
            free=self.notebook.is_free,
            changed=tuple(chosen.changed),
            as_of=selection.as_of,
            due=selection.due,
            next_due=schedule.next_due(file.schedule, period),
            rhythm=schedule.rhythm(file.schedule),
            reach=min(selection.as_of, period.last_day) if period else selection.as_of,
            gates=file.gates,
            edition_seconds=selection.timeout or file.timeout.edition,
            cell_seconds=min(file.timeout.cell, selection.timeout or file.timeout.cell),
            retries=file.retries if selection.retries is None else selection.retries,
            memory=file.memory,
            output=file.output,
            fingerprints=fingerprints,
            command=_command(self.layout, report, chosen, draft=self.selection.draft),
        )


def _overrides(layout: Layout, report: Report, texts: Mapping[str, str]) -> Parameters:
    read: Parameters = {}
    for name, text in texts.items():
        try:
            read[name] = report.schema.value(name, text)
        except ValueError as error:
            raise QuarterdeckError(f"-p {name}={text}: {error}") from None
        place, choices = _choices(layout, report, name)
        if choices and (strange := outside(read[name], choices)) and read[name] not in choices:
            raise QuarterdeckError(
                f"-p {name}={text}: {not_a_choice(name, strange[0], choices)} They stand in {place}."
            )
    return read


def _choices(layout: Layout, report: Report, name: str) -> tuple[Path, list[Value]]:
    """Where the choices of a parameter stand, and the choices: its own, else what the settings name.

    What stands in the data alone is judged in the kernel, before the first cell.
    """
    kind = report.schema.parameters[name].type
    named = named_choices(layout.params, named_by(name, kind)) if kind.is_text else None
    if name in report.choices or named is None:
        return layout.report_file(report.name), report.choices.get(name, [])
    return named.place, named.values


def _combinations(report: Report, overrides: Parameters) -> list[Parameters]:
    """The matrix; where the command line names a value of an axis, what the matrix has of that value.

    A value that the matrix does not have takes the place of all others of its axis.
    """
    combinations = report.combinations()
    taken = {name: value for name, value in overrides.items() if name in report.axes}
    matching = [c for c in combinations if all(c.get(name) == value for name, value in taken.items())]
    replaced = [combination | taken for combination in combinations]
    return matching or [c for index, c in enumerate(replaced) if c not in replaced[:index]]


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


def _command(layout: Layout, report: Report, chosen: _Chosen, *, draft: bool) -> str:
    """The command that runs exactly this edition again."""
    words = ["run", report.name, *(["--draft"] if draft else [])]
    for name in [*report.in_slug, *chosen.changed]:
        words += ["-p", f"{name}={to_text(chosen.parameters[name])}"]
    return layout.command(*words)
