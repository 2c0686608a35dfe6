"""The site: which run's page stands for an edition, its banner when it is out of date, its history."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from filelock import FileLock
from markupsafe import Markup

from helpers.periods import day
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.edition_standing import WORDS, Standing
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord, records
from quarterdeck.params.names import heading
from quarterdeck.publish import marks

_LINKS = "<!--site:links-->"
_BANNER = "<!--site:banner-->"
_STATE = re.compile(r"<!--site:state-->.*?<!--/site:state-->", re.DOTALL)
_WENT = {
    "failed": "failed",
    "interrupted": "was interrupted",
    "skipped": "found no data",
    "ok": "was held back",
    "incomplete": "was held back",
    "running": "has not ended",
}


@dataclass(frozen=True)
class Run:
    """A run folder and its record."""

    folder: Path
    record: RunRecord

    @property
    def page(self) -> Path:
        """The page of this run, as it was rendered."""
        return self.folder / "report.html"

    @property
    def is_good(self) -> bool:
        """Whether its page may stand for the edition."""
        return self.record.can_be_told


def runs(layout: Layout, report: str, edition: str) -> list[Run]:
    """Every run of one edition that has ended, oldest first."""
    folder = layout.runs / report / edition
    found = [Run(folder / record.run_id, record) for record in records(folder)]
    return sorted(
        (run for run in found if run.record.status != "running"),
        key=lambda run: (run.record.started, run.folder.name),
    )


def place(layout: Layout, report: str, edition: str) -> Path | None:
    """Put the last good page of an edition in its place, with a banner where later runs did not make it.

    Returns the page's path, or None where the edition never had a good page.
    """
    with FileLock(layout.site_lock):
        return _place(layout, report, edition)


def restore(layout: Layout) -> bool:
    """Put back the pages that are gone from the site though their runs stand; whether there were any."""
    gone = [
        folder
        for folder in layout.runs.glob("*/*")
        if not layout.page(folder.parent.name, folder.name).exists() and any(folder.glob("*/report.html"))
    ]
    put_back = [place(layout, folder.parent.name, folder.name) for folder in gone]
    return any(page is not None for page in put_back)


def _place(layout: Layout, report: str, edition: str) -> Path | None:
    all_runs = runs(layout, report, edition)
    good = [index for index, run in enumerate(all_runs) if run.is_good and run.page.exists()]
    if not good:
        return None
    for index in good:
        _keep(all_runs[index], layout)
    last, later = all_runs[good[-1]], all_runs[good[-1] + 1 :]
    text = last.page.read_text(encoding="utf-8")
    target = layout.page(report, edition)
    replace(target, _for_site(text, last.record, later, layout.catalogue, target))
    return target


def _keep(run: Run, layout: Layout) -> None:
    """The page of a past run stays readable from the catalogue; drafts leave no past."""
    if run.record.draft:
        return
    kept = layout.past_page(run.record.report, run.record.edition, run.record.run_id)
    if not kept.exists() or kept.stat().st_mtime_ns < run.page.stat().st_mtime_ns:
        text = run.page.read_text(encoding="utf-8")
        replace(kept, _for_site(text, run.record, [], layout.catalogue, kept))


def _for_site(text: str, record: RunRecord, later: list[Run], catalogue: Path, target: Path) -> str:
    """The page as it stands in the site: the ways to its siblings; a banner when later runs went wrong."""
    text = text.replace(_LINKS, _ways(record, os.path.relpath(catalogue, target.parent)), 1)
    if not later:
        return text
    now: Standing = "skipped" if later[-1].record.status == "skipped" else "stale"
    state = Markup('<b class="st worse">{}{}</b>').format(marks.icon(now), WORDS[now])
    text = _STATE.sub(lambda _: str(state), text, count=1)
    return text.replace(_BANNER, _banner(later), 1)


def _ways(record: RunRecord, catalogue: str) -> Markup:
    """Links to what the catalogue finds: all reports, all editions of this one, its scope over time."""
    ways: list[tuple[str, dict[str, str]]] = [("All reports", {})]
    if not record.free:
        ways.append((f"All of {heading(record.report)}", {"report": record.report}))
    for name in record.matrix if "period" in record.parameters else ():
        scope = heading(str(record.parameters.get(name)))
        if name != "period" and scope != "All":
            sought = {"region": scope} if name == "region" else {"q": scope}
            ways.append((f"{scope} over time", {"report": record.report, **sought}))
    links = [
        Markup('<a href="{}">{}</a>').format(f"{catalogue}#{urlencode(found)}" if found else catalogue, said)
        for said, found in ways
    ]
    return Markup("").join(links)


def _banner(later: list[Run]) -> Markup:
    """Since when the page is out of date, why, and who looks after it."""
    first, latest = later[0].record, later[-1].record
    reason = latest.reason or (latest.failed.error if latest.failed else "")
    return Markup(
        '<div class="banner" role="note"><b>Out of date since {}</b>The run of {} {}{} '
        "The numbers below are from the last good run.{}</div>"
    ).format(
        day(first.started),
        day(latest.started),
        _WENT[latest.status],
        f": {reason.rstrip('.')}." if reason else ".",
        f" Owner: {latest.owner}." if latest.owner else "",
    )
