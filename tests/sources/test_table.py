"""What a loaded table answers: columns, periods, the other table of its file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import ibis
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources
from helpers.findings import NoData
from helpers.periods import Period, PeriodError

from .conftest import Folder, csv_text


@pytest.fixture
def answers(folder: Folder) -> sources.LoadedTable:
    days = ["2026-06-30 23:59:59", "2026-07-01", "2026-09-30 23:59:59.5", "2026-10-01"]
    lines = [f"{at},{day},nps,9" for at, day in enumerate(days)]
    folder.data("nps.csv", csv_text("response_id,submitted_at,survey,score", lines))
    folder.declare(responses={"path": "../data/nps.csv"})
    return sources.load("responses")


def ids(rows: ibis.Table) -> list[str]:
    found: list[str] = rows.to_pyarrow()["response_id"].to_pylist()
    return found


def test_rows_of_a_period(answers: sources.LoadedTable) -> None:
    assert ids(answers.during(Period(2026, 3))) == ["1", "2"]
    assert ids(answers.during(Period(2026))) == ["0", "1", "2", "3"]
    assert ids(answers.during(Period())) == ["0", "1", "2", "3"]
    assert ids(answers.during(Period(2025))) == []


def test_relative_periods_follow_what_the_rows_cover(answers: sources.LoadedTable) -> None:
    assert answers.latest == date(2026, 10, 1)
    assert answers.resolve("last_complete") == Period(2026, 3)
    assert answers.resolve("previous") == Period(2026, 2)
    assert answers.resolve("2021Q4") == Period(2021, 4)
    assert answers.resolve(Period(2021)) == Period(2021)
    with pytest.raises(PeriodError, match="2026Q9"):
        answers.resolve("2026Q9")


def test_absolute_periods_are_those_of_the_fiscal_year(folder: Folder) -> None:
    folder.settings("project.yaml", "fiscal_year_start: 4\n")
    folder.data("nps.csv", csv_text("response_id,submitted_at,survey,score", ["1,2026-06-30,nps,9"]))
    folder.declare(responses={"path": "../data/nps.csv"})
    table = sources.load("responses")
    assert table.resolve("last_complete") == Period(2027, 1, 4)
    assert ids(table.during(table.resolve("2027Q1"))) == ["1"]


def test_columns_that_are_there_and_that_are_not(answers: sources.LoadedTable) -> None:
    assert answers.has("score", "survey")
    assert not answers.has("score", "region")
    answers.need("score")
    with pytest.raises(NoData, match=r"The table responses has no column region\."):
        answers.need("score", "region")
    with pytest.raises(NoData, match=r"has no columns region and segment\."):
        answers.need("region", "segment")


def test_the_name_of_the_time_column(answers: sources.LoadedTable) -> None:
    assert answers.time == "submitted_at"
    with pytest.raises(NoData, match="outcomes has no column of time"):
        _ = sources.LoadedTable("outcomes").time


def test_an_optional_table_that_is_not_declared_says_so_when_it_is_used(folder: Folder) -> None:
    folder.declare()
    table = sources.load("tickets", optional=True)
    assert table.account is None
    assert table.latest is None
    assert not table.has("ticket_id")
    for use in (lambda: table.expr, lambda: table.need("csat"), lambda: table.during(Period(2026))):
        with pytest.raises(NoData, match=r"The table tickets is not supplied\."):
            use()


def test_an_optional_table_that_is_empty_is_as_good_as_none(folder: Folder) -> None:
    folder.data("tickets.csv", "ticket_id,opened_at\n")
    folder.declare(tickets={"path": "../data/tickets.csv"})
    table = sources.load("tickets", optional=True)
    with pytest.raises(NoData, match=r"The table tickets is empty\."):
        _ = table.expr


def test_a_table_that_is_needed_must_be_declared_and_known(folder: Folder) -> None:
    folder.declare()
    with pytest.raises(sources.TableError, match=r"sources\.yaml declares no table tickets"):
        sources.load("tickets")
    with pytest.raises(sources.TableError, match=r"no table 'ticket'\. Did you mean tickets\?"):
        sources.load("ticket", optional=True)


def test_an_optional_table_that_is_declared_must_be_readable(folder: Folder) -> None:
    folder.data("ticket.csv", "ticket_id,opened_at\n")
    folder.declare(tickets={"path": "../data/tickets.csv"})
    with pytest.raises(sources.TableError, match=r"no such file\. Did you mean ticket\.csv\?"):
        sources.load("tickets", optional=True)


def test_a_table_loaded_again_is_not_made_again(folder: Folder) -> None:
    folder.data("nps.csv", csv_text("response_id,submitted_at,survey,score", ["1,2026-06-30,nps,9"]))
    folder.declare(responses={"path": "../data/nps.csv"})
    first = sources.load("responses").expr
    assert sources.load("responses").expr.equals(first)
    folder.settings("project.yaml", "regions: [EMEA]\n")
    assert not sources.load("responses").expr.equals(first)


def test_monthly_figures_cover_their_last_month(folder: Folder) -> None:
    rows = [f"A,2026-0{month}-01,paid,1" for month in (7, 8, 9)]
    folder.data("markets.csv", csv_text("market,period_start,metric,numerator", rows))
    folder.declare(market_metrics={"path": "../data/markets.csv"})
    table = sources.load("market_metrics")
    assert table.latest == date(2026, 9, 30)
    assert table.resolve("last_complete") == Period(2026, 3)
    assert table.during(Period(2026, 3)).count().execute() == 3


METRICS = "metrics:\n  paid: {label: Paid, unit: share, kind: share, column: paid}\n"
UNITS: dict[str, list[Any]] = {
    "test": ["x", "x", "x", "y"],
    "unit_id": ["a", "b", "c", "a"],
    "variant": ["t", "c", "t", "c"],
    "when": [datetime(2026, 7, day) for day in (1, 2, 3, 4)],
    "paid": [True, False, True, None],
}


def joined(folder: Folder, units: dict[str, list[Any]], other: str) -> tuple[list[dict[str, Any]], str]:
    """The joined rows, and the SQL that gave them; `other` is the file of the outcomes."""
    folder.settings("metrics.yaml", METRICS)
    for name in ("units", "others"):
        pq.write_table(pa.table(units), folder.data(f"{name}.parquet", b""))
    folder.declare(
        assignments={
            "path": "../data/units.parquet",
            "columns": {"experiment": "test", "assigned_at": "when"},
        },
        outcomes={"path": f"../data/{other}.parquet", "columns": {"experiment": "test"}},
    )
    rows = sources.load("assignments").joined(sources.load("outcomes"), on=("experiment", "unit_id"))
    return rows.order_by("experiment", "unit_id", "variant").to_pyarrow().to_pylist(), str(ibis.to_sql(rows))


def test_tables_of_one_file_stand_side_by_side_without_a_join(folder: Folder) -> None:
    beside, query = joined(folder, UNITS, "units")
    assert "JOIN" not in query
    apart, query = joined(folder, UNITS, "others")
    assert "LEFT OUTER JOIN" in query
    assert beside == apart
    assert [row["has_outcomes"] for row in beside] == [True] * 4
    assert list(beside[0]) == ["experiment", "unit_id", "variant", "assigned_at", "paid", "has_outcomes"]


def test_one_file_with_units_set_aside_is_joined_like_two(folder: Folder) -> None:
    crossed = {name: [*values, values[0]] for name, values in UNITS.items()}
    crossed["variant"][-1] = "c"
    crossed["paid"][-1] = False
    beside, _ = joined(folder, crossed, "units")
    apart, _ = joined(folder, crossed, "others")
    assert beside == apart
    assert [(row["variant"], row["paid"]) for row in beside[:2]] == [("c", False), ("t", False)]


def test_a_unit_without_an_outcome_stays(folder: Folder) -> None:
    folder.settings("metrics.yaml", METRICS)
    folder.data("units.csv", csv_text("experiment,unit_id,variant", ["x,a,t", "x,b,c"]))
    folder.data("paid.csv", csv_text("unit_id,paid", ["a,true"]))
    folder.declare(assignments={"path": "../data/units.csv"}, outcomes={"path": "../data/paid.csv"})
    rows = sources.load("assignments").joined(sources.load("outcomes"), on=("experiment", "unit_id"))
    assert rows.order_by("unit_id").to_pyarrow().to_pylist() == [
        {"experiment": "x", "unit_id": "a", "variant": "t", "paid": True, "has_outcomes": True},
        {"experiment": "x", "unit_id": "b", "variant": "c", "paid": None, "has_outcomes": False},
    ]


def test_tables_without_a_common_column_are_not_joined(answers: sources.LoadedTable) -> None:
    with pytest.raises(NoData, match="share none of the columns unit_id"):
        answers.joined(answers, on=("unit_id",))


def test_rows_at_hand_are_a_logical_table() -> None:
    """As a file would give them: a period, a region, a gap where a column is missing."""
    rows = [
        {"ticket_id": "a", "opened_at": datetime(2026, 6, 30, 23), "closed_at": None},
        {"ticket_id": "b", "opened_at": datetime(2026, 9, 30, 1), "closed_at": datetime(2026, 9, 30, 5)},
    ]
    tickets = sources.of_rows("tickets", rows)
    assert tickets.latest == date(2026, 9, 30)
    assert tickets.during(Period(2026, 2)).to_pyarrow().to_pylist() == rows[:1]
    assert tickets.has("closed_at")
    with pytest.raises(NoData, match="no column region"):
        tickets.need("region")
