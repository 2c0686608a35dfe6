"""Shares and their differences, from counts."""

from __future__ import annotations

import math

from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from helpers.stats.estimates import Difference, Estimate, two_sided_p


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
