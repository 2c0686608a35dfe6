"""What moved since the previous period: tested for shares and ratios, counted for sums."""

from __future__ import annotations

from helpers.findings import ComparedRows, NoData
from helpers.markets.market_estimates import difference_from, estimate
from helpers.markets.observations import WHOLE, MarketSums
from helpers.periods import Period
from helpers.stats import Comparison, Estimate, counted


def previous_period(sums: MarketSums) -> Period:
    """The period that changes are measured from first.

        >>> from helpers.markets import example_sums
        >>> previous_period(example_sums()).label
        '2026 Q2'

    Raises:
        NoData: there is no previous period, or it has no data.
    """
    previous = sums.scope.baseline
    if previous is None or not sums.shows(previous):
        raise NoData(f"There is no period before {sums.scope.period.label} to compare with.")
    return previous


def against_previous(sums: MarketSums) -> tuple[Comparison, ...]:
    """All markets together, then each market, the largest first, against the previous period.

    All markets together are a headline of the page, the markets one of its lists; a sum has no test.

        >>> from helpers.markets import example_sums
        >>> [(row.label, row.above, row.below) for row in against_previous(example_sums())]
        [('All markets', True, False), ('France', True, False), ('Germany', False, True)]

    Raises:
        NoData: there is no previous period, or it has no data.
    """
    previous_period(sums)
    found = (total_changes(sums), market_changes(sums))
    return tuple(row for each in found for row in each.judged(sums.scope.correction).first)


def total_changes(sums: MarketSums) -> ComparedRows:
    """All markets together against each thing that the page compares with, before correction.

    >>> from helpers.markets import example_sums
    >>> list(total_changes(example_sums()).families)
    ['total:previous', 'total:year_ago']
    """
    return sums.scope.compared("total", lambda then: [change(sums, then)]).with_target(sums.measure.target)


def market_changes(sums: MarketSums) -> ComparedRows:
    """Each market, the largest first, against each thing that the page compares with, before correction."""
    return sums.scope.compared(
        "markets", lambda then: [change(sums, then, market) for market in sums.markets]
    )


def change(sums: MarketSums, then: Period | None, market: str = WHOLE) -> Comparison:
    """A market, or all together, against an earlier period, before correction.

    Alone where there is nothing to compare with.

    >>> from helpers.markets import example_sums
    >>> france = change(example_sums(), Period(2026, 2), "France")
    >>> france.reference.value, france.now.value
    (0.25, 0.37)
    """
    now = estimate(sums, sums.scope.period, market)
    if then is None:
        return Comparison(market, now)
    return Comparison(market, now, estimate(sums, then, market), difference_from(sums, then, market))


def growth(sums: MarketSums) -> Estimate | None:
    """By what share of it a sum has grown since the previous period: counted, so it has no interval.

    None where the metric is no sum, where there was nothing above 0 to grow from, or where the rows cover but
    a part of one of the periods: a month against a quarter is no growth.

        >>> from dataclasses import replace
        >>> from helpers.markets import example_sums
        >>> round(growth(replace(example_sums(), kind="sum")).value, 3)
        0.205
    """
    period, previous = sums.scope.period, sums.scope.baseline
    if sums.kind != "sum" or previous is None:
        return None
    if sums.scope.partly():
        return None
    now, then = estimate(sums, period), estimate(sums, previous)
    if now is None or then is None or then.value <= 0:
        return None
    return counted(now.value / then.value - 1, now.n, method="counted", level=sums.scope.level)
