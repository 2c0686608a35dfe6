"""Corrections for the number of comparisons in one list, by p values or by the intervals themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from helpers.stats.estimates import Comparison, Difference

Interval = Callable[[float], Difference]
"""The interval of one comparison at any error rate: `interval(0.05)` is that at 95%."""


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the false discovery rate (Benjamini & Hochberg 1995).

    Args:
        p_values: one p a comparison; None where there is no test, which does not count.

    Returns:
        The adjusted p of each, in the order given, from 0 to 1; None stays None.

    Example:
        >>> from helpers import stats
        >>> [round(p, 3) for p in stats.benjamini_hochberg([0.01, 0.02, 0.03, 0.5])]
        [0.04, 0.04, 0.04, 0.5]
    """
    tested = sorted(p for p in p_values if p is not None)
    adjusted: dict[float, float] = {}
    # From the largest p down, so that none is adjusted to more than a larger one.
    least = 1.0
    for rank in range(len(tested), 0, -1):
        least = min(least, tested[rank - 1] * len(tested) / rank)
        # Of equal p values the highest rank, which comes first, holds for all.
        adjusted.setdefault(tested[rank - 1], least)
    return tuple(None if p is None else adjusted[p] for p in p_values)


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the chance of any false claim (Holm 1979).

    Args:
        p_values: one p a comparison; None where there is no test, which does not count.

    Returns:
        The adjusted p of each, in the order given, from 0 to 1; None stays None.

    Example:
        >>> from helpers import stats
        >>> [round(p, 3) for p in stats.holm([0.01, 0.02, 0.03, 0.5])]
        [0.04, 0.06, 0.06, 0.5]
    """
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

    Args:
        intervals: one function a comparison, which gives its interval at any error rate.
        alpha: the chance of any false claim.

    Returns:
        One error rate a comparison, in the order given.

    Example:
        Three shares against 100 of 200: two are claimed one after the other, the last is read at 0.05.

        >>> from helpers import stats
        >>> intervals = [
        ...     lambda alpha, n=n: stats.proportion_difference(n, 200, 100, 200, level=1 - alpha)
        ...     for n in (134, 123, 104)
        ... ]
        >>> [round(rate, 4) for rate in stats.step_down(intervals, 0.05)]
        [0.0167, 0.025, 0.05]
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
    Yekutieli 2005).

    Args:
        intervals: one function a comparison, which gives its interval at any error rate.
        alpha: the share of claims that may be false.

    Returns:
        One error rate for the whole list; alpha / m where nothing can be claimed.

    Example:
        Three shares against 100 of 200, of which two are claimed.

        >>> from helpers import stats
        >>> intervals = [
        ...     lambda alpha, n=n: stats.proportion_difference(n, 200, 100, 200, level=1 - alpha)
        ...     for n in (134, 123, 104)
        ... ]
        >>> round(stats.false_discovery_rate(intervals, 0.05), 4)
        0.0333
    """
    # One claim at alpha / m and none at all are read alike: they are the last line.
    for claims in range(len(intervals), 1, -1):
        rate = alpha * claims / len(intervals)
        if sum(_excludes_zero(interval(rate)) for interval in intervals) >= claims:
            return rate
    return alpha / max(1, len(intervals))


def judged(rows: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The rows of one list with their p values corrected for each other (Benjamini & Hochberg 1995).

    A row is clear when its adjusted p is below 1 - level and its interval excludes 0: both are shown.

    Args:
        rows: the comparisons of one list, before correction.

    Returns:
        The same rows in the same order, with `p_adjusted` and `clear`.

    Example:
        >>> from helpers import stats
        >>> rows = [
        ...     stats.Comparison(name, None, None, stats.proportion_difference(n, 200, 100, 200))
        ...     for name, n in (("AMER", 130), ("EMEA", 121), ("APAC", 104))
        ... ]
        >>> found = stats.judged(rows)
        >>> [(row.label, round(row.difference.p, 3), round(row.p_adjusted, 3), row.clear) for row in found]
        [('AMER', 0.002, 0.007, True), ('EMEA', 0.035, 0.052, False), ('APAC', 0.689, 0.689, False)]
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
