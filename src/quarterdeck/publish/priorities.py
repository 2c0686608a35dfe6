"""What the catalogue says first: what got worse or better, every verdict, every page that needs somebody.

Of each report its newest editions of record are asked. What is worst stands first: headlines before others,
what matters before what may not, then by the least that the change amounts to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpers.records import Change, Finding, Text
from helpers.records.outputs import Verdict
from helpers.records.report_terms import TARGET
from quarterdeck.archive.edition_standing import Standing
from quarterdeck.params.names import heading
from quarterdeck.publish.entries import Entry
from quarterdeck.publish.scales import Scale, panels

VERDICT = "verdict"
"""The key of a test's verdict."""
_NEEDS: tuple[Standing, ...] = ("failed", "held", "incomplete", "stale", "warned")
"""How pages stand that need somebody, worst first."""


@dataclass(frozen=True)
class Move:
    """A number that changed clearly, and the page that says so; `scale` is that of its unit here."""

    finding: Finding
    change: Change
    text: Text
    entry: Entry
    scale: Scale


@dataclass(frozen=True)
class Decided:
    """Tests of one verdict, each with the difference that it rests on, where one is told."""

    verdict: str
    tests: tuple[tuple[Entry, Finding | None], ...]


@dataclass(frozen=True)
class Trouble:
    """Editions of one report that stand alike for one reason."""

    status: Standing
    why: str
    entries: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """The report, as people read it."""
        return heading(self.entries[0].last.report)

    @property
    def owner(self) -> str:
        """Who looks after it."""
        return self.entries[0].last.owner


@dataclass(frozen=True)
class Priorities:
    """What an executive asks first."""

    worse: tuple[Move, ...]
    better: tuple[Move, ...]
    verdicts: tuple[Decided, ...]
    troubles: tuple[Trouble, ...]

    @property
    def tests(self) -> int:
        """How many tests have a verdict."""
        return sum(len(one.tests) for one in self.verdicts)

    @property
    def troubled(self) -> int:
        """How many pages need somebody."""
        return sum(len(one.entries) for one in self.troubles)


def priorities(newest: Sequence[Entry], of_record: Sequence[Entry]) -> Priorities:
    """From the newest editions of each report, and from every edition of record for the verdicts of tests."""
    moves = _moves(newest)
    return Priorities(
        worse=tuple(one for one in moves if one.change.verdict == "worse"),
        better=tuple(one for one in moves if one.change.verdict == "better"),
        verdicts=tuple(_verdicts(of_record)),
        troubles=tuple(_troubles([*newest, *(one for one in of_record if one.verdict)])),
    )


def _moves(newest: Sequence[Entry]) -> list[Move]:
    """Each number that got worse or better once, worst first."""
    found: dict[tuple[str, str], tuple[Finding, Change, Text, Entry]] = {}
    for entry in newest:
        for finding in entry.told:
            moved = _first_clear(finding)
            if moved:
                found.setdefault((finding.label, finding.text.value), (finding, *moved, entry))
    scales = {
        row.key: panel.scale for panel in panels([one[0] for one in found.values()]) for row in panel.rows
    }
    moves = [
        Move(finding, change, text, entry, scales[finding.key])
        for finding, change, text, entry in found.values()
    ]
    return sorted(moves, key=lambda one: _rank(one.finding, one.change))


def _first_clear(finding: Finding) -> tuple[Change, Text] | None:
    clear: tuple[Verdict, ...] = ("better", "worse")
    change = finding.change
    if change is None or change.against == TARGET or change.verdict not in clear:
        return None
    return change, finding.text


def _rank(finding: Finding, change: Change) -> tuple[bool, bool, float]:
    return not finding.headline, change.relevance != "matters", -least(finding, change)


def least(finding: Finding, change: Change) -> float:
    """The least that a clear change amounts to: in points, of counts and amounts in per cent of what was."""
    near = min((abs(at) for at in (change.low, change.high) if at is not None), default=0.0)
    if finding.unit == "points":
        return near
    if finding.unit == "share" or not change.previous:
        return 100 * near
    return 100 * near / abs(change.previous)


def _verdicts(of_record: Sequence[Entry]) -> Iterable[Decided]:
    by_word: dict[str, list[tuple[Entry, Finding | None]]] = {}
    for entry in of_record:
        if verdict := entry.verdict:
            effect = next((one for one in entry.headlines if one.key.endswith(".difference")), None)
            by_word.setdefault(verdict.text.value, []).append((entry, effect))
    return (Decided(word, tuple(tests)) for word, tests in by_word.items())


def _troubles(entries: Sequence[Entry]) -> list[Trouble]:
    found: dict[tuple[Standing, str, str], list[Entry]] = {}
    for entry in {entry.href: entry for entry in entries}.values():
        if entry.status in _NEEDS:
            found.setdefault((entry.status, entry.last.report, _why(entry)), []).append(entry)
    troubles = [Trouble(status, why, tuple(alike)) for (status, _, why), alike in found.items()]
    return sorted(troubles, key=lambda one: _NEEDS.index(one.status))


def _why(entry: Entry) -> str:
    """Why an edition stands as it does: how its newest run ended, else the first check that failed."""
    run = entry.last
    failed = run.reason or (run.failed.error if run.failed else "")
    checks = [check.text for check in run.checks if check.failed and check.severity != "info"]
    missing = [f"{gap.section} is missing: {gap.reason}" for gap in run.gaps if gap.kind == "failed"]
    return next(iter([failed] if failed else [*missing, *checks]), "")
