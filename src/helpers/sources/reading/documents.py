"""JSON: objects, one a line or in a list, and documents that are one object around their list of records."""

from __future__ import annotations

import codecs
from pathlib import Path

import duckdb

from helpers.sources.connection import Engine, text
from helpers.sources.places import Place
from helpers.sources.reading.formats import UNREADABLE, is_utf8, opened, packed_by, reencoded
from helpers.sources.reading.options import Reading
from helpers.sources.reading.trouble import broken, undecodable
from helpers.sources.refusals import TableError

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SLACK = 1 << 20
_AT_ONCE = 10_000


JSON_REMEDY = "Write one JSON object a line, or a list of them, in UTF-8"
"""What to do with a file that is no JSON."""
_HEAD = 20_480


def json_source(engine: Engine, place: Place, reading: Reading, looked_at: int = _HEAD) -> str:
    """SQL that reads the objects of a file, their values as JSON; columns are those of so many objects.

    Raises:
        TableError: the file is not in its encoding, or has no records where they are said to be.
    """
    file = _in_utf8(engine, place, reading)
    if reading.records:
        file = records_of(engine, place, file, reading.records)
    return (
        f"read_json({text(str(file))}, maximum_depth = 1, sample_size = {looked_at}, "
        f"compression = '{packed_by(file) or 'none'}', hive_partitioning = false)"
    )


def _in_utf8(engine: Engine, place: Place, reading: Reading) -> Path:
    target = engine.fresh_file(".txt")
    try:
        if is_utf8(reading.encoding):
            with opened(place.file) as content:
                if content.read(2) in _MARKS:
                    raise UnicodeError("it begins with the mark of UTF-16")
            return place.file
        reencoded(place.file, reading.encoding, target)
    except UNREADABLE as error:
        raise undecodable(place, reading.encoding, error) from None
    return target


def records_of(engine: Engine, place: Place, file: Path, path: str) -> Path:
    """The records at a path of the documents of a file, as JSON lines in a file of their own.

    Raises:
        TableError: the file is no JSON, or has no list at that path.
    """
    size = file.stat().st_size * (50 if packed_by(file) else 1) + _SLACK
    source = (
        f"read_json_objects({text(str(file))}, format = 'unstructured', "
        f"maximum_object_size = {size}, compression = '{packed_by(file) or 'none'}', "
        "hive_partitioning = false)"
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
        raise broken(place, error, JSON_REMEDY) from None


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
