"""Tables that are made by SQL over declared inputs."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import duckdb

from helpers.contracts import ROW
from helpers.sources.connection import Engine, another, quoted, text
from helpers.sources.reading.files import Raw, numbered
from helpers.sources.reading.oddities import Oddities
from helpers.sources.refusals import TableError
from helpers.sources.statements import days_behind

_WHOLE = "-?(0|[1-9][0-9]{0,17})"
_LEADING_ZERO = "-?0[0-9].*"


def queried(engine: Engine, sql: str, inputs: Mapping[str, Raw]) -> Raw:
    """What the statement gives; it was checked to read nothing but its inputs.

    It runs in a second engine, which can open the files of its inputs and nothing else, whatever the check
    may have missed. In text formats a column is a number, or true and false, to the statement when every
    value of it is one; a column with a leading zero (`007`) and a date stay text.

    Raises:
        TableError: the statement fails.
    """
    name = engine.fresh_name("given")
    files = {one: _file(engine, raw) for one, raw in inputs.items() if not raw.lazy}
    views = {one: _view(engine, raw, files.get(one)) for one, raw in inputs.items()}
    there = [*files.values(), *(file for raw in inputs.values() for file in raw.files)]
    try:
        with _locked(engine, views, there) as apart:
            engine.duckdb.register(name, apart.sql(sql).to_arrow_reader())
            rows = numbered(engine, f"SELECT * FROM {name}")
            days = _days(apart, sql)
    except duckdb.Error as error:
        raise TableError(f"sql: {_said(error, sql)}. Mend the statement in sources.yaml.") from None
    finally:
        engine.duckdb.unregister(name)
        for file in files.values():
            file.unlink(missing_ok=True)
    read = inputs.values()
    odd = Oddities(
        copies=tuple(one for raw in read for one in raw.odd.copies),
        merged=tuple(one for raw in read for one in raw.odd.merged),
        alike=tuple(one for raw in read for one in raw.odd.alike),
        errors=tuple(one for raw in read for one in raw.odd.errors),
    )
    return Raw(rows, unreadable=tuple(line for raw in read for line in raw.unreadable), odd=odd, days=days)


def _days(apart: duckdb.DuckDBPyConnection, sql: str) -> dict[date, int]:
    """How many rows each day has of which the statement makes months; empty where it makes none."""
    counted = days_behind(sql)
    if counted is None:
        return {}
    with suppress(duckdb.Error):  # what cannot be told leaves months as they are
        return {day: n for day, n in apart.execute(counted).fetchall() if day is not None}
    return {}


@contextmanager
def _locked(
    engine: Engine, views: Mapping[str, str], files: Sequence[Path]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A second engine with these views, locked: it opens these files alone, and keeps its settings."""
    with tempfile.TemporaryDirectory(dir=engine.folder.name) as spill:
        apart = another(engine, Path(spill))
        try:
            for name, query in views.items():
                apart.execute(f"CREATE VIEW {quoted(name)} AS {query}")
            apart.execute(f"SET allowed_paths = [{', '.join(text(str(file)) for file in files)}]")
            apart.execute("SET enable_external_access = false")
            apart.execute("SET lock_configuration = true")
            yield apart
        finally:
            apart.close()


def _file(engine: Engine, raw: Raw) -> Path:
    """The rows in a file, their columns typed, for the second engine to read."""
    file = engine.fresh_file(".parquet")
    kinds = engine.once(("kinds", raw.rows.get_name()), lambda: _kinds(engine, raw))
    columns = ", ".join(f"{quoted(name)}::{kinds[name]} AS {quoted(name)}" for name in raw.columns)
    rows = f"SELECT {columns} FROM {quoted(raw.rows.get_name())} ORDER BY {ROW}"
    engine.duckdb.execute(f"COPY ({rows}) TO {text(str(file))} (FORMAT parquet, COMPRESSION lz4)")
    return file


def _view(engine: Engine, raw: Raw, file: Path | None) -> str:
    """The query that gives an input's rows from its files."""
    if file is not None:
        return f"FROM read_parquet({text(str(file))})"
    query = "SELECT sql FROM duckdb_views() WHERE view_name = ?"
    made = engine.duckdb.execute(query, [raw.rows.get_name()]).fetchall()[0][0]
    return f"SELECT * EXCLUDE ({ROW}) FROM ({made.split(' AS ', 1)[1].rstrip(';')})"


def _said(error: duckdb.Error, sql: str) -> str:
    """The engine's own words, without its kind of error and the values that the statement does not name."""
    said = str(error).split(" Error: ")[-1].splitlines()[0].rstrip(".!")
    return re.sub("'([^']*)'", lambda found: found[0] if found[1] in sql else "'…'", said)


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
    (found,) = engine.duckdb.execute(query).fetchall()
    kinds = {}
    for at, name in enumerate(raw.columns):
        whole, number, truth = found[3 * at : 3 * at + 3]
        kinds[name] = "BIGINT" if whole else "DOUBLE" if number else "BOOLEAN" if truth else "VARCHAR"
    return kinds
