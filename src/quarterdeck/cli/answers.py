"""What the command line answers: text for people, JSON for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from quarterdeck.archive.record import WENT_WRONG, RunRecord

if TYPE_CHECKING:
    from rich.table import Table

    from helpers.records import Finding
    from quarterdeck.archive.layout import Layout
    from quarterdeck.params.report import Schedule
    from quarterdeck.plan.request import Planned
    from quarterdeck.plan.schedule import Due
    from quarterdeck.run.compare import RunComparison
    from quarterdeck.run.fleet import Outcome

_ENDINGS = ("ok", "held back", "skipped", *WENT_WRONG)
_VERBS = {"failed": "failed", "incomplete": "is incomplete: it failed", "interrupted": "was interrupted"}
_TOLD = {"report", "edition", "run_id", "status", "published", "reason", "failed", "notices", "timings"}
_REASONS = 3
NO_SCHEDULE = "No report has a schedule. Add one to params/<report>.yaml: schedule: {cron: 0 7 5 1,4,7,10 *}."


def ran(layout: Layout, outcome: Outcome, up_to_date: int) -> Iterator[str]:
    """What became of a fleet: a paragraph on each run that needs one, the counts, where the catalogue is."""
    for record in outcome.records:
        if record.ending != "ok":
            yield _trouble(layout, record)
        elif record.draft:
            yield f"{record.report}/{record.edition} is a draft: {_page(layout, record)}"
    for name, tables in outcome.new_rows.items():
        if tables:
            yield f"{name} saw {', '.join(tables)}."
    for name, runner in outcome.elsewhere.items():
        yield f"{name} is being run by another process ({runner}); it was left to it."
    for name, reason in outcome.unpublished.items():
        yield f"{name} could not be published ({reason}). {layout.command('run')} publishes it."
    counts = Counter(record.ending for record in outcome.records)
    said = [f"{counts[ending]} {ending}" for ending in _ENDINGS if counts[ending]]
    yield ", ".join([*said, f"{up_to_date} up to date"]) + "."
    if layout.catalogue.exists():
        yield str(layout.catalogue)


def ran_json(layout: Layout, outcome: Outcome, chosen: Sequence[Planned]) -> dict[str, Any]:
    """The same for a program, and where the page of each edition that was asked for stands."""
    ran = outcome.names | outcome.elsewhere.keys()
    runs = [
        record.model_dump(mode="json", include=_TOLD)
        | {
            "folder": str(layout.run(record.report, record.edition, record.run_id)),
            "new_rows": outcome.new_rows.get(f"{record.report}/{record.edition}", []),
        }
        for record in outcome.records
    ]
    return {
        "runs": runs,
        "pages": {item.request.name: _place(layout, item) for item in chosen},
        "up_to_date": sum(item.request.name not in ran for item in chosen),
        "elsewhere": outcome.elsewhere,
        "unpublished": outcome.unpublished,
        "index": str(layout.catalogue),
    }


def _place(layout: Layout, item: Planned) -> str | None:
    page = layout.page(item.request.report, item.request.edition)
    return str(page) if page.exists() else None


def drafts(layout: Layout, found: Sequence[RunRecord], *, removed: bool) -> Iterator[str]:
    """The drafts that there are, or that there were."""
    for run in found:
        name = f"{run.report}/{run.edition}"
        differing = f" ({run.differing})" if run.differing else ""
        yield f"{name} removed" if removed else f"{name}{differing} {run.ending}: {_page(layout, run)}"
    if not found:
        yield f"There is no such draft. {layout.command('run', 'REPORT', '--draft')} makes one."


def drafts_json(layout: Layout, found: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """The same for a program."""
    told = _TOLD | {"parameters", "changed", "free", "started"}
    return [run.model_dump(mode="json", include=told) | {"page": str(_page(layout, run))} for run in found]


def planned(items: Sequence[Planned]) -> Iterator[str]:
    """What would run, and why."""
    from helpers.records.nouns import how_many

    for item in items:
        few = ", ".join(item.reasons[:_REASONS])
        more = len(item.reasons) - _REASONS
        why = few + (f" and {more} more" if more > 0 else "")
        yield f"{item.request.name}: {why or 'up to date'}"
    yield f"{sum(not item.up_to_date for item in items)} of {how_many(len(items), 'edition')} would run."


def planned_json(items: Sequence[Planned]) -> list[dict[str, Any]]:
    """The same for a program."""
    return [
        {
            "report": item.request.report,
            "edition": item.request.edition,
            "title": item.request.title,
            "parameters": item.request.parameters,
            "draft": item.request.draft,
            "up_to_date": item.up_to_date,
            "reasons": item.reasons,
            "command": item.request.command,
        }
        for item in items
    ]


def compared(comparison: RunComparison) -> tuple[Table | None, list[str]]:
    """Findings of two runs side by side, and a line for each input that differed."""
    from rich.table import Column, Table
    from rich.text import Text

    # Folded, never cut: two long names that begin alike stay two.
    table = Table(*(Column(head, overflow="fold") for head in ("", "first", "second", "")))
    for pair in comparison.findings:
        cells = (pair.label, _shown(pair.first), _shown(pair.second), "" if pair.same else "differs")
        table.add_row(*map(Text, cells))
    lines = [*comparison.parameters, *comparison.inputs]
    return table if comparison.findings else None, lines or ["The inputs are the same."]


def compared_json(comparison: RunComparison) -> dict[str, Any]:
    """The same for a program."""
    findings = [
        {
            "key": pair.key,
            "same": pair.same,
            "first": pair.first and pair.first.model_dump(mode="json"),
            "second": pair.second and pair.second.model_dump(mode="json"),
        }
        for pair in comparison.findings
    ]
    return {"findings": findings, "parameters": comparison.parameters, "inputs": comparison.inputs}


def history(layout: Layout, runs: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """What ran, a line each."""
    for run in runs:
        why = f": {run['reason']}" if run["reason"] else ""
        yield f"{run['run_id']} {run['report']}/{run['edition']} {run['status']}{why}"
    if not runs:
        yield f"There is no such run. {layout.command('run')} makes the first."


def scheduled(layout: Layout, schedules: Mapping[str, Schedule], now: datetime) -> list[dict[str, Any]]:
    """Of each scheduled report when it runs, what was settled last, what is due, and what comes next."""
    from quarterdeck.plan import agenda, schedule

    known = agenda.due_times(layout)
    found = []
    for report, own in schedules.items():
        noted = known.get(report)
        open_times = [due.at for due in schedule.due({report: own}, known, now)]
        found.append(
            {
                "report": report,
                "cron": own.cron,
                "timezone": own.timezone,
                "catch_up": own.catch_up,
                "since": noted and _local(noted.since, own),
                "settled": noted and noted.settled and _local(noted.settled, own),
                "due": [_local(at, own) for at in open_times],
                "next": _local(schedule.upcoming({report: own}, now, 1)[0].at, own),
            }
        )
    return found


def scheduled_text(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The same for people."""
    for item in found:
        yield f"{item['report']}: {item['cron']} {item['timezone']}, catch up {item['catch_up']}"
        if item["since"] is None:
            yield "  not seen by quarterdeck schedule run yet"
        yield f"  last settled {item['settled'] or 'never'}; due now {', '.join(item['due']) or 'nothing'}"
        yield f"  next {item['next']}"
    if not found:
        yield NO_SCHEDULE


def upcoming(dues: Sequence[Due], schedules: Mapping[str, Schedule]) -> list[dict[str, str]]:
    """Due times, each in the time zone of its schedule."""
    return [{"report": due.report, "due": _local(due.at, schedules[due.report])} for due in dues]


def _page(layout: Layout, record: RunRecord) -> Path:
    """Where its page stands; in its folder where it was not published."""
    page = layout.page(record.report, record.edition)
    return page if page.exists() else layout.run(record.report, record.edition, record.run_id)


def _local(at: datetime, schedule: Schedule) -> str:
    return at.astimezone(ZoneInfo(schedule.timezone)).isoformat(timespec="minutes")


def _trouble(layout: Layout, record: RunRecord) -> str:
    """One paragraph on a run that did not simply go well: what, where, and where to read more."""
    name = f"{record.report}/{record.edition}"
    if record.status == "skipped":
        return f"{name} was skipped: {record.reason}"
    if record.is_held:
        return f"{name} was held back: {record.reason}"
    where = ""
    if record.failed and record.failed.cell is not None:
        section = f" ({record.failed.section})" if record.failed.section else ""
        where = f" in cell {record.failed.cell}{section}, at {record.failed.line!r}"
    log = layout.run(record.report, record.edition, record.run_id) / "log.txt"
    reason = record.reason if record.reason.endswith((".", "?", "!")) else f"{record.reason}."
    return f"{name} {_VERBS[record.status]}{where}: {reason} More in {log}"


def _shown(finding: Finding | None) -> str:
    if finding is None:
        return "–"
    return f"{finding.text.value} [{finding.text.interval}]" if finding.text.interval else finding.text.value
