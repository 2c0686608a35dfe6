"""The page as data: what stands on it, in the order of reading, made from the record and the notebook.

Nothing here depends on the clock, on the run's number or on what else is published: the same record
and notebook give the same page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from markupsafe import Markup, escape
from nbformat import NotebookNode

from helpers.periods import Period, PeriodError, day
from helpers.records import COVERAGE, ActionTaken, Check, Finding, TableAccount
from helpers.records.explanation import told_day
from quarterdeck.archive.edition_standing import WORDS, Standing, standing
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.names import heading, readable
from quarterdeck.publish.cells import PageSection, sections
from quarterdeck.publish.glimpse import glimpse
from quarterdeck.publish.number_origins import NumberOrigins, number_origins
from quarterdeck.publish.what_changed import Moves, is_clear, what_changed

_TAKEN = frozenset({"short", "changed", "todo", "headlines", "provenance", "all", "main", "start"})
"""Ids that the page itself uses."""
_SENTENCES, _LEAST = 4, 2
_SIZE = re.compile(r"between (?:(?! and ).)+ and (?:(?! and ).)+?(?= with |, more than chance brings)")


@dataclass(frozen=True)
class PageTop:
    """What a page says before its sections: in short, what changed, the headline numbers."""

    sentences: tuple[Markup, ...]
    moves: Moves
    cards: tuple[Finding, ...]
    level: str = ""
    origins: NumberOrigins = field(default_factory=NumberOrigins)


def top(
    findings: tuple[Finding, ...],
    parts: tuple[PageSection, ...] = (),
    actions: tuple[ActionTaken, ...] = (),
    tables: tuple[TableAccount, ...] | None = None,
) -> PageTop:
    """The top of a page, from the findings of its cells, its sections, its actions and what it read.

    A headline number has a card where neither a sentence nor the table says it. Without `tables`, as before
    it is published, no number leads to where it comes from.
    """
    ending = (*_missing(parts), *_next(actions))
    told, moves = _told(findings, _SENTENCES - len(ending)), what_changed(findings)
    heard = [finding for finding, _ in told]
    cards = tuple(one for one in findings if one.headline and not one.changes and one not in heard)
    known = (
        NumberOrigins()
        if tables is None
        else number_origins((*heard, *moves.rows, *moves.more, *cards), tables)
    )
    return PageTop(
        sentences=(*(_emphasised(text, finding, known) for finding, text in told), *ending),
        moves=moves,
        cards=cards,
        level=_level(findings),
        origins=known,
    )


@dataclass(frozen=True)
class Page:
    """Everything the template shows."""

    record: RunRecord
    scope: tuple[str, ...]
    level: str
    data_up_to: str
    next_due: str
    standing: Standing
    word: str
    sentences: tuple[Markup, ...]
    moves: Moves
    actions: tuple[ActionTaken, ...]
    cards: tuple[Finding, ...]
    start: PageSection | None
    sections: tuple[PageSection, ...]
    origins: NumberOrigins
    failed_checks: tuple[Check, ...]
    other_checks: tuple[Check, ...]
    false_alarms: str = ""

    def __deepcopy__(self, _memo: object) -> Page:
        """Nobody changes a page: the copy that nbconvert takes is the page itself."""
        return self

    @property
    def ask(self) -> str:
        """Where a question about the page goes; empty where the project names no place."""
        given = {"title": self.record.title, "key": "this page", "link": ""}
        return self.record.ask.format(**{name: quote(text, safe="") for name, text in given.items()})

    @property
    def folds(self) -> bool:
        """Whether sections are folded to their titles: where the top of the page says what they come to."""
        return bool(self.sentences or self.moves.columns)

    def glimpse(self, section: PageSection) -> Markup:
        """The small chart of a section's findings."""
        keys = frozenset(section.keys)
        return glimpse([finding for finding in self.record.findings if finding.key in keys])


def page(record: RunRecord, notebook: NotebookNode) -> Page:
    """The page of one run."""
    parts = sections(notebook, record.gaps, _TAKEN)
    actions = tuple(action for part in parts for action in part.actions)
    parts = tuple(part for part in parts if part.shown)
    named = tuple(part for part in parts if part.heading)
    beginning = top(record.findings, named, actions, record.tables)
    return Page(
        record=record,
        scope=tuple(_scope(record)),
        level=beginning.level,
        data_up_to=_data_up_to(record),
        next_due=day(record.next_due) if record.next_due else "",
        standing=(stands := standing(record)),
        word=_word(record, stands, named),
        sentences=beginning.sentences,
        moves=beginning.moves,
        actions=actions,
        cards=beginning.cards,
        start=next((part for part in parts if not part.heading), None),
        sections=named,
        origins=beginning.origins,
        failed_checks=tuple(check for check in record.checks if check.failed),
        other_checks=tuple(check for check in record.checks if not check.failed and not check.false_alarms),
        false_alarms=next((check.text for check in record.checks if check.false_alarms), ""),
    )


def _scope(record: RunRecord) -> Iterable[str]:
    """The days of the period, and of the matrix what the title does not say."""
    period = record.parameters.get("period")
    if period is not None:
        yield _period(str(period), record.fiscal_year_start)
    for name in record.matrix:
        value = readable(str(record.parameters.get(name)))
        if name != "period" and value.lower() not in record.title.lower():
            yield f"{heading(name)}: {value}"


def _period(text: str, fiscal_year_start: int) -> str:
    try:
        period = Period.parse(text, fiscal_year_start)
    except PeriodError:
        return text
    return period.dates or period.label.capitalize()


def _level(findings: Iterable[Finding]) -> str:
    return next((finding.text.level for finding in findings if finding.text.level), "")


def _data_up_to(record: RunRecord) -> str:
    latest = max((table.latest for table in record.tables if table.latest), default="")
    return told_day(latest) if latest else ""


def _word(record: RunRecord, stands: Standing, parts: tuple[PageSection, ...]) -> str:
    """How the edition stands; of an incomplete one also what is missing."""
    missing = sum(part.gap is not None and part.gap.kind == "failed" for part in parts)
    if missing:
        return f"{WORDS['incomplete']}: {missing} of {len(parts)} sections missing"
    partly = stands == "incomplete" and any(one.key == COVERAGE and one.failed for one in record.checks)
    return f"{WORDS[stands]}: the data cover a part of the period" if partly else WORDS[stands]


def _told(findings: tuple[Finding, ...], room: int) -> list[tuple[Finding, str]]:
    """The sentences in short with their findings: of the first headline also how sure, then of others.

    Headlines that moved clearly come before others; where headlines are few, what clearly changed is told.
    """
    worded = [finding for finding in findings if finding.text.sentence]
    if not worded:
        return []
    first, *others = sorted(worded, key=lambda one: not one.headline)
    told = [(first, text) for text in (first.text.sentence, first.text.certainty) if text]
    ranked = sorted(others, key=lambda one: (not one.headline, not is_clear(one)))
    headlines = sum(finding.headline for finding in others)
    for finding in ranked[: max(_LEAST, headlines)]:
        if len(told) < room:
            told.append((finding, finding.text.sentence))
    return told


def _next(actions: tuple[ActionTaken, ...]) -> tuple[Markup, ...]:
    """The first thing that is planned; else the first that nothing is done about yet."""
    planned = [action for action in actions if action.status == "planned" and action.done]
    watched = [action for action in actions if action.status == "watching" and not action.done]
    for action in planned[:1]:
        return (Markup("<strong>Next:</strong> {} ({})").format(_ended(action.done), action.owner),)
    for action in watched[:1]:
        said = f"{action.title}; nothing is done about it yet"
        return (Markup("<strong>Next:</strong> {} ({})").format(_ended(said), action.owner),)
    return ()


def _ended(text: str) -> str:
    return text.rstrip(".")


def _missing(parts: tuple[PageSection, ...]) -> tuple[Markup, ...]:
    """What nothing is said about."""
    gone = [part.heading for part in parts if part.gap and part.gap.kind == "failed"]
    if not gone:
        return ()
    missing = "that section is missing" if len(gone) == 1 else "those sections are missing"
    return (escape(f"Nothing is said about {', '.join(gone)}: {missing}."),)


def _emphasised(sentence: str, finding: Finding, known: NumberOrigins) -> Markup:
    """The sentence with its number or conclusion in bold, and the size of a change that is no chance.

    The number leads to where it comes from.
    """
    value = finding.text.value
    start = sentence.find(value, len(finding.label) if sentence.startswith(finding.label) else 0)
    strong = [(start, start + len(value))] if value and start >= 0 else []
    size = _SIZE.search(sentence, max(start, 0))
    if size:
        strong.append(size.span())
    parts, at = [], 0
    for first, last in strong:
        shown = escape(sentence[first:last])
        shown = known.linked(finding, shown) if sentence[first:last] == value else shown
        parts += [escape(sentence[at:first]), Markup("<strong>{}</strong>").format(shown)]
        at = last
    return Markup("").join([*parts, escape(sentence[at:])])
