"""SQL of `sources.yaml`: one SELECT that reads the declared inputs and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from helpers.records.settings import did_you_mean


class StatementError(ValueError):
    """The SQL is no SELECT, or it reads something that is no declared input."""


def checked(sql: str, inputs: Sequence[str]) -> exp.Query:
    """The parsed statement.

    Raises:
        StatementError: it cannot be parsed, is more than one SELECT, or reads a file, a function or a table
            that is not among `inputs`.
    """
    try:
        statements = [one for one in sqlglot.parse(sql, read="duckdb") if one is not None]
    except SqlglotError as error:
        raise StatementError(_first_line(error)) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise StatementError("write one SELECT, and nothing else")
    query = statements[0]
    named = {cte.alias_or_name.lower() for cte in query.find_all(exp.CTE)}
    known = {name.lower() for name in inputs}
    for table in query.find_all(exp.Table):
        _declared(table, known | named, inputs)
    return query


def columns_of(query: exp.Query) -> tuple[str, ...] | None:
    """The names of the columns that a statement gives; None where a `*` hides them."""
    return None if query.is_star else tuple(query.named_selects)


def _declared(table: exp.Table, known: set[str], inputs: Sequence[str]) -> None:
    if not isinstance(table.this, exp.Identifier):
        raise StatementError(f"{table.sql('duckdb')} reads past the inputs: declare the file under inputs")
    name = table.name
    if name.lower() in known and not table.db:
        return
    if "/" in name or "." in name or "\\" in name or table.db:
        raise StatementError(f"{table.sql('duckdb')} is a path: declare it under inputs and use its name")
    hint = did_you_mean(name, list(inputs)) or f" Inputs: {', '.join(inputs) or 'none'}."
    raise StatementError(f"{name} is not among the inputs.{hint}")


def _first_line(error: SqlglotError) -> str:
    found = getattr(error, "errors", None)
    if not found:
        return str(error).splitlines()[0].removesuffix(".")
    first = found[0]
    return f"line {first['line']}: {first['description'].removesuffix('.')} near {first['highlight']!r}"
