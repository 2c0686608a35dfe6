"""Tables without a contract: opened by their name, with the types that they have."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from tests.sources.conftest import Folder, csv_text

from helpers import sources, verbatims
from helpers.records import SettingsError

PLANS = csv_text(
    "plan,price,seats,since,seen,active,code,phone,answer_id,empty",
    [
        "Free,0,1,2026-01-01,2026-01-01T08:00:00Z,true,007,+49123,17,",
        "Team,12.5,20,2026-02-28,2026-03-01 09:30:00,FALSE,8,+49124,18,",
        "Big,99,,2026-02-01,2026-03-02,,9,+49125,,",
    ],
)


def kinds(name: str) -> dict[str, str]:
    return {column: str(kind) for column, kind in sources.load(name).expr.schema().items()}


def test_a_column_of_a_text_file_is_what_all_its_values_are(folder: Folder) -> None:
    folder.data("plans.csv", PLANS)
    folder.declare(plans={"path": "../data/plans.csv"})
    assert kinds("plans") == {
        "plan": "string",
        "price": "float64",
        "seats": "int64",
        "since": "date",
        "seen": "timestamp(6)",
        "active": "boolean",
        "code": "string",
        "phone": "string",
        "answer_id": "string",
        "empty": "string",
    }
    assert folder.rows("plans", "price", "seats", "code")[0] == (0.0, 1, "007")
    account = folder.account("plans")
    assert (account.read, account.kept, account.quarantined, account.repeated) == (3, 3, {}, {})


def test_codes_of_more_digits_than_a_number_keeps_stay_text(folder: Folder) -> None:
    rows = ["1234567890123456,-999999999999999,0.1234567890123456", "1234567890123457,1,2"]
    folder.data("balances.csv", csv_text("order_no,balance,rate", rows))
    folder.declare(balances={"path": "../data/balances.csv"})
    assert kinds("balances") == {"order_no": "string", "balance": "int64", "rate": "float64"}
    assert folder.rows("balances", "order_no", "balance")[0] == ("1234567890123456", -999999999999999)


def test_one_value_of_another_kind_makes_a_column_text(folder: Folder) -> None:
    folder.data("plans.csv", csv_text("a,b,c", ["1,2026-01-01,true", "2,2026-01-02,true", "x,soon,maybe"]))
    folder.declare(plans={"path": "../data/plans.csv"})
    assert set(kinds("plans").values()) == {"string"}


def test_declared_columns_are_named_and_read_as_said_and_the_others_stay(folder: Folder) -> None:
    folder.data("calls.csv", csv_text("Date;Cost;who", ["03.07.2026;1.200,5;x", "04.07.2026;7;y"]))
    folder.declare(
        calls={
            "path": "../data/calls.csv",
            "decimal": ",",
            "thousands": ".",
            "columns": {
                "held_on": {"from": "Date", "format": "%d.%m.%Y"},
                "place": {"value": "phone"},
                "euro": "Cost",
            },
        }
    )
    assert kinds("calls") == {"held_on": "date", "euro": "float64", "who": "string", "place": "string"}
    assert folder.rows("calls", "euro", "place")[0] == (1200.5, "phone")
    calls = sources.load("calls")
    assert calls.time == "held_on"
    assert calls.covered is not None and calls.covered[0].isoformat() == "2026-07-03"
    assert calls.resolve("last_complete").text == "2026Q2"


def test_of_several_times_none_is_the_one_unless_it_is_declared(folder: Folder) -> None:
    folder.data("stays.csv", csv_text("came,left", ["2026-01-01,2026-04-01", "2026-01-02,9999-12-31"]))
    folder.declare(stays={"path": "../data/stays.csv"})
    assert sources.load("stays").covered is None
    folder.declare(stays={"path": "../data/stays.csv", "time": "came"})
    stays = sources.load("stays")
    assert stays.latest is not None and stays.latest.isoformat() == "2026-01-02"
    assert folder.rows("stays", "left")[1][0].year == 9999
    folder.declare(stays={"path": "../data/stays.csv", "time": "cam"})
    with pytest.raises(sources.TableError, match=r"time: there is no column cam\. Did you mean came\?"):
        sources.load("stays")
    folder.data("stays.csv", csv_text("came,left", ["1 Jan,2026-04-01"]))
    folder.declare(stays={"path": "../data/stays.csv", "time": "came"})
    with pytest.raises(
        sources.TableError, match=r"came is not read as a time\. Say how .*came: \{from: came"
    ):
        sources.load("stays")


def test_parquet_keeps_its_types(folder: Folder) -> None:
    file = folder.data("plans.parquet", b"")
    query = "SELECT '12' AS digits, 3::DECIMAL(9,2) AS price, [1, 2] AS parts, TIME '08:00' AS at"
    duckdb.sql(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
    folder.declare(plans={"path": "../data/plans.parquet"})
    found = kinds("plans")
    assert (found["digits"], found["price"], found["at"]) == ("string", "decimal(9, 2)", "time")
    assert found["parts"] == "array<int32>"


def test_what_customers_wrote_is_known_whatever_its_column_is_called(folder: Folder) -> None:
    rows = [f"{at},Support is slow on day {at} of this,Pro plan for small teams,ok then" for at in range(30)]
    folder.data("calls.csv", csv_text("day,remark,plan,note", rows))
    folder.declare(calls={"path": "../data/calls.csv"})
    assert sources.load("calls").verbatims == {"remark"}
    assert verbatims.quoted_in("they said: slow on day 7 of this") == "remark"
    columns = {"said": {"from": "remark", "verbatim": False}, "note": {"from": "note", "verbatim": True}}
    folder.declare(calls={"path": "../data/calls.csv", "columns": columns})
    assert sources.load("calls").verbatims == {"note"}
    verbatims.forget()


@pytest.mark.parametrize(
    ("name", "table", "told"),
    [
        ("tickts", {"path": "x.csv"}, "there is no such table. Did you mean tickets?"),
        ("Plans", {"path": "x.csv"}, "the name of a table is lower case letters"),
        ("plans", {"path": "x.csv", "keep": "latest"}, "keep is of tables with a key"),
        ("tickets", {"path": "x.csv", "time": "opened_at"}, "time is of tables without a contract"),
        (
            "tickets",
            {"path": "x.csv", "columns": {"text": {"from": "a", "verbatim": False}}},
            "verbatim is of tables without a contract",
        ),
    ],
)
def test_a_declaration_that_cannot_be_is_told(
    folder: Folder, name: str, table: dict[str, object], told: str
) -> None:
    folder.declare(**{name: table})
    with pytest.raises(SettingsError, match=told.replace("?", r"\?")):
        sources.load(name)


def test_check_knows_a_further_table(folder: Folder) -> None:
    folder.data("plans.csv", PLANS)
    folder.declare(plans={"path": "../data/plans.csv", "columns": {"monthly": "prise"}, "time": "sice"})
    [problem] = [one for one in sources.check(folder.params) if "plans" in one and "prise" in one]
    assert "monthly is to come from 'prise', which is missing. Did you mean price?" in problem
    assert any(
        "time: there is no column sice. Did you mean since?" in one for one in sources.check(folder.params)
    )
    folder.declare(plans={"path": "../data/plans.csv", "columns": {"monthly": "price"}})
    assert sources.check(folder.params) == []
    columns = sources.supplied(folder.params).tables["plans"]
    assert columns is not None and {"plan", "monthly"} <= columns and "price" not in columns


def test_a_column_may_not_bear_a_name_that_is_used_here(folder: Folder) -> None:
    folder.data("plans.csv", csv_text("plan,set_aside", ["a,b"]))
    folder.declare(plans={"path": "../data/plans.csv"})
    with pytest.raises(sources.TableError, match="a column is called set_aside, which is used here"):
        sources.load("plans")
    folder.declare(plans={"path": "../data/plans.csv", "columns": {"left": "set_aside"}})
    assert folder.rows("plans") == [("a", "b")]


def test_a_name_that_is_not_declared_is_told_with_the_nearest(folder: Folder) -> None:
    folder.data("plans.csv", PLANS)
    folder.declare(plans={"path": "../data/plans.csv"})
    with pytest.raises(sources.TableError, match=r"There is no table 'plan'\. Did you mean plans\?"):
        sources.load("plan")


def test_a_line_that_is_no_row_is_accounted_for(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.data("plans.csv", "plan,price\nFree,0\nTeam,1,2,3\nBig,5\n")
    folder.declare(plans={"path": "../data/plans.csv"})
    monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    account = folder.account("plans")
    assert (account.read, account.kept, account.quarantined) == (3, 2, {"line unreadable": 1})
    assert (Path(folder.run) / "quarantine" / "plans.csv").exists()
