"""What `check` passes, `run` does not refuse for its settings: every refusal is one of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from helpers import sources
from helpers.records import SettingsError

from .conftest import Folder, csv_text

USERS = csv_text("user_id,signed_up_at,plan", ["u1,2026-07-01,free", "u2,2026-07-02,team"])
FILES: Mapping[str, str | bytes] = {
    "users.csv": USERS,
    "users.txt.csv": b"a,b\n\xff\xfe,2\n",
    "empty.csv": "",
    "held.json": '{"next": null, "users": [{"user_id": "u1", "signed_up_at": "2026-07-01"}]}\n',
    "nested.jsonl": '{"user_id": {"id": "u1"}, "signed_up_at": "2026-07-01"}\n',
    "two/a.csv": USERS,
    "two/b.jsonl": '{"user_id": "u3", "signed_up_at": "2026-07-03"}\n',
    "page.csv": "<!DOCTYPE html><html></html>",
    "book.pdf": "%PDF",
    "noformat.data": "a",
    "broken.parquet": "no parquet",
}
USER = {"path": "../data/users.csv"}
COLUMNS = "columns"
REFUSALS: Mapping[str, tuple[str, dict[str, Any], str]] = {
    "no such file": ("users", {"path": "../data/nowhere.csv"}, "there is no such file"),
    "no file of a pattern": ("users", {"path": "../data/x*.csv"}, "matches no file"),
    "another encoding": ("users", {"path": "../data/users.txt.csv"}, "is not utf-8"),
    "an empty file": ("users", {"path": "../data/empty.csv"}, "is empty, without even a line"),
    "two formats": ("users", {"path": "../data/two/*"}, "files of one table have one format"),
    "a page of HTML": ("users", {"path": "../data/page.csv"}, "holds a page of HTML"),
    "a format that is refused": ("users", {"path": "../data/book.pdf"}, "is PDF"),
    "no format": ("users", {"path": "../data/noformat.data"}, "its name tells no format"),
    "a broken file": ("users", {"path": "../data/broken.parquet"}, "cannot be read"),
    "records inside": ("users", {"path": "../data/held.json"}, "is one object around its records"),
    "no list at records": (
        "users",
        {"path": "../data/held.json", "records": "$.people"},
        "has no list at records",
    ),
    "a nested column": ("users", {"path": "../data/nested.jsonl"}, "which is nested"),
    "a column that is not there": ("users", {**USER, COLUMNS: {"plan": "Plan"}}, "which is missing"),
    "a required column that is not there": ("events", USER, "the column occurred_at is missing"),
    "a column that no contract knows": (
        "users",
        {**USER, COLUMNS: {"plann": "plan"}},
        "knows no column plann",
    ),
    "a filter on nothing": ("users", {**USER, "filter": {"status": "open"}}, "filter: there is no column"),
    "a question without a column": (
        "responses",
        {
            **USER,
            "questions": {"nps": "Q1"},
            COLUMNS: {"response_id": "user_id", "submitted_at": "signed_up_at"},
        },
        "questions: nps is to come from",
    ),
    "a value of another kind": ("tickets", {**USER, COLUMNS: {"csat": {"value": "x"}}}, "csat is a number"),
    "split of one value": (
        "users",
        {**USER, COLUMNS: {"plan": {"from": "plan", "split": ";"}}},
        "split goes with",
    ),
    "division of a text": (
        "users",
        {**USER, COLUMNS: {"plan": {"from": "plan", "divided_by": 100}}},
        "divided_by goes with",
    ),
    "no metric": ("outcomes", {**USER, COLUMNS: {"unit_id": "user_id"}}, "no column is a metric"),
    "SQL of a column that is not there": (
        "users",
        {"inputs": {"u": "../data/users.csv"}, "sql": "select id as user_id, signed_up_at from u"},
        "sql:",
    ),
    "SQL of a path": (
        "users",
        {"inputs": {"u": "../data/users.csv"}, "sql": "select * from 'x.csv'"},
        "is a path: declare it under inputs",
    ),
    "a time that is none": ("plans", {**USER, "time": "plan"}, "time: plan is not read as a time"),
    "a time that is not there": ("plans", {**USER, "time": "day"}, "time: there is no column day"),
    "a name that is taken": (
        "plans",
        {**USER, COLUMNS: {"row_of_file": "plan"}},
        "row_of_file, which is used here",
    ),
    "a variable that is not set": (
        "users",
        {"path": "${QUARTERDECK_NOT_SET}/u.csv"},
        "the variable QUARTERDECK_NOT_SET is not set",
    ),
    "an epoch with a zone": (
        "users",
        {**USER, COLUMNS: {"signed_up_at": {"from": "signed_up_at", "format": "epoch_s", "timezone": "UTC"}}},
        "take timezone out",
    ),
    "keep of a table without a key": ("plans", {**USER, "keep": "latest"}, "keep is of tables with a key"),
    "verbatim of a contract": (
        "users",
        {**USER, COLUMNS: {"plan": {"from": "plan", "verbatim": True}}},
        "verbatim is of tables without a contract",
    ),
    "questions of another table": (
        "users",
        {**USER, "questions": {"nps": "plan"}},
        "questions are made into",
    ),
    "one mark twice": ("users", {**USER, "decimal": ",", "thousands": ","}, "decimal and thousands are both"),
}


@pytest.fixture
def written(folder: Folder) -> Folder:
    folder.settings("metrics.yaml", "metrics: {}\n")
    for name, content in FILES.items():
        folder.data(name, content)
    return folder


@pytest.mark.parametrize("what", REFUSALS)
def test_what_run_refuses_check_refuses(written: Folder, what: str) -> None:
    table, declared, told = REFUSALS[what]
    written.declare(**{table: declared})
    with pytest.raises((sources.TableError, SettingsError)) as error:
        sources.load(table)
    assert told in str(error.value)
    assert told in " ".join(sources.check(written.params))


@pytest.mark.parametrize("broken", ["metrics:\n  paid: {label: Paid}\n", "metrics: [\n"])
def test_a_broken_catalogue_is_refused_by_both(written: Folder, broken: str) -> None:
    written.settings("metrics.yaml", broken)
    written.declare(outcomes={**USER, COLUMNS: {"unit_id": "user_id"}})
    with pytest.raises(SettingsError) as error:
        sources.load("outcomes")
    assert set(error.value.problems) <= set(sources.check(written.params))


def test_a_statement_that_only_the_whole_file_makes_sense_of_passes(folder: Folder) -> None:
    rows = [f"u{at},2026-07-01,{at}" for at in range(10_001)]
    folder.data("users.csv", csv_text("user_id,signed_up_at,code", [*rows, "z,2026-07-01,A1"]))
    sql = "select user_id, signed_up_at, upper(code) as plan from u"
    folder.declare(users={"inputs": {"u": "../data/users.csv"}, "sql": sql})
    assert sources.check(folder.params) == []
    assert folder.rows("users", "plan")[-1] == ("A1",)
