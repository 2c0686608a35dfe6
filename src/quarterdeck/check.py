"""Every problem of settings and notebooks at once, found without starting a kernel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from helpers.records import SettingsError, project
from quarterdeck.errors import QuarterdeckError
from quarterdeck.layout import Layout
from quarterdeck.plan import edition, read_report, resolved

_SOME_DAY = date(2026, 1, 1)
"""Any day serves to find equal slugs: the same relative period gives the same slug on every day."""


def check(layout: Layout) -> list[str]:
    """Every problem, each with what, where, and what to do; empty where there is none."""
    return [*_project(layout), *_reports(layout), *_sources(layout)]


def _project(layout: Layout) -> Iterator[str]:
    try:
        project(layout.params)
    except SettingsError as error:
        yield from error.problems


def _reports(layout: Layout) -> Iterator[str]:
    if not layout.reports:
        yield f"{layout.params}: no file belongs to a notebook of {layout.notebooks}. Add <notebook>.yaml."
    for name in layout.reports:
        try:
            yield from _equal_slugs(layout, name)
        except QuarterdeckError as error:
            yield str(error)
        except SettingsError as error:
            yield from error.problems


def _equal_slugs(layout: Layout, name: str) -> Iterator[str]:
    _, report = read_report(layout, name)
    slugs = Counter(
        edition(report, resolved(report, report.fixed | combination, _SOME_DAY, 1), 1)
        for combination in report.combinations()
    )
    for slug, count in slugs.items():
        if count > 1:
            yield (
                f"{layout.report_file(name)}: {count} editions have the name {slug}. "
                "Choose values of the matrix that differ in letters or digits."
            )


def _sources(layout: Layout) -> Iterator[str]:
    from helpers import sources

    yield from sources.check(layout.params)
