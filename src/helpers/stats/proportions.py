"""Shares and net promoter scores, their differences and lifts, from counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from helpers.stats.estimates import Difference, Estimate, two_sided_p, z_value


def proportion(successes: int, trials: int, level: float = 0.95) -> Estimate:
    """A share from 0 to 1 with its Wilson interval (Wilson 1927).

    Raises:
        ValueError: trials < 1, or successes outside 0 to trials.
    """
    _check_counts(successes, trials)
    share = successes / trials
    low, high = proportion_confint(successes, trials, alpha=1 - level, method="wilson")
    se = math.sqrt(share * (1 - share) / trials)
    return Estimate(share, se, min(float(low), share), max(float(high), share), level, trials, "Wilson")


def proportion_difference(
    successes: int, trials: int, reference_successes: int, reference_trials: int, level: float = 0.95
) -> Difference:
    """Difference of two independent shares: Newcombe's hybrid score interval (Newcombe 1998, method 10).

    p is that of the pooled z test; it is None when both shares are 0 or both 1.

    Raises:
        ValueError: trials < 1, or successes outside 0 to trials.
    """
    _check_counts(successes, trials)
    _check_counts(reference_successes, reference_trials)
    low, high = confint_proportions_2indep(
        successes, trials, reference_successes, reference_trials, method="newcomb", alpha=1 - level
    )
    now, then = successes / trials, reference_successes / reference_trials
    pooled = (successes + reference_successes) / (trials + reference_trials)
    pooled_se = math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / reference_trials))
    se = math.sqrt(now * (1 - now) / trials + then * (1 - then) / reference_trials)
    p = two_sided_p((now - then) / pooled_se) if pooled_se > 0 else None
    return Difference(now - then, se, float(low), float(high), level, p, "Newcombe")


def _check_counts(successes: int, trials: int) -> None:
    if trials < 1:
        raise ValueError(f"trials == {trials}, must be >= 1.")
    if not 0 <= successes <= trials:
        raise ValueError(f"successes == {successes}, must be >= 0 and <= {trials}.")


def proportion_lift(now: Estimate, reference: Estimate) -> Difference | None:
    """By what share one share exceeds another, now / reference - 1: MOVER-R (Donner & Zou 2012).

    Built from the limits that Newcombe's difference is built from, so that both exclude zero together.
    None where the reference share is 0: no lift can be told.

    Raises:
        ValueError: an estimate without interval.
    """
    if now.low is None or now.high is None or reference.low is None or reference.high is None:
        raise ValueError("proportion_lift needs the Wilson limits of both shares.")
    if reference.value <= 0 or reference.low <= 0:
        return None
    low = _ratio_limit(now.value, now.low, reference.value, reference.high, -1)
    high = _ratio_limit(now.value, now.high, reference.value, reference.low, +1)
    ratio = now.value / reference.value
    return Difference(ratio - 1, None, low - 1, high - 1, now.level, None, "MOVER-R")


def _ratio_limit(now: float, limit: float, reference: float, opposite: float, sign: int) -> float:
    """A limit of now / reference from one limit of each (Donner & Zou 2012, equation 9)."""
    product = now * reference
    under = opposite * (2 * reference - opposite)
    square = product**2 - limit * (2 * now - limit) * under
    return (product + sign * math.sqrt(max(0.0, square))) / under


@dataclass(frozen=True)
class OverlappingCounts:
    """Two groups that share members.

    `successes` of `trials` now, `reference_successes` of `reference_trials` before; `shared` members stand in
    both groups, of whom `shared_now` succeeded now, `shared_before` before and `shared_both` both times.
    """

    successes: int
    trials: int
    reference_successes: int
    reference_trials: int
    shared: int
    shared_now: int
    shared_before: int
    shared_both: int


def overlapping_difference(counts: OverlappingCounts, level: float = 0.95) -> Difference:
    """Difference of two shares with partially overlapping samples (Derrick et al. 2015), Wald interval.

    Members in both groups tend to behave alike, which makes the change better known than from two
    separate samples. With no spread at all there is no test: p is None.

    Raises:
        ValueError: a group without members.
    """
    if counts.trials < 1 or counts.reference_trials < 1:
        raise ValueError(
            f"trials, reference_trials == {counts.trials}, {counts.reference_trials}, must be >= 1."
        )
    now, before = counts.successes / counts.trials, counts.reference_successes / counts.reference_trials
    variance = (
        now * (1 - now) / counts.trials
        + before * (1 - before) / counts.reference_trials
        - 2 * _shared_covariance(counts) * counts.shared / (counts.trials * counts.reference_trials)
    )
    se = math.sqrt(max(0.0, variance))
    value, half = now - before, z_value(level) * se
    p = two_sided_p(value / se) if se > 0 else None
    return Difference(value, se, value - half, value + half, level, p, "overlapping samples")


def _shared_covariance(counts: OverlappingCounts) -> float:
    """Covariance of success now and before among the shared members."""
    if counts.shared == 0:
        return 0.0
    both = counts.shared_both / counts.shared
    return both - counts.shared_now / counts.shared * counts.shared_before / counts.shared


AnswerCounts = tuple[int, int, int]
"""Promoters (9 or 10), passives (7 or 8), detractors (0 to 6)."""


def net_promoter_score(promoters: int, passives: int, detractors: int, level: float = 0.95) -> Estimate:
    """NPS in points from -100 to 100, with the adjusted Wald interval (Rocks 2016; +0.75, +1.5, +0.75).

    The limits are cut to -100 and 100. The standard error is the plain one, for differences.

    Raises:
        ValueError: a negative count, or no answers.
    """
    n = _checked_answers(promoters, passives, detractors)
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


def net_promoter_difference(now: AnswerCounts, reference: AnswerCounts, level: float = 0.95) -> Difference:
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


def _for_difference(answers: AnswerCounts) -> tuple[float, float]:
    """Net share and the variance of that share."""
    promoters, _, detractors = answers
    n = _checked_answers(*answers)
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


def _checked_answers(promoters: int, passives: int, detractors: int) -> int:
    n = promoters + passives + detractors
    if min(promoters, passives, detractors) < 0 or n < 1:
        raise ValueError(
            f"promoters, passives, detractors == {promoters}, {passives}, {detractors}: "
            "must be >= 0 with at least one answer."
        )
    return n
