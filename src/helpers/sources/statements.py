"""SQL of `sources.yaml`: one SELECT that reads the declared inputs and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from helpers.records.settings import did_you_mean

_ABOUT_THE_ENGINE = re.compile(
    "current_setting|getenv|getvariable|current_database|current_schema|current_schemas|"
    "current_user|session_user|current_version|write_log|current_query|current_connection_id"
)
"""Functions of DuckDB that read settings of the engine or of the process instead of rows."""
_IN_A_FINGERPRINT = re.compile(
    "abs|and|array|array_agg|array_length|avg|bit_and|bit_or|bit_xor|bool_and|bool_or|"
    "cardinality|case|cast|ceil|ceiling|char_length|coalesce|concat|concat_ws|count|date_part|"
    "date_trunc|dense_rank|distinct|exists|extract|floor|greatest|group_concat|hashtext|"
    "hashtextextended|if|least|left|length|listagg|logical_and|logical_or|lower|lpad|ltrim|max|"
    "md5|min|mod|nullif|octet_length|or|rank|replace|right|round|row_number|rpad|rtrim|sha|sha2|"
    "sha224|sha256|sha384|sha512|stddev|stddev_pop|stddev_samp|string_agg|substr|substring|sum|"
    "timestamp_trunc|to_char|trim|try_cast|txid|upper|var_pop|var_samp|variance|variance_pop|"
    "xmin"
)
"""What a fingerprint may call: functions of values alone, which read and change nothing else."""

_ROWS_OF_A_SELECT = frozenset({"from", "from_", "joins", "laterals", "where"})
"""The parts of a SELECT that say which rows it has; what it makes of them are the others."""


class StatementError(ValueError):
    """The SQL is no SELECT, or it reads something that is no declared input."""


def checked(sql: str, inputs: Sequence[str]) -> exp.Query:
    """The parsed statement of a table.

    Raises:
        StatementError: it cannot be parsed, is more than one SELECT, or reads a file, a function or a table
            that is not among `inputs`.
    """
    query = _one_select(sql, "duckdb")
    known = {name.lower() for name in inputs}
    for table in query.find_all(exp.Table):
        if not _own(table):
            _declared(table, known, inputs)
    for beside in query.find_all(exp.Lateral):
        if isinstance(beside.this, exp.Func) and not isinstance(beside.this, exp.Unnest):
            raise StatementError(
                f"{beside.sql('duckdb')} reads past the inputs: declare the file under inputs"
            )
    for function in query.find_all(exp.Func):
        if _ABOUT_THE_ENGINE.fullmatch(_called(function)):
            raise StatementError(f"{function.sql('duckdb')} reads settings, and no input")
    return query


def over_tables(sql: str, names: Mapping[str, str]) -> exp.Query:
    """The statement over logical tables, with the names that the engine has for them; each stays its alias.

    Raises:
        StatementError: it cannot be parsed, is more than one SELECT, or reads something else.
    """
    query = _one_select(sql, "duckdb")
    for table in [one for one in query.find_all(exp.Table) if not _own(one)]:
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
    read = [one for one in query.find_all(exp.Table) if not _own(one)]
    return sorted({_logical(table, list(known)) for table in read})


def asked(sql: str, tables: Sequence[str]) -> exp.Query:
    """The parsed fingerprint: a question to the database about the declared tables, `schema.name` each.

    Raises:
        StatementError: it cannot be parsed, is more than one SELECT, changes or locks something, reads
            another table, or calls a function that does more than reckon with values.
    """
    query = _one_select(sql, "postgres")
    known = {name.lower() for name in tables}
    read = [_qualified(table) for table in query.find_all(exp.Table) if not _own(table)]
    for name in read:
        if name.lower() not in known:
            raise StatementError(f"{name} is not what this table is read from: {', '.join(tables)}")
    if known.isdisjoint(name.lower() for name in read):
        raise StatementError(f"it does not ask {' or '.join(tables)}, so it cannot tell whether that changed")
    for function in query.find_all(exp.Func):
        if not _IN_A_FINGERPRINT.fullmatch(_called(function)) or isinstance(function.parent, exp.Dot):
            raise StatementError(
                f"{function.sql('postgres')} may do more than reckon with values: ask with count, max, sum, "
                "md5 and the like"
            )
    if query.find(exp.Operator):
        raise StatementError("write operators without the name of a schema")
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


def days_behind(sql: str) -> str | None:
    """The statement that counts by day the rows of which a sound statement makes months, weeks or quarters.

    The day is what the one `date_trunc` is taken of, among the rows of its own SELECT. None where there is no
    such thing, or more than one.

        >>> days_behind("select date_trunc('month', sold) as month, sum(paid) from sales group by all")
        'SELECT CAST(sold AS DATE) AS day, COUNT(*) AS n FROM sales GROUP BY ALL'
    """
    query = _one_select(sql, "duckdb")
    found = {one.this.sql("duckdb"): one for one in query.find_all(exp.DateTrunc, exp.TimestampTrunc)}
    within = [select for one in found.values() if (select := one.find_ancestor(exp.Select))]
    if len(found) != 1 or not within:
        return None
    (day,), (select,) = found, within
    counted = exp.select(f"CAST({day} AS DATE) AS day", "COUNT(*) AS n", dialect="duckdb")
    for name, part in select.args.items():
        if part and name in _ROWS_OF_A_SELECT:
            counted.set(name, part)
    named = next((name for name in ("with_", "with") if query.args.get(name)), None)
    if named:
        counted.set(named, query.args[named])
    return f"{counted.sql('duckdb')} GROUP BY ALL"


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
    if statements[0].find(exp.DDL, exp.DML, exp.Command, exp.Into, exp.Lock):
        raise StatementError("write one SELECT that changes and locks nothing")
    return statements[0]


def _own(table: exp.Table) -> bool:
    """Whether the statement itself gives this name to what it reads, where it reads it.

    The name of a WITH holds in the query that it stands before, and in the parts of that WITH below it (in a
    recursive one everywhere), but nowhere around them.
    """
    if not isinstance(table.this, exp.Identifier) or table.db:
        return False
    name = table.name.lower()
    below: exp.Expr = table
    while (above := below.parent) is not None:
        named = above.args.get("with_")
        if isinstance(above, exp.With):
            recursive = bool(above.args.get("recursive"))
            parts = above.expressions
            seen = parts if recursive else parts[: next(at for at, one in enumerate(parts) if one is below)]
        else:
            seen = named.expressions if named is not None and named is not below else []
        if any(part.alias_or_name.lower() == name for part in seen):
            return True
        below = above
    return False


def _called(function: exp.Func) -> str:
    """The name of a function, in small letters."""
    name = function.name if isinstance(function, exp.Anonymous) else function.sql_name()
    return name.lower()


def _qualified(table: exp.Table) -> str:
    """What a statement reads: `schema.name`, or whatever else it is."""
    if not isinstance(table.this, exp.Identifier) or table.catalog:
        return table.sql("postgres")
    return f"{table.db}.{table.name}" if table.db else table.name


def _declared(table: exp.Table, known: set[str], inputs: Sequence[str]) -> None:
    if not isinstance(table.this, exp.Identifier):
        raise _past(table)
    name = table.name
    if name.lower() in known and not table.db:
        return
    if "/" in name or "." in name or "\\" in name or table.db:
        raise StatementError(f"{table.sql('duckdb')} is a path: declare it under inputs and use its name")
    hint = did_you_mean(name, list(inputs)) or f" Inputs: {', '.join(inputs) or 'none'}."
    raise StatementError(f"{name} is not among the inputs.{hint}")


def _past(read: exp.Expression) -> StatementError:
    return StatementError(f"{read.sql('duckdb')} reads past the inputs: declare the file under inputs")


def _first_line(error: SqlglotError) -> str:
    found = getattr(error, "errors", None)
    if not found:
        return str(error).splitlines()[0].removesuffix(".")
    first = found[0]
    return f"line {first['line']}: {first['description'].removesuffix('.')} near {first['highlight']!r}"
