"""What sources.yaml may say, and every problem of it told at once, with line and what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from helpers import sources
from helpers.records import SettingsError
from helpers.sources import loading
from helpers.sources.declarations import declared
from helpers.sources.statements import StatementError, asked, checked, columns_of, columns_read

from .conftest import Folder, csv_text

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "sql",
    [
        "select userid as unit_id, retention_1 from players",
        "with late as (select * from players) select * from late join PLAYERS using (userid)",
        "from players",
        "select * from players, unnest([1, 2])",
        "select * from players union all select * from (values (1)) v(a);",
        "with a as (select 1 as x), b as (select * from a) select * from players, (select * from b)",
        "with recursive n as (select 1 as i union all select i + 1 from n) select * from n, players",
        "select user from players",
    ],
)
def test_sql_that_reads_its_inputs(sql: str) -> None:
    checked(sql, ["players"])


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select * from 'x.csv'", "is a path: declare it under inputs"),
        ('select * from "../x.parquet"', "is a path: declare it under inputs"),
        ("select * from players join 'y.csv' using (a)", "is a path"),
        ("select (select count(*) from 'x.csv') from players", "is a path"),
        ("select * from other.players", "is a path"),
        ("select * from read_csv('x.csv')", "reads past the inputs"),
        ("select * from read_parquet(['x'])", "reads past the inputs"),
        ("select a from players where a in (select content from read_text('x'))", "reads past the inputs"),
        ("select * from glob('*')", "reads past the inputs"),
        ("select * from query('select 1')", "reads past the inputs"),
        ("select * from players, lateral read_text('x')", "reads past the inputs"),
        ("select * from players, lateral (from read_text(players.a))", "reads past the inputs"),
        ("select current_setting('temp_directory') from players", "reads settings, and no input"),
        ("select getenv('HOME') from players", "reads settings, and no input"),
        ("select version() from players", "reads settings, and no input"),
        ("with gone as (delete from players returning *) select * from gone", "changes and locks nothing"),
        ("select * from (with u as (select 1) from u), u", "u is not among the inputs"),
        (
            "with a as (select * from b), b as (select 1) select * from a, players",
            "b is not among",
        ),
        ("with a as (select * from a) select * from a, players", "a is not among the inputs"),
        ("select * from playrs", "playrs is not among the inputs. Did you mean players?"),
        ("select 1; select 2", "one SELECT, and nothing else"),
        ("copy players to 'x.csv'", "one SELECT, and nothing else"),
        ("install httpfs", "one SELECT, and nothing else"),
        ("attach 'x.db'", "one SELECT, and nothing else"),
        ("", "one SELECT, and nothing else"),
        ("select from where", "line 1"),
    ],
)
def test_sql_that_reads_anything_else(sql: str, told: str) -> None:
    with pytest.raises(StatementError) as error:
        checked(sql, ["players"])
    assert told in str(error.value)


TABLES = ["public.responses", "Sales.Orders"]


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*), max(updated_at) from public.responses",
        "SELECT xmin FROM Public.Responses ORDER BY 1 DESC LIMIT 1;",
        'with o as (select max(id) id from "Sales"."Orders") select * from o, public.responses r',
        "table public.responses",
        "select md5(string_agg(r::text, ',' order by r.id)) from public.responses r",
        "select sum(hashtext(r::text)), extract(epoch from max(at)) from public.responses r",
        "with pg_user as (select 1) select * from pg_user, (select max(id) from public.responses) r",
    ],
)
def test_a_fingerprint_that_asks_its_tables(sql: str) -> None:
    asked(sql, TABLES)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("select count(*) from responses", "responses is not what this table is read from: public.responses"),
        ("select count(*) from shop.public.responses", "is not what this table is read from"),
        ("select (select count(*) from public.users) from public.responses", "public.users is not"),
        ("select count(*) from public.responses, pg_ls_dir('.')", "is not what this table is read from"),
        ("select 1", "it does not ask public.responses or Sales.Orders"),
        ("select pg_sleep(9)", "it does not ask"),
        ("delete from public.responses", "one SELECT, and nothing else"),
        ("with gone as (delete from public.responses returning 1) select * from gone", "changes and locks"),
        ("select 1 into public.copy from public.responses", "changes and locks nothing"),
        ("select count(*) from public.responses for update", "changes and locks nothing"),
        ("select count(*) from public.responses; drop table public.responses", "and nothing else"),
        ("copy public.responses to '/tmp/x'", "one SELECT, and nothing else"),
        (
            "select pg_read_file('/etc/passwd'), count(*) from public.responses",
            "more than reckon",
        ),
        ("select lo_export(1, '/tmp/x') from public.responses", "more than reckon"),
        ("select case when true then dblink('a', 'b') end from public.responses", "more than reckon"),
        (
            "select set_config('role', 'x', false), max(id) from public.responses",
            "more than reckon",
        ),
        ("select nextval('ids') from public.responses", "more than reckon"),
        (
            "select query_to_xml('delete', true, true, '') from public.responses",
            "more than reckon",
        ),
        ("select count(*) from public.responses, lateral pg_ls_dir('.')", "more than reckon"),
        ("select other.count(id) from public.responses", "more than reckon"),
        ("select now(), count(*) from public.responses", "more than reckon"),
        ("select id operator(other.+) 1 from public.responses", "without the name of a schema"),
        ("select * from (with u as (select 1) select * from u) a, u, public.responses", "u is not what"),
        ("select count( from public.responses", "line 1"),
    ],
)
def test_a_fingerprint_that_does_anything_else(sql: str, told: str) -> None:
    with pytest.raises(StatementError) as error:
        asked(sql, TABLES)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("select ID as unit_id, sum(paid) over () from t", {"id", "Paid"}),
        ("select count(*) from t", set()),
        ("select a.id from t as a join t as b using (note)", {"id", "note"}),
        ("select id from (select * from t)", {"id", "Paid", "note"}),
        ("from t", {"id", "Paid", "note"}),
        ("select columns('.*d') from t", {"id", "Paid", "note"}),
        ("select id from t natural join u", {"id", "Paid", "note"}),
        ("select id from t pivot (sum(paid) for note in ('a', 'b'))", {"id", "Paid", "note"}),
    ],
)
def test_sql_reads_the_columns_that_it_may_mean(sql: str, read: set[str]) -> None:
    assert columns_read(sql, ["id", "Paid", "note"]) == read


def test_the_columns_of_sql_are_known_unless_a_star_hides_them() -> None:
    assert columns_of(checked("select userid as unit_id, a from players", ["players"])) == ("unit_id", "a")
    assert columns_of(checked("select * from players", ["players"])) is None


BROKEN = {
    "unknown table": (
        "tables:\n  respones: {path: x.csv}",
        2,
        "tables.respones: there is no such table. Did you mean",
    ),
    "unknown key": (
        "tables:\n  responses:\n    pth: x.csv",
        3,
        "unknown key tables.responses.pth. Did you mean path?",
    ),
    "neither path nor sql": (
        "tables:\n  responses:\n    encoding: utf-8",
        2,
        "write either path, or table, or inputs and sql",
    ),
    "path and sql": (
        "tables:\n  responses: {path: x.csv, sql: select 1}",
        2,
        "write either path, or table, or inputs and sql",
    ),
    "inputs without sql": (
        "tables:\n  responses: {path: x.csv, inputs: {a: b.csv}}",
        2,
        "inputs go with sql",
    ),
    "literal path": (
        "tables:\n  responses:\n    inputs: {a: a.csv}\n    sql: select * from 'b.csv'",
        2,
        '"b.csv" is a path: declare it under inputs',
    ),
    "unknown encoding": (
        "tables:\n  responses:\n    path: x.csv\n    encoding: latin1-x",
        4,
        "is no encoding that Python knows. Did you mean latin-1?",
    ),
    "unknown zone": (
        "tables:\n  users:\n    path: x.csv\n    columns:\n      signed_up_at: {from: a, timezone: Mars}",
        5,
        "'Mars' is no time zone",
    ),
    "no format": (
        'tables:\n  users:\n    path: x.csv\n    columns:\n      signed_up_at: {from: a, format: "d-m-y"}',
        5,
        "'d-m-y' is no date format; write one like",
    ),
    "column from nowhere": (
        "tables:\n  users:\n    path: x.csv\n    columns:\n      plan: {map: {a: b}}",
        5,
        "write the name of a column",
    ),
    "value with a format": (
        'tables:\n  users:\n    path: x.csv\n    columns:\n      plan: {value: a, format: "%d"}',
        5,
        "a value is taken as it is",
    ),
    "misspelt key of a column": (
        "tables:\n  users:\n    path: x.csv\n    columns:\n      plan: {frm: a}",
        5,
        "unknown key tables.users.columns.plan.frm. Did you mean from?",
    ),
    "another engine": ("connection: mysql://u:pw@db/x\ntables: {}", 1, "mysql:// is no connection"),
    "table without a database": (
        "tables:\n  users: {table: public.users}",
        1,
        "public.users is a table of a database: say under connection which",
    ),
    "table without a schema": (
        "connection: postgres://h/db\ntables:\n  users: {table: users}",
        3,
        "tables.users.table: 'users' names no table of a database; write it as schema.name",
    ),
    "table and path": (
        "connection: postgres://h/db\ntables:\n  users: {table: a.users, path: users.csv}",
        3,
        "write either path, or table, or inputs and sql",
    ),
    "input from nowhere": (
        "tables:\n  users:\n    sql: select * from a\n    inputs:\n      a: {tabel: a.b}",
        5,
        "unknown key tables.users.inputs.a.tabel. Did you mean table?",
    ),
    "fingerprint of a file": (
        "tables:\n  users: {path: users.csv, fingerprint: select 1}",
        2,
        "fingerprint goes with a table of a database",
    ),
    "fingerprint of another table": (
        "connection: postgres://h/db\n"
        "tables:\n  users: {table: a.users, fingerprint: select count(*) from a.orders}",
        3,
        "fingerprint: a.orders is not what this table is read from: a.users",
    ),
    "variable not set": (
        "connection: ${QUARTERDECK_NOT_SET}",
        1,
        "the variable QUARTERDECK_NOT_SET is not set",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_breaks_the_schema_is_told_with_its_line(folder: Folder, what: str) -> None:
    text, line, told = BROKEN[what]
    folder.settings("sources.yaml", text)
    with pytest.raises(SettingsError) as error:
        declared(folder.params)
    assert any(
        problem.startswith(f"{folder.params}/sources.yaml:{line}: ") and told in problem
        for problem in error.value.problems
    ), error.value
    assert sources.check(folder.params) == error.value.problems
    with pytest.raises(SettingsError):
        sources.load("responses")


def test_without_a_file_of_sources_nothing_loads(folder: Folder) -> None:
    with pytest.raises(SettingsError, match=r"sources\.yaml: there is no such file"):
        sources.load("responses")
    assert len(sources.check(folder.params)) == 1


def test_keys_of_a_map_are_text(folder: Folder) -> None:
    folder.data(
        "users.csv",
        csv_text("user_id,signed_up_at,plan", ["u1,2026-07-01,1", "u2,2026-07-01,NO", "u3,2026-07-01,5"]),
    )
    folder.settings(
        "sources.yaml",
        "tables:\n  users:\n    path: ../data/users.csv\n    columns:\n"
        "      plan: {from: plan, map: {1: free, NO: 2}}\n",
    )
    assert folder.rows("users", "plan") == [("free",), ("2",), ("5",)]


def test_the_connection_may_come_from_a_variable(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_ENGINE", "duckdb://")
    folder.settings("sources.yaml", "connection: ${QUARTERDECK_ENGINE}\ntables: {}\n")
    assert declared(folder.params).connection == "${QUARTERDECK_ENGINE}"


def test_check_judges_tables_of_a_database_without_asking_it(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "connection: postgres://reader:${QUARTERDECK_NOT_SET}@nowhere.invalid/shop\ntables:\n"
        "  responses: {table: public.responses, columns: {scor: NPS}}\n"
        "  outcomes: {table: public.outcomes, columns: {pre_visits: visits}}\n"
    )
    folder.settings("sources.yaml", text)
    problems = [problem.removeprefix(f"{folder.params}/") for problem in sources.check(folder.params)]
    assert [problem.split(". ")[0] for problem in problems] == [
        "sources.yaml:1: connection: the variable QUARTERDECK_NOT_SET is not set",
        "sources.yaml:3: responses: columns: responses knows no column scor",
    ]
    monkeypatch.setenv("QUARTERDECK_NOT_SET", "set")
    folder.settings("sources.yaml", text.replace("scor:", "score:"))
    assert sources.check(folder.params) == []


def test_check_tells_every_problem_at_once(folder: Folder) -> None:
    folder.data("users.csv", "id,signed_up_at\n")
    folder.data("wide.csv", "a\n".encode("utf-16"))
    folder.declare(
        users={"path": "../data/users.csv"},
        tickets={"path": "../data/tickets.csv"},
        mentions={"path": "../data/m*.csv"},
        events={"path": "../data/wide.csv"},
        invitations={"path": "${QUARTERDECK_NOT_SET}/i.csv"},
        totals={
            "inputs": {"t": "../data/users.csv"},
            "sql": "select 'x' as experiment, id as variant from t",
        },
        responses={"path": "s3://bucket/answers.csv"},
    )
    problems = sources.check(folder.params)
    told = {
        "users: the column user_id is missing.",
        "tickets: ../data/tickets.csv: there is no such file.",
        "mentions: ../data/m*.csv matches no file.",
        "events: ../data/wide.csv is not utf-8",
        "invitations: ${QUARTERDECK_NOT_SET}/i.csv: the variable QUARTERDECK_NOT_SET is not set.",
        "totals: the column metric is missing.",
        "totals: the column date is missing.",
        "totals: the column numerator is missing.",
        "totals: the column denominator is missing.",
    }
    assert len(problems) == len(told)
    for fragment in told:
        assert any(fragment in problem for problem in problems), fragment
    assert problems[0].startswith(f"{folder.params}/sources.yaml:2: users: ")


def test_check_goes_on_without_a_catalogue_that_can_be_read(folder: Folder) -> None:
    folder.settings("metrics.yaml", "metrics:\n  paid: {label: Paid}\n")
    folder.data("players.csv", "unit_id\n")
    folder.declare(outcomes={"path": "../data/players.csv"}, users={"path": "../data/players.csv"})
    problems = sources.check(folder.params)
    assert any("metrics.yaml:2: metrics.paid.unit is missing" in problem for problem in problems)
    assert any("users: the column user_id is missing" in problem for problem in problems)
    assert not any("outcomes" in problem for problem in problems)


def test_a_folder_where_a_file_should_be(folder: Folder) -> None:
    folder.data("users/a.csv", "")
    folder.declare(users={"path": "../data/users"})
    with pytest.raises(sources.TableError, match=r"this is a folder\. Write a pattern such as users/\*\.csv"):
        sources.load("users")


NO_FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (
        os.mkfifo,
        "this is no file but a pipe, a socket or a device. Write its content",
    ),
    "loop": (lambda path: path.symlink_to(path.name), "this is a link that leads back to itself"),
    "dangling": (lambda path: path.symlink_to("gone.csv"), "this is a link to gone.csv, which is not there"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "this is no file but a pipe, a socket or a device"),
}


@pytest.mark.parametrize("kind", NO_FILES)
def test_what_is_no_file_is_refused_at_once_by_check_and_by_load(folder: Folder, kind: str) -> None:
    make, said = NO_FILES[kind]
    folder.data("beside.csv", "")
    make(folder.params.parent / "data" / "users.csv")
    folder.declare(users={"path": "../data/users.csv"})
    with pytest.raises(sources.TableError, match=said):
        sources.load("users")
    assert any(said in problem for problem in sources.check(folder.params))


def test_a_file_that_is_written_while_it_is_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder.data("users.csv", "user_id,signed_up_at\nu1,2026-07-01\n")
    folder.declare(users={"path": "../data/users.csv"})
    read = loading._held

    def read_while_written(*arguments: Any) -> Any:
        held = read(*arguments)
        with path.open("a") as file:
            file.write("u2,2026-07-02\n")
        return held

    monkeypatch.setattr(loading, "_held", read_while_written)
    with pytest.raises(sources.TableError, match=r"\.\./data/users\.csv was written while it was read"):
        sources.load("users")
    monkeypatch.undo()
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(folder.params))
    assert folder.rows("users", "user_id") == [("u1",), ("u2",)]


def test_the_shipped_sources_declare_every_table_of_the_sample_company() -> None:
    shipped = declared(ROOT / "params")
    assert [source.path for source in shipped.tables.values()] == [
        f"${{QUARTERDECK_SAMPLE:-../outputs/sample}}/{name}.parquet" for name in shipped.tables
    ]
    assert len(shipped.tables) == 10
