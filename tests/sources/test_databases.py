"""Tables of a real PostgreSQL: the same rows are the same table, in a file and in a database."""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import sources
from helpers.sources.addresses import arguments
from helpers.sources.databases import Answer, answers

from .conftest import Folder

if TYPE_CHECKING:
    from tests.postgresql import Database

RESPONSES = (
    "response_id text, submitted_at timestamptz, survey text, score numeric, region text, comment text, "
    "email text"
)
KEPT = ("response_id", "submitted_at", "survey", "score", "region", "comment")
MOMENT = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)


def answer(number: int, **other: Any) -> tuple[Any, ...]:
    row = {
        "response_id": f"r{number:03}",
        "submitted_at": MOMENT + timedelta(days=number),
        "survey": "nps",
        "score": number % 11,
        "region": "EMEA",
        "comment": f"said {number}",
        "email": "a@b.example",
    }
    return tuple({**row, **other}.values())


def declare(folder: Folder, connection: str, **tables: dict[str, Any]) -> None:
    content = {"connection": connection, "tables": tables}
    folder.settings("sources.yaml", yaml.safe_dump(content, sort_keys=False))


def test_rows_come_in_one_order_with_the_types_of_the_contract(folder: Folder, database: Database) -> None:
    folder.settings("project.yaml", "timezone: Europe/London\n")
    database.fill("responses", RESPONSES, [answer(3), answer(1), answer(2, comment=None)])
    declare(folder, database.connection, responses={"table": "public.responses"})
    assert folder.rows("responses", *KEPT[:4], "comment") == [
        ("r001", datetime(2026, 7, 2, 9, 30), "nps", 1.0, "said 1"),
        ("r002", datetime(2026, 7, 3, 9, 30), "nps", 2.0, None),
        ("r003", datetime(2026, 7, 4, 9, 30), "nps", 3.0, "said 3"),
    ]


def test_the_account_names_the_tables_and_what_the_database_answered(
    folder: Folder, database: Database
) -> None:
    database.fill("responses", RESPONSES, [answer(1), answer(2), answer(2, score=99), answer(2, score=5)])
    question = "select count(*), max(submitted_at) from public.responses"
    declare(folder, database.connection, responses={"table": "public.responses", "fingerprint": question})
    account = folder.account("responses")
    assert (account.read, account.kept, account.latest) == (4, 2, "2026-07-03")
    assert account.quarantined == {"score out of range": 1}
    assert account.repeated == {"one more row of response_id": 1}
    assert (account.database_tables, account.files, account.patterns) == (("public.responses",), (), ())
    asked = answers(database.connection, {"responses": (question, ["public.responses"])})
    assert asked == {"responses": Answer(account.fingerprint)}
    assert folder.rows("responses", "score") == [(1.0,), (2.0,)]


FIGURE = [("UK", date(2026, 1, 1), "seats", 5)]
NUMBERS = itertools.count()
TEXTS = st.one_of(
    st.none(),
    st.sampled_from(
        ["", " ", "\\N", '"', "a,b", "line\nline", "\r\n", "'; --", "\\.", "NULL", "007", "Ünï ✓ 漢"]
    ),
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8),
)
CLOCKS = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2110, 1, 1))
CSAT = st.none() | st.decimals(-1, 6, places=1, allow_nan=False)
TICKETS = {
    "ticket_id": "varchar",
    "opened_at": "timestamp",
    "closed_at": "timestamptz",
    "csat": "numeric(4,1)",
    "region": "varchar",
    "text": "varchar",
}


@examples(5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, CLOCKS, CLOCKS, CSAT, TEXTS, TEXTS), min_size=1, max_size=20))
def test_the_same_rows_are_the_same_table_in_a_file_and_in_a_database(
    folder: Folder, database: Database, rows: list[tuple[Any, ...]]
) -> None:
    name = f"tickets{next(NUMBERS)}"
    rows = [(key, at, end.replace(tzinfo=UTC) if end else None, *more) for key, at, end, *more in rows]
    columns = ", ".join(f"{column} {kind}" for column, kind in TICKETS.items())
    database.fill(name, columns, rows)
    folder.data(f"{name}.parquet", b"")
    with duckdb.connect() as beside:
        beside.execute("SET TimeZone = 'UTC'")
        beside.execute(f"CREATE TABLE t ({columns})")
        beside.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", rows)
        beside.execute(f"COPY (FROM t ORDER BY ALL) TO '{folder.params.parent}/data/{name}.parquet'")
    zone = {"opened_at": {"from": "opened_at", "timezone": "America/New_York"}}
    kept: list[Any] = []
    for place in ({"path": f"../data/{name}.parquet"}, {"table": f"public.{name}"}):
        declare(folder, database.connection, tickets={**place, "columns": zone})
        try:
            table = sources.load("tickets")
        except sources.TableError as error:
            kept.append(str(error))
            continue
        assert table.account is not None
        account = table.account.model_dump(include={"read", "kept", "quarantined", "latest"})
        kept.append((account, table.expr.schema(), table.expr.to_pyarrow().to_pylist()))
    assert kept[0] == kept[1]


def test_every_type_comes_as_what_it_is(folder: Folder, database: Database) -> None:
    folder.settings(
        "metrics.yaml",
        "metrics:\n  paid: {label: Paid, unit: share, kind: share, good: higher, column: paid}\n"
        + "".join(
            f"  {name}: {{label: {name}, unit: count, kind: mean, good: higher, column: {name}}}\n"
            for name in ("small", "exact", "loose", "real", "double")
        ),
    )
    database.run("CREATE DOMAIN percent AS numeric(5,2)", "CREATE TYPE plan AS ENUM ('free', 'team')")
    database.fill(
        "outcomes",
        "unit_id uuid, experiment plan, paid boolean, small smallint, exact percent, loose numeric, "
        "real real, double double precision",
        [
            ("00000000-0000-0000-0000-000000000001", "free", True, 7, "12.34", "0.333333333", 0.5, 1e300),
            ("00000000-0000-0000-0000-000000000002", "team", False, None, "NaN", "NaN", None, "NaN"),
            ("00000000-0000-0000-0000-000000000003", "team", None, 1, None, "1e30", 0.25, "Infinity"),
        ],
    )
    declare(folder, database.connection, outcomes={"table": "public.outcomes"})
    names = ("unit_id", "experiment", "paid", "small", "exact", "loose", "real", "double")
    first, second, third = folder.rows("outcomes", *names)
    assert first[:4] == ("00000000-0000-0000-0000-000000000001", "free", True, 7)
    assert [float(value) for value in first[4:]] == [12.34, 0.333333333, 0.5, 1e300]
    assert second == ("00000000-0000-0000-0000-000000000002", "team", False, *[None] * 5)
    assert third[:6] == ("00000000-0000-0000-0000-000000000003", "team", None, 1, None, 1e30)
    assert third[6:] == (0.25, None)
    assert folder.account("outcomes").quarantined == {}
    assert folder.account("outcomes").unknown == {"double unreadable": 1}


def test_a_number_too_large_for_all_others_is_unreadable(folder: Folder, database: Database) -> None:
    database.fill("figures", "market text, period_start date, metric text, numerator numeric", FIGURE * 2)
    database.run("UPDATE figures SET market = 'US', numerator = 10::numeric ^ 400 WHERE ctid = '(0,2)'")
    declare(folder, database.connection, market_metrics={"table": "public.figures"})
    assert folder.account("market_metrics").quarantined == {"numerator unreadable": 1}


def test_a_row_too_long_to_be_read_is_told(folder: Folder, database: Database) -> None:
    database.fill("responses", RESPONSES, [answer(1)])
    database.run("UPDATE responses SET comment = repeat('long ', 3400000)")
    declare(folder, database.connection, responses={"table": "public.responses"})
    with pytest.raises(sources.TableError, match=r"public\.responses has a row of more than 16 MB"):
        sources.load("responses")


@pytest.mark.parametrize("day", ["infinity", "-infinity", "0044-03-15 BC"])
def test_days_beyond_all_calendars_are_out_of_range(folder: Folder, database: Database, day: str) -> None:
    columns = "market text, period_start date, metric text, numerator int8"
    database.fill("figures", columns, [*FIGURE, ("UK", day, "seats", 7)])
    declare(folder, database.connection, market_metrics={"table": "public.figures"})
    assert folder.account("market_metrics").quarantined == {"period_start out of range": 1}
    assert folder.rows("market_metrics", "period_start", "numerator") == [(date(2026, 1, 1), 5)]


def test_sql_reads_tables_beside_files(folder: Folder, database: Database) -> None:
    database.fill("players", '"userId" int, paid boolean, email text', [(1, True, "a"), (2, False, "b")])
    folder.settings(
        "metrics.yaml",
        "metrics: {paid: {label: Paid, unit: share, kind: share, good: higher, column: paid}}\n",
    )
    folder.data("arms.csv", "id,arm\n1,a\n2,b\n")
    declare(
        folder,
        database.connection,
        outcomes={
            "inputs": {"players": {"table": "public.players"}, "arms": "../data/arms.csv"},
            "sql": "select userid as unit_id, arm as experiment, paid from players join arms on userid = id",
        },
        users={"path": "../data/users.csv"},
    )
    assert sorted(folder.rows("outcomes", "unit_id", "experiment", "paid")) == [
        (1, "a", True),
        (2, "b", False),
    ]
    account = folder.account("outcomes")
    assert account.database_tables == ("public.players",)
    assert [file.path for file in account.files] == ["../data/arms.csv"]


def test_two_tables_over_one_are_copied_once_and_need_no_join(folder: Folder, database: Database) -> None:
    folder.settings(
        "metrics.yaml",
        "metrics: {paid: {label: Paid, unit: share, kind: share, good: higher, column: paid}}\n",
    )
    database.fill(
        "units",
        "experiment text, unit_id text, variant text, paid boolean",
        [("one", "u1", "a", True), ("one", "u2", "b", False)],
    )
    declare(
        folder,
        database.connection,
        assignments={"table": "public.units"},
        outcomes={"table": "public.units"},
    )
    assignments, outcomes = sources.load("assignments"), sources.load("outcomes")
    assert assignments.lies_beside(outcomes, ("experiment", "unit_id"))
    joined = assignments.joined(outcomes, on=("experiment", "unit_id")).order_by("unit_id")
    assert joined.select("variant", "paid").to_pyarrow().to_pylist() == [
        {"variant": "a", "paid": True},
        {"variant": "b", "paid": False},
    ]


def test_a_run_sees_one_state_of_the_database(
    folder: Folder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All tables of a run are as they were at its first load; in JupyterLab each is as it is when loaded."""
    for number, run in enumerate([folder.run, None]):
        people, seen = f"people{number}", f"responses{number}"
        database.fill(people, "user_id text, signed_up_at date", [("u1", date(2026, 7, 1))])
        database.fill(seen, RESPONSES, [answer(1)])
        if run is not None:
            monkeypatch.setenv("QUARTERDECK_RUN", str(run))
        else:
            monkeypatch.delenv("QUARTERDECK_RUN")
        question = f"select count(*) from public.{seen}"
        declare(
            folder,
            database.connection + f"&application_name=test{number}",
            users={"table": f"public.{people}"},
            responses={"table": f"public.{seen}", "fingerprint": question},
        )
        before = answers(database.connection, {"": (question, [f"public.{seen}"])})[""].digest
        sources.load("users")
        database.run(f"DELETE FROM {people}", f"INSERT INTO {seen} SELECT * FROM {seen}")
        account = folder.account("responses")
        assert (account.read, account.fingerprint == before) == ((1, True) if run else (2, False))


def test_columns_that_nothing_needs_are_never_asked_for(folder: Folder, database: Database) -> None:
    database.fill("responses", RESPONSES, [answer(1)])
    database.run(
        "CREATE ROLE narrow LOGIN PASSWORD 'narrow-password'",
        "GRANT SELECT (response_id, submitted_at, survey, score) ON responses TO narrow",
        "CREATE TABLE hidden (user_id text)",
    )
    connection = f"postgres://narrow:narrow-password@/{database.name}?host={database.folder}"
    declare(folder, connection, responses={"table": "public.responses"}, users={"table": "public.hidden"})
    assert folder.rows("responses") == [("r001", datetime(2026, 7, 2, 8, 30), "nps", 1.0)]
    with pytest.raises(sources.TableError, match=r"may read no column of public\.hidden"):
        sources.load("users")
    database.run("DROP OWNED BY narrow", "DROP ROLE narrow")


MISSING: dict[str, tuple[dict[str, Any], str]] = {
    "table": (
        {"table": "public.respones"},
        "the database has no table public.respones. Did you mean public.responses?",
    ),
    "schema": (
        {"table": "sales.orders"},
        "the database has no table sales.orders. There are public.responses.",
    ),
    "column": (
        {"table": "public.responses", "columns": {"score": "scor"}},
        "score is to come from 'scor', which is missing. Did you mean score?",
    ),
    "column of sql": (
        {"inputs": {"r": {"table": "public.responses"}}, "sql": "select response_idd from r"},
        'Referenced column "response_idd" not found',
    ),
    "column of a fingerprint": (
        {"table": "public.responses", "fingerprint": "select max(updated_at) from public.responses"},
        'the database says: column "updated_at" does not exist',
    ),
    "answer": (
        {"table": "public.responses", "fingerprint": "select score from public.responses"},
        "fingerprint: the statement gives no row or several",
    ),
}


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize("run", [True, False])
def test_what_is_missing_is_told_with_what_is_there(
    folder: Folder, database: Database, monkeypatch: pytest.MonkeyPatch, what: str, *, run: bool
) -> None:
    source, told = MISSING[what]
    if run:
        monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    database.fill("responses", RESPONSES, [answer(1), answer(2)])
    declare(folder, database.connection, responses=source)
    with pytest.raises(sources.TableError) as error:
        sources.load("responses")
    assert told in str(error.value)
    declare(folder, database.connection, responses={"table": "public.responses"})
    assert folder.account("responses").read == 2


def test_nothing_can_be_written_through_the_connection(database: Database) -> None:
    """As a role that could: a call is refused unasked, that of a view by the transaction."""
    database.run("CREATE SEQUENCE counter", "CREATE VIEW v AS SELECT nextval('counter') AS next")
    owner = f"postgres://owner:owner-password-4@/{database.name}?host={database.folder}"
    through_view = answers(owner, {"": ("select max(next) from public.v", ["public.v"])})[""]
    assert through_view.problem == "the database says: cannot execute nextval() in a read-only transaction."
    for call in (
        "nextval('counter')",
        "lo_create(7)",
        "pg_read_file('PG_VERSION')",
        "set_config('a.b', '', true)",
    ):
        told = answers(owner, {"": (f"select {call} from public.v", ["public.v"])})[""]
        assert told.problem is not None
        assert "may do more than reckon with values" in told.problem


def test_a_wrong_password_is_no_table_and_an_absent_server_a_lost_connection(
    folder: Folder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first cannot heal, the second can; neither message shows the password."""
    monkeypatch.setenv("SHOP_PASSWORD", "planted-password-91")
    declare(folder, database.connection, responses={"table": "public.responses"})
    with pytest.raises(sources.TableError, match=r'refuses the connection: .*"reader"') as refused:
        sources.load("responses")
    for place in (f"/{database.name}?host={folder.params}", "127.0.0.1:1/x", "no-such-host.invalid/x"):
        declare(
            folder,
            f"postgres://reader:${{SHOP_PASSWORD}}@{place}",
            responses={"table": "public.responses"},
        )
        with pytest.raises(ConnectionError, match="the database cannot be reached: ") as absent:
            sources.load("responses")
        assert "planted" not in str(absent.value) + str(refused.value)


def test_a_connection_that_breaks_can_heal(
    folder: Folder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    database.fill("responses", RESPONSES, [answer(1)])
    database.fill("people", "user_id text, signed_up_at date", [("u1", date(2026, 7, 1))])
    declare(
        folder,
        database.connection,
        responses={"table": "public.responses"},
        users={"table": "public.people"},
    )
    sources.load("users")
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE usename = 'reader' AND datname = '{database.name}'"
    )
    with pytest.raises(ConnectionError, match="the database broke off"):
        sources.load("responses")
    assert folder.account("responses").kept == 1
    assert folder.account("users").kept == 1


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        ("postgres://u:p%40s@h:5433/shop", {"user": "u", "password": "p@s", "host": "h", "port": "5433"}),
        ("postgresql://u@[::1]/shop", {"user": "u", "host": "::1", "dbname": "shop"}),
        ("postgres:///shop?host=/run/pg&sslmode=require", {"host": "/run/pg", "sslmode": "require"}),
        ("postgres://${U}:${P}@${H:-db.example:x}/shop", {"user": "a b", "password": "p@/:?#%41"}),
        ("${WHOLE}", {"user": "u", "password": "p/w", "host": "h", "dbname": "d"}),
        ("postgres://", {"connect_timeout": "10", "application_name": "quarterdeck"}),
        ("postgres://h/d?connect_timeout=3&application_name=x", {"connect_timeout": "3"}),
    ],
)
def test_a_variable_within_an_address_stands_as_it_is(
    monkeypatch: pytest.MonkeyPatch, connection: str, told: dict[str, str]
) -> None:
    for name, value in (("U", "a b"), ("P", "p@/:?#%41"), ("WHOLE", "postgres://u:p%2Fw@h/d")):
        monkeypatch.setenv(name, value)
    assert told.items() <= arguments(connection).items()


def test_without_psycopg_the_extra_is_named(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    declare(folder, "postgres://u:p@127.0.0.1:1/db", users={"table": "public.users"})
    assert sources.check(folder.params) == []
    with pytest.raises(sources.TableError, match=r"pip install 'quarterdeck\[postgres\]'"):
        sources.load("users")


def test_an_option_that_libpq_does_not_know_is_told(folder: Folder) -> None:
    declare(folder, "postgres://u:p@127.0.0.1:1/db?schema=sales", users={"table": "public.users"})
    with pytest.raises(sources.TableError, match='connection: invalid connection option "schema"'):
        sources.load("users")


@pytest.mark.parametrize("password", ["pa/ss-77", "12#ss-77", "pa?ss-77", "p@ss-77"])
def test_an_address_that_cannot_be_read_is_not_repeated(folder: Folder, password: str) -> None:
    declare(folder, f"postgres://u:{password}@h/db", users={"table": "public.users"})
    problems = sources.check(folder.params)
    with pytest.raises(sources.TableError, match="the address cannot be read") as error:
        sources.load("users")
    assert len(problems) == 1
    assert "ss-77" not in str(error.value) + problems[0]
