"""What moved since the previous period: tested for shares and ratios, counted for sums."""

from __future__ import annotations

from helpers.findings import NoData
from helpers.markets.market_estimates import difference_from_previous, estimate
from helpers.markets.observations import WHOLE, MarketSums
from helpers.periods import Period
from helpers.stats import Comparison, Estimate, counted


def previous_period(sums: MarketSums) -> Period:
    """The period that changes are measured from.

        >>> from helpers.markets import example_sums
        >>> previous_period(example_sums()).label
        '2026 Q2'

    Raises:
        NoData: there is no previous period, or it has no data.
    """
    previous = sums.scope.previous
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
    return (total_change(sums), *market_changes(sums))


def total_change(sums: MarketSums) -> Comparison:
    """All markets together against the previous period, read as the page corrects this headline.

    >>> from helpers.markets import example_sums
    >>> total_change(example_sums()).above
    True
    """
    return sums.scope.judged("total:previous", [change(sums)])[0]


def market_changes(sums: MarketSums) -> tuple[Comparison, ...]:
    """Each market, the largest first, against the previous period, read as the page corrects this list."""
    return sums.scope.judged("markets:previous", [change(sums, market) for market in sums.markets])


def change(sums: MarketSums, market: str = WHOLE) -> Comparison:
    """A market, or all together, against the previous period, before correction.

    Alone where there is nothing to compare with.

    >>> from helpers.markets import example_sums
    >>> france = change(example_sums(), "France")
    >>> france.reference.value, france.now.value
    (0.25, 0.37)
    """
    now, previous = estimate(sums, sums.scope.period, market), sums.scope.previous
    then = estimate(sums, previous, market) if previous else None
    return Comparison(market, now, then, difference_from_previous(sums, market))


def growth(sums: MarketSums) -> Estimate | None:
    """By what share of it a sum has grown since the previous period: counted, so it has no interval.

    None where the metric is no sum, where there was nothing above 0 to grow from, or where the rows cover but
    a part of one of the periods: a month against a quarter is no growth.

        >>> from dataclasses import replace
        >>> from helpers.markets import example_sums
        >>> round(growth(replace(example_sums(), kind="sum")).value, 3)
        0.205
    """
    period, previous = sums.scope.period, sums.scope.previous
    if sums.kind != "sum" or previous is None:
        return None
    if sums.scope.partly():
        return None
    now, then = estimate(sums, period), estimate(sums, previous)
    if now is None or then is None or then.value <= 0:
        return None
    return counted(now.value / then.value - 1, now.n, method="counted", level=sums.scope.level)
