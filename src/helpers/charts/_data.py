"""The raw values behind a chart, one record a mark: what `Chart.data` makes a DataFrame of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from helpers.stats import Comparison, Difference, Estimate

Mark = Mapping[str, object]
"""The values of one mark by plain names: period, group, value, low, high, n, ..."""


def of_lines(at: Sequence[str], lines: Iterable[tuple[str, Sequence[Estimate | None]]]) -> tuple[Mark, ...]:
    """Period, group, value, low, high and n of every point of every line."""
    return tuple(
        {"period": period, "group": label, **_estimate(point)}
        for label, points in lines
        for period, point in zip(at, points, strict=True)
    )


def of_rows(rows: Iterable[tuple[str, Comparison]]) -> tuple[Mark, ...]:
    """Of every row its kind (the title of its group), group, value, limits, reference, and what was tested.

    `difference` is the value less the reference, or less what the chart says it was tested against; `clear`
    is its verdict after correction.
    """
    return tuple(
        {
            "kind": kind,
            "group": row.label,
            **_estimate(row.now),
            "reference": row.reference.value if row.reference else None,
            **_difference(row.difference),
            "p_adjusted": row.p_adjusted,
            "clear": row.clear,
        }
        for kind, row in rows
    )


def of_curves(
    x_label: str, curves: Iterable[tuple[str, Iterable[tuple[float, float, float | None, float | None]]]]
) -> tuple[Mark, ...]:
    """Group, x (named by its axis), value, low and high of every point of every curve."""
    name = "_".join(x_label.lower().replace("-", " ").split())
    return tuple(
        {"group": label, name: x, "value": value, "low": low, "high": high}
        for label, points in curves
        for x, value, low, high in points
    )


def of_parts(rows: Iterable[tuple[str, Iterable[tuple[str, float]], float]]) -> tuple[Mark, ...]:
    """Group, part and value of every bar, and the total of its row."""
    return tuple(
        {"group": label, "part": part, "value": value, "total": total}
        for label, parts, total in rows
        for part, value in parts
    )


def _estimate(found: Estimate | None) -> Mark:
    if found is None:
        return {"value": None, "low": None, "high": None, "n": None}
    return {"value": found.value, "low": found.low, "high": found.high, "n": found.n}


def _difference(found: Difference | None) -> Mark:
    names = ("difference", "difference_low", "difference_high", "p")
    values = (None,) * 4 if found is None else (found.value, found.low, found.high, found.p)
    return dict(zip(names, values, strict=True))
