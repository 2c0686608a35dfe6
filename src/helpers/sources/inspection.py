"""Every problem of sources.yaml and metrics.yaml at once, from the first rows of the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from helpers import metrics
from helpers.records import Project, SettingsError, project
from helpers.records.settings import lines_of
from helpers.records.variables import is_remote
from helpers.sources.addresses import arguments, is_embedded
from helpers.sources.connection import Engine, engine
from helpers.sources.declarations import FILE, Form, Sources, TableSource, declared
from helpers.sources.places import located
from helpers.sources.reading.files import head
from helpers.sources.reading.trouble import no_text
from helpers.sources.refusals import TableError
from helpers.sources.shaping import contract_of, misdeclared, problems
from helpers.sources.snapshots import Declaration
from helpers.sources.statements import checked, columns_of
from helpers.sources.supplied_columns import shaped_rows

_LOOKED_AT = 10_000
"""Rows of each file that `check` reads."""
_NOT_THERE = ("not found", "does not exist", "syntax error", "filter:", "columns:", "which is nested")


def check(folder: Path) -> list[str]:
    """Every problem of `sources.yaml` and `metrics.yaml`, each with what, where, and what to do.

    Files must be there, readable at their head, and have the columns that tables need; with the first rows of
    each is done what loading does, up to judging rows. Nothing is fetched from a URL, no database is asked.
    """
    found: list[str] = []
    try:
        metrics.catalogue(folder)
    except SettingsError as error:
        found.extend(error.problems)
    try:
        sources, settings = declared(folder), project(folder)
    except SettingsError as error:
        return [*found, *error.problems]
    uncatalogued = bool(found)
    lines = lines_of((folder / FILE).read_text(encoding="utf-8"))
    found.extend(f"{folder / FILE}:{lines['connection',]}: {problem}" for problem in _of_connection(sources))
    running = engine(settings.threads)
    for name, source in sources.tables.items():
        if name == "outcomes" and uncatalogued:
            continue
        told = _of_table(name, source, _Setting(folder, sources, settings, running))
        found.extend(f"{folder / FILE}:{lines['tables', name]}: {name}: {problem}" for problem in told)
    return found


@dataclass(frozen=True)
class Supply:
    """What the settings supply: the columns of each declared table (None: not known), the metrics."""

    tables: Mapping[str, frozenset[str] | None]
    metrics: tuple[str, ...]


def supplied(folder: Path) -> Supply:
    """The tables that a folder of params declares, with their columns, and its metrics.

    What cannot be told from the heads of files (a table of a database, a `*`, a broken file) is not known.

    Raises:
        SettingsError: a file of the folder is broken.
    """
    sources, settings = declared(folder), project(folder)
    named = tuple(metrics.catalogue(folder))
    here = _Setting(folder, sources, settings, engine(settings.threads))
    tables = {name: _supplied(name, source, here) for name, source in sources.tables.items()}
    return Supply(tables, named)


def _supplied(name: str, source: TableSource, here: _Setting) -> frozenset[str] | None:
    if source.table is not None or any(is_remote(written) for written in source.places):
        return None
    try:
        heads = [found for written, form in source.forms.items() for found in _heads(written, form, here)]
    except TableError:
        return None
    columns = _columns(source, heads)
    if columns is None:
        return None
    contract = contract_of(name, columns, source, here.folder, here.project)
    there = {*columns, *source.asked}
    found = [one.name for one in contract.columns if one.name in source.columns or one.called in there]
    return frozenset(found)


def _of_connection(sources: Sources) -> Iterator[str]:
    if not is_embedded(sources.connection):
        try:
            arguments(sources.connection)
        except ValueError as error:
            yield f"connection: {error}."


@dataclass(frozen=True)
class _Setting:
    folder: Path
    sources: Sources
    project: Project
    engine: Engine


def _of_table(name: str, source: TableSource, here: _Setting) -> Iterator[str]:
    if source.table is not None:
        contract = contract_of(name, (), source, here.folder, here.project)
        yield from misdeclared(contract, source)
        return
    heads: list[tuple[str, ...]] = []
    for written, form in source.forms.items():
        if is_remote(written):
            return
        try:
            heads.extend(_heads(written, form, here))
        except TableError as error:
            yield str(error)
            return
    columns = _columns(source, heads)
    told = []
    if columns is not None:
        contract = contract_of(name, columns, source, here.folder, here.project)
        told = list(problems(contract, columns, source))
    tried = list(_tried(name, source, here))
    yield from told if tried in ([], [" ".join(told)]) else tried


def _tried(name: str, source: TableSource, here: _Setting) -> Iterator[str]:
    """What loading would refuse, told by the first rows of each file.

    What those rows are may mislead a statement about a type that only the whole column shows; that it names
    what is not there is certain.
    """
    if source.tables:
        return
    places = {written: list(located(written, here.folder, here.engine)) for written in source.places}
    declaration = Declaration(name, here.sources, here.folder, here.project)
    try:
        shaped_rows(here.engine, declaration, places, {}, _LOOKED_AT)
    except duckdb.InvalidInputException as error:
        yield str(no_text(error, (place for found in places.values() for place in found)) or error)
    except TableError as error:
        if source.sql is None or any(words in str(error) for words in _NOT_THERE):
            yield str(error)


def _heads(written: str, form: Form, here: _Setting) -> Iterator[tuple[str, ...]]:
    for place in located(written, here.folder, here.engine):
        yield head(here.engine, place, form.reading)


def _columns(source: TableSource, heads: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The columns that the table will be made of; None where a `*` of its SQL hides them."""
    if source.sql is None:
        return tuple(dict.fromkeys(name for names in heads for name in names))
    return columns_of(checked(source.sql, tuple(source.inputs)))
