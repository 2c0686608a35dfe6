"""The editions that the catalogue lists: each with its runs, and how it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from helpers.periods import Period, PeriodError, quarter_of
from helpers.records import Finding
from quarterdeck.archive.edition_standing import Standing, standing_of
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.names import heading
from quarterdeck.publish import site

_DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b")


@dataclass(frozen=True)
class Entry:
    """One edition: its runs, oldest first, and whether its page and those of its past runs are there."""

    runs: tuple[RunRecord, ...]
    has_page: bool
    past_pages: frozenset[str]

    @property
    def last(self) -> RunRecord:
        """The newest run, however it ended."""
        return self.runs[-1]

    @property
    def is_draft(self) -> bool:
        """Whether it stands beside the editions of record."""
        return self.last.draft

    @cached_property
    def shown(self) -> RunRecord:
        """The run whose page stands; the newest one where none stands."""
        return next((run for run in reversed(self.runs) if run.can_be_told), self.last)

    @property
    def status(self) -> Standing:
        """How the edition stands."""
        return standing_of(self.runs, has_page=self.has_page)

    @cached_property
    def period(self) -> Period | None:
        """The period that the edition is about; that of its newest day where only days are told."""
        first = next((finding.period for finding in self.shown.findings), "")
        text, start = str(self.last.parameters.get("period", first)), self.last.fiscal_year_start
        try:
            return Period.parse(text, start)
        except PeriodError:
            days = [datetime.strptime(day, "%d %b %Y").date() for day in _DAY.findall(text)]
            return quarter_of(max(days), start) if days else None

    @property
    def can_lead(self) -> bool:
        """Whether it can be the latest of its report: its period has begun, and it tells something."""
        has_begun = self.period is None or self.period.start <= self.last.as_of
        return has_begun and (self.has_page or self.last.status != "skipped")

    @property
    def period_label(self) -> str:
        """The period as people read it."""
        return self.period.label if self.period else "No period"

    @cached_property
    def order(self) -> tuple[date, str]:
        """Where it stands in time, and within its period."""
        start = self.period.start if self.period else date.min
        return start, self.shown.started.isoformat()

    @property
    def scope(self) -> tuple[str, ...]:
        """The values of its matrix other than the period, as people read them."""
        run = self.last
        return tuple(heading(str(run.parameters.get(name))) for name in run.matrix if name != "period")

    @property
    def is_whole(self) -> bool:
        """Whether it is about everything: no scope, or `all` in each."""
        return all(value == "All" for value in self.scope)

    @property
    def headlines(self) -> tuple[Finding, ...]:
        """Its headline findings; the first finding where none is marked.

        What was held back, or came to light before a run failed, is not told.
        """
        return tuple(finding for finding in self.told if finding.headline) or self.told[:1]

    @property
    def told(self) -> tuple[Finding, ...]:
        """Its findings; those of a run that was held back or failed are not told."""
        return self.shown.findings if self.shown.can_be_told else ()

    @property
    def verdict(self) -> Finding | None:
        """The verdict of a test; None of anything else."""
        return next((one for one in self.told if one.key == "verdict" and one.unit == "text"), None)

    @property
    def name(self) -> str:
        """What it is about, as people read it: its scope, else its period."""
        return ", ".join(self.scope) or self.period_label

    @property
    def href(self) -> str:
        """The page, relative to the catalogue."""
        return f"{self.last.report}/{self.last.edition}/index.html"


def entries(layout: Layout) -> list[Entry]:
    """Every edition: newest period first, what is about everything first, then as first run, then drafts."""
    found = []
    for folder in layout.runs.glob("*/*"):
        runs = [run.record for run in site.runs(layout, folder.parent.name, folder.name)]
        has_page = layout.page(folder.parent.name, folder.name).exists()
        if runs and (has_page or not runs[-1].draft):  # a draft without a page is for its author alone
            past = layout.past_page(folder.parent.name, folder.name, "any").parent
            found.append(
                Entry(
                    runs=tuple(runs),
                    has_page=has_page,
                    past_pages=frozenset(path.stem for path in past.glob("*.html")),
                )
            )
    by_name = sorted(found, key=_place)
    return sorted(by_name, key=lambda entry: entry.order[0], reverse=True)


def _place(entry: Entry) -> tuple[Any, ...]:
    """Where an edition stands within its period."""
    return entry.last.report, entry.is_draft, not entry.is_whole, entry.runs[0].started, entry.scope
