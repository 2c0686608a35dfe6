"""Counts a week against how much they usually move from period to period.

Weeks resemble the weeks before them, so that the spread within a period says too little about the next
one (at a correlation of .6 a test by it is wrong in 26 of 100 quiet periods). What moves a whole period is
seen in the periods themselves, or, where these are few, in the slowest wave within each.

Simulated at a stated 5 % (four to 200 a week, neighbouring weeks correlated up to .8): `usual_change` is
wrong in 3.8 to 5.4 of 100, `yearly_change` in 2 to 6, `slow_change` in 5 to 8 up to a correlation of .6, in 7
to 11 at .8.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from helpers.stats.estimates import Difference, Estimate, wald_difference

FEWEST_CHANGES = 6
"""Earlier changes from which on they alone tell what is usual: those of eight periods, the last included."""

_KEPT = 0.8
"""Changes that share a period are not independent: so many degrees of freedom does each bring."""


def usual_change(values: Sequence[float], level: float = 0.95) -> Difference:
    """The last of a row of periods less the one before, against the earlier changes from period to period.

    The error is the root mean square of the earlier changes, with .8 degrees of freedom each.

    Args:
        values: one number a period (tickets a week), the earliest first; eight or more.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The change in the unit of the values; p is None where no period ever differed from the one before.

    Raises:
        ValueError: fewer than eight periods.

    Example:
        >>> from helpers import stats
        >>> change = stats.usual_change([50, 54, 49, 52, 50, 55, 51, 70])
        >>> change.value, round(change.low, 1), round(change.high, 1)
        (19, 8.6, 29.4)
    """
    past = np.diff(np.asarray(values, float)[:-1])
    if past.size < FEWEST_CHANGES:
        raise ValueError(f"len(values) == {len(values)}, must be >= {FEWEST_CHANGES + 2}.")
    error = math.sqrt(float(np.mean(past**2)))
    return wald_difference(values[-1] - values[-2], error, level, "usual change", _KEPT * past.size)


def yearly_change(values: Sequence[float], periods_a_year: int, level: float = 0.95) -> Difference:
    """The last of a row of periods less the same one a year before, against how much these usually spread.

    The error is the root of two times the spread of the earlier periods about the means of their place in the
    year, with as many degrees of freedom as these means leave.

    Args:
        values: one number a period (tickets a week), the earliest first; two years and one period, or more.
        periods_a_year: how many periods a year has: 4 of quarters.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The change in the unit of the values; p is None where each period was as a year before.

    Raises:
        ValueError: fewer periods.

    Example:
        >>> from helpers import stats
        >>> change = stats.yearly_change([50, 60, 55, 40, 52, 59, 57, 43, 50, 61, 54, 60], 4)
        >>> change.value, round(change.low, 1), round(change.high, 1)
        (17, 12.3, 21.7)
    """
    past = np.asarray(values, float)[:-1]
    if past.size < 2 * periods_a_year:
        raise ValueError(f"len(values) == {len(values)}, must be > {2 * periods_a_year}.")
    place = np.arange(past.size) % periods_a_year
    means = np.bincount(place, past) / np.bincount(place)
    degrees = past.size - periods_a_year
    spread = math.sqrt(float(((past - means[place]) ** 2).sum()) / degrees)
    change = values[-1] - values[-1 - periods_a_year]
    return wald_difference(change, math.sqrt(2) * spread, level, "yearly change", degrees)


def slow_change(
    now: Sequence[float], then: Sequence[float], periods: Sequence[Sequence[float]], level: float = 0.95
) -> Difference:
    """The mean of one period's weeks less that of another's, against the slowest wave within each period.

    For two to seven periods, which are too few to tell what is usual between them. Each period's weeks give
    one square, of their slowest cosine (DCT-II, orthonormal); the mean of these squares over the number of
    weeks is the variance of a period's mean. Where neighbouring weeks are correlated by .8 the interval is
    somewhat too narrow (see above).

    Args:
        now: the counts of the weeks of a period; two or more.
        then: those of the period that it is compared with.
        periods: those of all periods at hand, both of these included.
        level: confidence of the interval, between 0 and 1.

    Returns:
        The change of the mean, with as many degrees of freedom as there are periods.

    Raises:
        ValueError: a period of fewer than two weeks.

    Example:
        >>> from helpers import stats
        >>> spring, summer = [50, 55, 49, 53, 50, 52], [60, 66, 63, 70, 65, 68]
        >>> change = stats.slow_change(summer, spring, [spring, summer])
        >>> round(change.value, 1), round(change.low, 1), round(change.high, 1)
        (13.8, 4.9, 22.8)
    """
    variance = _slow_variance(periods)
    error = math.sqrt(variance * (1 / len(now) + 1 / len(then)))
    value = float(np.mean(now) - np.mean(then))
    return wald_difference(value, error, level, "slowest cosine", len(periods))


def slow_mean(now: Sequence[float], periods: Sequence[Sequence[float]], level: float = 0.95) -> Estimate:
    """The mean of a period's weeks, its interval from the slowest wave within each period (`slow_change`).

    Returns:
        The mean a week with a t interval of as many degrees of freedom as there are periods; n is the weeks.

    Raises:
        ValueError: a period of fewer than two weeks.

    Example:
        >>> from helpers import stats
        >>> spring, summer = [50, 55, 49, 53, 50, 52], [60, 66, 63, 70, 65, 68]
        >>> mean = stats.slow_mean(summer, [spring, summer])
        >>> round(mean.value, 1), round(mean.low, 1), round(mean.high, 1)
        (65.3, 59.0, 71.7)
    """
    error = math.sqrt(_slow_variance(periods) / len(now))
    value = wald_difference(float(np.mean(now)), error, level, "", len(periods))
    return Estimate(value.value, error, value.low, value.high, level, len(now), "slowest cosine")


def _slow_variance(periods: Sequence[Sequence[float]]) -> float:
    """The mean square of the slowest cosine within each period: a week's variance over long stretches."""
    return float(np.mean([_slowest_cosine(weeks) ** 2 for weeks in periods]))


def _slowest_cosine(weeks: Sequence[float]) -> float:
    """The second coefficient of the orthonormal cosine transform of a row (Ahmed, Natarajan & Rao 1974)."""
    length = len(weeks)
    if length < 2:
        raise ValueError(f"A period of {length} week(s), must have >= 2.")
    wave = np.cos(math.pi * (np.arange(length) + 0.5) / length)
    return math.sqrt(2 / length) * float(np.dot(wave, np.asarray(weeks, float)))
