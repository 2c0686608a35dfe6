"""*What changed*: one table of the findings that are compared, with a column for each period compared with.

Few numbers have a target: it stands in a line below its number, not in a column that is mostly empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from helpers.records import Change, Finding, Text
from helpers.records.report_terms import TARGET

_BESIDE = {"previous": "the period before", "year_ago": "a year ago"}


@dataclass(frozen=True)
class ComparedWith:
    """A column: the period that numbers are compared with (`previous`), its name, and what it is."""

    against: str
    label: str
    beside: str


@dataclass(frozen=True)
class Moves:
    """The findings that are compared: those shown, and those folded away, none of which is clear."""

    columns: tuple[ComparedWith, ...] = ()
    rows: tuple[Finding, ...] = ()
    more: tuple[Finding, ...] = ()
    _cells: dict[tuple[str, str], tuple[Change, Text]] = field(default_factory=dict, repr=False)

    @property
    def since(self) -> str:
        """The period compared with, where it is one."""
        return self.columns[0].label if len(self.columns) == 1 else ""

    @property
    def further(self) -> int:
        """How many comparisons are folded away."""
        return sum(len(finding.changes) for finding in self.more)

    def cell(self, finding: Finding, column: ComparedWith) -> tuple[Change, Text] | None:
        """A finding's change against what stands above the column; None where it has none."""
        return self._cells.get((finding.key, column.against))

    def target(self, finding: Finding) -> tuple[Change, Text] | None:
        """How far a finding is from its target; None where it has none."""
        return self._cells.get((finding.key, TARGET))

    @property
    def has_targets(self) -> bool:
        """Whether any number has a target."""
        return any(against == TARGET for _, against in self._cells)


def what_changed(findings: Sequence[Finding]) -> Moves:
    """The table: what clearly changed, then the headlines; all else, of which nothing is clear, folded.

    A list of which nothing is shown has no claim anywhere in it.
    """
    compared = [finding for finding in findings if finding.change and finding.text.change]
    clear = [finding for finding in compared if is_clear(finding)]
    headlines = [finding for finding in compared if finding.headline and not is_clear(finding)]
    shown = (*clear, *headlines)
    kept = {finding.key for finding in shown}
    return Moves(
        _columns(compared),
        shown,
        tuple(finding for finding in compared if finding.key not in kept),
        {(one.key, change.against): (change, text) for one in compared for change, text in one.changes},
    )


def is_clear(finding: Finding) -> bool:
    """Whether it changed clearly against anything that it is compared with."""
    return any(change.way for change, _ in finding.changes)


def _columns(compared: Sequence[Finding]) -> tuple[ComparedWith, ...]:
    """In the order in which the report compares; of a period that tables cover differently the plain name."""
    labels: dict[str, str] = {}
    for change, _ in chain.from_iterable(finding.changes for finding in compared):
        if change.against == TARGET:
            continue
        known = labels.setdefault(change.against, change.period)
        labels[change.against] = min(known, change.period, key=len)
    return tuple(ComparedWith(name, label, _BESIDE.get(name, "")) for name, label in labels.items())
