"""Paths into nested columns (`$.answers.nps`), as columns of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from helpers.contracts import ROW, Contract
from helpers.sources.declarations import TableSource
from helpers.sources.reading.files import Raw
from helpers.sources.reading.text_layout import BLANK
from helpers.sources.refusals import TableError

_SHOWN = 5


@ibis.udf.scalar.builtin(name="json_extract_string")  # type: ignore[untyped-decorator]
def _extracted(document: str, path: str) -> dt.string:
    """The value at a path of a JSON document as text; null where there is none."""


@ibis.udf.scalar.builtin(name="json_valid")  # type: ignore[untyped-decorator]
def _is_json(document: str) -> dt.boolean:
    """Whether a text is a JSON document."""


@ibis.udf.scalar.builtin(name="json_keys")  # type: ignore[untyped-decorator]
def _keys(document: str) -> dt.Array(dt.string):  # type: ignore[valid-type]
    """The names that an object has."""


def nested(raw: Raw, source: TableSource) -> Raw:
    """The rows with a column for each path that the declaration names; a missing path is a missing value."""
    wanted = {path: parts for path, parts in source.paths.items() if path not in raw.columns}
    made = {
        path: _at(raw, *parts, source.missing) for path, parts in wanted.items() if parts[0] in raw.columns
    }
    return replace(raw, rows=raw.rows.mutate(**made)) if made else raw


def _at(raw: Raw, column: str, inner: str, missing: Sequence[str]) -> ir.Value:
    document = _document(raw.rows[column])
    found = ibis.ifelse(_is_json(document), document, ibis.null("string"))
    value = _extracted(found, inner).re_replace(f"^[{BLANK}]+|[{BLANK}]+$", "").nullif("")
    return ibis.ifelse(value.isin(list(missing)), ibis.null("string"), value) if missing else value


def _document(column: ir.Value) -> ir.StringValue:
    return column if column.type().is_string() else column.cast("json").cast("string")


def record_lists(raw: Raw) -> list[str]:
    """Where the list of records may lie in a JSON document that is one object; nothing in other files."""
    if raw.lazy or not raw.nesting or int(raw.rows.limit(2).count().to_pyarrow().as_py()) != 1:
        return []
    row = raw.rows.drop(ROW).to_pyarrow().to_pylist()[0]
    return [f"$.{name}" for name, value in row.items() if re.match(r"\[\s*\{", str(value or ""))]


def unfolded(raw: Raw) -> Raw:
    """The rows with a column for each path one step into a nested column, in place of that column."""
    made: dict[str, ir.Value] = {}
    for name in raw.columns if raw.nesting else ():
        if _is_nested(raw.rows[name]) and raw.rows[name].type().is_string():
            for path in _paths(raw, name):
                made[path] = _at(raw, name, f"${path.removeprefix(f'$.{name}')}", ())
    return replace(raw, rows=raw.rows.mutate(**made)) if made else raw


def one_object(raw: Raw, contract: Contract, source: TableSource) -> None:
    """See that a file is no JSON document that is one object around its records.

    Raises:
        TableError: it is; the message says where its records may lie.
    """
    needed = [name for name in contract.required if name not in source.columns] + [
        one.source for one in source.columns.values() if one.source
    ]
    if source.records or (needed and set(needed) <= set(raw.columns)):
        return
    if lists := record_lists(raw):
        places = " or ".join(f"records: {path}" for path in lists)
        raise TableError(
            f"{source.path} is one object around its records. Say where they are, as in {places}."
        )


def mapped_whole(raw: Raw, contract: Contract, source: TableSource) -> None:
    """See that no column is mapped that holds objects or lists, in JSON or in Parquet.

    Raises:
        TableError: one is; the message shows a path into it.
    """
    for column in contract.columns:
        origin = source.columns.get(column.name)
        name = column.called if origin is None else origin.source
        if name is None or name not in raw.columns or name in source.paths or not raw.nesting:
            continue
        if _is_nested(raw.rows[name]):
            paths = ", ".join(f"from: {path}" for path in _paths(raw, name))
            raise TableError(
                f"columns: {column.name} is to come from {name!r}, which is nested. Write a path into it, "
                f"such as {paths or f'from: $.{name}[0]'}."
            )


def _is_nested(column: ir.Value) -> bool:
    if not column.type().is_string():
        return bool(column.type().is_nested())
    inside = _is_json(column) & column.re_search(r"^\s*[\[{]")
    some = inside.name("some").as_table().filter(ibis._.some.notnull()).limit(1).to_pyarrow()["some"]
    if len(some) and not some[0].as_py():
        return False  # one value tells it of most columns, however many rows there are
    return bool(inside.all(where=column.notnull()).to_pyarrow().as_py())


def _paths(raw: Raw, name: str) -> Iterator[str]:
    """Some paths into a nested column, from its first row in the order of the file."""
    first = raw.rows.filter(raw.rows[name].notnull()).order_by(ROW).limit(1)
    keys = first.select(keys=_keys(_document(first[name]))).to_pyarrow()["keys"].to_pylist()
    for key in (keys[0] or [])[:_SHOWN] if keys else []:
        yield f"$.{name}.{key}" if re.fullmatch(r"\w+", key) else f'$.{name}."{key}"'
