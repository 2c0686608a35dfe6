"""What is known of the numbers to draw: finite values, unbroken runs, extents."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from helpers.charts._drawing import Vertex
from helpers.stats import Comparison, Difference, Estimate, Series


def estimate(found: Estimate | None) -> Estimate | None:
    """The estimate if its value is finite, without limits that are not."""
    if found is None or not math.isfinite(found.value):
        return None
    if found.low is None or found.high is None or not math.isfinite(found.low + found.high):
        return replace(found, low=None, high=None)
    return found


def bare(found: Estimate | None) -> Estimate | None:
    """The estimate without its interval."""
    return found and replace(found, low=None, high=None)


def difference(found: Difference | None) -> Difference | None:
    """The difference if it and its limits are finite."""
    return found if found and math.isfinite(found.value + found.low + found.high) else None


def comparison(row: Comparison) -> Comparison:
    """The row with only what is known."""
    return replace(
        row,
        now=estimate(row.now),
        reference=estimate(row.reference),
        difference=difference(row.difference),
    )


def series(found: Series) -> list[Estimate | None]:
    """The estimate at each point, None where there is none."""
    return [estimate(point.estimate) for point in found.points]


def matched(found: Series, at: Sequence[str]) -> list[Estimate | None]:
    """The estimates of a series at the points of another."""
    known = {point.at: estimate(point.estimate) for point in found.points}
    return [known.get(name) for name in at]


def runs(found: Sequence[Estimate | None]) -> list[list[int]]:
    """The positions of known estimates, broken where one is missing."""
    broken: list[list[int]] = [[]]
    for at, each in enumerate(found):
        if each is None:
            broken.append([])
        else:
            broken[-1].append(at)
    return [run for run in broken if run]


def vertices(found: Sequence[Estimate | None], token: str) -> list[Vertex]:
    """The known estimates as the vertices of a line that breaks where one is missing."""
    return [
        Vertex(at, each.value, token, number)
        for number, run in enumerate(runs(found))
        for at in run
        if (each := found[at])
    ]


def value(found: Estimate | Difference | None) -> float | None:
    """The value as a table cell."""
    return found.value if found else None


def last(found: Sequence[Estimate | None]) -> int | None:
    """The position of the newest known estimate."""
    return max((at for at, each in enumerate(found) if each is not None), default=None)


def extent(found: Iterable[Estimate | None]) -> tuple[float, float]:
    """The smallest and largest of all values and limits; 0 and 1 where nothing is known."""
    numbers: list[float] = []
    for each in found:
        if each is not None:
            numbers.append(each.value)
            if each.low is not None and each.high is not None:
                numbers += (each.low, each.high)
    return (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
