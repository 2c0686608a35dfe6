"""SQL of `sources.yaml`: one SELECT that reads the declared inputs and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from helpers.records.settings import did_you_mean


class StatementError(ValueError):
    """The SQL is no SELECT, or it reads something that is no declared input."""


def checked(sql: str, inputs: Sequence[str]) -> exp.Query:
    """The parsed statement of a table.

    Raises:
        StatementError: it cannot be parsed, is more than one SELECT, or reads a file, a function or a table
            that is not among `inputs`.
    """
    query = _one_select(sql, "duckdb")
    known = {name.lower() for name in inputs} | _own_names(query)
    for table in query.find_all(exp.Table):
        _declared(table, known, inputs)
    return query


def over_tables(sql: str, names: Mapping[str, str]) -> exp.Query:
    """The statement over logical tables, with the names that the engine has for them; each stays its alias.

    Raises:
        StatementError: it cannot be parsed, is more than one SELECT, or reads something else.
    """
    query = _one_select(sql, "duckdb")
    own = _own_names(query)
    for table in list(query.find_all(exp.Table)):
        if isinstance(table.this, exp.Identifier) and not table.db and table.name.lower() in own:
            continue
        name = _logical(table, names)
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
        table.set("this", exp.to_identifier(names[name], quoted=True))
        table.set("alias", alias)
    return query


def _logical(table: exp.Table, names: Iterable[str]) -> str:
    if not isinstance(table.this, exp.Identifier) or table.db:
        said = table.sql("duckdb")
        raise StatementError(f"{said} is no table of sources.yaml: declare its file there, and use that name")
    name = table.name.lower()
    if name not in names:
        hint = did_you_mean(name, list(names)) or f" There are {', '.join(sorted(names))}."
        raise StatementError(f"there is no table {table.name}.{hint}")
    return name


def tables_named(sql: str, known: Iterable[str]) -> list[str]:
    """Which of the known tables a statement reads.

    Raises:
        StatementError: as `over_tables`.
    """
    query = _one_select(sql, "duckdb")
    own = _own_names(query)
    read = [one for one in query.find_all(exp.Table) if one.db or one.name.lower() not in own]
    return sorted({_logical(table, list(known)) for table in read})


def asked(sql: str, tables: Sequence[str]) -> exp.Query:
    """The parsed fingerprint: a question to the database about the declared tables, `schema.name` each.

    Raises:
        StatementError: it cannot be parsed, is more than one SELECT, changes or locks something, or reads
            another table or a function.
    """
    query = _one_select(sql, "postgres")
    if query.find(exp.DDL, exp.DML, exp.Into, exp.Lock):
        raise StatementError("write one SELECT that changes and locks nothing")
    known, own = {name.lower() for name in tables}, _own_names(query)
    read = [_qualified(table) for table in query.find_all(exp.Table)]
    for name in read:
        if name.lower() not in known | own:
            raise StatementError(f"{name} is not what this table is read from: {', '.join(tables)}")
    if known.isdisjoint(name.lower() for name in read):
        raise StatementError(f"it does not ask {' or '.join(tables)}, so it cannot tell whether that changed")
    return query


def columns_read(sql: str, there: Sequence[str]) -> set[str]:
    """Which columns of an input a sound statement may read: those that it names.

    All where it may mean columns that it does not name: a star, COLUMNS, a natural join, a pivot.
    """
    query = _one_select(sql, "duckdb")
    stars = any(select.is_star for select in query.find_all(exp.Select))
    natural = any(join.method == "NATURAL" for join in query.find_all(exp.Join))
    if stars or natural or query.find(exp.Columns, exp.Pivot):
        return set(there)
    said = {found.name.lower() for found in query.find_all(exp.Identifier)}
    return {name for name in there if name.lower() in said}


def columns_of(query: exp.Query) -> tuple[str, ...] | None:
    """The names of the columns that a statement gives; None where a `*` hides them."""
    return None if query.is_star else tuple(query.named_selects)


def _one_select(sql: str, dialect: str) -> exp.Query:
    try:
        statements = [one for one in sqlglot.parse(sql, read=dialect) if one is not None]
    except SqlglotError as error:
        raise StatementError(_first_line(error)) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise StatementError("write one SELECT, and nothing else")
    return statements[0]


def _own_names(query: exp.Query) -> set[str]:
    """What the statement itself gives a name to, to read from."""
    return {cte.alias_or_name.lower() for cte in query.find_all(exp.CTE)}


def _qualified(table: exp.Table) -> str:
    """What a statement reads: `schema.name`, or whatever else it is."""
    if not isinstance(table.this, exp.Identifier) or table.catalog:
        return table.sql("postgres")
    return f"{table.db}.{table.name}" if table.db else table.name


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
