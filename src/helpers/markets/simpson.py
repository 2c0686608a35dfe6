"""Simpson's paradox: pairs of markets whose order turns round once both have the same mix of segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from helpers.findings import NoData
from helpers.markets.decomposition import need_segments
from helpers.markets.market_estimates import share_difference
from helpers.markets.observations import MarketSums, Sums
from helpers.stats import Comparison, Difference, judged, standardized_share_difference


@dataclass(frozen=True)
class Reversal:
    """Two markets, the one lower overall first: as they are, and with their mix of segments set equal.

    Both differences are `market` less `against`, as fractions.

        >>> from helpers.markets import example_sums
        >>> round(reversals(example_sums())[0].p, 3)
        0.002
    """

    market: str
    against: str
    overall: Difference
    same_mix: Difference

    @property
    def p(self) -> float:
        """The larger of both tests: 1 where nothing turns round, or cannot be tested."""
        if self.same_mix.value <= 0 or self.overall.p is None or self.same_mix.p is None:
            return 1.0
        return max(self.overall.p, self.same_mix.p)


def reversals(sums: MarketSums) -> tuple[Reversal, ...]:
    """The pairs of markets whose order clearly turns round with the same mix, the clearest first.

    A pair counts when its overall difference and its difference at the average of both mixes (Simpson 1951)
    are both clear and opposed; its p is the larger of the two. All pairs are one list of the page, since all
    were looked at.

        >>> from helpers.markets import example_sums
        >>> for found in reversals(example_sums()):
        ...     print(found.market, found.against, f"{found.overall.value:+.3f} {found.same_mix.value:+.3f}")
        Germany France -0.164 +0.087

    Raises:
        NoData: the metric is no share, or there are no segments.
    """
    rows = sums.scope.judged("pairs:others", tested_pairs(sums))
    read = [
        _read(pair, row.difference.level)
        for pair, row in zip(_pairs(sums), rows, strict=True)
        if row.above and row.difference
    ]
    turned = [pair for pair in read if pair.overall.high < 0]
    return tuple(sorted(turned, key=lambda pair: (pair.p, pair.market, pair.against)))


def tested_pairs(sums: MarketSums) -> tuple[Comparison, ...]:
    """Every pair of markets at the same mix, with the p of a reversal, before correction.

    Raises:
        NoData: the metric is no share, or there are no segments.
    """
    need_segments(sums)
    if sums.kind != "share":
        raise NoData(f"{sums.measure.label} is no share of counted trials, so pairs of markets have no test.")
    return tuple(
        Comparison(pair.market, None, None, replace(pair.same_mix, p=pair.p)) for pair in _pairs(sums)
    )


def within_segments(sums: MarketSums, pair: Reversal) -> tuple[Comparison, ...]:
    """A pair that turns round: its differences as they are, at the same mix, and within each segment.

    The segments that both markets have, with trials enough to show, are drawn at the level of the pair: they
    are looked into only because it turned round.

        >>> from helpers.markets import example_sums
        >>> sums = example_sums()
        >>> [(row.label, round(row.difference.value, 3)) for row in within_segments(sums, reversals(sums)[0])]
        [('As they are', -0.164), ('Same mix', 0.087), ('Enterprise', 0.1), ('SMB', 0.073)]
    """
    scope = sums.scope
    mine, theirs = (sums.by_segment(scope.period, name) for name in (pair.market, pair.against))
    level = pair.same_mix.level
    segments = judged(
        [
            Comparison(name, None, None, share_difference(mine[name], theirs[name], level))
            for name in _shared_segments(mine, theirs, scope.min_group)
        ],
        1 - level,
    )
    return (
        Comparison("As they are", None, None, pair.overall, clear=True),
        Comparison("Same mix", None, None, pair.same_mix, clear=True, focus=True),
        *segments,
    )


@dataclass(frozen=True)
class _Side:
    """One market of a pair: its sums, and those of each of its segments."""

    market: str
    total: Sums
    segments: Mapping[str, Sums]


@lru_cache(maxsize=1)  # there are many, and both the correction of the page and its sections ask for them
def _pairs(sums: MarketSums) -> tuple[Reversal, ...]:
    return tuple(_pair(*sides, sums.scope.level) for sides in combinations(_sides(sums), 2))


def _read(pair: Reversal, level: float) -> Reversal:
    return replace(pair, overall=pair.overall.at(level), same_mix=pair.same_mix.at(level))


def _sides(sums: MarketSums) -> list[_Side]:
    period = sums.scope.period
    return [_Side(name, sums.sums(period, name), sums.by_segment(period, name)) for name in sums.markets]


def _pair(first: _Side, second: _Side, level: float) -> Reversal:
    """Two markets, the one lower overall first."""
    low, high = sorted((first, second), key=lambda side: side.total[0] / side.total[1])
    return Reversal(
        low.market,
        high.market,
        share_difference(low.total, high.total, level),
        standardized_share_difference(low.segments, high.segments, level),
    )


def _shared_segments(mine: Mapping[str, Sums], theirs: Mapping[str, Sums], min_group: int) -> list[str]:
    """Segments that both markets have, with trials enough to show."""
    both = [name for name in mine if name in theirs]
    return [name for name in both if min(mine[name][1], theirs[name][1]) >= min_group]
