"""What numbers are compared with, earlier periods and targets, and the rows of a list against each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from helpers.findings.page_correction import PageCorrection
from helpers.periods import Period
from helpers.records.report_terms import TARGET
from helpers.stats import Comparison, counted, distance, judged


@dataclass(frozen=True)
class Reference:
    """What a number is compared with.

    Attributes:
        name: what `compare` calls it: `previous`, `year_ago`, `target`, or a period in lower case (`2025q3`).
        label: how sentences call it: `2026 Q2`, `2017 Q4 (21 of 92 days)`.
        period: the earlier period; None for a target.

    Example:
        >>> Reference("year_ago", "2025 Q3", Period(2025, 3)).label
        '2025 Q3'
    """

    name: str
    label: str
    period: Period | None = None


@dataclass(frozen=True)
class Target:
    """What a number is to reach, in its own unit, and by the end of which period as people read it.

    >>> Target(35, "2026 Q4").reference.label
    'target by 2026 Q4'
    """

    value: float
    by: str = ""

    @property
    def reference(self) -> Reference:
        """The target as something to compare with."""
        return Reference(TARGET, f"{TARGET} by {self.by}" if self.by else TARGET)

    def distance_of(self, row: Comparison) -> Comparison:
        """A row against the target, by its own interval; the row needs one."""
        assert row.now is not None
        aim = counted(self.value, method=TARGET, level=row.now.level)
        return replace(row, reference=aim, difference=distance(row.now, self.value))


@dataclass(frozen=True)
class ComparedRows:
    """The rows of one list, or a headline alone, against each thing that their page compares them with.

    Attributes:
        name: what the page's correction calls the list: `regions`.
        rows: the rows by themselves, compared with nothing.
        against: the same rows in the same order against each reference, in the order of `compare`.

    Example:
        >>> from helpers.stats import compared_proportions
        >>> rows = [compared_proportions("France", (370, 1000), (320, 1000))]
        >>> found = ComparedRows.of("markets", rows, Reference("previous", "2026 Q2"))
        >>> [(reference.label, row.reference.value) for reference, row in found.at(0)]
        [('2026 Q2', 0.32)]
        >>> list(found.families)
        ['markets:previous']
    """

    name: str
    rows: tuple[Comparison, ...]
    against: Mapping[Reference, tuple[Comparison, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, rows: Sequence[Comparison], reference: Reference) -> Self:
        """Rows that are compared with one thing."""
        return cls(name, tuple(rows), {reference: tuple(rows)})

    @classmethod
    def gathered(
        cls,
        name: str,
        references: Sequence[Reference],
        compared: Callable[[Period | None], Sequence[Comparison]],
    ) -> Self:
        """The rows that `compared` gives for each period; for None it gives them compared with nothing."""
        against = {one: tuple(compared(one.period)) for one in references}
        return cls(name, tuple(compared(None)), against)

    def with_target(self, target: Target | None) -> Self:
        """The same rows against a target too; without one, or without an interval, as they are.

        >>> from helpers.stats import compared_proportions
        >>> rows = (compared_proportions("All", (240, 1000), None),)
        >>> found = ComparedRows("total", rows).with_target(Target(0.3, "2026 Q4"))
        >>> [(reference.label, row.difference.value) for reference, row in found.at(0)]
        [('target by 2026 Q4', -0.06)]
        """
        if target is None or any(row.now is None or row.now.limits_at is None for row in self.rows):
            return self
        return replace(
            self, against={**self.against, target.reference: tuple(map(target.distance_of, self.rows))}
        )

    @property
    def families(self) -> dict[str, tuple[Comparison, ...]]:
        """The rows against each reference, by what the page's correction calls them: `regions:previous`."""
        return {f"{self.name}:{one.name}": rows for one, rows in self.against.items()}

    @property
    def first(self) -> tuple[Comparison, ...]:
        """The rows against what the page compares with first; by themselves where that is nothing."""
        return next(iter(self.against.values()), self.rows)

    def at(self, position: int) -> tuple[tuple[Reference, Comparison], ...]:
        """One row against each reference."""
        return tuple((one, rows[position]) for one, rows in self.against.items())

    def judged(self, correction: PageCorrection | None) -> Self:
        """The rows at the levels that decide them on their page; each list by itself without a correction."""
        read = {
            one: correction.judged(f"{self.name}:{one.name}", rows) if correction else judged(rows)
            for one, rows in self.against.items()
        }
        return replace(self, against=read)


def headline_rows(found: Sequence[ComparedRows]) -> dict[str, Comparison]:
    """Each headline against each reference, by name: what a page's correction takes.

    >>> from helpers.stats import compared_proportions
    >>> row = compared_proportions("All", (370, 1000), (320, 1000))
    >>> list(headline_rows([ComparedRows.of("total", [row], Reference("year_ago", "2025 Q3"))]))
    ['total:year_ago']
    """
    return {name: row for each in found for name, (row,) in each.families.items()}


def families(found: Sequence[ComparedRows]) -> dict[str, Sequence[Comparison]]:
    """The rows of each list against each reference, by name: what a page's correction takes.

    >>> from helpers.stats import compared_proportions
    >>> row = compared_proportions("France", (370, 1000), (320, 1000))
    >>> list(families([ComparedRows.of("markets", [row], Reference("year_ago", "2025 Q3"))]))
    ['markets:year_ago']
    """
    return {name: rows for each in found for name, rows in each.families.items()}
