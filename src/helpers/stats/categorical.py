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
FEWEST_IN_CELL = 5
"""Fewest expected units of a cell in a chi-square test; of a two by two table, where no other cell evens out
the steps of the smallest, twice as many."""
SUSPICIOUS = 0.001
"""Below this p a split is called broken: strict, since the test is looked at in every readout."""


@dataclass(frozen=True)
class SampleRatio:
    """How the units of each variant compare with the planned split.

    Attributes:
        counts: the units of each variant.
        expected: the units that the plan gives each, of the same total.
        chi_square: Pearson's statistic, 0 or more.
        p: that of the plan being kept.
    """

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    chi_square: float
    p: float

    @property
    def broken(self) -> bool:
        """Whether the split departs from the plan by more than chance (p < 0.001)."""
        return self.p < SUSPICIOUS


def sample_ratio(counts: Sequence[int], split: Sequence[float]) -> SampleRatio:
    """Test the units of each variant against the planned split (Pearson 1900, Fabijan et al. 2019).

    P is that of chi-square; where a variant is expected to have fewer than 10 units, that of the exact
    binomial test of each variant, the smallest times their number (Bonferroni; of two variants, one test).

    Args:
        counts: the units of each variant.
        split: the planned weight of each, in the order of `counts`; they need not add up to 1.

    Returns:
        Counts, expected counts, chi-square and p; `broken` says whether p < 0.001.

    Raises:
        ValueError: fewer than two variants, unequal lengths, no units, a negative count, or a weight of 0 or
            less.

    Example:
        Two cases: the mismatch of Kohavi, Tang & Xu (2020), and Cookie Cats, odd but not broken.

        >>> from helpers import stats
        >>> mismatch = stats.sample_ratio([821588, 815482], [0.5, 0.5])
        >>> round(mismatch.chi_square, 2), f"{mismatch.p:.1e}", mismatch.broken
        (22.77, '1.8e-06', True)
        >>> cats = stats.sample_ratio([44700, 45489], [1, 1])
        >>> round(cats.p, 4), cats.broken
        (0.0086, False)
    """
    if len(counts) != len(split) or len(counts) < 2:
        raise ValueError(f"len(counts), len(split) == {len(counts)}, {len(split)}, must be equal and >= 2.")
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
    # Rounding may take the share of the largest above 1.
    shares = [min(1.0, of / total) for of in expected]
    found = (stats.binomtest(n, total, share).pvalue for n, share in zip(counts, shares, strict=True))
    return min(1.0, tests * float(min(found)))


def sequential_sample_ratio(
    batches: Sequence[Sequence[int]], split: Sequence[float], concentration: float = 10_000
) -> tuple[float, ...]:
    """P of the planned split after each batch of counts, valid at every look (Lindon & Malek 2022).

    A Bayes factor of a Dirichlet prior around the planned split against the split itself; its running
    reciprocal is the p value, which never rises.

    Args:
        batches: the new units of each variant, one batch a look (a day).
        split: the planned weight of each variant; they need not add up to 1.
        concentration: units that the prior counts for: the more, the smaller the mismatch that it expects.

    Returns:
        One p a batch.

    Raises:
        ValueError: a batch of another length than the split, a negative count, a weight of 0 or less.

    Example:
        >>> from helpers import stats
        >>> days = [(900, 800), (950, 780), (980, 790)]
        >>> [round(p, 4) for p in stats.sequential_sample_ratio(days, (1, 1))]
        [0.7055, 0.0768, 0.0012]
    """
    if min(split) <= 0:
        raise ValueError(f"split == {tuple(split)}, must be > 0.")
    for batch in batches:
        if len(batch) != len(split) or min(batch) < 0:
            raise ValueError(f"batch == {tuple(batch)}, must be >= 0 with {len(split)} counts.")
    shares = [weight / sum(split) for weight in split]
    prior = [concentration * share for share in shares]
    p, found, counts = 1.0, [], [0] * len(split)
    for batch in batches:
        counts = [count + more for count, more in zip(counts, batch, strict=True)]
        posterior = [alpha + count for alpha, count in zip(prior, counts, strict=True)]
        # In logarithms: the factor itself is beyond any number after some thousand units.
        log_factor = (
            gammaln(sum(prior))
            - gammaln(sum(posterior))
            + sum(gammaln(after) - gammaln(before) for after, before in zip(posterior, prior, strict=True))
            - sum(count * math.log(share) for count, share in zip(counts, shares, strict=True))
        )
        p = min(p, math.exp(min(0.0, -float(log_factor))))
        found.append(p)
    return tuple(found)


def independence(counts: ArrayLike) -> float | None:
    """P that rows and columns of counts are independent (Pearson 1900, Fisher 1935).

    Pearson's chi-square; where a cell is expected to hold too few, Fisher's exact test of each cell against
    the rest of its row and column, the smallest p times their number (Bonferroni).

    Args:
        counts: the units of each row and column, shape (rows, columns); empty rows and columns do not count.

    Returns:
        P from 0 to 1; None where fewer than two rows or columns have any units.

    Example:
        Outcomes missing and known in two arms, and the lady tasting tea.

        >>> from helpers import stats
        >>> round(stats.independence([[100, 1900], [151, 1849]]), 4)
        0.0009
        >>> round(stats.independence([[3, 1], [1, 3]]), 4)
        0.4857
    """
    table = np.asarray(counts, dtype=np.int64)
    table = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(table.shape) < 2:
        return None
    enough = 2 * FEWEST_IN_CELL if table.shape == (2, 2) else FEWEST_IN_CELL
    if float(expected_freq(table).min()) >= enough:
        return float(chi2_contingency(table, correction=False).pvalue)
    # Of two rows, one says what the other does: they are one test.
    tests = math.prod(size for size in table.shape if size > 2)
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
class SignTest:
    """How often the first side of pairs is ahead.

    Attributes:
        ahead: the pairs in which it is.
        of: the pairs in which one side is (ties left out).
        p: the two-sided p of both sides being ahead equally often.
    """

    ahead: int
    of: int
    p: float


def sign_test(differences: Iterable[float]) -> SignTest:
    """Count the differences above zero among those that are not zero, exact binomial (Dixon & Mood 1946).

    Args:
        differences: one number a pair, in any unit: only its sign counts, and 0 is a tie.

    Returns:
        Counts of pairs and p, which is 1 without any difference.

    Example:
        Treatment behind control on 19 of 23 days.

        >>> from helpers import stats
        >>> days = stats.sign_test([+1.0] * 4 + [-0.5] * 19)
        >>> days.ahead, days.of, round(days.p, 4)
        (4, 23, 0.0026)
    """
    untied = [difference for difference in differences if difference != 0]
    ahead = sum(difference > 0 for difference in untied)
    p = float(stats.binomtest(ahead, len(untied)).pvalue) if untied else 1.0
    return SignTest(ahead, len(untied), p)
