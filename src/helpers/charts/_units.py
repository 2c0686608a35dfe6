"""How the numbers of one chart read: a unit with its decimals, over the formats of helpers.style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers import style, tables
from helpers.stats import Comparison, Difference, Estimate

NO_DATA = "no data"


@dataclass(frozen=True)
class Unit:
    """A unit of helpers.style and the decimals it is shown with."""

    name: str
    decimals: int | None = None

    @property
    def noun(self) -> str:
        """What heads a column of such values."""
        if self.name.startswith("currency:"):
            return self.name.removeprefix("currency:")
        return {"share": "Share", "points": "Score", "count": "Count", "days": "Days"}.get(self.name, "Value")

    def value(self, found: Estimate | float | None) -> str:
        """`84.1%`."""
        if found is None:
            return NO_DATA
        return style.value(found.value if isinstance(found, Estimate) else found, self.name, self.decimals)

    def short(self, found: Estimate | float | None) -> str:
        """The value without the name of a currency or of days, which stands beside it already."""
        return self.value(found).removeprefix(f"{self.noun}{style.NBSP}").split(f"{style.NBSP}day")[0]

    def interval(self, found: Estimate | None) -> str:
        """`28 to 34`, or nothing where there is no interval."""
        if found is None or found.low is None or found.high is None:
            return ""
        return style.interval(found.low, found.high, self.name, self.decimals)

    def estimate(self, found: Estimate | None) -> str:
        """`31, interval 28 to 34`."""
        limits = self.interval(found)
        return self.value(found) + (f", interval {limits}" if limits else "")

    def change(self, found: Difference | float) -> str:
        """`+6 pts`."""
        amount = found.value if isinstance(found, Difference) else found
        return style.change(amount, self.name, self.decimals)

    def limits(self, found: Difference) -> str:
        """`+2 to +10`."""
        return style.change_interval(found.low, found.high, self.name, self.decimals)

    def difference(self, row: Comparison) -> str:
        """`+6 pts (+2 to +10)`, or nothing."""
        return f"{self.change(row.difference)} ({self.limits(row.difference)})" if row.difference else ""

    def ticks(self, steps: Sequence[float]) -> tuple[str, ...]:
        """The labels of an axis."""
        return style.ticks(steps, self.name)

    def change_ticks(self, steps: Sequence[float]) -> tuple[str, ...]:
        """The labels of an axis of differences."""
        return style.change_ticks(steps, self.name)

    def column(self, label: str) -> tables.Column:
        """A table column of values, or of intervals."""
        return tables.Column(label, self.name, self.decimals)

    def change_column(self, label: str) -> tables.Column:
        """A table column of differences, or of their intervals."""
        return tables.Column(label, f"change:{self.name}", self.decimals)


def limits_of(found: Estimate | Difference | None) -> tuple[float, float] | None:
    """The limits as a table cell."""
    if found is None or found.low is None or found.high is None:
        return None
    return found.low, found.high


def level_of(found: Sequence[Estimate | Difference | None]) -> str:
    """`95% interval`, of the first that has a level."""
    level = next((each.level for each in found if each is not None), None)
    return f"{style.level(level)} interval" if level is not None else "Interval"
