"""The difference of two estimates from how far the limits of each reach (MOVER: Zou & Donner 2008)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from scipy.optimize import brentq

from helpers.stats.estimates import Difference, check_correlation, joint_error, two_sided_p, z_value

Reach = Callable[[float], tuple[float, float]]
"""How far the limits of an estimate lie below and above it, so many standard errors out; 0 or more."""

_FURTHEST = 40.0
"""Standard errors beyond which p is 0 in floating point."""


def reaching_difference(  # noqa: PLR0913  (two estimates, and what stands between them)
    value: float,
    reaches: tuple[Reach, Reach],
    se: float,
    level: float,
    *,
    correlation: float,
    method: str,
    tested: bool = True,
) -> Difference:
    """A difference whose limits come from how far the first estimate may lie lower and the second higher.

    `reaches` are those of the estimate and of the one that it is compared with; p inverts the interval, and
    is None where nothing is `tested`.

    Raises:
        ValueError: a level outside 0 to 1, or a correlation outside -1 to 1.
    """
    check_correlation(correlation)
    limits = partial(_limits, value, reaches, correlation)
    p = _p(value, reaches, correlation) if tested else None
    return Difference(value, se, *limits(level), level, p, method, limits)


def _limits(
    value: float, reaches: tuple[Reach, Reach], correlation: float, level: float
) -> tuple[float, float]:
    z = z_value(level)
    (down, up), (down_then, up_then) = reaches[0](z), reaches[1](z)
    return value - joint_error(down, up_then, correlation), value + joint_error(up, down_then, correlation)


def _p(value: float, reaches: tuple[Reach, Reach], correlation: float) -> float:
    """The error rate at which one limit is 0."""
    if value < 0:  # the same with both sides changed
        return _p(-value, (reaches[1], reaches[0]), correlation)

    def beyond_zero(z: float) -> float:
        return value - joint_error(reaches[0](z)[0], reaches[1](z)[1], correlation)

    # Limits about a shrunken score may hold 0 at any level.
    if value == 0 or beyond_zero(0.0) <= 0:
        return 1.0
    if beyond_zero(_FURTHEST) >= 0:
        return two_sided_p(_FURTHEST)
    return two_sided_p(brentq(beyond_zero, 0.0, _FURTHEST, xtol=1e-13, rtol=1e-14))
