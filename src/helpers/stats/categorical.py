"""Tests of counts: a planned split, independence, signs; exact where units are few."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import gammaln
from scipy.stats import chi2_contingency, fisher_exact
from scipy.stats.contingency import expected_freq

FEWEST_UNITS = 10
"""Fewest expected units of a variant in the chi-square test."""
SUSPICIOUS = 0.001
"""Below this p a split is called broken: strict, since the test is looked at in every readout."""


@dataclass(frozen=True)
class SampleRatio:
    """Pearson's chi-square of the counts against the planned shares, and the p of the test."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    chi_square: float
    p: float

    @property
    def broken(self) -> bool:
        """Whether the split departs from the plan by more than chance (p < 0.001)."""
        return self.p < SUSPICIOUS


def sample_ratio(counts: Sequence[int], split: Sequence[float]) -> SampleRatio:
    """Test the units of each variant against the planned split (Fabijan et al. 2019).

    `split` are weights in the order of `counts`; they need not add up to 1. P is that of chi-square; where a
    variant is expected to have fewer than 10 units, that of the exact binomial test of each variant, the
    smallest times their number (Bonferroni; of two variants, one test).

    Raises:
        ValueError: fewer than two variants, unequal lengths, no units, a negative count or weight.
    """
    if len(counts) != len(split) or len(counts) < 2:
        raise ValueError(
            f"counts and split have {len(counts)} and {len(split)} entries: need two or more each."
        )
    if min(counts) < 0 or sum(counts) < 1:
        raise ValueError(f"counts == {tuple(counts)}, must be >= 0 with at least one unit.")
    if min(split) <= 0:
        raise ValueError(f"split == {tuple(split)}, must be > 0.")
    total = sum(counts)
    expected = tuple(total * weight / sum(split) for weight in split)
    result = stats.chisquare(counts, expected)
    p = float(result.pvalue) if min(expected) >= FEWEST_UNITS else _exact_split(counts, expected)
    return SampleRatio(tuple(counts), expected, float(result.statistic), p)


def _exact_split(counts: Sequence[int], expected: Sequence[float]) -> float:
    """The smallest p of a variant against the rest, times the number of tests that differ."""
    total, tests = sum(counts), len(counts) if len(counts) > 2 else 1
    shares = [min(1.0, of / total) for of in expected]
    found = (stats.binomtest(n, total, share).pvalue for n, share in zip(counts, shares, strict=True))
    return min(1.0, tests * float(min(found)))


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


FEWEST_IN_CELL = 5
"""Fewest expected units of a cell in a chi-square test; of a two by two table, where no other cell evens out
the steps of the smallest, twice as many."""


def independence(counts: ArrayLike) -> float | None:
    """P that rows and columns of counts are independent; None where fewer than two rows or columns have any.

    Pearson's chi-square; where a cell is expected to hold too few, Fisher's exact test (1935) of each cell
    against the rest of its row and column, the smallest p times their number (Bonferroni).
    """
    table = np.asarray(counts, dtype=np.int64)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(table.shape) < 2:
        return None
    enough = 2 * FEWEST_IN_CELL if table.shape == (2, 2) else FEWEST_IN_CELL
    if float(expected_freq(table).min()) >= enough:
        return float(chi2_contingency(table, correction=False).pvalue)
    tests = math.prod(size for size in table.shape if size > 2)  # of two rows, one says what the other does
    smallest = min(_fisher_p(table, at) for at in np.ndindex(table.shape))
    return float(min(1.0, tests * smallest))


def _fisher_p(table: NDArray[np.int64], at: tuple[int, ...]) -> float:
    """Fisher's two-sided p of one cell, given its row, its column and the whole."""
    row, column = at
    cell = table[row, column]
    others_in_row, others_in_column = table[row].sum() - cell, table[:, column].sum() - cell
    rest = table.sum() - cell - others_in_row - others_in_column
    return float(fisher_exact([[cell, others_in_row], [others_in_column, rest]]).pvalue)


@dataclass(frozen=True)
class Signs:
    """On how many of so many pairs the first side is ahead (ties left out), and the two-sided p of that."""

    ahead: int
    of: int
    p: float


def sign_test(differences: Iterable[float]) -> Signs:
    """Count the differences above zero among those that are not zero (Dixon & Mood 1946), exact binomial.

    Without any difference, p is 1.
    """
    untied = [difference for difference in differences if difference != 0]
    ahead = sum(difference > 0 for difference in untied)
    p = float(stats.binomtest(ahead, len(untied)).pvalue) if untied else 1.0
    return Signs(ahead, len(untied), p)
