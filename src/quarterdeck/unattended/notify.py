"""Notifications: what is news about the editions, and one digest a recipient with only that.

An address is named in a report's file as `${NAME}` and stands in the environment only. What a recipient was
told last is in the ledger, so that nothing is told twice and nothing is lost when a message cannot be sent.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote

from helpers.records import Finding
from helpers.records.nouns import how_many
from quarterdeck import QuarterdeckError
from quarterdeck.archive import ledger
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import WENT_WRONG, RunRecord
from quarterdeck.params.report import News, Notify
from quarterdeck.secrets import named_by

_NUMBERS = 5
_ATTACHED_BYTES = 8_000_000
"""Many mail servers refuse a message of more than ten megabytes."""
_ORDER: tuple[News, ...] = ("failed", "recovered", "changed")


@dataclass(frozen=True)
class Item:
    """One piece of news: how the newest run of an edition differs from the one told last (None: none)."""

    news: News
    record: RunRecord
    before: RunRecord | None


@dataclass(frozen=True)
class Digest:
    """One message; `pages` are attached, by the names that they get."""

    title: str
    body: str
    pages: Mapping[str, Path]


Send = Callable[[str, Digest], None]
"""Sends a digest to the addresses that a variable holds; raises NotSent where that fails."""


class NotSent(Exception):  # noqa: N818  (it says what did not happen)
    """A digest could not be sent; the text says why."""


def news(record: RunRecord, before: RunRecord | None) -> News | None:
    """What is new about an edition since `before` was told; None where nothing is."""
    if _is_bad(record):
        same = before is not None and (before.status, before.reason) == (record.status, record.reason)
        return None if same else "failed"
    if before is not None and _is_bad(before):
        return "recovered"
    return "changed" if before is None or _told(record) != _told(before) else None


def digest(items: Iterable[Item], layout: Layout, site: str) -> Digest:
    """One message with all news: failures first, each edition with the numbers that changed."""
    ordered = sorted(
        items, key=lambda item: (_ORDER.index(item.news), item.record.report, item.record.edition)
    )
    counts = Counter(item.news for item in ordered)
    project = ordered[0].record.project
    told = ["\n".join(_lines(item, layout, site)) for item in ordered]
    pages = {} if site else _pages(ordered, layout)
    attached = _small_enough(pages)
    if len(attached) < len(pages):
        told.append(
            f"Attached are the first {len(attached)} of {len(pages)} pages: a larger message may be refused. "
            "With `site` in params/project.yaml, messages link to the pages instead."
        )
    return Digest(
        title=f"{project}: " + ", ".join(f"{counts[kind]} {kind}" for kind in _ORDER if counts[kind]),
        body="\n\n".join(told),
        pages=attached,
    )


def _pages(items: Sequence[Item], layout: Layout) -> dict[str, Path]:
    """The pages that are news, by the names that they get when they are attached."""
    named = {
        f"{item.record.report}-{item.record.edition}.html": layout.page(
            item.record.report, item.record.edition
        )
        for item in items
        if item.news != "failed"
    }
    return {name: page for name, page in named.items() if page.exists()}


def _small_enough(pages: Mapping[str, Path]) -> dict[str, Path]:
    """The first of the pages, as many as one message can carry."""
    sizes = accumulate(page.stat().st_size for page in pages.values())
    return {
        name: page for (name, page), size in zip(pages.items(), sizes, strict=True) if size <= _ATTACHED_BYTES
    }


def tell(
    layout: Layout, reports: Mapping[str, Notify], site: str, environment: Mapping[str, str], send: Send
) -> Iterator[str]:
    """Send each recipient what is news, and yield what could not be sent, and why.

    What was not sent stays news, and is tried again the next time.
    """
    wanted: dict[str, list[str]] = defaultdict(list)
    for report, notify in reports.items():
        for recipient in notify.to if notify.on else ():
            wanted[recipient].append(report)
    for recipient, names in wanted.items():
        found = [
            (item, item.news in reports[report].on)
            for report in names
            for item in _news_for(layout, recipient, report)
        ]
        asked = [item for item, is_asked in found if is_asked]
        [variable] = named_by([recipient])
        try:
            if asked and not environment.get(variable):
                raise NotSent(f"{variable} is not set in the environment")
            if asked:
                send(environment[variable], digest(asked, layout, site))
        except NotSent as error:
            editions = how_many(len(asked), "edition")
            yield f"{recipient} could not be told of {editions}: {error}. It is tried again."
        else:
            if found:
                _note(layout, recipient, [item.record for item, _ in found])


def by_apprise(addresses: str, digest: Digest) -> None:
    """Send through apprise: e-mail, Slack, Teams, webhooks and what else its URLs name.

    Raises:
        NotSent: an address is none that it knows, a message was not taken, or apprise is not installed.
    """
    import logging

    try:
        import apprise
    except ImportError:
        raise NotSent('messages need apprise: pip install "quarterdeck[notify]"') from None
    services = apprise.Apprise()
    if not services.add(addresses) or not len(services):
        raise NotSent("an address is none that apprise knows")
    with apprise.LogCapture(level=logging.WARNING) as said:
        sent = [
            service.notify(
                title=digest.title,
                body=digest.body,
                body_format=apprise.NotifyFormat.TEXT,
                attach=_attachments(digest) if service.attachment_support else None,
            )
            for service in services
        ]
        if not all(sent):
            raise NotSent(" ".join(said.getvalue().split()) or "the message was not taken")


def _attachments(digest: Digest) -> object:
    from apprise import AppriseAttachment
    from apprise.attachment.file import AttachFile

    attached = AppriseAttachment()
    for name, path in digest.pages.items():
        attached.add(AttachFile(str(path), name=name))
    return attached if digest.pages else None


def _is_bad(record: RunRecord) -> bool:
    return record.status in WENT_WRONG or record.is_held


def _told(record: RunRecord) -> object:
    """What a reader would notice: the status, and the wording of the headline numbers."""
    return record.status, [(finding.key, finding.text) for finding in record.findings if finding.headline]


def _lines(item: Item, layout: Layout, site: str) -> Iterator[str]:
    record = item.record
    if item.news == "failed":
        verb = "was held back" if record.is_held else _VERBS[record.status]
        yield f"{record.title}: {verb}. {record.reason}".rstrip()
        stands = layout.page(record.report, record.edition).exists() and record.status != "incomplete"
        yield "The last good page stands, with a banner." if stands else "See its log in the run folder."
        if record.owner:
            yield f"Owner: {record.owner}."
    else:
        yield f"{record.title}: {'new' if item.before is None else item.news}"
        if record.status == "skipped":
            yield f"It has no data: {record.reason}"
        yield from map(_number, _changed(item)[:_NUMBERS])
    if site and layout.page(record.report, record.edition).exists():
        page = layout.page(record.report, record.edition).relative_to(layout.site)
        yield f"{site.rstrip('/')}/{quote(page.as_posix())}"


_VERBS = {"failed": "failed", "incomplete": "is incomplete", "interrupted": "was interrupted"}


def _changed(item: Item) -> list[Finding]:
    """The headline numbers that are not worded as they were when last told; all where none was told."""
    before = item.before.findings if item.before and item.before.can_be_told else ()
    known = {finding.key: finding.text for finding in before}
    return [f for f in item.record.findings if f.headline and known.get(f.key) != f.text]


def _number(finding: Finding) -> str:
    text = finding.text
    interval = f" ({text.interval})" if text.interval else ""
    change = ", ".join(part for part in (text.change, text.verdict) if part)
    return f"  {finding.label}: {text.value}{interval}{'; ' if change else ''}{change}"


_NEWEST = """
    select edition, max(run_id) as run_id from runs
    where report = :report and draft = 0 and status <> 'running'
    and (status <> 'interrupted' or due is not null)
    and started >= (select since from schedules where report = :report)
    group by edition
"""
_TOLD = (
    "select run_id from told where recipient in (?, '*') and report = ? and edition = ? order by run_id desc"
)


def _news_for(layout: Layout, recipient: str, report: str) -> Iterator[Item]:
    def differing(connection: sqlite3.Connection) -> list[tuple[str, str, str | None]]:
        found = []
        for edition, run_id in connection.execute(_NEWEST, {"report": report}).fetchall():
            told = connection.execute(_TOLD, (recipient, report, edition)).fetchone()
            if told is None or told["run_id"] != run_id:
                found.append((edition, run_id, told and told["run_id"]))
        return found

    for edition, run_id, told in ledger.use(layout, differing):
        record = _read(layout, report, edition, run_id)
        before = _read(layout, report, edition, told) if told else None
        kind = news(record, before) if record else None
        if record and kind:
            yield Item(kind, record, before)


def _read(layout: Layout, report: str, edition: str, run_id: str) -> RunRecord | None:
    try:
        return RunRecord.read(layout.run(report, edition, run_id))
    except QuarterdeckError:
        return None


def _note(layout: Layout, recipient: str, records: list[RunRecord]) -> None:
    rows = [(recipient, record.report, record.edition, record.run_id) for record in records]
    ledger.use(
        layout,
        lambda connection: connection.executemany("insert or replace into told values (?, ?, ?, ?)", rows),
    )
