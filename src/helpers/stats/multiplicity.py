"""Corrections of p values for the number of comparisons in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from statsmodels.stats.multitest import multipletests

from helpers.stats.estimates import Comparison


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the false discovery rate (Benjamini & Hochberg 1995).

    A comparison without a test (None) stays None and does not count.
    """
    return _adjust(p_values, "fdr_bh")


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Adjusted p values that hold the chance of any false claim (Holm 1979)."""
    return _adjust(p_values, "holm")


def judged(rows: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The rows of one list with their p values corrected for each other (Benjamini-Hochberg).

    A row is clear when its adjusted p is below 1 - level and its interval excludes 0: both are shown.
    """
    adjusted = benjamini_hochberg([row.difference.p if row.difference else None for row in rows])
    return tuple(
        replace(row, p_adjusted=p, clear=_is_clear(row, p)) for row, p in zip(rows, adjusted, strict=True)
    )


def _is_clear(row: Comparison, p: float | None) -> bool:
    change = row.difference
    if change is None or p is None:
        return False
    return p < 1 - change.level and not change.low <= 0 <= change.high


def _adjust(p_values: Sequence[float | None], method: str) -> tuple[float | None, ...]:
    tested = [p for p in p_values if p is not None]
    if not tested:
        return tuple(p_values)
    adjusted = iter(multipletests(tested, method=method)[1])
    return tuple(None if p is None else float(next(adjusted)) for p in p_values)
