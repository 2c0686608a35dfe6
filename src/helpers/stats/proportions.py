"""Shares and net promoter scores, their differences and lifts, from counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from scipy.optimize import brentq

from helpers.stats.estimates import (
    Comparison,
    Difference,
    Estimate,
    check_correlation,
    check_level,
    joint_error,
    two_sided_p,
    wald_difference,
    z_value,
)

AnswerCounts = tuple[int, int, int]
"""Promoters (9 or 10), passives (7 or 8), detractors (0 to 6)."""


@dataclass(frozen=True)
class OverlappingCounts:
    """Two groups that share members: this quarter's users and last quarter's. All are numbers of members.

    Attributes:
        successes: those of the group now who did it.
        trials: all of the group now.
        reference_successes: those of the group before who did it.
        reference_trials: all of the group before.
        shared: members of both groups.
        shared_now: those of the shared who did it now.
        shared_before: those of the shared who did it before.
        shared_both: those of the shared who did it both times.
    """

    successes: int
    trials: int
    reference_successes: int
    reference_trials: int
    shared: int
    shared_now: int
    shared_before: int
    shared_both: int


def proportion(successes: int, trials: int, level: float = 0.95) -> Estimate:
    """A share with its Wilson interval (Wilson 1927).

    Args:
        successes: how many did it, 0 to `trials`.
        trials: how many could have.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The share and its limits, each from 0 to 1; the standard error is the plain one, for differences.

    Raises:
        ValueError: trials < 1, successes outside 0 to trials, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> share = stats.proportion(81, 263)
        >>> round(share.value, 3), round(share.low, 4), round(share.high, 4)
        (0.308, 0.2553, 0.3662)
        >>> round(stats.proportion(0, 20).high, 3)
        0.161
    """
    _check_counts(successes, trials)
    check_level(level)
    share = successes / trials
    se = math.sqrt(share * (1 - share) / trials)
    limits = partial(_wilson_limits, successes, trials)
    return Estimate(share, se, *limits(level), level, trials, "Wilson", limits)


def _wilson_limits(successes: int, trials: int, level: float) -> tuple[float, float]:
    share = successes / trials
    below, above = _wilson_reach(successes, trials, z_value(level))
    # At 0 and at all, rounding may put a limit a hair outside.
    return max(0.0, share - max(0.0, below)), min(1.0, share + max(0.0, above))


def proportion_difference(  # noqa: PLR0913  (two counted groups, and what stands between them)
    successes: int,
    trials: int,
    reference_successes: int,
    reference_trials: int,
    level: float = 0.95,
    *,
    correlation: float = 0.0,
) -> Difference:
    """Difference of two shares: Newcombe's hybrid score interval (Newcombe 1998, method 10).

    Where some of the same members stand in both groups, both estimates go up and down together, which makes
    their difference better known (Zou & Donner 2008).

    Args:
        successes: how many of the one group did it.
        trials: how many are in it.
        reference_successes: how many of the group that it is compared with did it.
        reference_trials: how many are in that one.
        level: confidence of the interval, between 0 and 1.
        correlation: that of both estimates, from -1 to 1; 0 where nobody is in both groups.

    Returns:
        The share of the one less that of the other, from -1 to 1; p inverts the interval (that of the z test
        is `pooled_z_p`), None when both shares are 0 or both 1.

    Raises:
        ValueError: trials < 1, successes outside 0 to trials, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> change = stats.proportion_difference(56, 70, 48, 80)
        >>> round(change.value, 2), round(change.low, 4), round(change.high, 4), round(change.p, 3)
        (0.2, 0.0524, 0.3339, 0.008)
        >>> round(stats.proportion_difference(56, 70, 48, 80, correlation=0.5).low, 4)
        0.0955
    """
    _check_counts(successes, trials)
    _check_counts(reference_successes, reference_trials)
    check_level(level)
    check_correlation(correlation)
    now, then = successes / trials, reference_successes / reference_trials
    counts = successes, trials, reference_successes, reference_trials
    variances = now * (1 - now) / trials, then * (1 - then) / reference_trials
    limits, p = partial(_newcombe_limits, counts, correlation), _newcombe_p(counts, correlation)
    se = joint_error(math.sqrt(variances[0]), math.sqrt(variances[1]), correlation)
    return Difference(now - then, se, *limits(level), level, p, "Newcombe", limits)


def pooled_z_p(successes: int, trials: int, reference_successes: int, reference_trials: int) -> float | None:
    """The two-sided p of the pooled z test of two shares, which write-ups print: it decides nothing here.

    None when both shares are 0 or both 1.

        >>> from helpers import stats
        >>> round(stats.pooled_z_p(56, 70, 48, 80), 3)
        0.008
    """
    # The test asks about no difference, so that its error is that of both groups together.
    pooled = (successes + reference_successes) / (trials + reference_trials)
    se = math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / reference_trials))
    return two_sided_p((successes / trials - reference_successes / reference_trials) / se) if se > 0 else None


_Counts = tuple[int, int, int, int]
_FURTHEST = 40.0
"""Standard errors beyond which p is 0 in floating point."""


def _newcombe_limits(counts: _Counts, correlation: float, level: float) -> tuple[float, float]:
    z, (successes, trials, reference_successes, reference_trials) = z_value(level), counts
    value = successes / trials - reference_successes / reference_trials
    down, up = _wilson_reach(successes, trials, z)
    down_then, up_then = _wilson_reach(reference_successes, reference_trials, z)
    low, high = joint_error(down, up_then, correlation), joint_error(up, down_then, correlation)
    return value - low, value + high


def _newcombe_p(counts: _Counts, correlation: float) -> float | None:
    """The error rate at which one limit of Newcombe's interval is 0."""
    successes, trials, reference_successes, reference_trials = counts
    if successes + reference_successes in (0, trials + reference_trials):
        return None
    value = successes / trials - reference_successes / reference_trials
    if value < 0:  # the same with both sides changed
        return _newcombe_p((reference_successes, reference_trials, successes, trials), correlation)

    def beyond_zero(z: float) -> float:
        down, _ = _wilson_reach(successes, trials, z)
        _, up = _wilson_reach(reference_successes, reference_trials, z)
        return value - joint_error(down, up, correlation)

    if value == 0 or beyond_zero(_FURTHEST) >= 0:
        return two_sided_p(_FURTHEST if value else 0.0)
    return two_sided_p(brentq(beyond_zero, 0.0, _FURTHEST, xtol=1e-13, rtol=1e-14))


def _wilson_reach(successes: int, trials: int, z: float) -> tuple[float, float]:
    return wilson_reach(successes / trials, trials, z)


def wilson_reach(share: float, trials: float, z: float) -> tuple[float, float]:
    """How far Wilson's limits lie below and above a share of so many, real or effective (Wilson 1927).

    >>> [round(reach, 4) for reach in wilson_reach(81 / 263, 263, 1.959964)]
    [0.0527, 0.0582]
    """
    total = trials + z * z
    centre = (share * trials + z * z / 2) / total
    half = z / total * math.sqrt(trials * share * (1 - share) + z * z / 4)
    return share - (centre - half), centre + half - share


def compared_proportions(
    label: str,
    now: tuple[int, int],
    reference: tuple[int, int] | None,
    level: float = 0.95,
    *,
    correlation: float = 0.0,
) -> Comparison:
    """Two shares as a row: Wilson's intervals (1927), Newcombe's of the difference (1998), not yet corrected.

    Args:
        label: the name of the row.
        now: how many did it, and how many could have.
        reference: the same of the group that it is compared with; None, or nobody, for none.
        level: confidence of the intervals, between 0 and 1.
        correlation: that of both estimates; 0 where nobody is in both groups.

    Returns:
        Both shares from 0 to 1 and their difference; put rows of one list through `judged`.

    Raises:
        ValueError: as `proportion`.

    Example:
        >>> from helpers import stats
        >>> row = stats.compared_proportions("Billing", (60, 600), (30, 600))
        >>> row.now.value, row.reference.value, round(row.difference.low, 3)
        (0.1, 0.05, 0.02)
    """
    estimate = proportion(*now, level)
    if reference is None or not reference[1]:
        return Comparison(label, estimate)
    change = proportion_difference(*now, *reference, level, correlation=correlation)
    return Comparison(label, estimate, proportion(*reference, level), change)


def _check_counts(successes: int, trials: int) -> None:
    if trials < 1:
        raise ValueError(f"trials == {trials}, must be >= 1.")
    if not 0 <= successes <= trials:
        raise ValueError(f"successes == {successes}, must be >= 0 and <= {trials}.")


def proportion_lift(now: Estimate, reference: Estimate) -> Difference | None:
    """By what share one share exceeds another, now / reference - 1: MOVER-R (Donner & Zou 2012).

    Built from the limits that Newcombe's difference is built from, so that both exclude zero together.

    Args:
        now: the share to be compared, from `proportion`; its level is that of the interval.
        reference: the share it is compared with.

    Returns:
        The lift as a fraction (0.1 is 10% more), without standard error and p; None where the reference
        share is 0: no lift can be told.

    Raises:
        ValueError: an estimate without interval.

    Example:
        Players of Cookie Cats who came back after 7 days, gate at level 40 against 30.

        >>> from helpers import stats
        >>> gain = stats.proportion_lift(stats.proportion(8279, 45489), stats.proportion(8502, 44700))
        >>> round(gain.value, 3), round(gain.low, 3), round(gain.high, 3)
        (-0.043, -0.069, -0.017)
    """
    if now.low is None or now.high is None or reference.low is None or reference.high is None:
        raise ValueError(f"now.low, reference.low == {now.low}, {reference.low}, must be Wilson limits.")
    if reference.low <= 0:
        return None
    low = _ratio_limit(now.value, now.low, reference.value, reference.high, -1)
    high = _ratio_limit(now.value, now.high, reference.value, reference.low, +1)
    ratio = now.value / reference.value
    return Difference(ratio - 1, None, low - 1, high - 1, now.level, None, "MOVER-R")


def _ratio_limit(now: float, limit: float, reference: float, opposite: float, sign: int) -> float:
    """A limit of now / reference from one limit of each (Donner & Zou 2012, equation 9)."""
    product = now * reference
    under = opposite * (2 * reference - opposite)
    # Rounding may take the square below zero where both limits meet.
    square = product**2 - limit * (2 * now - limit) * under
    return (product + sign * math.sqrt(max(0.0, square))) / under


def overlapping_difference(counts: OverlappingCounts, level: float = 0.95) -> Difference:
    """Difference of two shares with partially overlapping samples (Derrick et al. 2015), Wald interval.

    Members in both groups tend to behave alike, which makes the change better known than from two
    separate samples. With no spread at all there is no test: p is None.

    Args:
        counts: both groups, and what their shared members did.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The share now less the share before, from -1 to 1.

    Raises:
        ValueError: a group without members, or a level outside 0 to 1.

    Example:
        40 of 100 now against 30 of 120 before, with 50 in both groups.

        >>> from helpers import stats
        >>> counts = stats.OverlappingCounts(40, 100, 30, 120, 50, 20, 15, 10)
        >>> change = stats.overlapping_difference(counts)
        >>> round(change.value, 2), round(change.low, 3), round(change.high, 3), round(change.p, 3)
        (0.15, 0.037, 0.263, 0.009)
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
    # Rounding may take a variance of nothing below zero.
    return wald_difference(now - before, math.sqrt(max(0.0, variance)), level, "overlapping samples")


def _shared_covariance(counts: OverlappingCounts) -> float:
    """Covariance of success now and before among the shared members."""
    if counts.shared == 0:
        return 0.0
    both = counts.shared_both / counts.shared
    return both - counts.shared_now / counts.shared * counts.shared_before / counts.shared


def net_promoter_score(promoters: int, passives: int, detractors: int, level: float = 0.95) -> Estimate:
    """Net promoter score with the adjusted Wald interval (Rocks 2016; +0.75, +1.5, +0.75).

    Args:
        promoters: answers of 9 or 10.
        passives: answers of 7 or 8.
        detractors: answers of 0 to 6.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The score in points, the limits cut to -100 and 100. The standard error is the plain one, for
        differences.

    Raises:
        ValueError: a negative count, no answers, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> score = stats.net_promoter_score(40, 35, 25)
        >>> round(score.value), round(score.low, 1), round(score.high, 1), score.n
        (15, -0.7, 29.8, 100)
    """
    n = _checked_answers(promoters, passives, detractors)
    value, variance = _net(promoters, detractors, n)
    limits, se = partial(_adjusted_wald_limits, promoters, detractors, n), 100 * math.sqrt(variance / n)
    return Estimate(100 * value, se, *limits(level), level, n, "adjusted Wald", limits)


def _adjusted_wald_limits(promoters: int, detractors: int, n: int, level: float) -> tuple[float, float]:
    centre, variance = _adjusted(promoters, detractors, n)
    half = z_value(level) * math.sqrt(variance / (n + 3))
    return max(-100.0, 100 * (centre - half)), min(100.0, 100 * (centre + half))


def net_promoter_difference(
    now: AnswerCounts, reference: AnswerCounts, level: float = 0.95, *, correlation: float = 0.0
) -> Difference:
    """Difference of two net promoter scores, with its Wald interval and two-sided p (Rocks 2016).

    A group whose answers are all alike has a plain standard error of 0, which would claim certainty from
    two answers: such a group enters with the variance of the adjusted Wald interval instead.

    Args:
        now: promoters, passives and detractors of the one group.
        reference: those of the group that it is compared with.
        level: confidence of the interval, between 0 and 1.
        correlation: that of both scores, from -1 to 1; 0 where nobody answered in both groups.

    Returns:
        The score of `now` less that of `reference`, in points.

    Raises:
        ValueError: a negative count, no answers, or a level outside 0 to 1.

    Example:
        >>> from helpers import stats
        >>> change = stats.net_promoter_difference((450, 340, 210), (400, 350, 250))
        >>> round(change.value, 1), round(change.low, 1), round(change.high, 1), round(change.p, 3)
        (9.0, 2.1, 15.9, 0.01)
    """
    check_correlation(correlation)
    (value, variance), (then, variance_then) = _for_difference(now), _for_difference(reference)
    se = joint_error(math.sqrt(variance), math.sqrt(variance_then), correlation)
    return wald_difference(100 * (value - then), 100 * se, level, "Wald")


def _for_difference(answers: AnswerCounts) -> tuple[float, float]:
    """Net share and the variance of that share."""
    promoters, _, detractors = answers
    n = _checked_answers(*answers)
    value, variance = _net(promoters, detractors, n)
    if variance > 0:
        return value, variance / n
    return value, _adjusted(promoters, detractors, n)[1] / (n + 3)


def _adjusted(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """Net share and its variance with three answers added: 3/4 promoter, 3/2 passive, 3/4 detractor."""
    return _net(promoters + 0.75, detractors + 0.75, n + 3)


def _net(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    """Net share and its variance of one answer (which counts 1, 0 or -1)."""
    net = (promoters - detractors) / n
    return net, max(0.0, (promoters + detractors) / n - net * net)


def _checked_answers(promoters: int, passives: int, detractors: int) -> int:
    n = promoters + passives + detractors
    if min(promoters, passives, detractors) < 0 or n < 1:
        raise ValueError(
            f"promoters, passives, detractors == {promoters}, {passives}, {detractors}, "
            "must be >= 0 with at least one answer."
        )
    return n
