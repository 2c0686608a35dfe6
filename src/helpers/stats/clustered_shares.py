"""Shares of members of whom some belong together, such as the users of one account.

Members of one cluster resemble each other, so that their number promises too much: the error of a share is
taken from the clusters (linearization; Cochran 1977), and told as the number of independent members that
would err as much. Wilson's limits of those are what a difference is put together from, with the correlation
of both shares over the clusters that stand in both (MOVER; Zou & Donner 2008), at t's quantile.

Accounts are of unequal size: as many count as equal ones would err alike, (Σn)² / Σn² of them (Kish 1965),
and t has that many degrees less one.

Simulated at a stated 5 % without any change (15 to 150 accounts of ten users on average, shares of .05 and
.3, an intraclass correlation of .02 and .2, other users in each period): a difference is clear in 1.3 to 7.6
of 100, on average in 4.5, at 0.83 % in 0 to 1.6. Users taken as independent: about 24.
"""

from __future__ import annotations

import math
from functools import partial

from scipy import stats

from helpers.stats.estimates import Difference, Estimate, check_level, joint_error, smallest_rate
from helpers.stats.proportions import wilson_reach
from helpers.stats.ratios import PairMoments, SharedMoments, linear_product, ratio

_Side = tuple[float, float]
"""A share, and how many independent members would err as much."""


def clustered_proportion(clusters: PairMoments, level: float = 0.95) -> Estimate:
    """A share of members who belong to clusters: Wilson's interval of as many as err alike (Wilson 1927).

    Args:
        clusters: over the clusters, the moments of the members who did it (numerator) and of all of them.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The share from 0 to 1, at t's quantile of effective clusters less one; `n` counts members.

    Raises:
        ValueError: fewer than two clusters, no member, or a level outside 0 to 1.

    Example:
        50 accounts of ten users, of whom three use it; in some none does, in some all do.

        >>> from helpers import stats
        >>> accounts = stats.PairMoments(50, 3.0, 10.0, 9.0, 0.0, 0.0)
        >>> share = stats.clustered_proportion(accounts)
        >>> share.value, share.n, round(share.low, 3), round(share.high, 3)
        (0.3, 500, 0.223, 0.391)
    """
    check_level(level)
    side, degrees = _side(clusters), _degrees(clusters)
    limits = partial(_limits, side, degrees)
    members = round(clusters.n * clusters.denominator)
    return Estimate(side[0], _error(clusters), *limits(level), level, members, "Wilson, clusters", limits)


def clustered_proportion_difference(
    now: PairMoments, reference: PairMoments, shared: SharedMoments, level: float = 0.95
) -> Difference:
    """Difference of two shares of members who belong to clusters: MOVER (Zou & Donner 2008).

    Args:
        now: the moments of the one group over its clusters, as `clustered_proportion` takes them.
        reference: those of the group that it is compared with.
        shared: those of the clusters that have members in both, `now` first.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The share of the one less that of the other, from -1 to 1; p inverts the interval, None where both
        shares are 0 or both 1.

    Raises:
        ValueError: as `clustered_proportion`.

    Example:
        The same 50 accounts in both quarters, most of them as they were.

        >>> from helpers import stats
        >>> spring, summer = (stats.PairMoments(50, used, 10.0, 9.0, 0.0, 0.0) for used in (3.0, 3.6))
        >>> both = stats.SharedMoments(50, 3.6 * 3.0 + 8.0, 36.0, 30.0, 100.0)
        >>> change = stats.clustered_proportion_difference(summer, spring, both)
        >>> round(change.value, 2), round(change.low, 3), round(change.high, 3)
        (0.06, 0.022, 0.097)
    """
    check_level(level)
    one, other = _side(now), _side(reference)
    degrees = min(_degrees(now), _degrees(reference))
    together = _correlation(now, reference, shared)
    limits = partial(_difference_limits, (one, other), together, degrees)
    value = one[0] - other[0]
    se = joint_error(_error(now), _error(reference), together)
    p = None if one[0] == other[0] and one[0] in (0, 1) else smallest_rate(value, limits)
    return Difference(value, se, *limits(level), level, p, "MOVER, clusters", limits)


def _error(clusters: PairMoments) -> float:
    """The standard error of a share, its clusters corrected for as the effective ones that they are."""
    effective, number = _effective(clusters), clusters.n
    return (ratio(clusters).se or 0.0) * math.sqrt(effective / (effective - 1) * (number - 1) / number)


def _effective(clusters: PairMoments) -> float:
    """How many clusters of equal size would err as these of unequal size do (Kish 1965)."""
    number, mean = clusters.n, clusters.denominator
    squares = (number - 1) * clusters.denominator_variance + number * mean**2
    return (number * mean) ** 2 / squares


def _degrees(clusters: PairMoments) -> float:
    return max(1.0, _effective(clusters) - 1)


def _side(clusters: PairMoments) -> _Side:
    """A share and its effective members: at most all of them, and clusters where nobody or everybody did."""
    share, error = clusters.numerator / clusters.denominator, _error(clusters)
    if not error:
        return share, float(clusters.n)
    return share, min(clusters.n * clusters.denominator, share * (1 - share) / error**2)


def _correlation(now: PairMoments, reference: PairMoments, shared: SharedMoments) -> float:
    """How far both shares go together, by what the clusters in both add to the error of each."""
    errors = (ratio(now).se or 0.0) * (ratio(reference).se or 0.0)
    if not errors:
        return 0.0
    # Each side's error is that of a sample, which its clusters less one divide.
    freedom = math.sqrt((now.n - 1) * (reference.n - 1) * now.n * reference.n)
    return max(-1.0, min(1.0, linear_product(now, reference, shared) * shared.n / freedom / errors))


def _limits(side: _Side, degrees: float, level: float) -> tuple[float, float]:
    below, above = wilson_reach(*side, _quantile(level, degrees))
    return max(0.0, side[0] - max(0.0, below)), min(1.0, side[0] + max(0.0, above))


def _difference_limits(
    sides: tuple[_Side, _Side], together: float, degrees: float, level: float
) -> tuple[float, float]:
    one, other = sides
    t = _quantile(level, degrees)
    (down, up), (down_then, up_then) = wilson_reach(*one, t), wilson_reach(*other, t)
    value = one[0] - other[0]
    return value - joint_error(down, up_then, together), value + joint_error(up, down_then, together)


def _quantile(level: float, degrees: float) -> float:
    return float(stats.t.ppf(0.5 + level / 2, degrees))
