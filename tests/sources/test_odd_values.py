"""Values that can be read and may not be what was meant: each kind is a warning, its neighbour is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from helpers import sources
from helpers.contracts import CONTRACTS
from helpers.sources.value_checks import odd_values

from .conftest import Folder, csv_text

MONTHS = ["2026-07-01", "2026-08-01", "2026-09-01"]
Cell = str | float | None


def told_of(table: sources.LoadedTable) -> list[str]:
    return [check.key for check in odd_values(table)]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1.23457E+11", True),
        ("1,23457E+11", True),
        ("1.8446744073709552e+19", True),
        ("2026-03-01", True),
        ("2026-03-01T08:00:00", True),
        ("3-Mar", True),
        ("Mar-07", True),
        ("123456789012", False),
        ("1e5", False),
        ("007", False),
        ("2026-03-01-17", False),
        ("Mar-2026", False),
    ],
)
def test_an_id_that_a_spreadsheet_changed_is_a_warning(value: str, told: bool) -> None:
    table = sources.of_rows("users", [{"user_id": "u1"}, {"user_id": value}])
    assert told_of(table) == (["ids@table=users,column=user_id"] if told else [])


@pytest.mark.parametrize(
    ("regions", "told"),
    [(("EMEA", "emea"), True), (("Z\u00fcrich", "Zu\u0308rich"), True), (("EMEA", "AMER", None), False)],
)
def test_one_name_in_two_spellings_is_a_warning(regions: Sequence[str | None], told: bool) -> None:
    table = sources.of_rows("users", [{"user_id": str(at), "region": one} for at, one in enumerate(regions)])
    assert told_of(table) == (["spelling@table=users,column=region"] if told else [])


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        (["1.234", "2.345", "900"], True),
        (["1.234", "2.345", "900", ""], True),
        (["1.234", "900"], False),
        (["1.234", "2.345"], False),
        (["1.234", "2.345", "900", "0.125"], False),
        (["1.234", "2.345", "900", "12.5"], False),
        (["1.234", "2.345", "1900"], False),
    ],
)
def test_a_point_that_may_stand_between_thousands_is_a_warning(
    folder: Folder, numbers: list[str], told: bool
) -> None:
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.data("o.csv", csv_text("unit_id,pre_paid", [f"u{at},{one}" for at, one in enumerate(numbers)]))
    folder.settings(
        "metrics.yaml",
        "metrics:\n  paid: {label: Paid, unit: count, kind: mean, good: higher, column: pre_paid}\n",
    )
    folder.declare(outcomes={"path": "../data/o.csv"})
    keys = [key for key in told_of(sources.load("outcomes")) if key.endswith("column=paid")]
    assert keys == (["thousands@table=outcomes,column=paid"] if told else [])


def measured(part: Callable[[str], Sequence[tuple[str, str | None, float]]]) -> sources.LoadedTable:
    """Market metrics with these rows (market, segment, sum) in each of three months."""
    assert CONTRACTS["market_metrics"].summed
    return sources.of_rows(
        "market_metrics",
        [
            {"market": market, "period_start": month, "metric": "paid", "numerator": paid, "segment": segment}
            for month in MONTHS
            for market, segment, paid in part(month)
        ],
    )


SUMS: dict[str, tuple[Callable[[str], Sequence[tuple[str, str | None, float]]], list[str]]] = {
    "called a total": (lambda _: [("DE", "a", 1.0), ("FR", "a", 2.0), ("Total", "a", 9.0)], ["market"]),
    "a sum of the others": (lambda _: [("DE", "a", 1.0), ("FR", "a", 2.0), ("World", "a", 3.0)], ["market"]),
    "segments": (lambda _: [("DE", "a", 1.0), ("DE", "b", 2.0), ("DE", "All", 3.0)], ["segment"]),
    "no segment": (lambda _: [("DE", "a", 1.0), ("DE", "b", 2.0), ("DE", None, 3.0)], ["segment"]),
    "no segment, and no sum": (lambda _: [("DE", "a", 1.0), ("DE", "b", 2.0), ("DE", None, 0.5)], []),
    "a sum by chance": (
        lambda month: [("DE", "a", 1.0), ("FR", "a", 2.0), ("UK", "a", 3.0 + (month == MONTHS[2]))],
        [],
    ),
    "two markets that are alike": (lambda _: [("DE", "a", 2.0), ("FR", "a", 2.0)], []),
}


@pytest.mark.parametrize("what", SUMS)
def test_sums_that_stand_beside_their_parts_are_a_warning(what: str) -> None:
    part, told = SUMS[what]
    assert told_of(measured(part)) == [f"totals@table=market_metrics,column={name}" for name in told]
