"""SQL over logical tables: a statement becomes a view of the engine, computed when it is looked at."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import ibis.expr.operations as ops
import ibis.expr.types as ir

from helpers.records import params_folder, project
from helpers.sources.connection import Engine, engine, quoted
from helpers.sources.loading import declared_now, load
from helpers.sources.refusals import TableError
from helpers.sources.small_results import rows_read
from helpers.sources.statements import StatementError, over_tables, tables_named
from helpers.sources.table import LoadedTable


def sql(statement: str) -> ir.Table:
    """What a SELECT (DuckDB) over the declared tables gives, as an expression; its tables are loaded.

    It is computed when it is shown, or asked for: `.to_pandas()` gives a data frame. Nothing but the tables
    of `sources.yaml` can be read.

        sources.sql("select plan, count(*) as tickets from tickets join users using (account_id) group by 1")

    Raises:
        TableError: the statement reads something else, or fails, or one of its tables cannot be loaded.
        NoData: one of its tables is empty.
    """
    try:
        names = tables_named(statement, declared_now(params_folder()).tables)
    except StatementError as error:
        raise TableError(f"sql: {error}") from None
    return over(statement, {name: load(name) for name in names})


def over(statement: str, tables: Mapping[str, LoadedTable]) -> ir.Table:
    """What a statement over these tables gives.

    Raises:
        TableError: it reads something else, or fails.
        NoData: one of the tables is not supplied.
    """
    running = engine(project().threads)
    views = {name: _view(running, table) for name, table in tables.items()}
    try:
        query = over_tables(statement, views)
        name = running.fresh_name("sql")
        running.duckdb.execute(f"CREATE TEMP VIEW {quoted(name)} AS {query.sql('duckdb')}")
    except StatementError as error:
        raise TableError(f"sql: {error}") from None
    except duckdb.Error as error:
        raise TableError(f"sql: {_told(error)}") from None
    running.rows_behind[name] = sum(running.rows_behind.get(view, 0) for view in views.values())
    return running.ibis.table(name)


def _view(running: Engine, table: LoadedTable) -> str:
    """The name that the engine has for the good rows."""
    rows = table.expr
    if isinstance(rows.op(), ops.DatabaseTable):
        return str(rows.get_name())
    name = running.fresh_name(table.name)
    running.ibis.create_view(name, rows)
    running.rows_behind[name] = rows_read(running, rows) or 0
    return name


def _told(error: duckdb.Error) -> str:
    """What the engine says is wrong, on one line: without its kind, and without the statement again."""
    said = str(error).split("\n\nLINE")[0].split("Error: ", 1)[-1]
    return " ".join(said.split())
