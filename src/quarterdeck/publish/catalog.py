"""The catalogue: every report with its latest numbers, every edition with its history, in one offline page.

It is built from the run records alone. It formats nothing: what it shows are the findings' own words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from helpers.periods import Period, PeriodError, day, quarter_of
from helpers.records import Finding
from quarterdeck.archive.atomic import remove_leftovers, replace
from quarterdeck.archive.edition_standing import WORDS, Standing, standing, standing_of
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.names import heading
from quarterdeck.publish import marks, site
from quarterdeck.publish.export import json_script, policy, stylesheet

_TREND = 12
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
        findings = self.shown.findings if self.shown.can_be_told else ()
        return tuple(finding for finding in findings if finding.headline) or findings[:1]

    @property
    def href(self) -> str:
        """The page, relative to the catalogue."""
        return f"{self.last.report}/{self.last.edition}/index.html"


@dataclass(frozen=True)
class HeadlineNumber:
    """A headline number in the list of latest editions, with its trend.

    `beside` is the finding that a conclusion in words rests on.
    """

    finding: Finding
    label: str
    trend: Markup
    beside: Finding | None = None


@dataclass(frozen=True)
class Latest:
    """One report: its newest period, the editions of it, and three numbers."""

    name: str
    question: str
    owner: str
    period: str
    is_free: bool
    editions: tuple[Entry, ...]
    drafts: tuple[Entry, ...]
    numbers: tuple[HeadlineNumber, ...]


def build(layout: Layout) -> Path:
    """Write the catalogue from all run records and swap it in; returns its path.

    One process builds it at a time, so that the newest is never replaced by an older one.
    """
    with FileLock(layout.site_lock):
        remove_leftovers(layout.site)
        replace(layout.catalogue, render(entries(layout), layout))
    return layout.catalogue


def entries(layout: Layout) -> list[Entry]:
    """Every edition: newest period first, what is about everything first, then as first run, then drafts."""
    found = []
    for folder in layout.runs.glob("*/*"):
        runs = [run.record for run in site.runs(layout, folder.parent.name, folder.name)]
        if runs:
            past = layout.past_page(folder.parent.name, folder.name, "any").parent
            found.append(
                Entry(
                    runs=tuple(runs),
                    has_page=layout.page(folder.parent.name, folder.name).exists(),
                    past_pages=frozenset(path.stem for path in past.glob("*.html")),
                )
            )
    by_name = sorted(found, key=_place)
    return sorted(by_name, key=lambda entry: entry.order[0], reverse=True)


def _place(entry: Entry) -> tuple[Any, ...]:
    """Where an edition stands within its period."""
    return entry.last.report, entry.is_draft, not entry.is_whole, entry.runs[0].started, entry.scope


def render(found: Sequence[Entry], layout: Layout) -> str:
    """The catalogue as one HTML file."""
    folder = layout.templates / "catalog"
    script = (folder / "catalog.js").read_text(encoding="utf-8").strip()
    css = stylesheet(layout.templates) + (folder / "catalog.css").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True)
    series = _series(found)
    return environment.get_template("index.html.j2").render(
        project=found[0].last.project if found else "Quarterdeck",
        first_run=layout.command("run"),
        latest=_latest(found, series),
        entries=found,
        statuses=WORDS,
        counts={name: sum(entry.status == name for entry in found) for name in WORDS},
        data_up_to=_data_up_to(found),
        false_alarms=_false_alarms(found),
        has_trends=any(len(values) > 1 for values in series.values()),
        data=json_script(_data(found, series)),
        css=Markup(css),
        script=Markup(script),
        policy=policy((script,)),
        marks=marks,
        readable=heading,
    )


Series = Mapping[tuple[str, tuple[str, ...], str], Sequence[tuple[date, float]]]


def _series(found: Sequence[Entry]) -> Series:
    """Each headline number over the editions of record of one report and scope, oldest first."""
    series: dict[tuple[str, tuple[str, ...], str], list[tuple[date, float]]] = defaultdict(list)
    for entry in sorted((one for one in found if not one.is_draft), key=lambda entry: entry.order):
        for finding in entry.headlines:
            if finding.value is not None:
                series[entry.last.report, entry.scope, finding.key].append((entry.order[0], finding.value))
    return series


def _values(series: Series, entry: Entry, finding: Finding) -> list[float]:
    """The trend of a number up to an edition; empty where there is only one, and of a draft."""
    if entry.is_draft:
        return []
    whole = series.get((entry.last.report, entry.scope, finding.key), ())
    end = bisect_right(whole, entry.order[0], key=lambda point: point[0])
    return [value for _, value in whole[max(0, end - _TREND) : end]] if end > 1 else []


def _latest(found: Sequence[Entry], series: Series) -> list[Latest]:
    latest = []
    listed = [entry for entry in found if entry.last.free or not entry.is_draft]
    names = sorted({(entry.last.free, entry.last.report) for entry in listed})
    for report in dict.fromkeys(name for _, name in names):
        own = [entry for entry in listed if entry.last.report == report]
        first = next((entry for entry in own if entry.can_lead), own[0])
        newest = [entry for entry in own if entry.order[0] == first.order[0]]
        leading = newest[0]
        latest.append(
            Latest(
                name=heading(report),
                question=leading.last.question,
                owner=leading.last.owner,
                period=leading.period_label,
                is_free=leading.last.free,
                editions=tuple(newest),
                drafts=tuple(e for e in found if e.last.report == report and e not in listed),
                numbers=tuple(_numbers(newest, series))[:3],
            )
        )
    return latest


def _numbers(newest: Sequence[Entry], series: Series) -> Iterable[HeadlineNumber]:
    """The numbers of the edition about everything; where there is none, the first of each edition first."""
    leading = newest[0]
    if not leading.is_whole and len(newest) > 1:
        for entry in newest:
            yield from _of_edition(entry, entry.headlines[:1], series, named=True)
        yield from _of_edition(leading, leading.headlines[1:], series, named=True)
    else:
        yield from _of_edition(leading, leading.headlines, series, named=False)


def _of_edition(
    entry: Entry, findings: Sequence[Finding], series: Series, *, named: bool
) -> Iterable[HeadlineNumber]:
    scope = ", ".join(entry.scope)
    for finding in findings:
        told = named and scope.lower() not in finding.label.lower()
        label = f"{scope}: {finding.label}" if told else finding.label
        effects = (each for each in entry.headlines if each.key.endswith(".difference"))
        beside = next(effects, None) if finding.unit == "text" else None
        yield HeadlineNumber(finding, label, _trend(series, entry, finding), beside)


def _trend(series: Series, entry: Entry, finding: Finding) -> Markup:
    interval = (finding.low, finding.high) if finding.low is not None and finding.high is not None else None
    return marks.trend(_values(series, entry, finding), interval, width=88, height=30)


def _data_up_to(found: Sequence[Entry]) -> str:
    shown = [entry.shown for entry in found if entry.shown.can_be_told]
    latest = [table.latest[:10] for run in shown for table in run.tables if table.latest]
    try:
        return day(date.fromisoformat(max(latest))) if latest else ""
    except ValueError:
        return ""


def _false_alarms(found: Sequence[Entry]) -> str:
    """How many of the pages that are corrected for their comparisons say clear when nothing has changed."""
    shown = [entry.shown for entry in found if entry.has_page and not entry.is_draft]
    rates = [check.false_alarms for run in shown for check in run.checks if check.false_alarms]
    if len(rates) < 2:
        return ""
    return (
        f"If nothing had changed, about {max(1, round(sum(rates)))} of these {len(rates)} pages would say "
        "clear somewhere."
    )


def _data(found: Sequence[Entry], series: Series) -> dict[str, Any]:
    """All editions for the script, one short list each, in the order of catalog.js."""
    return {
        "reports": {report: heading(report) for report in sorted({entry.last.report for entry in found})},
        "statuses": WORDS,
        "editions": [_row(entry, series) for entry in found],
    }


def _row(entry: Entry, series: Series) -> list[Any]:
    finding = next(iter(entry.headlines), None)
    text = finding.text if finding else None
    interval = [finding.low, finding.high] if finding and finding.low is not None else []
    return [
        entry.last.report,
        entry.last.edition,
        entry.period_label,
        ", ".join([*entry.scope, *([entry.last.differing] if entry.last.changed else [])]),
        heading(str(entry.last.parameters.get("region", ""))),
        entry.status,
        int(entry.has_page),
        finding.label if finding else "",
        text.value if text else "",
        text.interval if text else "",
        text.change if text else "",
        marks.WORDS[finding.change.verdict] if finding and finding.change else "",
        [float(f"{value:.5g}") for value in (_values(series, entry, finding) if finding else [])],
        [float(f"{value:.5g}") for value in interval if value is not None],
        [_run(entry, run) for run in reversed(entry.runs)],
    ]


def _run(entry: Entry, run: RunRecord) -> list[Any]:
    told = run.findings if run.can_be_told else ()
    headline = next((finding for finding in told if finding.headline), next(iter(told), None))
    why = run.reason or (run.failed.error if run.failed else "")
    return [
        day(run.started),
        standing(run),
        headline.text.value if headline else "",
        headline.text.interval if headline else "",
        run.run_id,
        why,
        int(run.run_id in entry.past_pages),
    ]
