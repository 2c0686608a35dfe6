"""Sums whose comparisons are corrected together, before the first of them is shown."""

from __future__ import annotations

from dataclasses import replace

from helpers.findings import NoData, PageCorrection, families, headline_rows
from helpers.markets.changes import market_changes, total_changes
from helpers.markets.observations import MarketSums
from helpers.markets.simpson import tested_pairs
from helpers.markets.standing import market_gaps


def corrected(sums: MarketSums) -> MarketSums:
    """The same sums, read with one correction of all that their page compares.

    All markets together are the headline; the markets against each period that the page compares with, the
    markets against the others, and the pairs of markets with the same mix are a list each (see
    `helpers.stats.page_rates`).

        >>> from helpers.markets import example_sums
        >>> found = corrected(example_sums())
        >>> rates = {name: round(rate, 4) for name, rate in found.scope.correction.rates.items()}
        >>> [rates[name] for name in ("total:previous", "markets:previous", "markets:others", "pairs:others")]
        [0.025, 0.025, 0.025, 0.025]
    """
    try:
        pairs = tested_pairs(sums)
    except NoData:
        pairs = ()
    lists = {
        **families([market_changes(sums)]),
        "markets:others": market_gaps(sums),
        "pairs:others": pairs,
    }
    correction = PageCorrection.of(headline_rows([total_changes(sums)]), lists, 1 - sums.scope.level)
    return replace(sums, scope=sums.scope.corrected_by(correction))
