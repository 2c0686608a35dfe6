"""Corrections for the number of comparisons in one list, by p values or by the intervals themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from helpers.stats.estimates import Comparison, Difference

Interval = Callable[[float], Difference]
"""The interval of one comparison at any error rate: `interval(0.05)` is that at 95%."""


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the false discovery rate (Benjamini & Hochberg 1995).

    A comparison without a test (None) stays None and does not count.
    """
    tested = sorted(p for p in p_values if p is not None)
    adjusted: dict[float, float] = {}
    least = 1.0
    for rank in range(len(tested), 0, -1):
        least = min(least, tested[rank - 1] * len(tested) / rank)
        adjusted.setdefault(tested[rank - 1], least)
    return tuple(None if p is None else adjusted[p] for p in p_values)


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the chance of any false claim (Holm 1979)."""
    tested = sorted(p for p in p_values if p is not None)
    adjusted: dict[float, float] = {}
    most = 0.0
    for before, p in enumerate(tested):
        most = max(most, min(1.0, p * (len(tested) - before)))
        adjusted.setdefault(p, most)
    return tuple(None if p is None else adjusted[p] for p in p_values)


def step_down(intervals: Sequence[Interval], alpha: float) -> tuple[float, ...]:
    """The error rate at which each comparison is read, so that all claims hold together (Holm 1979).

    Intervals decide: all are read at alpha / m; those that exclude zero are claimed, the rest are read again
    at alpha divided by their own number, until none is added. A claim is an interval that excludes zero at
    the rate given for it.
    """
    rates = [alpha] * len(intervals)
    rest = list(range(len(intervals)))
    while rest:
        rate = alpha / len(rest)
        for at in rest:
            rates[at] = rate
        unclaimed = [at for at in rest if not _excludes_zero(intervals[at](rate))]
        if len(unclaimed) == len(rest):
            break
        rest = unclaimed
    return tuple(rates)


def false_discovery_rate(intervals: Sequence[Interval], alpha: float) -> float:
    """The error rate at which a whole list is read so that few of its claims are false.

    Benjamini & Hochberg (1995) by intervals: the largest k alpha / m at which k of the m intervals exclude
    zero. At that rate the intervals of those claimed cover their truth as often as they should (Benjamini &
    Yekutieli 2005). alpha / m where nothing can be claimed.
    """
    for claims in range(len(intervals), 1, -1):
        rate = alpha * claims / len(intervals)
        if sum(_excludes_zero(interval(rate)) for interval in intervals) >= claims:
            return rate
    return alpha / max(1, len(intervals))


def judged(rows: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The rows of one list with their p values corrected for each other (Benjamini-Hochberg).

    A row is clear when its adjusted p is below 1 - level and its interval excludes 0: both are shown.
    """
    adjusted = benjamini_hochberg([row.difference.p if row.difference else None for row in rows])
    return tuple(
        replace(row, p_adjusted=p, clear=_is_clear(row, p)) for row, p in zip(rows, adjusted, strict=True)
    )


def _is_clear(row: Comparison, p: float | None) -> bool:
    change = row.difference
    if change is None or p is None:
        return False
    return p < 1 - change.level and _excludes_zero(change)


def _excludes_zero(found: Difference) -> bool:
    return not found.low <= 0 <= found.high
