"""The net promoter score and its differences, from counts of answers."""

from __future__ import annotations

import math

from helpers.stats.estimates import Difference, Estimate, two_sided_p, z_value

Answers = tuple[int, int, int]
"""Promoters (9 or 10), passives (7 or 8), detractors (0 to 6)."""


def net_promoter_score(promoters: int, passives: int, detractors: int, level: float = 0.95) -> Estimate:
    """NPS in points from -100 to 100, with the adjusted Wald interval (Rocks 2016; +0.75, +1.5, +0.75).

    The limits are cut to -100 and 100. The standard error is the plain one, for differences.

    Raises:
        ValueError: a negative count, or no answers.
    """
    n = _checked(promoters, passives, detractors)
    value, variance = _net(promoters, detractors, n)
    centre, adjusted = _adjusted(promoters, detractors, n)
    half = z_value(level) * math.sqrt(adjusted / (n + 3))
    return Estimate(
        100 * value,
        100 * math.sqrt(variance / n),
        max(-100.0, 100 * (centre - half)),
        min(100.0, 100 * (centre + half)),
        level,
        n,
        "adjusted Wald",
    )


def net_promoter_difference(now: Answers, reference: Answers, level: float = 0.95) -> Difference:
    """Difference of two independent scores in points, with its Wald interval and two-sided p.

    A group whose answers are all alike has a plain standard error of 0, which would claim certainty from
    two answers: such a group enters with the variance of the adjusted Wald interval instead.

    Raises:
        ValueError: a negative count, or no answers.
    """
    (value, variance), (then, variance_then) = _for_difference(now), _for_difference(reference)
    se = 100 * math.sqrt(variance + variance_then)
    change, half = 100 * (value - then), z_value(level) * se
    return Difference(change, se, change - half, change + half, level, two_sided_p(change / se), "Wald")


def _for_difference(answers: Answers) -> tuple[float, float]:
    """Net share and the variance of that share."""
    promoters, _, detractors = answers
    n = _checked(*answers)
    value, variance = _net(promoters, detractors, n)
    if variance > 0:
        return value, variance / n
    return value, _adjusted(promoters, detractors, n)[1] / (n + 3)


def _adjusted(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    return _net(promoters + 0.75, detractors + 0.75, n + 3)


def _net(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """Net share and its variance of one answer."""
    net = (promoters - detractors) / n
    return net, max(0.0, (promoters + detractors) / n - net * net)


def _checked(promoters: int, passives: int, detractors: int) -> int:
    n = promoters + passives + detractors
    if min(promoters, passives, detractors) < 0 or n < 1:
        raise ValueError(
            f"promoters, passives, detractors == {promoters}, {passives}, {detractors}: "
            "must be >= 0 with at least one answer."
        )
    return n
