"""How many units a comparison needs to find an effect."""

from __future__ import annotations

import math

from helpers.stats.estimates import z_value


def units_for_shares(base: float, effect: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Units of each arm to tell a share `base` from `base + effect` (Fleiss, Levin & Paik 2003, 4.14).

    Two-sided, equal arms, without continuity correction.

    Raises:
        ValueError: one of the two shares lies outside 0 to 1, or the effect is 0.
    """
    other = base + effect
    if not (0 <= base <= 1 and 0 <= other <= 1):
        raise ValueError(f"base, base + effect == {base}, {other}, must be >= 0 and <= 1.")
    middle = (base + other) / 2
    under_none = z_value(1 - alpha) * math.sqrt(2 * middle * (1 - middle))
    under_effect = _z_power(power) * math.sqrt(base * (1 - base) + other * (1 - other))
    return (under_none + under_effect) ** 2 / _not_zero(effect) ** 2


def units_for_means(variance: float, effect: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Units of each arm to tell two means of the same variance apart (normal, two-sided, equal arms).

    Raises:
        ValueError: the variance is below 0, or the effect is 0.
    """
    if variance < 0:
        raise ValueError(f"variance == {variance}, must be >= 0.")
    return 2 * variance * (z_value(1 - alpha) + _z_power(power)) ** 2 / _not_zero(effect) ** 2


def _z_power(power: float) -> float:
    """The normal quantile of the power, by that of a two-sided interval."""
    return z_value(2 * power - 1) if power > 0.5 else -z_value(1 - 2 * power) if power < 0.5 else 0.0


def _not_zero(effect: float) -> float:
    if effect == 0:
        raise ValueError("effect == 0, must not be 0.")
    return effect
