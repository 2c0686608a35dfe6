"""Open a table by its logical name: the only place of the project that opens data.

    sources.tables()                                 # what there is
    responses = sources.load("responses")            # good rows, and an account of all
    tickets = sources.load("tickets", optional=True)
    period = responses.resolve("last_complete")
    responses.during(period).group_by("region").agg(answers=ibis._.count())

`params/sources.yaml` says where tables lie (docs/data.md), helpers.contracts what they must look like.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.sources.inspection import check, supplied
    from helpers.sources.loading import load
    from helpers.sources.refusals import TableError, TooManyRows
    from helpers.sources.sql_views import sql
    from helpers.sources.table import LoadedTable, first_of, of_rows
    from helpers.sources.table_list import TableList, tables

__all__ = [
    "LoadedTable",
    "TableError",
    "TableList",
    "TooManyRows",
    "check",
    "first_of",
    "load",
    "of_rows",
    "sql",
    "supplied",
    "tables",
]

_HOMES = {
    "LoadedTable": "table",
    "TableError": "refusals",
    "TableList": "table_list",
    "TooManyRows": "refusals",
    "check": "inspection",
    "first_of": "table",
    "load": "loading",
    "of_rows": "table",
    "sql": "sql_views",
    "supplied": "inspection",
    "tables": "table_list",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever has that name)
    """What the package offers, imported when it is asked for: `quarterdeck plan` asks databases alone."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
