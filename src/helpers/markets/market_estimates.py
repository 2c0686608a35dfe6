"""The estimate of any part of the sums, and its difference from another, by the kind of metric.

A share of counted trials has Wilson's interval; a ratio (revenue an account) has one where the accounts'
totals of the whole period are known, none from sums of months; a sum is what it is, and has none.
docs/methods/markets.md says why.
"""

from __future__ import annotations

from helpers.findings import mid_sentence
from helpers.markets.observations import WHOLE, MarketSums, Sums
from helpers.onsets import DatedSeries
from helpers.periods import Period
from helpers.stats import (
    Difference,
    Estimate,
    Series,
    counted,
    proportion,
    proportion_difference,
    skewed_mean,
    skewed_mean_difference,
)


def estimate(sums: MarketSums, period: Period, market: str = WHOLE) -> Estimate | None:
    """The metric of a market, or of all together, in its own unit; None where it is not shown.

    Share: Wilson's interval (1927). Ratio: the mean of accounts' totals with Hall's interval (1992), from
    orders; from sums of months it has none, since months of the same accounts say nothing about how much
    accounts differ. Sum: no interval. `n` counts trials, or accounts.

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
    if sums.accounts is not None and period in sums.accounts.moments:
        return skewed_mean(sums.accounts.of(period, _named(market)), level)
    if sums.kind == "ratio":
        return counted(above / below, round(below), method="ratio of sums", level=level)
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

    Share: Newcombe's interval (1998). Ratio: MOVER from Hall's limits (1992) over accounts' totals; from sums
    of months it has no test, nor has a sum.

        >>> from helpers.markets import example_sums
        >>> round(difference_from_others(example_sums(), "Germany").value, 3)
        -0.164
    """
    period, level = sums.scope.period, sums.scope.level
    mine, others = sums.sums(period, market), sums.others(period, market)
    if sums.kind == "sum" or min(mine[1], others[1]) < max(2, sums.scope.min_group):
        return None
    if sums.accounts is not None:
        accounts = sums.accounts
        return skewed_mean_difference(accounts.of(period, market), accounts.others(period, market), level)
    return share_difference(mine, others, level) if sums.kind == "share" else None


def difference_from(sums: MarketSums, then: Period, market: str = WHOLE) -> Difference | None:
    """The period less an earlier one, in the unit of the metric; None where that cannot be tested.

    Share: Newcombe's interval (1998). Ratio: MOVER from Hall's limits over accounts' totals, with the
    correlation of the accounts that ordered in both; from sums of months it has no test, nor has a sum.

        >>> from helpers.markets import example_sums
        >>> round(difference_from(example_sums(), Period(2026, 2), "France").value, 3)
        0.12
    """
    period, level = sums.scope.period, sums.scope.level
    if sums.kind == "sum":
        return None
    now, before = sums.sums(period, market), sums.sums(then, market)
    if min(now[1], before[1]) < max(2, sums.scope.min_group):
        return None
    if sums.accounts is not None:
        accounts, name = sums.accounts, _named(market)
        return skewed_mean_difference(
            accounts.of(period, name),
            accounts.of(then, name),
            level,
            correlation=accounts.correlation(period, then, name),
        )
    return share_difference(now, before, level) if sums.kind == "share" else None


def share_difference(now: Sums, reference: Sums, level: float) -> Difference:
    """The difference of two shares of counted trials, from their sums (Newcombe 1998)."""
    return proportion_difference(
        round(now[0]), round(now[1]), round(reference[0]), round(reference[1]), level
    )


def _named(market: str) -> str | None:
    return None if market == WHOLE else market
