"""Keys that should meet, values that cannot stand, the order of rows, parts of a sum."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources

from .conftest import Folder, csv_text
from .workbooks import xlsx

METRICS = """
metrics:
  converted: {label: Converted, unit: share, kind: share, good: higher, column: converted}
  revenue: {label: Revenue, unit: "currency:USD", kind: mean, good: higher, column: revenue}
"""
ARMS = ("control", "treatment")


@pytest.fixture
def experiment(folder: Folder) -> Folder:
    folder.settings("metrics.yaml", METRICS)
    return folder


def of_csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    return csv_text(",".join(names), [",".join(map(str, row)) for row in rows]).encode()


def of_json(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    return "\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows).encode()


def of_parquet(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    sink = io.BytesIO()
    columns = zip(*rows, strict=True)
    pq.write_table(pa.table({name: list(cells) for name, cells in zip(names, columns, strict=True)}), sink)
    return sink.getvalue()


def of_workbook(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    return xlsx([names, *rows])


WRITTEN: dict[str, Callable[[Sequence[str], Sequence[Sequence[Any]]], bytes]] = {
    "csv": of_csv,
    "jsonl": of_json,
    "parquet": of_parquet,
    "xlsx": of_workbook,
}
IDS: dict[str, Callable[[int], Any]] = {"whole": int, "with a point": float, "text": str}


@pytest.mark.one_in(4)
@pytest.mark.parametrize(("units", "kind"), [(units, kind) for kind in WRITTEN for units in IDS])
@pytest.mark.parametrize("outcomes", IDS)
def test_whole_numbers_are_the_same_ids_in_every_format(
    experiment: Folder, units: str, kind: str, outcomes: str
) -> None:
    """`1000000.0`, as a library writes a column of ids with a gap, is `1000000`."""
    ids = [1_000_000, 1_000_001, 1_000_010, 100_000_000_000]
    arms = [(IDS[units](one), ARMS[at % 2]) for at, one in enumerate(ids)]
    experiment.data(f"units.{kind}", WRITTEN[kind](("unit", "variant"), arms))
    paid = [(IDS[outcomes](one), at % 2) for at, one in enumerate(ids)]
    experiment.data("paid.csv", of_csv(("unit", "converted"), paid))
    columns = {"experiment": {"value": "x"}, "unit_id": "unit"}
    experiment.declare(
        assignments={"path": f"../data/units.{kind}", "columns": columns},
        outcomes={"path": "../data/paid.csv", "columns": {"unit_id": "unit"}},
    )
    rows = sources.load("assignments").joined(sources.load("outcomes"), on=("unit_id",))
    found = {row["unit_id"]: row["converted"] for row in rows.to_pyarrow().to_pylist()}
    assert {str(name): paid for name, paid in found.items()} == {
        str(one): bool(at % 2) for at, one in enumerate(ids)
    }


NO_NUMBERS = ["007", "1.50", "10.0.0", "1e6", "v1.0", "0.10", "A-17.0"]


def test_an_id_that_is_no_whole_number_stays_as_it_is(folder: Folder) -> None:
    folder.data("users.csv", of_csv(("user_id", "signed_up_at"), [(one, "2026-07-01") for one in NO_NUMBERS]))
    folder.declare(users={"path": "../data/users.csv"})
    assert [row[0] for row in folder.rows("users", "user_id")] == NO_NUMBERS


TRUTHS: dict[str, tuple[Any, Any]] = {
    "1.0 and 0.0": ("1.0", "0.0"),
    "1 and 0": ("1", "0"),
    "yes and no": ("Yes", "NO"),
    "y and n": ("y", "n"),
    "true and false": ("TRUE", "False"),
    "t and f": ("t", "f"),
}


@pytest.mark.parametrize("what", TRUTHS)
def test_yes_and_no_however_they_are_written(experiment: Folder, what: str) -> None:
    yes, no = TRUTHS[what]
    experiment.data("paid.csv", of_csv(("unit_id", "converted"), [("a", yes), ("b", no), ("c", "")]))
    experiment.declare(outcomes={"path": "../data/paid.csv"})
    assert experiment.rows("outcomes", "unit_id", "converted") == [("a", True), ("b", False), ("c", None)]


LARGE = ["0.00", "12.50", '"1,234.50"', "999.00", '"12,345.00"', ""]


def test_a_value_that_cannot_be_read_is_unknown_and_its_unit_stays(experiment: Folder) -> None:
    units = [f"{at},{ARMS[at % 2]},{at % 2},{LARGE[at % len(LARGE)]}" for at in range(60)]
    experiment.data("units.csv", csv_text("unit,variant,converted,revenue", units))
    columns = {"experiment": {"value": "x"}, "unit_id": "unit"}
    experiment.declare(
        assignments={"path": "../data/units.csv", "columns": columns},
        outcomes={"path": "../data/units.csv", "columns": {"unit_id": "unit"}},
    )
    account = experiment.account("outcomes")
    assert (account.read, account.kept, account.quarantined) == (60, 60, {})
    assert account.unknown == {"revenue unreadable": 20}
    example = account.examples["revenue unreadable"]
    assert (example.shape, example.masked, example.remedy) == ("9,999.99", "1,234.50", 'thousands: ","')
    found = experiment.rows("outcomes", "unit_id", "converted", "revenue")
    assert [row[1] for row in found] == [bool(at % 2) for at in range(60)]
    assert [row[2] for row in found][:6] == [0.0, 12.5, None, 999.0, None, None]


def test_the_line_that_is_shown_mends_it(experiment: Folder) -> None:
    experiment.data("units.csv", csv_text("unit_id,revenue", [f"{at},{LARGE[at]}" for at in range(6)]))
    experiment.declare(outcomes={"path": "../data/units.csv", "thousands": ","})
    account = experiment.account("outcomes")
    assert (account.kept, account.unknown) == (6, {})
    revenue = [row[0] for row in experiment.rows("outcomes", "revenue")]
    assert revenue == [0.0, 12.5, 1234.5, 999.0, 12345.0, None]


NUMBERS: dict[str, tuple[dict[str, str], float | None]] = {
    "1.234,50": ({"decimal": ",", "thousands": "."}, 1234.5),
    "1234,50": ({"decimal": ","}, 1234.5),
    "1234,5 ": ({"decimal": ",", "thousands": "."}, 1234.5),
    "-1.234.567,5": ({"decimal": ",", "thousands": "."}, -1234567.5),
    "1 234.5": ({"thousands": " "}, 1234.5),
    "1'234.5": ({"thousands": "'"}, 1234.5),
    "1\u2019234.5": ({"thousands": "'"}, 1234.5),
    "1\u00a0234\u202f567,5": ({"thousands": " ", "decimal": ","}, 1234567.5),
    "1\u2019234,5": ({"thousands": ","}, None),
    "1,234": ({"thousands": ","}, 1234),
    "1,23": ({"thousands": ","}, None),
    "12,34.5": ({"thousands": ","}, None),
    "1.5": ({"decimal": ","}, None),
    "1.234": ({"decimal": ",", "thousands": "."}, 1234),
    "1.23": ({"decimal": ",", "thousands": "."}, None),
    "1,2,3": ({"decimal": ","}, None),
    "1e3": ({"thousands": ","}, 1000),
    "$5": ({}, None),
    "5 %": ({}, None),
    "1_000": ({}, None),
    "0x10": ({}, None),
    "+5": ({}, 5),
    ".5": ({}, 0.5),
    "5.": ({}, 5),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("cell", NUMBERS)
def test_a_number_is_what_was_said_or_unknown(experiment: Folder, cell: str) -> None:
    declared, meant = NUMBERS[cell]
    experiment.data("o.csv", csv_text("unit_id,revenue", ["a,1", f'b,"{cell}"']))
    experiment.declare(outcomes={"path": "../data/o.csv", **declared})
    assert experiment.rows("outcomes", "revenue") == [(1.0,), (meant,)]
    unknown = {} if meant is not None else {"revenue unreadable": 1}
    assert experiment.account("outcomes").unknown == unknown


def test_the_earliest_time_of_a_unit_stands_in_any_order(folder: Folder) -> None:
    seen = [
        (f"u{at % 7}", ARMS[at % 7 % 2], f"2026-05-{at % 25 + 1:02}T{at % 24:02}:00:00") for at in range(60)
    ]
    first = {unit: min(when for one, _, when in seen if one == unit) for unit, _, _ in seen}
    told = []
    for seed in range(4):
        rows = list(seen)
        random.Random(seed).shuffle(rows)
        folder.data(f"exposures_{seed}.csv", of_csv(("unit_id", "variant", "assigned_at"), rows))
        columns = {"experiment": {"value": "x"}}
        folder.declare(assignments={"path": f"../data/exposures_{seed}.csv", "columns": columns})
        account = folder.account("assignments")
        told.append((account.read, account.kept, account.repeated, account.latest))
        found = {
            unit: time.isoformat() for unit, time in folder.rows("assignments", "unit_id", "assigned_at")
        }
        assert found == first
    assert told[1:] == told[:1] * 3
    assert told[0][:2] == (60, 7)


def test_of_rows_with_one_time_the_smallest_stands_in_any_order(folder: Folder) -> None:
    rows = [("a", "2026-07-01", "nps", score, "EMEA") for score in (7, 3, 9)]
    names = ("response_id", "submitted_at", "survey", "score", "region")
    for at, order in enumerate(permutations(rows)):
        folder.data(f"r{at}.csv", of_csv(names, order))
        folder.declare(responses={"path": f"../data/r{at}.csv"})
        assert folder.rows("responses", "score") == [(3.0,)]
        assert folder.account("responses").repeated == {"one more row of response_id": 2}


LINES = [
    ("Direct", "2022-10-03", "A", 100, 1),
    ("Direct", "2022-10-03", "A", 100, 1),
    ("Direct", "2022-10-04", "A", 100, 1),
    ("Online", "2022-10-03", "A", 100, 1),
    ("Online", "2022-10-03", "B", 100, 1),
]
OF_LINES = ("market", "period_start", "segment", "numerator", "denominator")


@pytest.mark.parametrize("kind", WRITTEN)
def test_order_lines_of_one_day_are_parts_of_a_sum(folder: Folder, kind: str) -> None:
    folder.data(f"lines.{kind}", WRITTEN[kind](OF_LINES, LINES))
    columns = {"metric": {"value": "revenue"}}
    folder.declare(market_metrics={"path": f"../data/lines.{kind}", "columns": columns})
    account = folder.account("market_metrics")
    assert (account.read, account.kept, account.repeats, account.set_aside) == (5, 5, 0, 0)
    assert account.added_up == 1
    assert sum(row[0] for row in folder.rows("market_metrics", "numerator")) == 500


def test_lines_of_an_experiments_totals_are_parts_of_a_sum(folder: Folder) -> None:
    names = ("experiment", "variant", "metric", "date", "numerator", "denominator")
    rows = [("x", arm, "paid", "2026-07-01", 3, 10) for arm in (*ARMS, *ARMS)]
    folder.data("totals.csv", of_csv(names, rows))
    folder.declare(totals={"path": "../data/totals.csv"})
    account = folder.account("totals")
    assert (account.kept, account.added_up, account.repeats) == (4, 2, 0)


REFUNDS = [("A", "2018-01-05", 1000, 10), ("B", "2018-01-05", 1000, 10), ("B", "2018-01-06", -900, 6)]


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_day_with_more_refunds_than_sales_counts(folder: Folder, kind: str) -> None:
    folder.settings(
        "metrics.yaml",
        "metrics: {revenue: {label: R, unit: 'currency:GBP', kind: sum, good: higher, numerator: revenue},\n"
        "  paid: {label: P, unit: share, kind: share, good: higher, numerator: paid, denominator: all}}\n",
    )
    names = ("market", "period_start", "metric", "numerator", "denominator")
    rows = [(market, day, "revenue", sales, orders) for market, day, sales, orders in REFUNDS]
    rows += [("A", "2018-01-05", "paid", 5, 10), ("B", "2018-01-05", "paid", -5, 10)]
    folder.data(f"sales.{kind}", WRITTEN[kind](names, rows))
    folder.declare(market_metrics={"path": f"../data/sales.{kind}"})
    account = folder.account("market_metrics")
    assert account.quarantined == {"numerator of a share below zero": 1}
    found = folder.rows("market_metrics", "metric", "numerator")
    assert sum(value for metric, value in found if metric == "revenue") == 1100


def test_files_without_a_key_number_their_rows(folder: Folder) -> None:
    names = ("when", "what", "how")
    rows = [("2026-07-01", "nps", 9)] * 3 + [("2026-07-02", "nps", 1)]
    folder.data("a.csv", of_csv(names, rows))
    columns = {"response_id": {"row": True}, "submitted_at": "when", "survey": "what", "score": "how"}
    folder.declare(responses={"path": "../data/a.csv", "columns": columns})
    assert folder.rows("responses", "response_id", "score") == [("1", 9), ("2", 9), ("3", 9), ("4", 1)]
    assert folder.account("responses").repeats == 0


def test_a_filter_leaves_rows_out_and_says_how_many(folder: Folder) -> None:
    names = ("response_id", "submitted_at", "survey", "score", "Finished")
    rows = [(f"r{at}", "2026-07-01", "nps", at, str(at % 3 > 0)) for at in range(9)]
    folder.data("a.csv", of_csv(names, rows))
    folder.declare(responses={"path": "../data/a.csv", "filter": {"Finished": "True"}})
    account = folder.account("responses")
    assert (account.read, account.kept, account.filtered) == (9, 6, 3)


def test_an_instant_of_parquet_with_a_day_beside_it_is_not_moved(folder: Folder) -> None:
    folder.settings("project.yaml", "timezone: America/New_York\n")
    for at, moment in enumerate([date(2026, 10, 1), datetime(2026, 10, 1, 2, tzinfo=UTC)]):
        columns = {"response_id": [f"r{at}"], "submitted_at": [moment], "survey": ["nps"], "score": [9]}
        pq.write_table(pa.table(columns), folder.data(f"r{at}.parquet", b""))
    folder.declare(responses={"path": "../data/r*.parquet"})
    found = [row[0] for row in folder.rows("responses", "submitted_at")]
    assert found == [datetime(2026, 10, 1), datetime(2026, 9, 30, 22)]
