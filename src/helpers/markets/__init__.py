"""Markets and regions: where they stand, what moved, mix against rate, what if.

    table = markets.table_of("conversion", market_metrics, orders)
    scope = Scope.of(table, period, confidence=confidence)
    sums = markets.corrected(markets.market_sums(table, "conversion", scope))
    markets.ranking(sums)

`market_sums` adds the table up in few queries, `corrected` reads all its comparisons together. A measure
takes the sums and returns numbers; a chart, a table or the what-if takes them too, and shows itself as the
last expression of a cell.

    >>> from helpers import markets
    >>> sums = markets.example_sums()
    >>> [row.label for row in markets.against_others(sums) if row.below]
    ['Germany']
    >>> markets.gap_at_same_mix(sums).title
    'Germany is below France overall, yet above it for the same mix of customers'
"""

from helpers.markets.changes import against_previous, growth
from helpers.markets.corrected_sums import corrected
from helpers.markets.decomposition import Decomposition, decompositions
from helpers.markets.market_estimates import (
    difference_from,
    difference_from_others,
    estimate,
    over_quarters,
)
from helpers.markets.market_tables import market_sums, table_of
from helpers.markets.observations import MarketSums, MonthlySums, example_sums
from helpers.markets.page import (
    by_quarter,
    changes_since_previous,
    gap_at_same_mix,
    largest_over_time,
    mix_and_rate_effects,
    ranking,
    reversal_table,
    total_over_time,
)
from helpers.markets.simpson import Reversal, reversals, within_segments
from helpers.markets.standing import Concentration, against_others, concentration
from helpers.markets.whatif import CatchUp, catch_up, scenario

__all__ = [
    "CatchUp",
    "Concentration",
    "Decomposition",
    "MarketSums",
    "MonthlySums",
    "Reversal",
    "against_others",
    "against_previous",
    "by_quarter",
    "catch_up",
    "changes_since_previous",
    "concentration",
    "corrected",
    "decompositions",
    "difference_from",
    "difference_from_others",
    "estimate",
    "example_sums",
    "gap_at_same_mix",
    "growth",
    "largest_over_time",
    "market_sums",
    "mix_and_rate_effects",
    "over_quarters",
    "ranking",
    "reversal_table",
    "reversals",
    "scenario",
    "table_of",
    "total_over_time",
    "within_segments",
]


def __dir__() -> list[str]:
    return __all__
