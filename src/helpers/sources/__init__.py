"""Open a table by its logical name: the only place of the project that opens data.

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
    from helpers.sources.refusals import TableError
    from helpers.sources.table import LoadedTable

__all__ = ["LoadedTable", "TableError", "check", "load", "supplied"]

_HOMES = {
    "LoadedTable": "table",
    "TableError": "refusals",
    "check": "inspection",
    "load": "loading",
    "supplied": "inspection",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever has that name)
    """What the package offers, imported when it is asked for: `quarterdeck plan` asks databases alone."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
