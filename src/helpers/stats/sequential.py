"""Intervals and tests that hold however often one looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from scipy.special import gammaln

from helpers.stats.estimates import Difference


def anytime_critical(n: int, tuned_at: int, alpha: float = 0.05) -> float:
    """Standard errors to either side so that an interval holds at every look (Waudby-Smith et al. 2024).

    The asymptotic confidence sequence after `n` units of both arms together, tightest near `tuned_at`
    units: give the planned sample.

    Raises:
        ValueError: n or tuned_at < 1.
    """
    if n < 1 or tuned_at < 1:
        raise ValueError(f"n, tuned_at == {n}, {tuned_at}, must be >= 1.")
    spread = n * _rho_squared(tuned_at, alpha)
    return math.sqrt(2 * (spread + 1) / spread * (0.5 * math.log(spread + 1) - math.log(alpha)))


def confidence_sequence(now: Difference, n: int, tuned_at: int) -> Difference:
    """The interval of a difference, widened so that it holds at every look (Waudby-Smith et al. 2024).

    `n` units stand behind the difference in both arms together; p is the anytime-valid p of the same
    sequence.

    Raises:
        ValueError: the difference has no standard error, or n or tuned_at < 1.
    """
    if now.se is None:
        raise ValueError("confidence_sequence needs a standard error.")
    alpha = 1 - now.level
    half = now.se * anytime_critical(n, tuned_at, alpha)
    p = None
    if now.se > 0:
        spread = n * _rho_squared(tuned_at, alpha)
        evidence = (now.value / now.se) ** 2 * spread / (2 * (spread + 1))
        p = math.exp(min(0.0, 0.5 * math.log(spread + 1) - evidence))
    return replace(now, low=now.value - half, high=now.value + half, p=p, method="confidence sequence")


def sequential_sample_ratio(
    batches: Sequence[Sequence[int]], split: Sequence[float], concentration: float = 10_000
) -> tuple[float, ...]:
    """P of the planned split after each batch of counts, valid at every look (Lindon & Malek 2022).

    A Bayes factor of a Dirichlet prior around the planned split against the split itself; its running
    reciprocal is the p value, which never rises.

    Raises:
        ValueError: a batch of another length than the split, a negative count, a weight of 0 or less.
    """
    if min(split) <= 0:
        raise ValueError(f"split == {tuple(split)}, must be > 0.")
    if any(len(batch) != len(split) or min(batch) < 0 for batch in batches):
        raise ValueError(f"batches: each needs {len(split)} counts of 0 or more.")
    shares = [weight / sum(split) for weight in split]
    prior = [concentration * share for share in shares]
    p, found, counts = 1.0, [], [0] * len(split)
    for batch in batches:
        counts = [count + more for count, more in zip(counts, batch, strict=True)]
        posterior = [alpha + count for alpha, count in zip(prior, counts, strict=True)]
        log_factor = (
            gammaln(sum(prior))
            - gammaln(sum(posterior))
            + sum(gammaln(after) - gammaln(before) for after, before in zip(posterior, prior, strict=True))
            - sum(count * math.log(share) for count, share in zip(counts, shares, strict=True))
        )
        p = min(p, math.exp(min(0.0, -float(log_factor))))
        found.append(p)
    return tuple(found)


def _rho_squared(tuned_at: int, alpha: float) -> float:
    """The mixture's precision that makes the sequence tightest at `tuned_at` units."""
    return (-2 * math.log(alpha) + math.log(1 - 2 * math.log(alpha))) / tuned_at
