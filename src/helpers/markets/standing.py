"""Where markets stand: each against all others together; of a sum, which markets make most of it."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.markets.market_estimates import difference_from_others, estimate
from helpers.markets.observations import MarketSums
from helpers.stats import Comparison


@dataclass(frozen=True)
class Concentration:
    """The fewest markets that together make more than half of a sum, the largest first, and their part of it.

    `share` is a fraction of the sum, 0 where there is nothing to share.

        >>> Concentration(("France",), 0.78).markets
        ('France',)
    """

    markets: tuple[str, ...]
    share: float


def against_others(sums: MarketSums) -> tuple[Comparison, ...]:
    """Each market in the period against all others together, the highest first.

    The markets are one list of the page. A sum has neither interval nor test.

        >>> from helpers.markets import example_sums
        >>> [(row.label, row.now.value, row.below) for row in against_others(example_sums())]
        [('France', 0.37, False), ('Germany', 0.206, True)]
    """
    return sums.scope.judged("markets:others", market_gaps(sums))


def market_gaps(sums: MarketSums) -> tuple[Comparison, ...]:
    """Each market in the period against all others together, the highest first, before correction."""
    period = sums.scope.period
    rows = [
        Comparison(market, estimate(sums, period, market), None, difference_from_others(sums, market))
        for market in sums.markets
    ]
    return tuple(sorted(rows, key=lambda row: -row.now.value if row.now else 0.0))


def concentration(sums: MarketSums) -> Concentration:
    """The markets that make more than half of a sum in the period.

    >>> from dataclasses import replace
    >>> from helpers.markets import example_sums
    >>> found = concentration(replace(example_sums(), kind="sum"))
    >>> found.markets, round(found.share, 2)
    (('France',), 0.78)
    """
    period = sums.scope.period
    whole, part, names = sums.sums(period)[0], 0.0, []
    sizes = {market: sums.sums(period, market)[0] for market in sums.markets}
    for market in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if whole > 0 and part <= whole / 2:
            part += sizes[market]
            names.append(market)
    return Concentration(tuple(names), part / whole if names else 0.0)
