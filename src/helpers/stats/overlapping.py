"""Changes between samples that share members: this quarter's users and the last's, a test and its look."""

from __future__ import annotations

import math
from dataclasses import dataclass

from helpers.stats.estimates import Difference, two_sided_p, z_value


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
        - 2 * _covariance(counts) * counts.shared / (counts.trials * counts.reference_trials)
    )
    se = math.sqrt(max(0.0, variance))
    value, half = now - before, z_value(level) * se
    p = two_sided_p(value / se) if se > 0 else None
    return Difference(value, se, value - half, value + half, level, p, "overlapping samples")


def nested_difference(now: Difference, then: Difference) -> Difference | None:
    """How far an estimate has moved since it was made from a part of the same data, with a normal interval.

    What came in since is independent of what was there, so that the variances differ by that of the change
    (independent increments). None where the part tells no less than the whole.
    """
    variance = (then.se or 0.0) ** 2 - (now.se or 0.0) ** 2
    if variance <= 0:
        return None
    value, se = now.value - then.value, math.sqrt(variance)
    half = z_value(now.level) * se
    return Difference(value, se, value - half, value + half, now.level, two_sided_p(value / se), "nested")


def _covariance(counts: OverlappingCounts) -> float:
    """Covariance of success now and before among the shared members."""
    if counts.shared == 0:
        return 0.0
    both = counts.shared_both / counts.shared
    return both - counts.shared_now / counts.shared * counts.shared_before / counts.shared
