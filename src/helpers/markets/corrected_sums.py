"""Sums whose comparisons are corrected together, before the first of them is shown."""

from __future__ import annotations

from dataclasses import replace

from helpers.findings import NoData, PageCorrection
from helpers.markets.changes import change
from helpers.markets.observations import MarketSums
from helpers.markets.simpson import tested_pairs
from helpers.markets.standing import market_gaps


def corrected(sums: MarketSums) -> MarketSums:
    """The same sums, read with one correction of all that their page compares.

    All markets together are the headline; the markets against the previous period, the markets against the
    others, and the pairs of markets with the same mix are a list each (see `helpers.stats.page_rates`).

        >>> from helpers.markets import example_sums
        >>> found = corrected(example_sums())
        >>> {name: round(rate, 4) for name, rate in found.scope.correction.rates.items()}
        {'total:previous': 0.025, 'markets:previous': 0.025, 'markets:others': 0.025, 'pairs:others': 0.025}
    """
    try:
        pairs = tested_pairs(sums)
    except NoData:
        pairs = ()
    families = {
        "markets:previous": [change(sums, market) for market in sums.markets],
        "markets:others": market_gaps(sums),
        "pairs:others": pairs,
    }
    correction = PageCorrection.of({"total:previous": change(sums)}, families, 1 - sums.scope.level)
    return replace(sums, scope=replace(sums.scope, correction=correction))
