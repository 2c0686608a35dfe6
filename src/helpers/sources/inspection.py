"""Every problem of sources.yaml and metrics.yaml at once, from the heads of the files alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import metrics
from helpers.records import Project, SettingsError, project
from helpers.records.settings import lines_of
from helpers.records.variables import is_remote
from helpers.sources.addresses import arguments, is_embedded
from helpers.sources.connection import Engine, engine
from helpers.sources.declarations import FILE, Form, Sources, TableSource, declared
from helpers.sources.places import located
from helpers.sources.reading.files import head
from helpers.sources.refusals import TableError
from helpers.sources.shaping import contract_of, misdeclared, problems
from helpers.sources.statements import checked, columns_of


def check(folder: Path) -> list[str]:
    """Every problem of `sources.yaml` and `metrics.yaml`, each with what, where, and what to do.

    Files must be there, readable at their head, and have the columns that tables need. No data are loaded,
    nothing is fetched from a URL, and no database is asked.
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
        told = _of_table(name, source, _Setting(folder, settings, running))
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
    here = _Setting(folder, settings, engine(settings.threads))
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
    found = [one.name for one in contract.columns if one.name in source.columns or one.called in columns]
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
    if columns is not None:
        contract = contract_of(name, columns, source, here.folder, here.project)
        yield from problems(contract, columns, source)


def _heads(written: str, form: Form, here: _Setting) -> Iterator[tuple[str, ...]]:
    for place in located(written, here.folder, here.engine):
        yield head(here.engine, place, form.reading)


def _columns(source: TableSource, heads: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The columns that the table will be made of; None where a `*` of its SQL hides them."""
    if source.sql is None:
        return tuple(dict.fromkeys(name for names in heads for name in names))
    return columns_of(checked(source.sql, tuple(source.inputs)))
