"""Markets and regions: where they stand, what moved, mix against rate, what if.

    measured = markets.measurements(sources.load("market_metrics"), period, metric, confidence)
    stand = markets.standing(measured)

Each function takes the summed data and returns one typed result, with the wording of its chart or table.
"""

from helpers.markets.composition import Drivers, Reversal, drivers, reversal
from helpers.markets.measurements import Measurements, Scope, measurements
from helpers.markets.scenarios import scenario
from helpers.markets.standing import (
    Changes,
    Quarters,
    Standing,
    Trends,
    by_quarter,
    changes,
    over_time,
    standing,
)

__all__ = [
    "Changes",
    "Drivers",
    "Measurements",
    "Quarters",
    "Reversal",
    "Scope",
    "Standing",
    "Trends",
    "by_quarter",
    "changes",
    "drivers",
    "measurements",
    "over_time",
    "reversal",
    "scenario",
    "standing",
]
