"""Intervals that hold however often one looks."""

from __future__ import annotations

import math

from helpers.stats.estimates import Difference


def confidence_sequence(now: Difference, n: int, tuned_at: int) -> Difference:
    """The interval of a difference, widened so that it holds at every look (Waudby-Smith et al. 2024).

    An asymptotic confidence sequence from the same value and standard error; `n` units stand behind
    them in both arms together. It is tightest near `tuned_at` units: give the planned sample.
    p is the anytime-valid p value of the same sequence.

    Raises:
        ValueError: the difference has no standard error, or n or tuned_at < 1.
    """
    if now.se is None:
        raise ValueError("confidence_sequence needs a standard error.")
    if n < 1 or tuned_at < 1:
        raise ValueError(f"n, tuned_at == {n}, {tuned_at}, must be >= 1.")
    alpha = 1 - now.level
    rho_squared = (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / tuned_at
    grown = n * rho_squared + 1
    half = now.se * math.sqrt(2 * grown / (n * rho_squared) * (0.5 * math.log(grown) - math.log(alpha)))
    p = None
    if now.se > 0:
        evidence = (now.value / now.se) ** 2 * n * rho_squared / (2 * grown)
        p = min(1.0, math.exp(min(0.0, 0.5 * math.log(grown) - evidence)))
    return Difference(
        now.value, now.se, now.value - half, now.value + half, now.level, p, "confidence sequence"
    )
