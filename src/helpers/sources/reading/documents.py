"""JSON documents that are one object around their list of records: the records, a line each."""

from __future__ import annotations

from pathlib import Path

import duckdb

from helpers.sources.connection import Engine, text
from helpers.sources.places import Place
from helpers.sources.reading.trouble import broken
from helpers.sources.refusals import TableError

_SLACK = 1 << 20
_AT_ONCE = 10_000


def records_of(engine: Engine, place: Place, file: Path, path: str) -> Path:
    """The records at a path of the documents of a file, as JSON lines in a file of their own.

    Raises:
        TableError: the file is no JSON, or has no list at that path.
    """
    size = file.stat().st_size * (50 if file.suffix in (".gz", ".zst") else 1) + _SLACK
    source = (
        f"read_json_objects({text(str(file))}, format = 'unstructured', "
        f"maximum_object_size = {size}, hive_partitioning = false)"
    )
    try:
        kinds = engine.duckdb.execute(
            f"SELECT DISTINCT json_type(json, {text(path)}) FROM {source}"
        ).fetchall()
        if kinds != [("ARRAY",)]:
            raise _no_list(engine, place, source, path)
        found = engine.duckdb.execute(
            f"SELECT unnest(json_extract(json, {text(path + '[*]')}))::VARCHAR FROM {source}"
        )
        return _written(found, engine.fresh_file(".jsonl"))
    except duckdb.Error as error:
        raise broken(place, error, "Write one JSON object, or one a line, in UTF-8") from None


def _written(found: duckdb.DuckDBPyConnection, target: Path) -> Path:
    with target.open("w", encoding="utf-8", newline="\n") as out:
        while rows := found.fetchmany(_AT_ONCE):
            out.writelines(f"{record}\n" for (record,) in rows)
    return target


def _no_list(engine: Engine, place: Place, source: str, path: str) -> TableError:
    lists = engine.duckdb.execute(
        f"SELECT DISTINCT key FROM (SELECT unnest(json_keys(json)) AS key, json FROM {source}) "
        "WHERE json_type(json, '$.\"' || key || '\"') = 'ARRAY' ORDER BY key"
    ).fetchall()
    hint = f" Lists are at {', '.join(f'$.{key}' for (key,) in lists)}." if lists else ""
    return TableError(f"{place.written} has no list at records: {path}.{hint}")
