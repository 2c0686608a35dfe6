"""The catalogue: every report with its latest numbers, every edition with its history, in one offline page.

It is built from the run records alone. It formats nothing: what it shows are the findings' own words.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from helpers.periods import day
from helpers.records import Finding
from quarterdeck.archive.atomic import remove_leftovers, replace
from quarterdeck.archive.edition_standing import WORDS, standing
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.names import heading
from quarterdeck.publish import marks
from quarterdeck.publish.entries import Entry, entries
from quarterdeck.publish.export import json_script, policy, stylesheet
from quarterdeck.publish.priorities import priorities

_TREND = 12


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


def render(found: Sequence[Entry], layout: Layout) -> str:
    """The catalogue as one HTML file."""
    templates = layout.templates
    script = templates.text("catalog/catalog.js").strip()
    css = stylesheet(templates) + templates.text("catalog/catalog.css")
    loader = FileSystemLoader(templates.kind("catalog"))
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True)
    series = _series(found)
    latest = _latest(found, series)
    newest = [entry for report in latest if not report.is_free for entry in report.editions]
    of_record = [entry for entry in found if not entry.is_draft]
    return environment.get_template("index.html.j2").render(
        project=found[0].last.project if found else "Quarterdeck",
        first_run=layout.command("run"),
        latest=latest,
        priorities=priorities(newest, of_record),
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
    listed = [entry for entry in found if not _is_aside(entry)]
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
                drafts=tuple(entry for entry in found if entry.last.report == report and _is_aside(entry)),
                numbers=tuple(_numbers(newest, series))[:3],
            )
        )
    return latest


def _is_aside(entry: Entry) -> bool:
    """Whether it is a draft beside editions of record; a free notebook has drafts alone."""
    return entry.is_draft and not entry.last.free


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
    labels = sorted({finding.label for entry in found for finding in _searchable(entry)})
    at = {label: number for number, label in enumerate(labels)}
    return {
        "labels": labels,
        "reports": {report: heading(report) for report in sorted({entry.last.report for entry in found})},
        "statuses": WORDS,
        "editions": [_row(entry, series, at) for entry in found],
    }


def _searchable(entry: Entry) -> Iterable[Finding]:
    """What the search finds an edition by: its headlines and whatever is compared."""
    return (finding for finding in entry.told if finding.headline or finding.changes)


def _row(entry: Entry, series: Series, at: Mapping[str, int]) -> list[Any]:
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
        entry.shown.title,
        entry.verdict.text.value if entry.verdict else "",
        sorted({at[finding.label] for finding in _searchable(entry)}),
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
