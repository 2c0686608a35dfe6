"""Whether two ways to sort the same units have to do with each other, exactly where units are few."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2_contingency, fisher_exact
from scipy.stats.contingency import expected_freq

FEW = 5
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
    enough = 2 * FEW if table.shape == (2, 2) else FEW
    if float(expected_freq(table).min()) >= enough:
        return float(chi2_contingency(table, correction=False).pvalue)
    tests = math.prod(size for size in table.shape if size > 2)  # of two rows, one says what the other does
    smallest = min(_fisher(table, at) for at in np.ndindex(table.shape))
    return float(min(1.0, tests * smallest))


def _fisher(table: NDArray[np.int64], at: tuple[int, ...]) -> float:
    """Fisher's two-sided p of one cell, given its row, its column and the whole."""
    row, column = at
    cell = table[row, column]
    beside, below = table[row].sum() - cell, table[:, column].sum() - cell
    return float(fisher_exact([[cell, beside], [below, table.sum() - cell - beside - below]]).pvalue)
