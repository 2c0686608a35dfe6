"""The columns of a table of shares, now and before: both, their difference with its interval, its reading."""

from __future__ import annotations

from helpers.scope import Scope
from helpers.stats import Comparison
from helpers.tables import Cell, Column


def change_columns(scope: Scope) -> tuple[Column, ...]:
    """Columns for what `change_cells` gives."""
    return (
        Column(scope.period.label, "share", 1),
        Column(scope.baseline_label or "before", "share", 1),
        Column("Change", "change:share", 1),
        Column(f"{scope.interval} of the change", "change:share", 1),
        Column("Reading"),
    )


def change_cells(row: Comparison) -> tuple[Cell, ...]:
    """A share, that of before, their difference, its limits, and `clear` or `no clear change`."""
    change = row.difference
    return (
        row.now.value if row.now else None,
        row.reference.value if row.reference else None,
        change.value if change else None,
        (change.low, change.high) if change else None,
        "" if change is None else "clear" if row.clear else "no clear change",
    )
