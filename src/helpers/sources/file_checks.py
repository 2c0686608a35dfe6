"""What is odd about the files of a table, as warnings: nobody but their owner can tell what is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpers import style
from helpers.records import Check
from helpers.sources.table import LoadedTable

_NAMED = 3
"""Files, or cells, that are named."""


def odd_files(table: LoadedTable) -> Iterator[Check]:
    """Columns that only some files have, copies of files, sheets that are not read, merged cells."""
    odd = table.odd
    absent = [
        f"{name} in {_some(files)}" for name, files in odd.lacking.items() if name in table.origins.values()
    ]
    if absent:
        yield warning(
            f"columns@table={table.name}",
            f"Not every file of {table.name} has all columns: there is no {_some(absent)}, where it counts "
            "as missing. If a column has another name there, give these files a table of their own.",
        )
    if odd.copies:
        told = [f"{copy} holds what {other} holds" for copy, other in odd.copies]
        yield warning(
            f"copies@table={table.name}",
            f"{_some(told)}: rows of {table.name} that no key tells apart count twice. Take the copy away.",
        )
    if odd.alike:
        yield warning(
            f"sheets@table={table.name}",
            f"Sheets with the same columns are not read ({_some(odd.alike)}): one sheet is the table "
            f"{table.name}. Name it by sheet, or put several together under sql.",
        )
    if odd.errors:
        yield warning(
            f"errors@table={table.name}",
            f"Cells of the workbook of {table.name} show errors, and count as missing: {_some(odd.errors)}. "
            "Mend the formulas.",
        )
    if odd.merged:
        yield warning(
            f"merged@table={table.name}",
            f"Cells of {table.name} are merged over several rows ({_some(odd.merged)}): only the first row "
            "of each has the value. Take the merging off where the rows below are meant, too.",
        )


def warning(key: str, text: str) -> Check:
    """A check that failed and holds nothing back: it stands at the top of the page."""
    return Check(key=key, passed=False, severity="warn", text=text)


def _some(names: Sequence[str]) -> str:
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return style.listed([*names[:_NAMED], *more])
