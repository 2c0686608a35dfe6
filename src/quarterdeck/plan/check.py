"""Every problem of settings and notebooks at once, and what pages lack; no kernel is started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import partial

import yaml

from helpers.records import SettingsError, project
from helpers.records.known_events import FILE as EVENTS
from helpers.records.known_events import included, read_events
from helpers.records.noted_actions import FILE, Action, read_actions
from helpers.records.settings import did_you_mean
from helpers.records.vocabulary import read_vocabulary
from helpers.records.yaml_reader import load_yaml
from quarterdeck import QuarterdeckError
from quarterdeck.archive import ledger
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.house_rules import breaches
from quarterdeck.params.notebook import FREE, Notebook
from quarterdeck.params.report import Report
from quarterdeck.plan import own_code
from quarterdeck.plan.editions import edition, read_report, resolved
from quarterdeck.plan.needs import Supplied, lacking, unread_protocols
from quarterdeck.plan.version_control import outputs_in_git

_SOME_DAY = date(2026, 1, 1)
"""Any day serves to find equal slugs: the same relative period gives the same slug on every day."""


def check(layout: Layout) -> list[str]:
    """Every problem, each with what, where, and what to do; empty where there is none."""
    from helpers import experiments, sources

    try:
        supply = sources.supplied(layout.params)
        protocols, regions = experiments.registered(layout.params), project(layout.params).regions
        scaffold = partial(layout.command, "new", "experiment")
        supplied = Supplied(supply.tables, supply.metrics, protocols, regions, scaffold)
    except SettingsError:
        supplied = None
    problems = [
        *_project(layout),
        *_own_code(layout),
        *_reports(layout, supplied),
        *_without_notebook(layout),
        *_notebooks(layout),
        *_actions(layout),
        *_themes(layout),
        *_events(layout),
        *sources.check(layout.params),
        *experiments.check(layout.params, supplied.tables if supplied else {}),
        *(unread(layout) if _reads_experiments(layout) else ()),
    ]
    return list(dict.fromkeys(problems))  # a broken parameters cell concerns the report and the house


def unread(layout: Layout) -> Iterator[str]:
    """The experiments that have a protocol, and that no edition reads out; broken reports tell nothing."""
    reports = _sound_reports(layout)
    protocols = sorted(path.stem for path in (layout.params / "experiments").glob("*.yaml"))
    for name, problem in unread_protocols(reports, protocols):
        yield f"{layout.params / 'experiments' / name}.yaml: {problem}"


def _sound_reports(layout: Layout) -> list[Report]:
    found = []
    for name in layout.reports:
        with suppress(QuarterdeckError, SettingsError):
            found.append(read_report(layout, name)[1])
    return found


def _reads_experiments(layout: Layout) -> bool:
    """Whether a report has the experiment for a parameter."""
    return any("experiment" in {*one.fixed, *one.axes} for one in _sound_reports(layout))


def noticed(layout: Layout) -> list[str]:
    """What the last runs of the notebooks as they are noticed on their pages, as `quarterdeck run` told it.

    A figure without a text alternative, a page that is too heavy: nothing that keeps a page back. A project
    none of whose reports reads experiments is told of those that have a protocol.
    """
    told = Counter(
        f"{layout.notebook(run.report)}: {notice}"
        for run in _last_runs(layout)
        for notice in run.notices
        if _is_of_today(layout, run)
    )
    pages = [f"{text} (in {count} editions)" if count > 1 else text for text, count in told.items()]
    return pages if _reads_experiments(layout) else [*unread(layout), *pages]


def _last_runs(layout: Layout) -> Iterator[RunRecord]:
    for folder in sorted(layout.runs.glob("*/*")):
        if last := ledger.last_record(layout, folder.parent.name, folder.name):
            yield last


def _is_of_today(layout: Layout, run: RunRecord) -> bool:
    """Whether the notebook is as it was when it ran: what its author has mended since is not told again."""
    path = layout.notebook(run.report)
    try:
        return run.fingerprints.get(f"notebooks/{path.name}") == Notebook.read(path).digest()
    except QuarterdeckError:
        return False


def _project(layout: Layout) -> Iterator[str]:
    try:
        project(layout.params)
    except SettingsError as error:
        yield from error.problems


def _own_code(layout: Layout) -> Iterator[str]:
    with suppress(SettingsError):
        yield from own_code.problems(layout, project(layout.params))


def _own_packages(layout: Layout) -> tuple[str, ...]:
    with suppress(SettingsError):
        return project(layout.params).packages
    return ()


def _notebooks(layout: Layout) -> Iterator[str]:
    """What breaks the rules of the house; a notebook that is neither a report nor free."""
    packages = _own_packages(layout)
    for path in sorted(layout.notebooks.glob("*.ipynb")):
        try:
            notebook = Notebook.read(path)
        except QuarterdeckError as error:
            yield str(error)
            continue
        if not notebook.is_free and layout.has_own_params and path.stem not in layout.reports:
            yield (
                f"{path}: there is no {layout.report_file(path.stem).name}. Write it in {layout.params}, "
                f"or tag the first cell {FREE}: a free notebook needs none."
            )
        if notebook.is_free and outputs_in_git(path):
            yield (
                f"{path}: its outputs stand in git. Take them out (quarterdeck clean {path.stem}, "
                "git add), or set up the filter of docs/analyst.md, which keeps them on this machine."
            )
        yield from (breach.at(path) for breach in breaches(notebook, packages))


def _actions(layout: Layout) -> Iterator[str]:
    try:
        noted = read_actions(layout.params)
    except SettingsError as error:
        yield from error.problems
        return
    for action in noted:
        if action.report not in layout.reports:
            hint = did_you_mean(action.report, layout.reports)
            yield f"{layout.params / FILE}: {action.title}: there is no report {action.report}.{hint}"
        elif problem := _about_nothing(layout, action):
            yield f"{layout.params / FILE}: {action.title}: {problem}"


def _about_nothing(layout: Layout, action: Action) -> str:
    """Why no edition of its report would show an action; empty where one does."""
    try:
        _, report = read_report(layout, action.report)
    except (QuarterdeckError, SettingsError):
        return ""
    known = [str(value) for values in report.choices.values() for value in values]
    if not action.about or action.about in known:
        return ""
    return f"no edition of {action.report} is about {action.about}.{did_you_mean(action.about, known)}"


def _themes(layout: Layout) -> Iterator[str]:
    try:
        read_vocabulary(layout.params)
    except SettingsError as error:
        yield from error.problems


def _events(layout: Layout) -> Iterator[str]:
    try:
        read_events(layout.params)
        for written, path in included(layout.params).items():
            if not path.exists() and path.resolve().parent != layout.sample:  # those come with its data
                yield f"{layout.params / EVENTS}: include: {written} is absent. Write it, or leave it out."
    except SettingsError as error:
        yield from error.problems


def _reports(layout: Layout, supplied: Supplied | None) -> Iterator[str]:
    for name in layout.reports:
        try:
            notebook, report = read_report(layout, name)
            yield from _equal_slugs(layout, report)
            told = lacking(notebook, report, supplied) if supplied is not None else ()
            yield from (f"{layout.report_file(name)}: {problem}" for problem in told)
        except QuarterdeckError as error:
            yield str(error)
        except SettingsError as error:
            yield from error.problems


def _equal_slugs(layout: Layout, report: Report) -> Iterator[str]:
    slugs = Counter(
        edition(report, resolved(report, report.fixed | combination, _SOME_DAY, 1), 1)
        for combination in report.combinations()
    )
    for slug, count in slugs.items():
        if count > 1:
            yield (
                f"{layout.report_file(report.name)}: {count} editions have the name {slug}. "
                "Choose values of the matrix that differ in letters or digits."
            )


def _without_notebook(layout: Layout) -> Iterator[str]:
    """Files that have a title, as only a report's file has, but no notebook."""
    for path in sorted(layout.params.glob("*.yaml")):
        try:
            content = load_yaml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        if isinstance(content, dict) and "title" in content and not layout.notebook(path.stem).is_file():
            yield f"{path}: there is no notebook {path.stem}.ipynb. Rename the file, or write the notebook."
