"""A chart of every kind, over numbers small enough to check by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from helpers import charts
from helpers.charts import Chart, Curve, Parts
from helpers.stats import Comparison, Difference, Estimate, Group, Point, Series

HOSTILE = "<script>alert(1)</script>\"'&=cmd()\x00"


def estimate(value: float, half: float | None = 3.0) -> Estimate:
    low, high = (None, None) if half is None else (value - half, value + half)
    return Estimate(value, half, low, high, 0.95, 100, "test")


def difference(value: float, half: float = 4.0) -> Difference:
    return Difference(value, half / 2, value - half, value + half, 0.95, 0.01, "test")


def series(label: str, values: list[float | None]) -> Series:
    quarters = [f"{2024 + at // 4} Q{at % 4 + 1}" for at in range(len(values))]
    return Series(
        label,
        tuple(
            Point(at, None if value is None else estimate(value))
            for at, value in zip(quarters, values, strict=True)
        ),
    )


@dataclass(frozen=True)
class Case:
    """One chart, what its text must tell, and how to make it with another label."""

    make: Callable[[str], Chart]
    told: tuple[str, ...]


def _trend(label: str) -> Chart:
    return charts.trend(
        series(label, [22, 19, None, 25, 31]),
        name="trend",
        title=label,
        subtitle=label,
        unit="points",
        reference=series(f"All {label}", [25, 24, 25, 26, 29]),
        note=label,
    )


def _lines(label: str) -> Chart:
    found = [series(f"{label} {at}", [at, at + 2.0, None, at + 1.5]) for at in range(5)]
    return charts.lines(found, name="lines", title=label, subtitle=label, unit="ratio", decimals=1)


def _dots(label: str) -> Chart:
    rows = (
        Comparison(f"{label} 1", estimate(26), difference=difference(-6), clear=True),
        Comparison(f"{label} 2", estimate(31), difference=difference(3), focus=True),
        Comparison(f"{label} 3", None),
    )
    groups = [Group(label, rows, "All", estimate(29)), Group(f"{label}, again", rows[:2])]
    return charts.dots(groups, name="dots", title=label, subtitle=label, unit="points")


def _shift(label: str) -> Chart:
    rows = [
        Comparison(
            f"{label} 1", estimate(0.124, 0.02), estimate(0.087, 0.02), difference(0.037, 0.02), clear=True
        ),
        Comparison(f"{label} 2", estimate(0.09, 0.02), None),
    ]
    return charts.shift(
        rows,
        name="shift",
        title=label,
        subtitle=label,
        unit="share",
        now="2026 Q3",
        then="2026 Q2",
        good="lower",
    )


def _effects(label: str) -> Chart:
    rows = [
        Comparison(f"{label} 1", estimate(0.4), estimate(0.37), difference(0.031, 0.012), clear=True),
        Comparison(f"{label} 2", None),
    ]
    return charts.forest(rows, name="effects", title=label, subtitle=label, unit="share", margin=-0.01)


def _curve(label: str) -> Chart:
    days = tuple(float(day) for day in range(91))
    share = tuple(day / 200 for day in days)
    nearly = tuple(value + 0.01 for value in share)
    curves = [Curve(f"{label} 1", days, share, share, nearly), Curve(f"{label} 2", days[:40], nearly[:40])]
    return charts.curve(curves, name="curve", title=label, subtitle=label, x_label=label, unit="share")


def _parts(label: str) -> Chart:
    rows = [
        Parts(f"{label} 1", (("Mix", -0.021), (label, 0.008)), -0.013),
        Parts(f"{label} 2", (("Mix", 0.016),), 0.016),
    ]
    return charts.parts(rows, name="parts", title=label, subtitle=label, unit="share")


CASES = {
    "trend": Case(_trend, ("22", "31", "28 to 34", "19", "29")),
    "lines": Case(_lines, ("0.0", "1.5", "5.5")),
    "dots": Case(_dots, ("26", "31", "All 29", "no data", "lower")),
    "shift": Case(_shift, ("12.4%", "8.7%", "+3.7\u00a0pts", "9.0%")),
    "effects": Case(_effects, ("+3.1\u00a0pts", "+1.9 to +4.3", "−1.0\u00a0pts")),
    "curve": Case(_curve, ("0.0%", "45.0%", "20.5%")),
    "parts": Case(_parts, ("−1.3\u00a0pts", "+1.6\u00a0pts", "−2.1\u00a0pts")),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]
