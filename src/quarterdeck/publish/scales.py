"""One axis for all numbers of a unit, so that a small change never looks like a large one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from helpers.records import Finding

_STEPS = 3
_APART = 10.0
"""Numbers of one unit that differ by more than this are drawn on two axes."""
_BOUNDED = frozenset({"share", "points"})
"""Units whose numbers are compared whatever their size."""
_UNITS = {"share": "Per cent", "points": "Points", "count": "Number", "days": "Days", "ratio": "Ratio"}


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, both of which are `ticks`: round numbers, evenly spaced."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Where a value stands on the axis, in per cent of its length."""
        return 100 * (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Panel:
    """Findings of one unit, drawn on one axis."""

    name: str
    unit: str
    scale: Scale
    rows: tuple[Finding, ...]


def panels(findings: Sequence[Finding]) -> tuple[Panel, ...]:
    """Findings by unit, in the order in which the units come first; numbers of very different size apart."""
    by_unit: dict[str, list[Finding]] = {}
    for finding in findings:
        by_unit.setdefault(finding.unit, []).append(finding)
    return tuple(
        Panel(_name(unit), unit, scale([at for row in rows for at in numbers(row)]), tuple(rows))
        for unit, found in by_unit.items()
        for rows in _of_one_size(unit, found)
    )


def numbers(finding: Finding) -> tuple[float, ...]:
    """What is drawn of a finding: its value, its interval, and what it is compared with."""
    drawn = (finding.value, finding.low, finding.high, *(change.previous for change, _ in finding.changes))
    return tuple(at for at in drawn if at is not None)


def scale(values: Iterable[float]) -> Scale:
    """The shortest axis of round numbers that holds zero and all values.

    >>> scale([0.153, 0.311]).ticks
    (0.0, 0.2, 0.4)
    >>> scale([-4, 31]).ticks
    (-20.0, 0.0, 20.0, 40.0)
    """
    seen = [0.0, *values]
    low, high = min(seen), max(seen)
    step = _round_step((high - low) / _STEPS or 1.0)
    first, last = math.floor(low / step), math.ceil(high / step)
    last = max(last, first + 1)
    ticks = tuple(float(f"{at * step:.12g}") for at in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, … that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return float(next(power * times for times in (1, 2, 5, 10) if power * times >= least * (1 - 1e-9)))


def _of_one_size(unit: str, findings: Sequence[Finding]) -> list[list[Finding]]:
    """The findings of one metric stand on one axis; metrics of very different size do not."""
    if unit in _BOUNDED:
        return [list(findings)]
    groups: list[list[Finding]] = []
    for metric in dict.fromkeys(finding.key.partition("@")[0] for finding in findings):
        found = [finding for finding in findings if finding.key.partition("@")[0] == metric]
        near = next((group for group in groups if _alike(_size(found), _size(group))), None)
        if near is None:
            groups.append(found)
        else:
            near += found
    return groups


def _alike(one: float, other: float) -> bool:
    return max(one, other) <= _APART * min(one, other)


def _size(findings: Iterable[Finding]) -> float:
    return max(abs(at) for finding in findings for at in numbers(finding))


def _name(unit: str) -> str:
    return _UNITS.get(unit, unit.rpartition(":")[2])
