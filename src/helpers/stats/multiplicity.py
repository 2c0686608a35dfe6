"""Corrections for the number of comparisons: in one list, on one page, by p values or by intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

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
        unclaimed = [at for at in rest if not intervals[at](rate).excludes_zero]
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
        if sum(interval(rate).excludes_zero for interval in intervals) >= claims:
            return rate
    return alpha / max(1, len(intervals))


@dataclass(frozen=True)
class PageRates:
    """The error rate at which each comparison of a page is read.

    Attributes:
        headlines: of each headline comparison, in the order given.
        families: of each family, one for all its rows.
        opened: of each family, whether any of its rows may be claimed.
    """

    headlines: tuple[float, ...]
    families: tuple[float, ...]
    opened: tuple[bool, ...]


def page_rates(
    headlines: Sequence[float | None], families: Sequence[Sequence[float | None]], alpha: float
) -> PageRates:
    """Correct all comparisons of a page together, so that a page without any effect seldom claims one.

    Half of alpha goes to the headlines, by Holm (1979). The other half goes to the families: each is tested
    by Simes (1986), Benjamini & Hochberg (1995) over the m families opens R of them, and within an opened one
    Benjamini & Hochberg work at (alpha / 2) R / m (Benjamini & Bogomolov 2014), its intervals at that rate
    times claims / rows. A family that stays closed is read at (alpha / 2) / m / rows.

    Args:
        headlines: the p of each headline comparison; None where there is no test, which does not count.
        families: those of the rows of each family, such as all regions against last year.
        alpha: the chance that a page without any effect claims one.

    Returns:
        Error rates; a comparison is claimed when its p lies below its own.

    Example:
        Two headlines, one of them clear; two families, of which one opens.

        >>> from helpers import stats
        >>> found = stats.page_rates([0.001, 0.4], [[0.001, 0.3], [0.2, 0.6, 0.9]], 0.05)
        >>> found.headlines, found.opened, [round(rate, 5) for rate in found.families]
        ((0.0125, 0.025), (True, False), [0.00625, 0.00417])
    """
    half = alpha / 2
    listed = [sorted(p for p in rows if p is not None) for rows in families]
    tested = [rows for rows in listed if rows]
    simes = [len(rows) * min(p / rank for rank, p in enumerate(rows, 1)) for rows in tested]
    opening = half * _claims(sorted(simes), half) / max(1, len(tested))
    closed = half / max(1, len(tested))
    opened = tuple(_claims(rows, opening) > 0 for rows in listed)
    rates = tuple(
        opening * _claims(rows, opening) / len(rows) if is_open else closed / max(1, len(rows))
        for rows, is_open in zip(listed, opened, strict=True)
    )
    return PageRates(_holm_rates(headlines, half), rates, opened)


def _claims(ordered: Sequence[float], rate: float) -> int:
    """How many of the p values, in their order, Benjamini & Hochberg (1995) claim at this rate."""
    ranks = (rank for rank, p in enumerate(ordered, 1) if p < rate * rank / len(ordered))
    return max(ranks, default=0)


def _holm_rates(p_values: Sequence[float | None], alpha: float) -> tuple[float, ...]:
    """What `step_down` gives, from the p values that invert the intervals."""
    rates = [alpha] * len(p_values)
    rest = {at: p for at, p in enumerate(p_values) if p is not None}
    while rest:
        rate = alpha / len(rest)
        rates = [rate if at in rest else known for at, known in enumerate(rates)]
        unclaimed = {at: p for at, p in rest.items() if p >= rate}
        if len(unclaimed) == len(rest):
            break
        rest = unclaimed
    return tuple(rates)


def judged(rows: Sequence[Comparison], rate: float | None = None) -> tuple[Comparison, ...]:
    """The rows of one list, each difference drawn at the level that decides it.

    A row is clear when that interval excludes 0. Without a rate the list stands alone and is corrected by
    itself (Benjamini & Hochberg 1995, by intervals); that of a list on a page comes from `page_rates`.

    Args:
        rows: the comparisons of one list, all at one level, before correction.
        rate: the error rate of the list.

    Returns:
        The same rows in the same order, with `p_adjusted` (p x alpha / rate, at most 1) and `clear`.

    Example:
        >>> from helpers import stats
        >>> rows = [
        ...     stats.Comparison(name, None, None, stats.proportion_difference(n, 200, 100, 200))
        ...     for name, n in (("AMER", 130), ("EMEA", 121), ("APAC", 104))
        ... ]
        >>> found = stats.judged(rows)
        >>> [(row.label, round(row.difference.p, 3), round(row.p_adjusted, 3), row.clear) for row in found]
        [('AMER', 0.002, 0.007, True), ('EMEA', 0.035, 0.104, False), ('APAC', 0.689, 1.0, False)]
        >>> round(found[0].difference.level, 4)
        0.9833
    """
    tested = sorted(row.difference.p for row in rows if row.difference and row.difference.p is not None)
    level = next((row.difference.level for row in rows if row.difference), 0.0)
    if rate is None:
        rate = (1 - level) * max(1, _claims(tested, 1 - level)) / max(1, len(tested))
    return tuple(_read(row, rate) for row in rows)


def _read(row: Comparison, rate: float) -> Comparison:
    """A row at the error rate that decides it; what has no test stays as it is, and is not clear."""
    plain = row.difference
    if plain is None or plain.p is None:
        return replace(row, p_adjusted=None, clear=False)
    found = plain.at(1 - rate)
    adjusted = min(1.0, plain.p * (1 - plain.level) / rate)
    return replace(row, difference=found, p_adjusted=adjusted, clear=found.excludes_zero)
