"""What moved the metric: another mix of customers, or other rates of the same customers."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.findings import NoData
from helpers.markets.changes import against_previous, previous_period
from helpers.markets.observations import MarketSums
from helpers.stats import Comparison, MixAndRate, mix_and_rate

LARGEST = 8


@dataclass(frozen=True)
class Decomposition:
    """The change of one market since the previous period, split into mix and rate; `clear` is its verdict.

    >>> from helpers.markets import example_sums
    >>> whole = decompositions(example_sums())[0]
    >>> whole.market, round(whole.split.total, 3), whole.clear
    ('All markets', 0.035, True)
    """

    market: str
    split: MixAndRate
    clear: bool


def decompositions(sums: MarketSums) -> tuple[Decomposition, ...]:
    """The change of all markets together, of the largest, and of all that clearly moved, in mix and rate.

    Two-fold, without remainder, in the unit of the metric (Kitagawa 1955). For all markets together the
    segments are markets and segments. What it shows is arithmetic: no part has an interval.

        >>> from helpers.markets import example_sums
        >>> for found in decompositions(example_sums())[1:]:
        ...     print(f"{found.market}: mix {found.split.mix:+.4f}, rate {found.split.rate:+.4f}")
        France: mix +0.1200, rate +0.0000
        Germany: mix -0.1313, rate +0.0023

    Raises:
        NoData: the metric is a sum, there are no segments, or no previous period.
    """
    need_segments(sums)
    rows = enumerate(against_previous(sums))
    return tuple(_split(sums, row) for at, row in rows if row.reference and (at <= LARGEST or row.clear))


def need_segments(sums: MarketSums) -> None:
    """Make sure that there is a mix of segments to look at.

    Raises:
        NoData: the metric is a sum, or the table has no segments.
    """
    if sums.kind == "sum":
        raise NoData(f"{sums.measure.label} is a sum: it has no rate to set against the mix.")
    if not sums.has_segments:
        raise NoData("The rows of markets name no segment.")


def _split(sums: MarketSums, row: Comparison) -> Decomposition:
    now = sums.by_segment(sums.scope.period, row.label)
    then = sums.by_segment(previous_period(sums), row.label)
    return Decomposition(row.label, mix_and_rate(now, then), row.clear)
