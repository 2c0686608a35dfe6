"""Which market is highest and which lowest, as far as the numbers can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.markets.market_estimates import estimate
from helpers.markets.observations import MarketSums
from helpers.stats import Comparison, Estimate, RankSet, rank_sets, z_value


@dataclass(frozen=True)
class Ends:
    """The markets that may be the highest, and those that may be the lowest; empty where nothing is known.

    Example:
        >>> Ends(("France", "Spain"), ("Germany",)).lowest
        ('Germany',)
    """

    highest: tuple[str, ...]
    lowest: tuple[str, ...]


def market_ranks(sums: MarketSums) -> dict[str, RankSet]:
    """The ranks that each market may have in the period, all sets together at the level of the scope.

    A market without an interval has none. The error of a market is half the width of its interval over the
    normal quantile, so that a share of none or of all has one too (Mogstad, Romano, Shaikh & Wilhelm 2024;
    see `stats.rank_sets`).

        >>> from helpers.markets import example_sums
        >>> market_ranks(example_sums())
        {'France': RankSet(first=1, last=1), 'Germany': RankSet(first=2, last=2)}
    """
    found = {market: estimate(sums, sums.scope.period, market) for market in sums.markets}
    known = {market: one for market, one in found.items() if one is not None and one.limits is not None}
    sets = rank_sets(
        [one.value for one in known.values()], [_error(one) for one in known.values()], sums.scope.level
    )
    return dict(zip(known, sets, strict=True))


def ends(sums: MarketSums, rows: Sequence[Comparison]) -> Ends:
    """The highest and the lowest, where fewer markets may be it than there are and a row of them is clear.

    `rows` are those of `against_others`: without a clear one nothing is said, so that a page of equal markets
    says no more often than its correction allows that one of them is the highest.

        >>> from helpers.markets import against_others, example_sums
        >>> ends(example_sums(), against_others(example_sums()))
        Ends(highest=('France',), lowest=('Germany',))
    """
    ranks = market_ranks(sums)
    if len(ranks) < len(sums.markets):  # one without an interval may be the highest or the lowest
        return Ends((), ())
    above, below = {row.label for row in rows if row.above}, {row.label for row in rows if row.below}
    highest = tuple(market for market, one in ranks.items() if one.first == 1)
    lowest = tuple(market for market, one in ranks.items() if one.last == len(ranks))
    return Ends(_told(highest, above, len(ranks)), _told(lowest, below, len(ranks)))


def _told(markets: tuple[str, ...], clear: set[str], of: int) -> tuple[str, ...]:
    return markets if len(markets) < of and clear.intersection(markets) else ()


def _error(found: Estimate) -> float:
    low, high = found.limits or (found.value, found.value)
    return (high - low) / 2 / z_value(found.level)
