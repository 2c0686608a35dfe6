"""SQL of `sources.yaml` runs in a locked engine: what its check may miss opens nothing."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from helpers.contracts import ROW
from helpers.sources.connection import engine
from helpers.sources.places import located
from helpers.sources.queries import queried
from helpers.sources.reading.files import Raw, parquet
from helpers.sources.refusals import TableError

ENGINE = engine(2)


def given(columns: str, rows: int = 3) -> Raw:
    name = ENGINE.fresh_name("raw")
    ENGINE.duckdb.execute(f"CREATE TEMP TABLE {name} AS SELECT i AS {ROW}, {columns} FROM range({rows}) t(i)")
    return Raw(ENGINE.ibis.table(name))


def result(sql: str, **inputs: Raw) -> list[dict[str, object]]:
    rows: ibis.Table = queried(ENGINE, sql, inputs).rows
    return list(rows.to_pyarrow().to_pylist())


def test_texts_are_numbers_where_each_is_one_and_rows_keep_their_order() -> None:
    raw = given("(2 - i)::VARCHAR AS a, '00' || i AS code, 'é' AS word, (i = 1)::VARCHAR AS yes")
    assert result("select a + 0.5 as a, code, word, yes from t where a < 2", t=raw) == [
        {ROW: 0, "a": 1.5, "code": "001", "word": "é", "yes": True},
        {ROW: 1, "a": 0.5, "code": "002", "word": "é", "yes": False},
    ]


def test_rows_come_in_the_order_of_the_file_however_they_are_kept() -> None:
    name = ENGINE.fresh_name("raw")
    ENGINE.duckdb.execute(
        f"CREATE TEMP TABLE {name} AS SELECT 2 - i AS {ROW}, (2 - i)::VARCHAR AS a FROM range(3) t(i)"
    )
    assert [row["a"] for row in result("select a from t", t=Raw(ENGINE.ibis.table(name)))] == [0, 1, 2]


def test_an_input_may_be_read_twice_and_beside_parquet(tmp_path: Path) -> None:
    file = tmp_path / "it's.parquet"
    ENGINE.duckdb.execute(f"COPY (SELECT 7 AS big) TO '{str(file).replace(chr(39), chr(39) * 2)}'")
    lazy = parquet(ENGINE, located(str(file), tmp_path, ENGINE))
    raw = given("i::VARCHAR AS a")
    sql = "select x.a + y.a as s, big from t x join t y using (a), p order by 1"
    assert [(row["s"], row["big"]) for row in result(sql, t=raw, p=lazy)] == [(0, 7), (2, 7), (4, 7)]


def test_sums_over_large_numbers_stay_exact() -> None:
    raw = given("'900000000000000001' AS n", rows=12)
    assert int(str(result("select sum(n) as n from t", t=raw)[0]["n"])) == 12 * 900000000000000001


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('{file}')",
        "select * from t, lateral (select content from read_text('{file}'))",
        "select * from query('select * from read_text(''{file}'')')",
        "select * from glob('{file}')",
        "select * from '{file}'",
        "copy (select 1) to '{file}.copy'",
        "attach '{file}.db'",
        "install httpfs",
        "set enable_external_access = true",
        "set allowed_paths = ['{file}']",
        "select * from t; copy t to '{file}.copy'",
    ],
)
def test_nothing_else_is_opened_even_where_the_check_did_not_look(sql: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("word\nhush\n", encoding="utf-8")
    with pytest.raises(TableError) as error:
        queried(ENGINE, sql.format(file=file), {"t": given("i::VARCHAR AS a")})
    assert "hush" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_values_that_the_statement_does_not_name_are_not_told() -> None:
    raw = given("'jo@example.org' AS mail")
    with pytest.raises(TableError, match="Could not convert string '…' to INT32") as error:
        queried(ENGINE, "select mail::int as n from t", {"t": raw})
    assert "example.org" not in str(error.value)


def test_what_it_read_is_gone_from_the_folder_of_the_engine() -> None:
    before = set(Path(ENGINE.folder.name).iterdir())
    result("select count(*) as n from t", t=given("i::VARCHAR AS a", rows=50))
    assert set(Path(ENGINE.folder.name).iterdir()) == before
