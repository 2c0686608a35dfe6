"""Tables that are made by SQL over declared inputs."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from helpers.sources.connection import Engine, quoted, text
from helpers.sources.reading.files import Raw, numbered
from helpers.sources.refusals import TableError

_WHOLE = "-?(0|[1-9][0-9]{0,17})"
_LEADING_ZERO = "-?0[0-9].*"


def queried(engine: Engine, sql: str, inputs: Mapping[str, Raw]) -> Raw:
    """What the statement gives; it was checked to read nothing but its inputs.

    In text formats a column is a number, or true and false, to the statement when every value of it is one;
    a column with a leading zero (`007`) and a date stay text.

    Raises:
        TableError: the statement fails.
    """
    views = [f"{quoted(name)} AS ({_typed(engine, raw)})" for name, raw in inputs.items()]
    head = f"WITH {', '.join(views)} " if views else ""
    try:
        rows = numbered(engine, f"{head}SELECT * FROM (\n{sql.strip().rstrip(';')}\n)")
    except duckdb.Error as error:
        said = str(error).splitlines()[0].split(" Error: ", 1)[-1].removesuffix(".")
        raise TableError(f"sql: {said}. Mend the statement in sources.yaml.") from None
    return Raw(rows, unreadable=tuple(line for raw in inputs.values() for line in raw.unreadable))


def _typed(engine: Engine, raw: Raw) -> str:
    if raw.lazy:
        columns = ", ".join(quoted(name) for name in raw.columns)
    else:
        kinds = engine.once(("kinds", raw.rows.get_name()), lambda: _kinds(engine, raw))
        columns = ", ".join(f"{quoted(name)}::{kinds[name]} AS {quoted(name)}" for name in raw.columns)
    return f"SELECT {columns} FROM {quoted(raw.rows.get_name())}"


def _kinds(engine: Engine, raw: Raw) -> dict[str, str]:
    """The type of each column of texts, from all of its values."""
    tests = []
    for name in map(quoted, raw.columns):
        tests.append(f"bool_and(regexp_full_match({name}, {text(_WHOLE)}))")
        tests.append(
            f"bool_and(isfinite(try_cast({name} AS DOUBLE)) IS TRUE "
            f"AND NOT regexp_full_match({name}, {text(_LEADING_ZERO)}))"
        )
        tests.append(f"bool_and(lower({name}) IN ('true', 'false'))")
    query = f"SELECT {', '.join(tests)} FROM {quoted(raw.rows.get_name())}"
    found = engine.duckdb.execute(query).fetchone() or ()
    kinds = {}
    for at, name in enumerate(raw.columns):
        whole, number, truth = found[3 * at : 3 * at + 3]
        kinds[name] = "BIGINT" if whole else "DOUBLE" if number else "BOOLEAN" if truth else "VARCHAR"
    return kinds
