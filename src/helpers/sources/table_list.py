"""Every declared table: what it is, how many rows it has, which period they cover, its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers import style
from helpers import tables as grids
from helpers.records import SettingsError, params_folder, run_folder
from helpers.records.variables import is_remote, matches
from helpers.sources.declarations import FILE, TableSource
from helpers.sources.inspection import supplied
from helpers.sources.loading import declared_now, loaded, look
from helpers.sources.meanings import of_column, of_table
from helpers.sources.refusals import TableError
from helpers.sources.small_results import figure, kind_of, show_small_results
from helpers.sources.table import LoadedTable
from helpers.sources.table_card import period_covered

if TYPE_CHECKING:
    from pandas import DataFrame

SMALL = 64_000_000
"""Bytes of files up to which a table is opened to be listed."""


@dataclass(frozen=True)
class ListedTable:
    """A declared table: `table` where it is open, else `why` it is not; its columns as far as known."""

    name: str
    meaning: str
    columns: tuple[tuple[str, str, str], ...]
    table: LoadedTable | None = None
    why: str = ""


@dataclass(frozen=True)
class TableList:
    """Every declared table; the last expression of a cell shows it. `.data` has one row a column.

    >>> from helpers import sources
    >>> listed = sources.tables()
    >>> list(listed.data.table.unique()[:3])
    ['responses', 'invitations', 'tickets']
    """

    tables: tuple[ListedTable, ...]

    @property
    def data(self) -> DataFrame:
        """One row a column: table, rows, first, last, column, type, meaning; what is not known is missing."""
        from pandas import DataFrame

        return DataFrame.from_records([row for one in self.tables for row in _records(one)])

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        parts = "".join(_shown(one) for one in self.tables)
        head = '<figcaption><h3>Tables</h3><p class="sub">Open one with sources.load("…").</p></figcaption>'
        plain = "\n".join(f"{one.name}: {_rows(one)}" for one in self.tables)
        return {"text/html": figure(f'{head}<div class="tables">{parts}</div>'), "text/plain": plain}


def tables() -> TableList:
    """Every table of `sources.yaml`: rows, period covered, columns with type and meaning.

    Those that are loaded, and those whose files are small, are counted; of the others it says so. In a run no
    table is opened for the list, since an edition is made of the tables that its notebook loads.

    Raises:
        SettingsError: `sources.yaml` is absent or broken.
    """
    show_small_results()
    folder = params_folder()
    known = supplied(folder).tables
    sources = declared_now(folder).tables
    return TableList(tuple(_listed(name, one, known.get(name), folder) for name, one in sources.items()))


def is_small(source: TableSource, folder: Path) -> bool:
    """Whether a table is opened in a moment: it lies in files of this machine that are not large."""
    if source.tables or any(is_remote(path) for path in source.places):
        return False
    try:
        files = [file for path in source.places for file in matches(path, folder).values()]
        return sum(file.stat().st_size for file in files) <= SMALL
    except (OSError, ValueError):
        return True  # opening it tells what is wrong


def _listed(name: str, source: TableSource, known: frozenset[str] | None, folder: Path) -> ListedTable:
    meaning = of_table(name, source)
    table, why = _opened(name, source, folder)
    if table is not None:
        kinds = {column: kind_of(kind) for column, kind in table.expr.schema().items()}
    else:
        kinds = dict.fromkeys(sorted(known or ()), "")
    columns = tuple((one, kind, of_column(name, one, source, folder)) for one, kind in kinds.items())
    return ListedTable(name, meaning, columns, table, why)


def _opened(name: str, source: TableSource, folder: Path) -> tuple[LoadedTable | None, str]:
    """The table, or why it is not opened."""
    if name not in loaded(folder):
        if run_folder() is not None:
            return None, "not loaded before this list was made"
        if not is_small(source, folder):
            return None, "in a database, or large: counted once it is loaded"
    try:
        return look(name), ""
    except (TableError, ConnectionError, SettingsError) as error:
        return None, str(error).removeprefix(f"The table {name} ({FILE}): ")


def _rows(one: ListedTable) -> str:
    if one.table is None:
        return one.why
    period = period_covered(one.table)
    return f"{style.how_many(one.table.count(), 'row')}{f', {period}' if period else ''}"


def _shown(one: ListedTable) -> str:
    cells = [list(column) for column in one.columns]
    heads = [grids.Column(head) for head in ("Column", "Type", "Meaning")]
    columns = (
        grids.table(f"columns-{one.name}", "Columns", heads, cells).grid(described=False) if cells else ""
    )
    kind = ' class="soft"' if one.table is None else ""
    return (
        f"<details><summary><b>{grids.escaped(one.name)}</b>"
        f"<span>{grids.escaped(one.meaning)}</span><span{kind}>{grids.escaped(_rows(one))}</span></summary>"
        f"{columns}</details>"
    )


def _records(one: ListedTable) -> Iterator[dict[str, Any]]:
    covered = one.table.covered if one.table else None
    known = {
        "table": one.name,
        "rows": one.table.count() if one.table else None,
        "first": covered[0] if covered else None,
        "last": covered[1] if covered else None,
    }
    for column, kind, meaning in one.columns or (("", "", ""),):
        yield {**known, "column": column, "type": kind, "meaning": meaning}
