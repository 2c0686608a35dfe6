"""What a loaded table gives an analyst: its card, its first rows, a data frame, SQL, small results."""

from __future__ import annotations

import re

import ibis
import pandas as pd
import pytest
from tests.sources.conftest import Folder, csv_text

from helpers import sources
from helpers.contracts import CONTRACTS
from helpers.records import project
from helpers.sources import meanings, small_results, table_list
from helpers.sources.connection import engine
from helpers.sources.small_results import shown

ROWS = [
    f"t{at},2026-07-{at:02},{('EMEA', 'AMER')[at % 2]},{at % 5 + 1},word {at} of text" for at in range(1, 31)
]
TICKETS = csv_text(
    "ticket_id,opened_at,region,csat,text", [*ROWS, "t31,soon,EMEA,3,a", "t1,2026-07-01,EMEA,9,b"]
)


@pytest.fixture
def company(folder: Folder) -> Folder:
    folder.data("tickets.csv", TICKETS)
    folder.data(
        "users.csv", csv_text("user_id,signed_up_at,region", ["u1,2026-07-01,EMEA", "u2,2026-07-02,"])
    )
    folder.declare(tickets={"path": "../data/tickets.csv"}, users={"path": "../data/users.csv"})
    return folder


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", " ", html))


def test_a_card_tells_rows_period_columns_first_rows_and_the_account(company: Folder) -> None:
    said = plain(sources.load("tickets")._repr_mimebundle_()["text/html"])
    assert "Support tickets, one row a ticket." in said
    assert "30 rows 1 Jul 2026 to 30 Jul 2026 by opened_at 5 columns" in said
    assert "region text The region of the customer. AMER, EMEA" in said
    assert "csat whole number" in said or "csat number" in said
    assert "1 to 5" in said
    assert "text customers' words What the customer wrote." in said.replace("&#x27;", "'")
    assert "t1 " in said and "word 1 of text" in said
    assert "32 rows read: 30 used, 1 repeated and 1 set aside" in said
    assert "1 row, opened_at unreadable, such as s…" in said
    assert "1 row, one more row of ticket_id" in said


def test_values_that_are_missing_are_told_as_a_share(company: Folder) -> None:
    said = plain(sources.load("users")._repr_mimebundle_()["text/html"])
    assert "region text The region of the customer. 50.0% EMEA" in said


def test_a_table_that_is_not_supplied_says_so(company: Folder) -> None:
    absent = sources.load("mentions", optional=True)
    assert absent._repr_mimebundle_()["text/plain"] == "The table mentions is not supplied."


def test_in_a_run_a_card_has_no_rows_and_no_values(company: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(company.run))
    said = plain(sources.load("tickets")._repr_mimebundle_()["text/html"])
    assert "30 rows" in said and "1 row, opened_at unreadable" in said
    for told in ("word 1", "AMER", "s…", "tickets.csv", "First rows"):
        assert told not in said


def test_first_rows_and_columns_come_as_data_frames(company: Folder) -> None:
    tickets = sources.load("tickets")
    assert list(tickets.head(3).ticket_id) == ["t1", "t2", "t3"]
    assert len(tickets.head()) == 5
    scores = tickets.to_pandas(columns=["csat", "region"])
    assert list(scores.columns) == ["csat", "region"] and len(scores) == 30
    with pytest.raises(sources.TableError, match=r"tickets has no column regoin\. Did you mean region\?"):
        tickets.to_pandas(columns=["regoin"])


def test_more_rows_than_allowed_are_refused_with_what_to_do(company: Folder) -> None:
    tickets = sources.load("tickets")
    assert len(tickets.to_pandas(most=30)) == 30
    with pytest.raises(sources.TooManyRows, match=r"30 rows.* at most 29 .*tickets\.sql.*head.*most=30"):
        tickets.to_pandas(most=29)
    until = tickets.until(pd.Timestamp("2026-07-10").date())
    assert until.count() == 10 and len(until.to_pandas(most=10)) == 10
    with pytest.raises(sources.TooManyRows):
        until.to_pandas(most=9)


def test_sql_over_one_table_and_over_all(company: Folder) -> None:
    tickets = sources.load("tickets")
    query = "select region, avg(csat) as csat, count(*) as n from tickets group by 1 order by 1"
    found = tickets.sql(query).to_pandas()
    frame = tickets.to_pandas().groupby("region").csat.agg(["mean", "count"])
    assert list(found.region) == ["AMER", "EMEA"]
    assert list(found.csat) == pytest.approx(list(frame["mean"]))
    assert list(found.n) == list(frame["count"])
    both = sources.sql(
        "with u as (select * from users) "
        "select count(*) as pairs from Tickets as t join u on t.region = u.region"
    )
    assert both.to_pandas().pairs[0] == frame["count"]["EMEA"]
    assert tickets.until(pd.Timestamp("2026-07-03").date()).sql("from tickets").count().to_pandas() == 3


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("select regoin from tickets", 'Referenced column "regoin" not found .*"region"'),
        ("select 1 from tikets", r"there is no table tikets\. Did you mean tickets\?"),
        ("select * from '../data/tickets.csv'", "there is no table"),
        ("select * from read_csv('x.csv')", "declare its file there"),
        ("select (select count(*) from glob('*')) from tickets", "declare its file there"),
        ("select 1; select 2", "write one SELECT"),
        ("drop table tickets", "write one SELECT"),
        ("select * from main.tickets", "is no table of sources.yaml"),
    ],
)
def test_a_statement_that_cannot_be_says_why(company: Folder, statement: str, told: str) -> None:
    with pytest.raises(sources.TableError, match=f"sql: .*{told}"):
        sources.sql(statement)


def test_sql_of_one_table_reads_no_other(company: Folder) -> None:
    with pytest.raises(sources.TableError, match="there is no table users"):
        sources.load("tickets").sql("select 1 from users")


def test_a_small_result_is_shown_and_a_long_one_by_its_first_rows(company: Folder) -> None:
    rows = sources.load("tickets").expr
    counted = plain(shown(rows.group_by("region").agg(n=rows.count()).order_by("region"))["text/html"])
    assert "region n AMER 15 EMEA 15" in counted
    listed = shown(rows)
    assert "t20" in listed["text/plain"] and "t21 " not in listed["text/plain"]
    assert "The first 20 rows." in listed["text/html"]
    assert "The first" not in shown(rows.limit(20))["text/html"]
    assert plain(shown(rows.csat.max())["text/html"]).split()[-1] == "5"


def test_what_would_read_too_many_rows_is_not_computed(
    company: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = sources.load("tickets").expr
    by_region = rows.group_by("region").agg(n=rows.count())
    statement = sources.sql("select region, count(*) as n from tickets join users using (region) group by 1")
    monkeypatch.setattr(small_results, "MOST_READ", 32)
    assert "Not computed" not in shown(by_region)["text/plain"]
    assert "Not computed: it reads 34 rows" in shown(statement)["text/plain"]
    monkeypatch.setattr(small_results, "MOST_READ", 31)
    queries: list[str] = []
    running = engine(project().threads)
    monkeypatch.setattr(type(running.ibis), "execute", lambda *_, **__: queries.append("asked"))
    for expression in (by_region, rows.filter(rows.csat > 4), rows.order_by("csat"), rows.csat.mean()):
        said = shown(expression)["text/plain"]
        assert "Not computed: it reads 32 rows; up to 31 are read for a look." in said
    assert "n (whole number)" in shown(by_region)["text/plain"]
    assert queries == []


def test_the_first_rows_of_a_long_table_are_shown_all_the_same(
    company: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_results, "MOST_READ", 3)
    rows = sources.load("tickets").expr
    assert "t1" in shown(rows.select("ticket_id", "csat"))["text/plain"]
    assert "Not computed" in shown(rows.select(rank=ibis.row_number().over(order_by=rows.csat)))["text/plain"]
    assert "Not computed" in shown(rows.distinct())["text/plain"]


def test_what_takes_too_long_is_given_up(company: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_results, "_SECONDS", 0.05)
    slow = sources.sql(
        "select sum(hash(a.i + b.i)) as s from (select unnest(range(30000)) as i from users) a, "
        "(select unnest(range(30000)) as i from users) b"
    )
    assert "Not computed: it takes longer" in shown(slow)["text/plain"]
    assert sources.load("users").expr.count().to_pandas() == 2


def test_every_table_is_listed_with_rows_period_columns_and_meanings(company: Folder) -> None:
    listed = sources.tables()
    assert listed._repr_mimebundle_()["text/plain"].splitlines() == [
        "tickets: 30 rows, 1 Jul 2026 to 30 Jul 2026",
        "users: 2 rows, 1 Jul 2026 to 2 Jul 2026",
    ]
    [row] = [row for row in listed.data.to_dict("records") if row["column"] == "signed_up_at"]
    assert (row["table"], row["rows"], str(row["last"]), row["type"]) == ("users", 2, "2026-07-02", "time")
    assert row["meaning"] == "When the user signed up."


def test_a_large_table_is_not_opened_to_be_listed(company: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_list, "SMALL", (company.params.parent / "data/users.csv").stat().st_size)
    assert [one.table is None for one in sources.tables().tables] == [True, False]
    assert "ticket_id" in [column for column, _, _ in sources.tables().tables[0].columns]
    sources.load("tickets")
    assert [one.table is None for one in sources.tables().tables] == [False, False]


def test_a_broken_table_is_listed_with_its_problem(company: Folder) -> None:
    company.declare(tickets={"path": "../data/nothing.csv"}, users={"path": "../data/users.csv"})
    first, second = sources.tables().tables
    assert first.why.startswith("../data/nothing.csv: there is no such file.")
    assert second.table is not None


def test_in_a_run_only_what_is_loaded_is_counted(company: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(company.run))
    sources.load("users")
    assert [one.why for one in sources.tables().tables] == ["not loaded before this list was made", ""]


def test_every_column_of_a_contract_has_a_meaning_and_no_other_has(company: Folder) -> None:
    for name, contract in CONTRACTS.items():
        assert meanings.of_table(name, None)
        without = [
            one.name
            for one in contract.columns
            if not meanings.of_column(name, one.name, None, company.params)
        ]
        assert without == []
        assert set(meanings._OWN.get(name, ())) <= {one.name for one in contract.columns}
    assert set(meanings.TABLES) == set(CONTRACTS)
