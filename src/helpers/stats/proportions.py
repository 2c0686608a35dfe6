"""Shares, their differences and lifts, from counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from helpers.stats.estimates import (
    Comparison,
    Difference,
    Estimate,
    check_level,
    joint_error,
    two_sided_p,
    wald_difference,
    z_value,
)
from helpers.stats.reaching import reaching_difference


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


def proportion(
    successes: float, trials: int, level: float = 0.95, *, effective: float | None = None
) -> Estimate:
    """A share with its Wilson interval (Wilson 1927).

    Args:
        successes: how many did it, 0 to `trials`; their weight, scaled so that all weigh `trials`.
        trials: how many could have.
        level: confidence of the interval, between 0 and 1.
        effective: as how many independent trials they count (`effective_n`); None for all of them.

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
    share, n = successes / trials, trials if effective is None else effective
    se = math.sqrt(share * (1 - share) / n)
    limits = partial(_wilson_limits, share, n)
    return Estimate(share, se, *limits(level), level, trials, "Wilson", limits)


def _wilson_limits(share: float, n: float, level: float) -> tuple[float, float]:
    below, above = wilson_reach(share, n, z_value(level))
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
    effective: tuple[float, float] | None = None,
) -> Difference:
    """Difference of two shares: Newcombe's hybrid score interval (Newcombe 1998, method 10).

    Args:
        successes: how many of the one group did it.
        trials: how many are in it.
        reference_successes: how many of the group that it is compared with did it.
        reference_trials: how many are in that one.
        level: confidence of the interval, between 0 and 1.
        correlation: that of both estimates, from -1 to 1, where members are in both groups; else 0.
        effective: as how many independent trials each group counts; None for all of them.

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
    n, n_then = effective or (trials, reference_trials)
    now = proportion(successes, trials, level, effective=n)
    then = proportion(reference_successes, reference_trials, level, effective=n_then)
    return reaching_difference(
        now.value - then.value,
        (partial(wilson_reach, now.value, n), partial(wilson_reach, then.value, n_then)),
        joint_error(now.se or 0.0, then.se or 0.0, correlation),
        level,
        correlation=correlation,
        method="Newcombe",
        # With nobody or everybody on both sides there is nothing to test.
        tested=successes + reference_successes not in (0, trials + reference_trials),
    )


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


def wilson_reach(share: float, n: float, z: float) -> tuple[float, float]:
    """How far Wilson's limits lie below and above a share of `n`, real or effective (Wilson 1927).

    >>> [round(reach, 4) for reach in wilson_reach(81 / 263, 263, 1.959964)]
    [0.0527, 0.0582]
    """
    total = n + z * z
    centre = (n * share + z * z / 2) / total
    half = z / total * math.sqrt(n * share * (1 - share) + z * z / 4)
    return share - (centre - half), centre + half - share


def compared_proportions(  # noqa: PLR0913  (two counted groups, and what stands between them)
    label: str,
    now: tuple[int, int],
    reference: tuple[int, int] | None,
    level: float = 0.95,
    *,
    correlation: float = 0.0,
    effective: tuple[float, float] | None = None,
) -> Comparison:
    """Two shares as a row: Wilson's intervals (1927), Newcombe's of the difference (1998), not yet corrected.

    Args:
        label: the name of the row.
        now: how many did it, and how many could have.
        reference: the same of the group that it is compared with; None, or nobody, for none.
        level: confidence of the intervals, between 0 and 1.
        correlation: that of both estimates; 0 where nobody is in both groups.
        effective: as how many independent members each group counts; None for all of them.

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
    n, n_then = effective or (None, None)
    estimate = proportion(*now, level, effective=n)
    if reference is None or not reference[1]:
        return Comparison(label, estimate)
    change = proportion_difference(*now, *reference, level, correlation=correlation, effective=effective)
    return Comparison(label, estimate, proportion(*reference, level, effective=n_then), change)


def _check_counts(successes: float, trials: int) -> None:
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
