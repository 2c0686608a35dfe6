"""Net promoter scores and their differences, from counts of promoters, passives and detractors."""

from __future__ import annotations

import math
from functools import partial

from helpers.stats.estimates import Difference, Estimate, joint_error, z_value
from helpers.stats.reaching import reaching_difference

AnswerCounts = tuple[float, float, float]
"""Promoters (9 or 10), passives (7 or 8), detractors (0 to 6): counts, or weights scaled to their number."""


def net_promoter_score(
    promoters: float,
    passives: float,
    detractors: float,
    level: float = 0.95,
    *,
    effective: float | None = None,
) -> Estimate:
    """Net promoter score with the adjusted Wald interval (Rocks 2016; +0.75, +1.5, +0.75).

    Args:
        promoters: answers of 9 or 10; weights are scaled so that all three add up to the number of answers.
        passives: answers of 7 or 8.
        detractors: answers of 0 to 6.
        level: confidence of the interval, between 0 and 1.
        effective: as how many independent answers they count (`effective_n`); None for all of them.

    Returns:
        The score in points, the limits cut to -100 and 100. The standard error is the plain one, of so many
        effective answers.

    Raises:
        ValueError: a negative count, no answers, or a level outside 0 to 1.

    Example:
        A hundred answers, and the same of people who answered twice each and alike.

        >>> from helpers import stats
        >>> score = stats.net_promoter_score(40, 35, 25)
        >>> round(score.value), round(score.low, 1), round(score.high, 1), score.n
        (15, -0.7, 29.8, 100)
        >>> twice = stats.net_promoter_score(40, 35, 25, effective=50)
        >>> round(twice.low, 1), round(twice.high, 1)
        (-7.1, 35.4)
    """
    answers = promoters, passives, detractors
    n = _checked_answers(*answers)
    counted = n if effective is None else effective
    value, variance = _net(promoters, detractors, n)
    limits, se = partial(_adjusted_wald_limits, answers, counted), 100 * math.sqrt(variance / counted)
    return Estimate(100 * value, se, *limits(level), level, round(n), "adjusted Wald", limits)


def net_promoter_difference(
    now: AnswerCounts,
    reference: AnswerCounts,
    level: float = 0.95,
    *,
    correlation: float = 0.0,
    effective: tuple[float, float] | None = None,
) -> Difference:
    """Difference of two net promoter scores: MOVER from their adjusted Wald limits (Zou & Donner 2008).

    Args:
        now: promoters, passives and detractors of the one group.
        reference: those of the group that it is compared with.
        level: confidence of the interval, between 0 and 1.
        correlation: that of both scores, from -1 to 1; 0 where nobody answered in both groups.
        effective: as how many independent answers each group counts; None for all of them.

    Returns:
        The score of `now` less that of `reference`, in points, its limits within -200 and 200; p is the
        smallest rate at which they exclude 0.

    Raises:
        ValueError: a negative count, no answers, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> change = stats.net_promoter_difference((450, 340, 210), (400, 350, 250))
        >>> round(change.value, 1), round(change.low, 1), round(change.high, 1), round(change.p, 3)
        (9.0, 2.1, 15.8, 0.01)
    """
    n, n_then = effective or (_checked_answers(*now), _checked_answers(*reference))
    one = net_promoter_score(*now, level, effective=n)
    other = net_promoter_score(*reference, level, effective=n_then)
    return reaching_difference(
        one.value - other.value,
        (partial(_reach, now, n), partial(_reach, reference, n_then)),
        joint_error(one.se or 0.0, other.se or 0.0, correlation),
        level,
        correlation=correlation,
        method="MOVER, adjusted Wald",
    )


def _adjusted_wald_limits(answers: AnswerCounts, n: float, level: float) -> tuple[float, float]:
    return _limits(answers, n, z_value(level))


def _limits(answers: AnswerCounts, n: float, z: float) -> tuple[float, float]:
    """Limits with three answers added to so many effective ones: 3/4 promoter, 3/2 passive, 3/4 detractor."""
    scale = n / sum(answers)
    promoters, detractors = answers[0] * scale + 0.75, answers[2] * scale + 0.75
    centre, variance = _net(promoters, detractors, n + 3)
    half = z * math.sqrt(variance / (n + 3))
    return max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half))


def _reach(answers: AnswerCounts, n: float, z: float) -> tuple[float, float]:
    """How far the limits lie below and above the score; the one that shrinking has moved past it, 0."""
    value = 100 * (answers[0] - answers[2]) / sum(answers)
    low, high = _limits(answers, n, z)
    return max(0.0, value - low), max(0.0, high - value)


def _net(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """Net share and the variance of one answer, which counts 1, 0 or -1."""
    net = (promoters - detractors) / n
    return net, max(0.0, (promoters + detractors) / n - net * net)


def _checked_answers(promoters: float, passives: float, detractors: float) -> float:
    n = promoters + passives + detractors
    if min(promoters, passives, detractors) < 0 or n < 1:
        raise ValueError(
            f"promoters, passives, detractors == {promoters}, {passives}, {detractors}, "
            "must be >= 0 with at least one answer."
        )
    return n
