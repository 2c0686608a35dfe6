"""The columns of a table from the files declared for it: read, unfolded, filtered, under their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers.contracts import CONTRACTS, Contract
from helpers.sources.connection import Engine
from helpers.sources.declarations import Form, TableSource
from helpers.sources.nested import mapped_whole, nested, one_object
from helpers.sources.own_tables import as_read
from helpers.sources.places import Place
from helpers.sources.queries import queried
from helpers.sources.questions import answers
from helpers.sources.reading.files import Raw, filtered, read
from helpers.sources.refusals import TableError
from helpers.sources.shaping import Shaped, contract_of, shaped
from helpers.sources.snapshots import Declaration


def shaped_rows(
    running: Engine,
    declaration: Declaration,
    places: Mapping[str, Sequence[Place]],
    copied: Mapping[str, Raw],
    most: int | None = None,
) -> tuple[Contract, Shaped]:
    """The contract of a table, and its columns from the rows of its files; nothing is judged yet.

    Args:
        running: the engine.
        declaration: what is declared.
        places: the files of every path.
        copied: the rows of every table of the database.
        most: how many rows of each file are looked at; all unless given.

    Raises:
        TableError: a file cannot be read, or the declaration does not fit it.
    """
    source, settings = declaration.source, declaration.settings
    raw = nested(_raw(running, source, places, copied, most), source)
    raw = answers(running, filtered(running, raw, source.filter), source)
    contract = contract_of(declaration.name, raw.columns, source, declaration.folder, settings)
    one_object(raw, contract, source)
    if declaration.name not in CONTRACTS:
        contract = as_read(contract, raw, source, settings.timezone)
    else:
        mapped_whole(raw, contract, source)
    try:
        return contract, shaped(raw, contract, source, settings.timezone)
    except TableError as error:
        if not raw.odd.sheets:
            raise
        sheets = ", ".join(raw.odd.sheets)
        raise TableError(
            f"{error} The workbook has other sheets, too ({sheets}): name one by sheet."
        ) from None


def _raw(
    running: Engine,
    source: TableSource,
    places: Mapping[str, Sequence[Place]],
    copied: Mapping[str, Raw],
    most: int | None,
) -> Raw:
    def one(form: Form, path: str | None, table: str | None) -> Raw:
        if table is not None:
            return copied[table]
        assert path is not None
        return read(running, places[path], form.reading, most)

    if source.sql is None:
        return one(source, source.path, source.table)
    inputs = {name: one(given, given.path, given.table) for name, given in source.inputs.items()}
    return queried(running, source.sql, inputs)
