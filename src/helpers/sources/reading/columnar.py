"""Parquet files as one table that stays in them, read again by every query."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import duckdb

from helpers.contracts import ROW
from helpers.sources.connection import Engine, quoted, text
from helpers.sources.places import Place
from helpers.sources.reading.trouble import broken

_NO_TYPE = '"NULL"'
_AS_WRITTEN = "binary_as_string = true, hive_partitioning = false"
"""Older programs write texts without saying that they are texts; folders are read by `places`."""
ROWS_A_FILE = 1 << 40
"""What the number of a row grows by from one Parquet file to the next."""


def parquet_view(
    engine: Engine, places: Sequence[Place], kinds: Sequence[Mapping[str, str]], missing: Sequence[str] = ()
) -> str:
    """The name of a view over the files, their rows numbered; columns are matched by name.

    `kinds` are the columns of each file with their types. A column whose type differs between the files is
    text in all of them, each as its own file has it: a day stays a day, and is never an instant of another
    zone. `missing` are words for a missing value.

    Raises:
        TableError: a file cannot be read.
    """
    name = engine.fresh_name("raw")
    differing = _differing(kinds)
    texts = {column for file in kinds for column, kind in file.items() if kind == "VARCHAR"} | differing
    columns = _replaced(_without_type(kinds), sorted(texts) if missing else [], missing)
    try:
        if differing or any(place.partitions for place in places):
            parts = [_one(place, at, kinds[at], differing) for at, place in enumerate(places)]
            rows = " UNION ALL BY NAME ".join(parts)
        else:
            files = ", ".join(text(str(place.file)) for place in places)
            rows = (
                f"SELECT file_index * {ROWS_A_FILE} + file_row_number AS {ROW}, * "
                f"FROM read_parquet([{files}], union_by_name = true, {_AS_WRITTEN})"
            )
        engine.duckdb.execute(f"CREATE TEMP VIEW {name} AS SELECT {columns} FROM ({rows})")
    except duckdb.Error as error:
        raise broken(places[0], error, "Write the Parquet file again") from None
    return name


def parquet_types(engine: Engine, place: Place) -> Mapping[str, str]:
    """The columns of a file, each with the engine's name of its type.

    Raises:
        TableError: the file cannot be read.
    """
    try:
        found = engine.duckdb.execute(
            f"DESCRIBE FROM read_parquet({text(str(place.file))}, {_AS_WRITTEN})"
        ).fetchall()
    except duckdb.Error as error:
        raise broken(place, error, "Write the Parquet file again") from None
    return {column[0]: column[1] for column in found}


def _differing(kinds: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """The columns that have more than one type; whole numbers of all sizes are one, and so are clocks."""
    seen: dict[str, set[str]] = defaultdict(set)
    for file in kinds:
        for column, kind in file.items():
            plain = "TIMESTAMP" if re.fullmatch("TIMESTAMP(_S|_MS|_NS)?", kind) else kind
            seen[column].add("INTEGER" if re.fullmatch("U?[A-Z]*INT(EGER)?", kind) else plain)
    return frozenset(column for column, found in seen.items() if len(found - {_NO_TYPE}) > 1)


def _without_type(kinds: Sequence[Mapping[str, str]]) -> list[str]:
    """The columns that have no value in any file, and so no type."""
    typed = {column for file in kinds for column, kind in file.items() if kind != _NO_TYPE}
    return [
        column for column in dict.fromkeys(name for file in kinds for name in file) if column not in typed
    ]


def _replaced(empty: Sequence[str], texts: Sequence[str], missing: Sequence[str]) -> str:
    """All columns: those without a type as texts, and null for the words that stand for a missing value."""
    words = ", ".join(map(text, missing))
    cells = [f"{quoted(name)}::VARCHAR AS {quoted(name)}" for name in empty]
    cells += [
        f"CASE WHEN {quoted(name)} NOT IN ({words}) THEN {quoted(name)} END AS {quoted(name)}"
        for name in texts
    ]
    return f"* REPLACE ({', '.join(cells)})" if cells else "*"


def _one(place: Place, at: int, kinds: Mapping[str, str], differing: frozenset[str]) -> str:
    columns = ", ".join(
        f"{quoted(column)}::VARCHAR AS {quoted(column)}" if column in differing else quoted(column)
        for column in kinds
    )
    return (
        f"SELECT {at * ROWS_A_FILE} + file_row_number AS {ROW}, {columns}"
        f"{partition_columns(place, kinds)} FROM read_parquet({text(str(place.file))}, "
        f"file_row_number = true, {_AS_WRITTEN})"
    )


def partition_columns(place: Place, there: Collection[str]) -> str:
    """The partitions of a file that are no columns of its own, as columns of text: `, 'v' AS "name"` each."""
    made = {name: value for name, value in place.partitions.items() if name not in there}
    return "".join(
        f", {'NULL' if value is None else text(value)}::VARCHAR AS {quoted(name)}"
        for name, value in made.items()
    )
