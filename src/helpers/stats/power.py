"""How many units a comparison needs to find an effect."""

from __future__ import annotations

import math

from helpers.stats.estimates import z_value


def units_for_shares(base: float, effect: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Units of each arm to tell a share `base` from `base + effect` (Fleiss, Levin & Paik 2003, 4.14).

    Two-sided, equal arms, without continuity correction.

    Args:
        base: the share without the effect, 0 to 1.
        effect: the difference to be found, a fraction (0.05 is 5 points).
        alpha: the chance to claim an effect where there is none.
        power: the chance to find the effect.

    Returns:
        Units of each arm, not rounded.

    Raises:
        ValueError: one of the two shares, alpha or power lies outside 0 to 1, or the effect is 0.

    Example:
        >>> from helpers import stats
        >>> round(stats.units_for_shares(0.5, 0.25, power=0.9), 1)
        76.7
    """
    other = base + effect
    if not (0 <= base <= 1 and 0 <= other <= 1):
        raise ValueError(f"base, base + effect == {base}, {other}, must be >= 0 and <= 1.")
    # Without an effect both arms have the share in the middle; with it each has its own.
    middle = (base + other) / 2
    under_none = z_value(1 - alpha) * math.sqrt(2 * middle * (1 - middle))
    under_effect = z_of_power(power) * math.sqrt(base * (1 - base) + other * (1 - other))
    return (under_none + under_effect) ** 2 / _not_zero(effect) ** 2


def units_for_means(variance: float, effect: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Units of each arm to tell two means of the same variance apart (Fleiss, Levin & Paik 2003).

    Two-sided, equal arms, by the normal distribution: t asks for about two units more.

    Args:
        variance: the variance of one unit's value, in squared units.
        effect: the difference to be found, in the unit of the values.
        alpha: the chance to claim an effect where there is none.
        power: the chance to find the effect.

    Returns:
        Units of each arm, not rounded.

    Raises:
        ValueError: the variance is below 0, alpha or power lies outside 0 to 1, or the effect is 0.

    Example:
        >>> from helpers import stats
        >>> round(stats.units_for_means(1.0, 0.2), 1)
        392.4
    """
    if variance < 0:
        raise ValueError(f"variance == {variance}, must be >= 0.")
    return 2 * variance * (z_value(1 - alpha) + z_of_power(power)) ** 2 / _not_zero(effect) ** 2


def z_of_power(power: float) -> float:
    """The normal quantile of the power: how far beyond its critical value an effect must lie on average.

    >>> round(z_of_power(0.8), 4)
    0.8416
    """
    return z_value(2 * power - 1) if power > 0.5 else -z_value(1 - 2 * power) if power < 0.5 else 0.0


def _not_zero(effect: float) -> float:
    if effect == 0:
        raise ValueError("effect == 0, must not be 0.")
    return effect
