"""Columns under their contract's names and types: dates, zones, maps, values, metrics of outcomes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources
from helpers.records import SettingsError

from .conftest import Folder, csv_text

ANSWERS = ["1000,US,01-09-2021,Krista,10", "1001,MEX,07-11-2021,Monica,9", "1002,UK,31-12-2021,Ann,0"]
SURVEY = {
    "response_id": "ID",
    "submitted_at": {"from": "Survey date", "format": "%d-%m-%Y"},
    "survey": {"value": "nps"},
    "score": "NPS",
    "region": {"from": "Market", "map": {"US": "AMER", "MEX": "AMER", "UK": None}},
}


def test_a_file_with_its_own_names_dates_and_codes(folder: Folder) -> None:
    folder.data("nps.csv", csv_text("ID,Market,Survey date,Customer Name,NPS", ANSWERS))
    folder.declare(responses={"path": "../data/nps.csv", "columns": SURVEY})
    assert folder.rows("responses") == [
        ("1000", datetime(2021, 9, 1), "nps", 10, "AMER"),
        ("1001", datetime(2021, 11, 7), "nps", 9, "AMER"),
        ("1002", datetime(2021, 12, 31), "nps", 0, None),
    ]


def test_a_column_that_bears_the_contracts_name_needs_no_line(folder: Folder) -> None:
    folder.data("nps.csv", "ID,submitted_at,survey,score,segment,other\n1,2021-09-01,nps,9,Small,x\n")
    folder.declare(responses={"path": "../data/nps.csv", "columns": {"response_id": "ID"}})
    assert folder.rows("responses") == [("1", datetime(2021, 9, 1), "nps", 9, "Small")]


TIMES: dict[str, tuple[str, dict[str, Any], str, datetime | None]] = {
    "iso day": ("2026-07-01", {}, "Europe/London", datetime(2026, 7, 1)),
    "iso time": ("2026-07-01T08:30", {}, "Europe/London", datetime(2026, 7, 1, 8, 30)),
    "utc": ("2026-07-01T08:30:00Z", {}, "Europe/London", datetime(2026, 7, 1, 9, 30)),
    "offset": ("2026-06-30 23:30:00-02:00", {}, "UTC", datetime(2026, 7, 1, 1, 30)),
    "zone of the file": (
        "2026-07-01 00:30:00",
        {"timezone": "UTC"},
        "America/New_York",
        datetime(2026, 6, 30, 20, 30),
    ),
    "a day has no zone": ("2026-07-01", {"timezone": "UTC"}, "America/New_York", datetime(2026, 7, 1)),
    "day first": ("01/07/2026", {"format": "%d/%m/%Y"}, "UTC", datetime(2026, 7, 1)),
    "month first": ("7/1/2026", {"format": "%m/%d/%Y"}, "UTC", datetime(2026, 7, 1)),
    "day in a format has no zone": (
        "01-07-2026",
        {"format": "%d-%m-%Y", "timezone": "UTC"},
        "America/New_York",
        datetime(2026, 7, 1),
    ),
    "time in a format has one": (
        "01-07-2026 00:30",
        {"format": "%d-%m-%Y %H:%M", "timezone": "UTC"},
        "Europe/London",
        datetime(2026, 7, 1, 1, 30),
    ),
    "offset in a format": (
        "01-07-2026 00:30 +0200",
        {"format": "%d-%m-%Y %H:%M %z"},
        "UTC",
        datetime(2026, 6, 30, 22, 30),
    ),
    "month's name": ("31-Jul-18", {"format": "%d-%b-%y"}, "UTC", datetime(2018, 7, 31)),
    "seconds since 1970": ("1782892800", {"format": "epoch_s"}, "UTC", datetime(2026, 7, 1, 8)),
    "parts of a second": (
        "1782892800.25",
        {"format": "epoch_s"},
        "UTC",
        datetime(2026, 7, 1, 8, 0, 0, 250000),
    ),
    "milliseconds": ("1782892800500", {"format": "epoch_ms"}, "UTC", datetime(2026, 7, 1, 8, 0, 0, 500000)),
    "microseconds": (
        "1782892800123457",
        {"format": "epoch_us"},
        "America/New_York",
        datetime(2026, 7, 1, 4, 0, 0, 123457),
    ),
    "the day before in New York": (
        "1782878400",
        {"format": "epoch_s"},
        "America/New_York",
        datetime(2026, 7, 1),
    ),
    "another unit": ("1782892800500", {"format": "epoch_s"}, "UTC", None),
    "beyond all years": ("9" * 30, {"format": "epoch_s"}, "UTC", None),
    "no number of seconds": ("1.78E+09", {"format": "epoch_s"}, "UTC", None),
    "an epoch is never guessed": ("1782892800", {}, "UTC", None),
    "never guessed": ("01/07/2026", {}, "UTC", None),
    "year in two digits": ("26-07-01", {}, "UTC", None),
    "no such day": ("2026-02-30", {}, "UTC", None),
    "not its format": ("2026/07/01", {"format": "%d/%m/%Y"}, "UTC", None),
    "iso beside a format": ("2026-07-01", {"format": "%d/%m/%Y"}, "UTC", datetime(2026, 7, 1)),
    "iso with a zone beside a format": (
        "2026-07-01T00:30:00Z",
        {"format": "%d/%m/%Y", "timezone": "Europe/Berlin"},
        "America/New_York",
        datetime(2026, 6, 30, 20, 30),
    ),
    "not beside a format that begins with the year": ("2026-07-13", {"format": "%Y-%d-%m"}, "UTC", None),
    "a day as spreadsheets count": ("45839", {"format": "serial"}, "UTC", datetime(2025, 7, 1)),
    "with a time": (
        "45839.0208333333",
        {"format": "serial", "timezone": "UTC"},
        "America/New_York",
        datetime(2025, 6, 30, 20, 30),
    ),
    "a whole day is never moved": (
        "45839.0",
        {"format": "serial", "timezone": "UTC"},
        "America/New_York",
        datetime(2025, 7, 1),
    ),
    "no number of a day": ("1/7/2026", {"format": "serial"}, "UTC", None),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("what", TIMES)
def test_times_are_told_on_the_projects_clocks(folder: Folder, what: str) -> None:
    text, declared, zone, time = TIMES[what]
    folder.settings("project.yaml", f"timezone: {zone}\n")
    folder.data("users.csv", csv_text("user_id,when", [f"u1,{text}"]))
    folder.declare(
        users={"path": "../data/users.csv", "columns": {"signed_up_at": {"from": "when", **declared}}}
    )
    if time is None:
        with pytest.raises(sources.TableError, match="1 signed_up_at unreadable"):
            sources.load("users")
    else:
        assert folder.rows("users", "signed_up_at") == [(time,)]


def test_instants_of_parquet_are_told_on_the_projects_clocks(folder: Folder) -> None:
    folder.settings("project.yaml", "timezone: Europe/London\n")
    instants = pa.array([datetime(2026, 7, 1, 23, 30)], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({"user_id": ["u1"], "signed_up_at": instants}), folder.data("users.parquet", b""))
    folder.declare(users={"path": "../data/users.parquet"})
    assert folder.rows("users", "signed_up_at") == [(datetime(2026, 7, 2, 0, 30),)]


NUMBERS = {
    "1": 1.0,
    "-2.5": -2.5,
    " 3 ": 3.0,
    "1e3": 1000.0,
    "1,5": None,
    "ten": None,
    "nan": None,
    "inf": None,
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_finite_or_unreadable(folder: Folder, text: str) -> None:
    row = f'M,2026-07-01,paid,"{text}"'
    folder.data("markets.csv", csv_text("market,period_start,metric,numerator", ["A,2026-07-01,paid,1", row]))
    folder.declare(market_metrics={"path": "../data/markets.csv"})
    found = dict(folder.rows("market_metrics", "market", "numerator"))
    expected = NUMBERS[text]
    if expected is None:
        assert folder.account("market_metrics").quarantined == {"numerator unreadable": 1}
    else:
        assert folder.account("market_metrics").quarantined == {}
        assert found["M"] == expected


def test_a_missing_number_of_parquet_is_no_number(folder: Folder) -> None:
    table = pa.table(
        {
            "market": ["A", "B"],
            "period_start": [date(2026, 7, 1)] * 2,
            "metric": ["paid"] * 2,
            "numerator": [1.0, 2.0],
            "denominator": [float("nan"), 4.0],
        }
    )
    pq.write_table(table, folder.data("markets.parquet", b""))
    folder.declare(market_metrics={"path": "../data/markets.parquet"})
    assert folder.rows("market_metrics", "market", "denominator") == [("A", None), ("B", 4.0)]


METRICS = """
metrics:
  retained: {label: Retained, unit: share, kind: share, column: retention_7}
  rounds: {label: Rounds, unit: count, kind: mean, column: rounds}
  other: {label: Other, unit: count, kind: mean, column: absent}
  paid: {label: Paid, unit: share, kind: share, numerator: paid, denominator: trials}
"""


def test_outcomes_hold_the_metrics_of_the_catalogue_and_what_was_before(folder: Folder) -> None:
    folder.settings("metrics.yaml", METRICS)
    folder.data(
        "players.csv",
        csv_text("unit_id,version,rounds,retention_7,pre_rounds,Before", ["a,x,3,True,1,5", "b,x,4.5,0,,6"]),
    )
    folder.declare(outcomes={"path": "../data/players.csv", "columns": {"pre_value": "Before"}})
    assert folder.rows("outcomes", "unit_id", "retained", "rounds", "pre_rounds", "pre_value") == [
        ("a", True, 3.0, 1.0, 5.0),
        ("b", False, 4.5, None, 6.0),
    ]
    assert sources.load("outcomes").expr.columns == (
        "unit_id",
        "retained",
        "rounds",
        "pre_rounds",
        "pre_value",
    )


def test_a_share_that_is_neither_0_nor_1_is_unknown_and_its_unit_stays(folder: Folder) -> None:
    folder.settings("metrics.yaml", METRICS)
    table = pa.table({"unit_id": ["a", "b", "c"], "retention_7": [0, 1, 2]})
    pq.write_table(table, folder.data("players.parquet", b""))
    folder.declare(outcomes={"path": "../data/players.parquet"})
    assert folder.rows("outcomes", "unit_id", "retained") == [("a", False), ("b", True), ("c", None)]
    account = folder.account("outcomes")
    assert (account.kept, account.quarantined) == (3, {})
    assert account.unknown == {"retained unreadable": 1}


def test_outcomes_without_a_metric_say_where_to_name_one(folder: Folder) -> None:
    folder.settings("metrics.yaml", METRICS)
    folder.data("players.csv", csv_text("unit_id,gone", ["a,1"]))
    folder.declare(outcomes={"path": "../data/players.csv"})
    with pytest.raises(sources.TableError, match=r"no column is a metric.*metrics\.yaml"):
        sources.load("outcomes")


SQL = """
select sales.market, cast(date_trunc('month', strptime(day, '%m/%d/%Y')) as date) as period_start,
       'revenue' as metric, sum(amount * price) as numerator
from sales join products using (code) group by all order by all;
"""


def test_sql_over_declared_inputs(folder: Folder) -> None:
    folder.data("sales_1.csv", csv_text("day,market,code,amount", ["9/21/2017,France,007,2"]))
    folder.data(
        "sales_2.csv", csv_text("day,market,code,amount", ["09/22/2017,France,008,1", "1/2/2018,Spain,007,3"])
    )
    folder.data("products.csv", csv_text("code,price", ["007,1.5", "008,10"]))
    folder.declare(
        market_metrics={
            "inputs": {"sales": "../data/sales_*.csv", "products": "../data/products.csv"},
            "sql": SQL,
        }
    )
    assert folder.rows("market_metrics") == [
        ("France", date(2017, 9, 1), "revenue", 13.0),
        ("Spain", date(2018, 1, 1), "revenue", 4.5),
    ]
    account = folder.account("market_metrics")
    assert [file.path for file in account.files] == [
        "../data/products.csv",
        "../data/sales_1.csv",
        "../data/sales_2.csv",
    ]
    assert account.query_digest is not None


def test_sql_sees_numbers_truths_and_texts(folder: Folder) -> None:
    rows = ["1,1.5,true,007,2026-07-01,", "-2,3,False,08,x,"]
    folder.data("in.csv", csv_text("whole,number,truth,code,day,blank", rows))
    kinds = " || ' ' || ".join(
        f"any_value(typeof({name}))" for name in ("whole", "number", "truth", "code", "day", "blank")
    )
    sql = f"select 'u' as user_id, date '2026-07-01' as signed_up_at, {kinds} as plan from in_ group by all"
    folder.declare(users={"inputs": {"in_": "../data/in.csv"}, "sql": sql})
    assert folder.rows("users", "plan") == [("BIGINT DOUBLE BOOLEAN VARCHAR VARCHAR VARCHAR",)]


def test_sql_that_fails_says_why(folder: Folder) -> None:
    folder.data("in.csv", csv_text("a", ["1"]))
    folder.declare(users={"inputs": {"t": "../data/in.csv"}, "sql": "select b from t"})
    with pytest.raises(sources.TableError, match=r'users \(sources\.yaml\): sql: .*"b" not found'):
        sources.load("users")


MISSING: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "required column": (
        "response_id,submitted,survey,score",
        {},
        ("the column submitted_at is missing. Did you mean submitted?", "Say under columns"),
    ),
    "declared column": (
        "response_id,submitted_at,survey,score,market",
        {"region": "Market"},
        ("region is to come from 'Market'", "Did you mean market?", "The columns are response_id"),
    ),
    "unknown column": (
        "response_id,submitted_at,survey,score",
        {"scor": "score"},
        ("responses knows no column scor. Did you mean score?",),
    ),
    "value of another kind": (
        "response_id,submitted_at,survey",
        {"score": {"value": "ten"}},
        ("score is a number, and 'ten' is none",),
    ),
    "time as a value": (
        "response_id,survey,score",
        {"submitted_at": {"value": "2026-07-01"}},
        ("submitted_at is a time: take it from a column",),
    ),
}


@pytest.mark.parametrize("what", MISSING)
def test_a_missing_column_is_told_with_what_to_do(folder: Folder, what: str) -> None:
    header, columns, told = MISSING[what]
    folder.data("nps.csv", csv_text(header, [",".join("1" for _ in header.split(","))]))
    folder.declare(responses={"path": "../data/nps.csv", "columns": columns})
    with pytest.raises(sources.TableError) as error:
        sources.load("responses")
    assert str(error.value).startswith("The table responses (sources.yaml): ")
    for fragment in told:
        assert fragment in str(error.value)
    [problem] = sources.check(folder.params)
    assert all(fragment in problem for fragment in told)


@pytest.mark.parametrize(
    ("values", "kind"), [([1782892800, None], pa.int64()), ([1782892800.0, float("nan")], pa.float64())]
)
def test_epochs_of_parquet_are_numbers(folder: Folder, values: list[Any], kind: pa.DataType) -> None:
    table = pa.table({"ticket_id": ["1", "2"], "opened_at": ["2026-07-01"] * 2, "at": pa.array(values, kind)})
    pq.write_table(table, folder.data("t.parquet", ""))
    folder.declare(
        tickets={
            "path": "../data/t.parquet",
            "columns": {"closed_at": {"from": "at", "format": "epoch_s"}},
        }
    )
    assert folder.rows("tickets", "closed_at") == [(datetime(2026, 7, 1, 8),), (None,)]
    assert folder.account("tickets").unknown == {}


def test_the_line_that_mends_an_epoch_is_told(folder: Folder) -> None:
    folder.data("u.csv", csv_text("user_id,signed_up_at", ["a,2026-07-01", "b,1782892800000"]))
    folder.declare(users={"path": "../data/u.csv"})
    [told] = folder.account("users").reasons()
    assert told.endswith("-> signed_up_at: {from: signed_up_at, format: epoch_ms}")


@pytest.mark.parametrize("name", ["m.csv", "m.parquet"])
def test_cents_become_what_they_are_cents_of(folder: Folder, name: str) -> None:
    rows = {"market": ["DE"] * 3, "month": ["2026-07-01"] * 3, "cents": [2999, -250, 1]}
    if name == "m.csv":
        lines = [",".join(map(str, row)) for row in zip(*rows.values(), strict=True)]
        folder.data(name, csv_text(",".join(rows), lines))
    else:
        pq.write_table(pa.table(rows), folder.data(name, ""))
    columns = {"period_start": "month", "metric": {"value": "revenue"}}
    amount = {"from": "cents", "divided_by": 100}
    folder.declare(market_metrics={"path": f"../data/{name}", "columns": {**columns, "numerator": amount}})
    assert sources.check(folder.params) == []
    assert folder.rows("market_metrics", "numerator") == [(29.99,), (-2.5,), (0.01,)]


def test_several_answers_of_a_cell_have_a_line_each(folder: Folder) -> None:
    cells = ["Billing; Exports ;", ";Billing", "Exports", ";"]
    rows = [f"{at},2026-07-01,{cell}" for at, cell in enumerate(cells)]
    folder.data("t.csv", csv_text("ticket_id,opened_at,Areas", rows))
    columns = {"product_area": {"from": "Areas", "split": ";"}}
    folder.declare(tickets={"path": "../data/t.csv", "columns": columns})
    assert folder.rows("tickets", "product_area") == [
        ("Billing\nExports",),
        ("Billing",),
        ("Exports",),
        (None,),
    ]


@pytest.mark.parametrize(
    ("column", "source", "told"),
    [
        ("region", {"from": "Areas", "split": ";"}, "split goes with comment, product_area, subject, text"),
        (
            "region",
            {"from": "Areas", "divided_by": 100},
            "divided_by goes with numbers, and region is no number",
        ),
        ("opened_at", {"from": "opened_at", "format": "epoch_s", "timezone": "UTC"}, "take timezone out"),
        ("opened_at", {"from": "opened_at", "format": "epoch"}, "epoch_s, epoch_ms, epoch_us"),
        ("csat", {"from": "Areas", "divided_by": 0}, "greater than 0"),
    ],
)
def test_what_columns_cannot_say_is_told_by_check_and_by_loading(
    folder: Folder, column: str, source: dict[str, Any], told: str
) -> None:
    folder.data("t.csv", csv_text("ticket_id,opened_at,Areas", ["1,2026-07-01,a"]))
    folder.declare(tickets={"path": "../data/t.csv", "columns": {column: source}})
    assert told in " ".join(sources.check(folder.params))
    with pytest.raises((sources.TableError, SettingsError), match=told):
        sources.load("tickets")


def test_a_table_of_ones_own_has_epochs_cents_and_several_answers(folder: Folder) -> None:
    folder.data("c.csv", csv_text("at,cents,why", ["1782892800,250,a|b", "1782892801,,"]))
    columns = {
        "at": {"from": "at", "format": "epoch_s"},
        "euros": {"from": "cents", "divided_by": 100},
        "why": {"from": "why", "split": "|"},
    }
    folder.declare(calls={"path": "../data/c.csv", "columns": columns})
    assert folder.rows("calls", "at", "euros", "why") == [
        (datetime(2026, 7, 1, 8), 2.5, "a\nb"),
        (datetime(2026, 7, 1, 8, 0, 1), None, None),
    ]
