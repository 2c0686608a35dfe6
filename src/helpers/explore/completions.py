"""What <Tab> offers inside quotes: tables, their columns, regions, features, metrics, experiments.

Only what is at hand is looked at: names in settings, tables that are loaded, and those whose files are small.
No code of the cell is run; names are looked up, and nothing else.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any

import ibis.expr.types as ir
from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult

from helpers.explore.known_values import known
from helpers.explore.named_columns import values_of
from helpers.explore.quoted_argument import QuotedArgument, quoted_argument
from helpers.records import SettingsError, params_folder
from helpers.records.choices import ALL
from helpers.sources.inspection import supplied
from helpers.sources.loading import declared_now, loaded, look
from helpers.sources.table import LoadedTable
from helpers.sources.table_list import is_small

Names = Mapping[str, Any]
_LOAD = re.compile(r"""(?:sources\.)?load\(\s*["'](\w+)["'][^()]*\)""")
_VALUES = ("region", "feature", "metric", "experiment", "segment", "market", "platform", "plan", "channel")
_VALUES_OF = ("isin", "notin", "startswith", "like", "contains")


def offered(context: CompletionContext, names: Names) -> SimpleMatcherResult:
    """What IPython is to offer at the cursor; nothing outside of quotes."""
    code, after = _around(context)
    argument = quoted_argument(code)
    if argument is None:
        return SimpleMatcherResult(completions=[])
    with suppress(SettingsError):
        fragment, candidates = _candidates(argument, f"{code}{after}", names)
        found = [one for one in dict.fromkeys(map(str, candidates)) if _fits(one, fragment)]
        return SimpleMatcherResult(
            completions=[SimpleCompletion(one, type="name") for one in found],
            matched_fragment=fragment,
            suppress=bool(found),
        )
    return SimpleMatcherResult(completions=[])


def _around(context: CompletionContext) -> tuple[str, str]:
    """The code up to the cursor, and what follows."""
    lines = context.full_text.split("\n")
    before = "\n".join([*lines[: context.cursor_line], lines[context.cursor_line][: context.cursor_position]])
    return before, context.full_text[len(before) :]


def _fits(candidate: str, fragment: str) -> bool:
    plain = not set(candidate) & set("\"'\\\n")
    return plain and candidate.casefold().startswith(fragment.casefold())


def _candidates(argument: QuotedArgument, cell: str, names: Names) -> tuple[str, Iterable[object]]:
    """What is typed of a name so far, and the names that it may become."""
    *before, last = argument.callee.split(".")
    receiver = _table(".".join(before), names)
    if last == "sql":
        word = re.search(r"\w*\Z", argument.typed)
        return (word[0] if word else ""), _in_statement(receiver, cell)
    return argument.typed, _in_argument(argument, last, receiver, names)


def _in_argument(
    argument: QuotedArgument, last: str, receiver: LoadedTable | ir.Table | None, names: Names
) -> Iterable[object]:
    callee = _looked_up(argument.callee, names)
    if last == "load" and (argument.callee == "sources.load" or _home(callee) == "helpers.sources.loading"):
        return _declared()
    if (of_column := _column_values(argument, names)) is not None:
        return of_column
    parameter = argument.keyword or _parameter(callee, argument.position) or argument.name.split(".")[-1]
    if receiver is not None and parameter not in _VALUES:
        return _columns(receiver)
    if isinstance(callee, LoadedTable | ir.Table):
        return _columns(callee)
    return _known(parameter, compared="." in argument.name) if parameter in _VALUES else []


def _known(name: str, *, compared: bool) -> list[object]:
    """The values of that name; no row says `all`."""
    return [value for value in known(name, may_open=_may_open) if not (compared and value == ALL)]


def _declared() -> list[str]:
    return list(declared_now(params_folder()).tables)


def _may_open(table: str) -> bool:
    folder = params_folder()
    source = declared_now(folder).tables.get(table)
    return source is not None and (table in loaded(folder) or is_small(source, folder))


def _in_statement(receiver: LoadedTable | ir.Table | None, cell: str) -> Iterable[str]:
    """Of SQL: the columns of the tables that the cell names, and the tables."""
    if receiver is not None:
        return [*_columns(receiver), *([receiver.name] if isinstance(receiver, LoadedTable) else [])]
    words = set(re.findall(r"\w+", cell))
    tables = _declared()
    named = [table for table in tables if table in words] or [
        table for table in tables if table in loaded(params_folder())
    ]
    return [*tables, *(column for table in named for column in _columns_of(table))]


def _columns_of(table: str) -> list[str]:
    if _may_open(table):
        with suppress(Exception):  # the cell that loads the table tells what is wrong with it
            return list(look(table).expr.columns)
    return sorted(supplied(params_folder()).tables.get(table) or ())


def _columns(table: LoadedTable | ir.Table) -> list[str]:
    if isinstance(table, LoadedTable):
        return [] if table.account is None else list(table.expr.columns)
    return list(table.columns)


def _column_values(argument: QuotedArgument, names: Names) -> Iterable[object] | None:
    """The values of a column that a text is compared with: `rows.region == "`, `rows.region.isin(["`."""
    *before, last = argument.callee.split(".")
    compared = argument.name if "." in argument.name else ""
    path = ".".join(before) if last in _VALUES_OF else compared
    *of, column = path.split(".")
    table = _table(".".join(of), names)
    if table is None or column not in _columns(table):
        return None
    if column in _VALUES and (listed := _known(column, compared=True)):
        return listed
    return values_of(table.expr if isinstance(table, LoadedTable) else table, column) or []


def _table(path: str, names: Names) -> LoadedTable | ir.Table | None:
    """The table that a name, or a call of `sources.load`, stands for."""
    called = _LOAD.match(path)
    if called is not None:
        with suppress(Exception):  # the cell that loads the table tells what is wrong with it
            rest = path[called.end() :].removeprefix(".")
            found = look(called[1])
            return found.expr if rest == "expr" else found if not rest else None
        return None
    found = _looked_up(path, names)
    return found if isinstance(found, LoadedTable | ir.Table) else None


def _looked_up(path: str, names: Names) -> Any:  # noqa: ANN401  (whatever has that name)
    """What a dotted name stands for, without running anything of its own; None where nothing does."""
    first, *rest = path.split(".")
    found = names.get(first)
    for name in rest:
        if isinstance(found, LoadedTable) and name == "expr" and found.account is not None:
            found = found.expr
        elif isinstance(found, ModuleType | type):
            found = getattr(found, name, None)
        else:
            return None
    return found


def _home(thing: object) -> str:
    return str(getattr(thing, "__module__", ""))


def _parameter(callee: object, position: int) -> str:
    """The name of a positional parameter; empty where that cannot be told."""
    if not callable(callee):
        return ""
    with suppress(ValueError, TypeError):
        parameters = list(inspect.signature(callee).parameters.values())
        return parameters[position].name if position < len(parameters) else ""
    return ""
