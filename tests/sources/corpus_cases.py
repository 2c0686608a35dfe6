"""What a case of the corpus is, and how tables are written in every dialect."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pyreadstat

Row = Sequence[Any]


@dataclass(frozen=True)
class Case:
    """A file, how sources.yaml declares it, and what should come: rows and their account, or a refusal.

    `rows` are those of `columns`, in the order of the file; `account` are fields of the account that are not
    zero; `refused` are words of the error.
    """

    file: str
    content: bytes
    table: str = "responses"
    declared: Mapping[str, Any] = field(default_factory=dict)
    columns: Sequence[str] = ()
    rows: Sequence[Row] = ()
    account: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""
    project: Mapping[str, Any] = field(default_factory=dict)

    def entry(self) -> dict[str, Any]:
        """The case in the index, without what is empty."""
        named = {
            "file": self.file,
            "table": self.table,
            "declared": dict(self.declared),
            "project": dict(self.project),
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "account": dict(self.account),
            "refused": self.refused,
        }
        return {name: value for name, value in named.items() if value}


NAMES = ("response_id", "submitted_at", "survey", "score", "region", "comment")
SHORT = ("response_id", "submitted_at", "score", "comment")
ANSWERS: tuple[Row, ...] = (
    ("R1", "2026-07-01", "nps", 9, "EMEA", 'Schöne Grüße, "sofort"'),
    ("R2", "2026-07-02T08:30:00", "nps", 0, "AMER", None),
    ("R3", "2026-08-31", "csat", 4, None, "café; très bien"),
    ("R4", "2026-09-30T23:59:59", "nps", 10, "APAC", "line one\nline two"),
    ("R5", "2026-09-30", "ces", 7, "EMEA", "it's | fine\t(so far)"),
)


def plain(
    rows: Iterable[Row], columns: Sequence[str] = NAMES, wanted: Sequence[str] = NAMES
) -> list[list[Any]]:
    """The rows as they should come: times in full, of the wanted columns."""
    found = []
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        found.append([_full(values[name]) if name.endswith("_at") else values[name] for name in wanted])
    return found


def _full(day: Any) -> Any:
    return f"{day}T00:00:00" if isinstance(day, str) and len(day) == len("2026-07-01") else day


def delimited(
    rows: Iterable[Row],
    header: Sequence[str] | None = NAMES,
    *,
    delimiter: str = ",",
    quote: str = '"',
    always: bool = False,
    end: str = "\n",
) -> str:
    """Rows as delimited text; a cell is quoted where it must be, or always."""

    def cell(value: Any) -> str:
        said = "" if value is None else str(value)
        needed = always or any(letter in said for letter in (delimiter, quote, "\n", "\r"))
        return f"{quote}{said.replace(quote, quote * 2)}{quote}" if needed and quote else said

    lines = [*([] if header is None else [header]), *rows]
    return end.join(delimiter.join(cell(value) for value in row) for row in lines) + end


def objects(rows: Iterable[Row], names: Sequence[str] = NAMES) -> list[dict[str, Any]]:
    """The rows as objects."""
    return [dict(zip(names, row, strict=True)) for row in rows]


def json_lines(rows: Iterable[Mapping[str, Any]], **options: Any) -> bytes:
    """Objects, one a line."""
    return ("\n".join(json.dumps(row, **options) for row in rows) + "\n").encode()


def packed(content: bytes) -> bytes:
    """The same bytes every time."""
    return gzip.compress(content, mtime=0)


def parquet(columns: Mapping[str, Any], **options: Any) -> bytes:
    """Columns as a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), sink, **options)
    return sink.getvalue()


def spss(columns: Mapping[str, Any], name: str, **options: Any) -> bytes:
    """Columns as an SPSS file, packed where its name says so."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        pyreadstat.write_sav(pd.DataFrame(dict(columns)), path, compress=path.suffix == ".zsav", **options)
        return path.read_bytes()
