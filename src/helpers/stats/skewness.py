"""How far from even a difference of means lies about the truth."""

from __future__ import annotations

import math

from helpers.stats.moments import Moments


def difference_skewness(now: tuple[Moments, float], reference: tuple[Moments, float]) -> float:
    """The skewness of a difference of two means, from the moments and the skewness of each side's values.

    It is what the first term of the Edgeworth expansion grows with (Hall 1992): from about 0.2 on, an
    interval that is even about the estimate misses the truth more often than it says. Sides of one size have
    none. The shape is that of both sides together, since the long tail of few values is most likely not seen.

    Raises:
        ValueError: fewer than three values in all.
    """
    sides = now[0], reference[0]
    units = sum(side.n for side in sides)
    if units < 3:
        raise ValueError(f"{units} values, must be >= 3.")
    variance = sum(side.variance * (side.n - 1) for side in sides) / (units - 2)
    if variance == 0:
        return 0.0
    cubes = math.fsum(
        side.n * own * math.sqrt(side.variance / variance) ** 3 for side, own in (now, reference)
    )
    one, other = 1 / now[0].n, 1 / reference[0].n
    return cubes / units * (one - other) / math.sqrt(one + other)
