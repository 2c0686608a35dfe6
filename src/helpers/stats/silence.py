"""How likely a day without any event is, given what such days usually have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, variance


def chance_of_none(counts: Sequence[int]) -> float:
    """How likely a day without events is where other such days had these counts.

    Negative binomial with the moments of the counts; Poisson where they vary no more than chance asks.

        >>> from helpers import stats
        >>> round(stats.chance_of_none([2, 3, 1, 2]), 3)
        0.135
    """
    average = fmean(counts) if counts else 0.0
    if average == 0:
        return 1.0
    spread = variance(counts) if len(counts) > 1 else average
    if spread <= average:
        return math.exp(-average)
    size = average**2 / (spread - average)
    return float((size / (size + average)) ** size)
