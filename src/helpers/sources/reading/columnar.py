"""Parquet files as one table that stays in them, read again by every query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import duckdb

from helpers.contracts import ROW
from helpers.sources.connection import Engine, quoted, text
from helpers.sources.places import Place
from helpers.sources.reading.trouble import broken

ROWS_A_FILE = 1 << 40
"""What the number of a row grows by from one Parquet file to the next."""


def parquet_view(engine: Engine, places: Sequence[Place]) -> str:
    """The name of a view over the files, their rows numbered; columns are matched by name.

    A column whose type differs between the files is text in all of them, each as its own file has it: a day
    stays a day, and is never an instant of another zone.

    Raises:
        TableError: a file cannot be read.
    """
    name = engine.fresh_name("raw")
    kinds = [_kinds(engine, place) for place in places]
    differing = _differing(kinds)
    try:
        if differing or any(place.partitions for place in places):
            parts = [_one(place, at, kinds[at], differing) for at, place in enumerate(places)]
            engine.duckdb.execute(f"CREATE TEMP VIEW {name} AS {' UNION ALL BY NAME '.join(parts)}")
        else:
            files = ", ".join(text(str(place.file)) for place in places)
            engine.duckdb.execute(
                f"CREATE TEMP VIEW {name} AS SELECT file_index * {ROWS_A_FILE} + file_row_number AS {ROW}, * "
                f"FROM read_parquet([{files}], union_by_name = true, hive_partitioning = false)"
            )
    except duckdb.Error as error:
        raise broken(places[0], error, "Write the Parquet file again") from None
    return name


def _kinds(engine: Engine, place: Place) -> Mapping[str, str]:
    try:
        found = engine.duckdb.execute(
            f"DESCRIBE FROM read_parquet({text(str(place.file))}, hive_partitioning = false)"
        ).fetchall()
    except duckdb.Error as error:
        raise broken(place, error, "Write the Parquet file again") from None
    return {column[0]: column[1] for column in found}


def _differing(kinds: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """The columns that have more than one type; all whole numbers are one."""
    seen: dict[str, set[str]] = defaultdict(set)
    for file in kinds:
        for column, kind in file.items():
            seen[column].add(
                "INTEGER" if kind.removeprefix("U").endswith("INT") or kind == "INTEGER" else kind
            )
    return frozenset(column for column, found in seen.items() if len(found) > 1)


def _one(place: Place, at: int, kinds: Mapping[str, str], differing: frozenset[str]) -> str:
    columns = ", ".join(
        f"{quoted(column)}::VARCHAR AS {quoted(column)}" if column in differing else quoted(column)
        for column in kinds
    )
    return (
        f"SELECT {at * ROWS_A_FILE} + file_row_number AS {ROW}, {columns}"
        f"{partition_columns(place, kinds)} FROM read_parquet({text(str(place.file))}, "
        "file_row_number = true, hive_partitioning = false)"
    )


def partition_columns(place: Place, there: Collection[str]) -> str:
    """The partitions of a file that are no columns of its own, as columns of text: `, 'v' AS "name"` each."""
    made = {name: value for name, value in place.partitions.items() if name not in there}
    return "".join(
        f", {'NULL' if value is None else text(value)}::VARCHAR AS {quoted(name)}"
        for name, value in made.items()
    )
