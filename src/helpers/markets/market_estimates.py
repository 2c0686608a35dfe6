"""The estimate of any part of the sums, and its difference from another, by the kind of metric.

A share of counted trials has Wilson's interval; a ratio (revenue an account) has only the spread between
months to go by; a sum is what it is, and has none. docs/methods/markets.md says why.
"""

from __future__ import annotations

from dataclasses import replace

from helpers.findings import mid_sentence
from helpers.markets.observations import WHOLE, MarketSums, Sums
from helpers.onsets import DatedSeries
from helpers.periods import Period
from helpers.stats import (
    Difference,
    Estimate,
    Series,
    clustered_ratio,
    clustered_ratio_difference,
    counted,
    paired_ratio_difference,
    proportion,
    proportion_difference,
)


def estimate(sums: MarketSums, period: Period, market: str = WHOLE) -> Estimate | None:
    """The metric of a market, or of all together, in its own unit; None where it is not shown.

    Share: Wilson's interval (1927). Ratio: a ratio of sums with months as clusters (Cochran 1977, 6.3); with
    one month it has no interval. Sum: no interval. `n` counts trials, or accounts.

        >>> from helpers.markets import example_sums
        >>> sums = example_sums()
        >>> found = estimate(sums, sums.scope.period, "Germany")
        >>> found.value, found.n, f"{found.low:.3f} to {found.high:.3f}"
        (0.206, 1000, '0.182 to 0.232')
    """
    if not sums.shows(period, market):
        return None
    level = sums.scope.level
    above, below = sums.sums(period, market)
    if sums.kind == "share":
        return proportion(round(above), round(below), level)
    if sums.kind == "ratio":
        months = [month for month in sums.by_month(period, market) if month[1] > 0]
        return replace(clustered_ratio(months, level), n=round(below))
    return counted(above, round(below) or sums.rows(period, market), method="sum", level=level)


def over_quarters(sums: MarketSums, market: str = WHOLE) -> Series:
    """A market, or all together, in each of the last twelve quarters up to the period, oldest first.

    >>> from helpers.markets import example_sums
    >>> [(point.at, point.estimate.value) for point in over_quarters(example_sums(), "France").points]
    [('2026 Q2', 0.25), ('2026 Q3', 0.37)]
    """
    return Series(
        market,
        tuple(sums.scope.point(quarter, estimate(sums, quarter, market)) for quarter in sums.quarters),
    )


def over_months(sums: MarketSums, market: str = WHOLE) -> DatedSeries:
    """A market, or all together, by month (by week for one of a week), up to the end of the period.

    >>> from helpers.markets import example_sums
    >>> found = over_months(example_sums(), "France")
    >>> found.noun, found.sums, found.sizes
    ('conversion in France', (450.0, 0.0, 0.0, 740.0), (1800.0, 0.0, 0.0, 2000.0))
    """
    named = "" if market == WHOLE else f" in {market}"
    added = [sums.sums(step, market) for step in sums.steps]
    return DatedSeries(
        f"{mid_sentence(sums.measure.label)}{named}",
        sums.measure.unit,
        tuple(step.start for step in sums.steps),
        tuple(above for above, _ in added),
        None if sums.kind == "sum" else tuple(below for _, below in added),
        daily=False,
    )


def difference_from_others(sums: MarketSums, market: str) -> Difference | None:
    """The market less all others together, in the unit of the metric; None where that cannot be tested.

    Share: Newcombe's interval (1998). Ratio: paired months (Cochran 1977, 6.3). A sum has no test.

        >>> from helpers.markets import example_sums
        >>> round(difference_from_others(example_sums(), "Germany").value, 3)
        -0.164
    """
    period, level = sums.scope.period, sums.scope.level
    mine, others = sums.sums(period, market), sums.others(period, market)
    if sums.kind == "sum" or min(mine[1], others[1]) < sums.scope.min_group:
        return None
    if sums.kind == "share":
        return share_difference(mine, others, level)
    pairs = list(zip(sums.by_month(period, market), sums.by_month(period), strict=True))
    if len(pairs) < 2:
        return None
    rest = [(whole[0] - part[0], whole[1] - part[1]) for part, whole in pairs]
    return paired_ratio_difference([part for part, _ in pairs], rest, level)


def difference_from(sums: MarketSums, then: Period, market: str = WHOLE) -> Difference | None:
    """The period less an earlier one, in the unit of the metric; None where that cannot be tested.

    Share: Newcombe's interval (1998). Ratio: Welch's t over months (1947). A sum has no test.

        >>> from helpers.markets import example_sums
        >>> round(difference_from(example_sums(), Period(2026, 2), "France").value, 3)
        0.12
    """
    period, level = sums.scope.period, sums.scope.level
    if sums.kind == "sum":
        return None
    now, before = sums.sums(period, market), sums.sums(then, market)
    if min(now[1], before[1]) < sums.scope.min_group:
        return None
    if sums.kind == "share":
        return share_difference(now, before, level)
    months, months_before = sums.by_month(period, market), sums.by_month(then, market)
    if min(len(months), len(months_before)) < 2:
        return None
    return clustered_ratio_difference(months, months_before, level)


def share_difference(now: Sums, reference: Sums, level: float) -> Difference:
    """The difference of two shares of counted trials, from their sums (Newcombe 1998)."""
    return proportion_difference(
        round(now[0]), round(now[1]), round(reference[0]), round(reference[1]), level
    )
