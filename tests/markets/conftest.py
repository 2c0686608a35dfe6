"""Small companies given by their monthly sums."""

from datetime import date

import pytest

from helpers.findings import Measure
from helpers.markets import MarketSums, MonthlySums
from helpers.metrics import Kind
from helpers.periods import Period
from helpers.scope import Scope

NOW = Period(2026, 3)
JULY, AUGUST, APRIL, MAY = (date(2026, month, 1) for month in (7, 8, 4, 5))
CONVERSION = Measure("conversion", "Conversion", "share", "higher", 2)
REVENUE = Measure("revenue", "Revenue", "currency:USD", "higher", 0)
ALL = "all"

MEN = ((512, 825), (353, 560), (120, 325), (138, 417), (53, 191), (22, 373))
WOMEN = ((89, 108), (17, 25), (202, 593), (131, 375), (94, 393), (24, 341))
"""Admitted and applied by department at Berkeley (Bickel, Hammel & O'Connell 1975)."""


def summed(*cells: MonthlySums, kind: Kind = "share", period: Period = NOW) -> MarketSums:
    return MarketSums(Scope(period), CONVERSION if kind == "share" else REVENUE, kind, cells)


@pytest.fixture
def shares() -> MarketSums:
    return summed(
        MonthlySums("France", JULY, ALL, 300, 1000),
        MonthlySums("France", AUGUST, ALL, 310, 1000),
        MonthlySums("Germany", JULY, ALL, 200, 1000),
        MonthlySums("Germany", APRIL, ALL, 300, 1000),
        MonthlySums("France", APRIL, ALL, 600, 2000),
    )


@pytest.fixture
def amounts() -> MarketSums:
    return summed(
        MonthlySums("France", JULY, ALL, 700.5, 30),
        MonthlySums("Germany", JULY, ALL, 200.25, 20),
        MonthlySums("Germany", APRIL, ALL, 300, 20),
        MonthlySums("France", APRIL, ALL, 300, 20),
        kind="sum",
    )


@pytest.fixture
def ratios() -> MarketSums:
    france = [(1200.0, 100.0), (1450.0, 110.0), (1380.0, 130.0)]
    germany = [(900.0, 90.0), (1010.0, 95.0), (1100.0, 120.0)]
    cells = [
        MonthlySums(market, date(2026, month, 1), ALL, *pair)
        for market, pairs in (("France", france), ("Germany", germany))
        for month, pair in zip((7, 8, 9), pairs, strict=True)
    ]
    return summed(*cells, kind="ratio")


@pytest.fixture
def berkeley() -> MarketSums:
    """Departments as segments, women and men as two markets."""
    return summed(
        *(
            MonthlySums(market, JULY, department, *counts)
            for market, pairs in (("Men", MEN), ("Women", WOMEN))
            for department, counts in zip("ABCDEF", pairs, strict=True)
        )
    )


@pytest.fixture
def admissions() -> MarketSums:
    """The women in the quarter before, the men in this one, as one market."""
    return summed(
        *(
            MonthlySums("France", month, department, *counts)
            for month, pairs in ((APRIL, WOMEN), (JULY, MEN))
            for department, counts in zip("ABCDEF", pairs, strict=True)
        )
    )
