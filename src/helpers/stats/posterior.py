"""Effects of treatments as a Bayesian reads them: chances and expected losses under a stated prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, qmc

from helpers.stats.estimates import z_value
from helpers.stats.moments import Floats

DRAWS = 2**13
"""Scrambled Sobol points behind a chance or a loss, always the same: a chance is off by some 0.1 points."""


@dataclass(frozen=True)
class Posterior:
    """What is believed of each effect once the data are seen; effects are gains, larger is better.

    `mean`, `low`, `high` and `better`, the chance that it beats the control, are by treatment. `best`, the
    chance to be the best of all, and `loss`, what choosing it is expected to cost against the best of all,
    have the control first.

        >>> from helpers import stats
        >>> seen = stats.posterior([0.02], [0.007], 0.007, prior_sd=0.02)
        >>> len(seen.mean), len(seen.best)
        (1, 2)
    """

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    better: tuple[float, ...]
    best: tuple[float, ...]
    loss: tuple[float, ...]
    level: float


def posterior(
    gains: Sequence[float],
    errors: Sequence[float],
    control_error: float,
    *,
    prior_sd: float,
    level: float = 0.95,
) -> Posterior:
    """The posterior of effects that were measured against one control.

    Estimates are taken as normal (Gelman and others, Bayesian Data Analysis, 2013, 2.5 and 4.1), effects as
    independent and normal about zero before the test. What all gains have in common, the error of the
    control, is allowed for. Losses are those of Stucchio (Bayesian A/B testing at VWO, 2015).

    Args:
        gains: of each treatment, its value less that of the control, in the good direction.
        errors: the standard error of each treatment's own value.
        control_error: the standard error of the control's value.
        prior_sd: how far effects of such changes are spread about zero, in the unit of the gains.
        level: of the credible intervals.

    Raises:
        ValueError: a prior or an error that is not above 0, or no treatment.

    Example:
        >>> from helpers import stats
        >>> seen = stats.posterior([0.02], [0.007], 0.007, prior_sd=0.02)
        >>> round(seen.mean[0], 4), round(seen.better[0], 3)
        (0.0161, 0.965)
        >>> [round(loss, 4) for loss in seen.loss]
        [0.0162, 0.0001]
    """
    if not gains or min(prior_sd, control_error, *errors) <= 0:
        raise ValueError("A posterior needs a treatment, and errors and a prior above 0.")
    known = np.linalg.inv(np.diag(np.square(errors)) + control_error**2)
    covariance: Floats = np.linalg.inv(known + np.eye(len(gains)) / prior_sd**2).astype(float)
    mean = covariance @ known @ np.asarray(gains, float)
    spread = np.sqrt(np.diag(covariance))
    half = z_value(level) * spread
    best, loss = _choices(mean, covariance)
    return Posterior(
        mean=_floats(mean),
        low=_floats(mean - half),
        high=_floats(mean + half),
        better=_floats(norm.cdf(mean / spread)),
        best=_floats(best),
        loss=_floats(loss),
        level=level,
    )


def _choices(mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """How often each arm is the best, and what choosing it costs on average; the control first."""
    drawn = qmc.MultivariateNormalQMC(mean, covariance, rng=0).random(DRAWS)
    effects = np.column_stack([np.zeros(DRAWS), drawn])
    best = np.bincount(effects.argmax(axis=1), minlength=effects.shape[1]) / DRAWS
    return best, (effects.max(axis=1)[:, None] - effects).mean(axis=0)


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
