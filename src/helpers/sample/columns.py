"""Columns and tables in Arrow: ids, names by code, joined texts; on to Parquet or to a data frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from helpers.sample.company import Bools, Ints, Times

Column: TypeAlias = Any  # numpy or Arrow array
Table: TypeAlias = Any  # pyarrow comes without types


def ids(prefix: str, numbers: Ints, width: int = 7) -> pa.Array:
    """`prefix` and the number with leading zeros."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def names(values: Sequence[str | None], codes: Ints) -> pa.Array:
    """The value of each code; a code whose value is None is missing."""
    dictionary = [value for value in values if value is not None]
    place = np.cumsum([value is not None for value in values]) - 1
    absent = np.array([value is None for value in values])[codes]
    small = place[codes].astype(np.int8 if len(dictionary) < 128 else np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(small, mask=absent), pa.array(dictionary, pa.string()))


def joined(*parts: pa.Array) -> pa.Array:
    """The parts of each row as one text with spaces between; empty parts leave no space."""
    texts = pc.binary_join_element_wise(*parts, " ")
    return pc.utf8_trim(pc.replace_substring(texts, "  ", " "), " ")


def picked(values: Sequence[str], codes: Ints) -> pa.Array:
    """The text of each code."""
    return pa.array(values, pa.string()).take(pa.array(codes))


def where(present: Bools, column: Column) -> pa.Array:
    """The column, missing where `present` is false."""
    return pc.if_else(pa.array(present), pa.array(column), None)


def either(first: Bools, column: Column, other: Column) -> pa.Array:
    """The column where `first` is true, the other one elsewhere."""
    return pc.if_else(pa.array(first), pa.array(column), pa.array(other))


def iso(times: Times) -> pa.Array:
    """Times as ISO text, for tables whose files hold dates as they were typed."""
    return pa.array(np.datetime_as_string(times, unit="s")).cast(pa.string())


def replaced(column: pa.Array, rows: Ints, values: Sequence[str]) -> pa.Array:
    """The column with other values in these rows (in ascending order)."""
    mask = np.zeros(len(column), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array(values, pa.string()))


def table(columns: Mapping[str, Column]) -> Table:
    """The columns as one table; times in microseconds."""
    made = pa.table({name: pa.array(column) for name, column in columns.items()})
    for place, field in enumerate(made.schema):
        if field.type == pa.timestamp("s"):
            made = made.set_column(place, field.name, made[field.name].cast(pa.timestamp("us")))
    return made


def with_repeats(whole: Table, rows: Ints) -> Table:
    """The table with these rows once more at its end."""
    return pa.concat_tables([whole, whole.take(pa.array(rows))]).combine_chunks()


def frame(whole: Table) -> pd.DataFrame:
    """The table as a data frame, codes and names turned into plain text."""
    for place, field in enumerate(whole.schema):
        if pa.types.is_dictionary(field.type):
            whole = whole.set_column(place, field.name, whole[field.name].cast(field.type.value_type))
    made: pd.DataFrame = whole.to_pandas(date_as_object=False)
    return made


def write_parquet(whole: Table, path: Path) -> None:
    """The table as a Parquet file that any engine reads as plain text, numbers and times."""
    pq.write_table(whole, path, compression="zstd", store_schema=False)
